"""The life cycle as one table: tier × status × verb × role. What the table does not allow is refused."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Lpse, Role, User
from core.fsm import Conflict
from escalation.tiers import Tier
from tests.conftest import NOW
from tests.rows import everything
from tests.tickets.acts import ACTS, share
from tickets.models import Ticket
from tickets.services.verbs import REQUIREMENTS, VERBS, verbs_for

LPSE, EPROC, TEKNIS, TIM_TEKNIS = Tier.LPSE, Tier.EPROC, Tier.TEKNIS, Tier.TIM_TEKNIS
Status = Ticket.Status
NEW, IN_PROGRESS, CLOSED = Status.NEW, Status.IN_PROGRESS, Status.CLOSED
AWAITING, ASKED = Status.AWAITING_CONFIRMATION, Status.AWAITING_DATA

# Where and what: what the staff of the holding unit may do, what the reporter may do. Besides them the Penyelia and a
# colleague of the reporter may do a little (below), and nobody else anything. "return" needs the office's own switch.
ALLOWED = {
    (LPSE, NEW): ("take escalate reply note", "reply withdraw share"),
    (LPSE, IN_PROGRESS): ("resolve escalate request_data reassign reply note", "reply withdraw share"),
    (LPSE, ASKED): ("reassign reply note", "provide_data withdraw share"),
    (LPSE, AWAITING): ("reassign reply note", "confirm reject share"),
    (LPSE, CLOSED): ("", "rate reopen share"),
    (EPROC, NEW): ("take escalate return reply note", "reply withdraw share"),
    (EPROC, IN_PROGRESS): ("resolve escalate request_data reassign return reply note", "reply withdraw share"),
    (EPROC, ASKED): ("reassign reply note", "provide_data withdraw share"),
    (EPROC, AWAITING): ("reassign reply note", "confirm reject share"),
    (EPROC, CLOSED): ("", "rate reopen share"),
    (TEKNIS, NEW): ("take escalate return reply note", "reply withdraw share"),
    (TEKNIS, IN_PROGRESS): ("resolve escalate request_data reassign return reply note", "reply withdraw share"),
    (TEKNIS, ASKED): ("reassign reply note", "provide_data withdraw share"),
    (TEKNIS, AWAITING): ("reassign reply note", "confirm reject share"),
    (TEKNIS, CLOSED): ("", "rate reopen share"),
    (TIM_TEKNIS, NEW): ("take return reply note", "reply withdraw share"),  # the end of the chain (R17)
    (TIM_TEKNIS, IN_PROGRESS): ("resolve request_data reassign return reply note", "reply withdraw share"),
    (TIM_TEKNIS, ASKED): ("reassign reply note", "provide_data withdraw share"),
    (TIM_TEKNIS, AWAITING): ("reassign reply note", "confirm reject share"),
    (TIM_TEKNIS, CLOSED): ("", "rate reopen share"),
}

# LPSE staff who report a problem of their own (A15) may do this at their own unit; above it they are reporters only.
# They share with nobody: their colleagues serve their tickets already.
ALLOWED_TO_AUTHOR = {
    NEW: "escalate reply withdraw",
    IN_PROGRESS: "escalate reply withdraw",
    ASKED: "provide_data withdraw",
    AWAITING: "confirm reject",
    CLOSED: "rate reopen",
}

# A colleague of the same organisation with whom the ticket is shared (A14), at every tier.
ALLOWED_TO_COLLEAGUE = {NEW: "reply", IN_PROGRESS: "reply", ASKED: "provide_data", AWAITING: "", CLOSED: ""}

# A ticket at the counter: what its Petugas Konsultasi may do, what a visitor without an account may do with a one-time
# code. It is never new there, and nobody of Helpdesk Eproc has it.
ALLOWED_AT_COUNTER = {
    IN_PROGRESS: ("resolve escalate request_data reassign reply note", "reply withdraw"),
    ASKED: ("provide_data reassign reply note", "provide_data withdraw"),
    AWAITING: ("confirm_in_presence reassign reply note", "confirm reject"),
    CLOSED: ("", "rate reopen"),
}

# The Penyelia, who handles no tickets but sees to it that somebody does, at every tier.
ALLOWED_TO_SUPERVISOR = {NEW: "", IN_PROGRESS: "reassign", ASKED: "reassign", AWAITING: "reassign", CLOSED: ""}

# Whose verb it is: these people get 409 when the state is wrong, everybody else gets 403 whatever the state.
OF_STAFF = {"take", "resolve", "escalate", "request_data", "reassign", "return", "reply", "note"}
OF_REPORTER = {"reply", "provide_data", "confirm", "reject", "rate", "withdraw", "reopen", "share"}
OF_SUPERVISOR = {"reassign", "excuse"}
OF_AUTHOR = OF_REPORTER | {"escalate", "return"}
OF_COLLEAGUE = {"reply", "provide_data"}
OF_COUNTER = OF_STAFF | {"provide_data", "confirm_in_presence"}

# Where a verb leads; those not named leave tier and status as they are.
LEADS_TO = {
    "take": lambda tier: (tier, IN_PROGRESS),
    "escalate": lambda tier: (tier + 1, NEW),
    "return": lambda tier: (tier - 1, NEW),
    "request_data": lambda tier: (tier, ASKED),
    "provide_data": lambda tier: (tier, IN_PROGRESS),
    "resolve": lambda tier: (tier, AWAITING),
    "confirm": lambda tier: (tier, CLOSED),
    "confirm_in_presence": lambda tier: (tier, CLOSED),
    "reject": lambda tier: (tier, IN_PROGRESS),
    "withdraw": lambda tier: (tier, CLOSED),
    "reopen": lambda tier: (tier, NEW),
}

# Who works where (R11, R13, R15, R17); the others have no business with a ticket filed on the web.
ROLES = {
    LPSE: {Role.ADMIN_PPE, Role.HELPDESK_LPSE, Role.VERIFIER, Role.ADMIN_AGENCY},
    EPROC: {Role.HELPDESK_EPROC},
    TEKNIS: {Role.HELPDESK_TEKNIS},
    TIM_TEKNIS: {Role.TIM_TEKNIS},
}
NO_BUSINESS = {Role.RECEPTIONIST, Role.CONSULTANT, Role.CALL_AGENT, Role.COMPLAINT_OFFICER}
BUTTONS = set(ACTS) - {"unshare"}  # which stands on the page of sharing


@pytest.fixture(autouse=True)
def switches(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The office lets tickets be given back, and pages are drawn on the day of the tests."""
    settings.TICKET_RETURN = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(days=1))


each_place = pytest.mark.parametrize(("tier", "status"), ALLOWED, ids=lambda part: part.name.lower())


def test_the_table_names_every_tier_status_verb_and_role() -> None:
    verbs = {verb for cells in ALLOWED.values() for cell in cells for verb in cell.split()}

    assert set(ALLOWED) == set(product(Tier, Status))
    assert set(ALLOWED_TO_AUTHOR) == set(ALLOWED_TO_COLLEAGUE) == set(ALLOWED_TO_SUPERVISOR) == set(Status)
    assert verbs == OF_STAFF | OF_REPORTER
    assert set(ALLOWED_AT_COUNTER) == set(Status) - {NEW}
    assert (
        verbs | OF_SUPERVISOR | OF_COUNTER == set(VERBS) == set(REQUIREMENTS) == BUTTONS
    )  # nothing in the table is late
    assert set().union(*ROLES.values()) | NO_BUSINESS | {Role.SUPERVISOR} == set(Role)


@pytest.fixture
def everybody(
    make_user: Callable[..., User], lpse: Lpse, other_lpse: Lpse, other_vendor: User, ppk: User
) -> dict[User, Role | None]:
    """One person per role, the roles of an LPSE at another LPSE too, other reporters, and somebody without a duty."""
    people: dict[User, Role | None] = dict.fromkeys([other_vendor, ppk, make_user("nobody")])
    for role in Role:
        people[make_user(f"a_{role}", (role, lpse if role in ROLES[LPSE] else None))] = role
    for role in ROLES[LPSE]:
        people[make_user(f"a_{role}_elsewhere", (role, other_lpse))] = None
    return people


def answer(verb: str, ticket: Ticket, by: User) -> tuple[int, str] | type[Exception]:
    """Where the verb leads for this person, or how it is refused; nothing is kept."""
    try:
        with transaction.atomic():
            ACTS[verb](ticket, by)
            after = Ticket.objects.get(pk=ticket.pk)
            transaction.set_rollback(True)
            return after.tier, after.status
    except (PermissionDenied, Conflict) as refusal:
        return type(refusal)


def expected(verb: str, ticket: Ticket, allowed: str, own: set[str]) -> tuple[int, str] | type[Exception]:
    if verb in allowed.split():
        return LEADS_TO[verb](ticket.tier) if verb in LEADS_TO else (ticket.tier, ticket.status)
    return Conflict if verb in own else PermissionDenied


def check(ticket: Ticket, by: User, allowed: str, own: set[str]) -> None:
    """Every verb does for this person what the table says, the buttons agree, and a refusal leaves no trace."""
    before = everything()

    answers = {verb: answer(verb, ticket, by) for verb in BUTTONS}

    assert answers == {verb: expected(verb, ticket, allowed, own) for verb in BUTTONS}, by
    assert set(verbs_for(ticket, by)) == set(allowed.split()), by
    assert everything() == before, by


@pytest.mark.standard("R11")
@pytest.mark.standard("R13")
@pytest.mark.standard("R15")
@pytest.mark.standard("R17")
@each_place
def test_staff_do_what_the_table_allows_at_their_own_tier_and_nobody_else_does_anything(
    ticket_in: Callable[..., Ticket], everybody: dict[User, Role | None], tier: Tier, status: str
) -> None:
    ticket = ticket_in(tier, status)

    for person, role in everybody.items():
        if role in ROLES[tier]:
            check(ticket, person, ALLOWED[tier, status][0], OF_STAFF)
        elif role == Role.SUPERVISOR:
            check(ticket, person, ALLOWED_TO_SUPERVISOR[status], OF_SUPERVISOR)
        else:
            check(ticket, person, "", set())


@pytest.mark.standard("R19")
@each_place
def test_the_reporter_does_what_the_table_allows(
    ticket_in: Callable[..., Ticket], vendor: User, colleague: User, tier: Tier, status: str
) -> None:
    ticket = ticket_in(tier, status)

    check(ticket, vendor, ALLOWED[tier, status][1], OF_REPORTER)


@each_place
def test_a_colleague_reads_and_answers_and_nothing_else(
    ticket_in: Callable[..., Ticket], vendor: User, colleague: User, tier: Tier, status: str
) -> None:
    ticket = ticket_in(tier, status)
    check(ticket, colleague, "", set())

    share(ticket, vendor)

    check(Ticket.objects.get(pk=ticket.pk), colleague, ALLOWED_TO_COLLEAGUE[status], OF_COLLEAGUE)


@pytest.mark.standard("R11")
@each_place
def test_lpse_staff_with_a_problem_of_their_own_may_pass_it_up_but_not_solve_it(
    ticket_in: Callable[..., Ticket], author: User, tier: Tier, status: str
) -> None:
    ticket = ticket_in(tier, status, by=author)

    if tier == LPSE:
        check(ticket, author, ALLOWED_TO_AUTHOR[status], OF_AUTHOR)
    else:
        check(ticket, author, ALLOWED[tier, status][1].removesuffix(" share"), OF_REPORTER)


@pytest.mark.standard("R23")
@pytest.mark.standard("A07")
@pytest.mark.parametrize("status", ALLOWED_AT_COUNTER)
def test_at_the_counter_its_officers_do_what_the_table_allows_and_the_visitor_too(
    consultation_in: Callable[..., Ticket], everybody: dict[User, Role | None], walk_in: User, status: str
) -> None:
    ticket = consultation_in(status)
    officers, visitor = ALLOWED_AT_COUNTER[status]

    for person, role in everybody.items():
        if role == Role.CONSULTANT:
            check(ticket, person, officers, OF_COUNTER)
        elif role == Role.SUPERVISOR:
            check(ticket, person, ALLOWED_TO_SUPERVISOR[status], OF_SUPERVISOR)
        else:
            check(ticket, person, "", set())
    check(ticket, walk_in, visitor, OF_REPORTER)


@pytest.mark.standard("A07")
@pytest.mark.parametrize("status", ALLOWED_AT_COUNTER)
def test_of_a_reporter_with_an_account_the_counter_confirms_nothing(
    consultation_in: Callable[..., Ticket], consultant: User, make_user: Callable[..., User], vendor: User, status: str
) -> None:
    make_user("consultant2", (Role.CONSULTANT, None))
    ticket = consultation_in(status, of=vendor)

    officers = ALLOWED_AT_COUNTER[status][0].replace("confirm_in_presence ", "")
    check(ticket, consultant, officers, OF_COUNTER - {"confirm_in_presence"})


@pytest.mark.parametrize("status", [NEW, IN_PROGRESS])
def test_an_account_that_lost_its_duty_may_do_nothing_at_once(
    ticket_in: Callable[..., Ticket], helpdesk: User, status: str
) -> None:
    ticket = ticket_in(LPSE, status)
    helpdesk.duties.all().delete()

    check(ticket, User.objects.get(pk=helpdesk.pk), "", set())
