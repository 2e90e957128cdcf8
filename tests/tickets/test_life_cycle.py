"""The life cycle as one table: tier × status × verb × role. What the table does not allow is refused."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Lpse, Role, User
from core.fsm import Conflict
from escalation.tiers import Tier
from notifications.models import Notification
from tests.tickets.acts import ACTS
from tickets.models import Ticket
from tickets.services.verbs import REQUIREMENTS, VERBS, verbs_for

LPSE, EPROC, TEKNIS, TIM_TEKNIS = Tier.LPSE, Tier.EPROC, Tier.TEKNIS, Tier.TIM_TEKNIS
Status = Ticket.Status
NEW, IN_PROGRESS, AWAITING, CLOSED = Status.NEW, Status.IN_PROGRESS, Status.AWAITING_CONFIRMATION, Status.CLOSED

# Where and what: what the staff of the holding unit may do, what the reporter may do. Nobody else may do anything.
ALLOWED = {
    (LPSE, NEW): ("take escalate reply note", "reply"),
    (LPSE, IN_PROGRESS): ("resolve escalate reply note", "reply"),
    (LPSE, AWAITING): ("reply note", "confirm reject"),
    (LPSE, CLOSED): ("", "rate"),
    (EPROC, NEW): ("take escalate reply note", "reply"),
    (EPROC, IN_PROGRESS): ("resolve escalate reply note", "reply"),
    (EPROC, AWAITING): ("reply note", "confirm reject"),
    (EPROC, CLOSED): ("", "rate"),
    (TEKNIS, NEW): ("take escalate reply note", "reply"),
    (TEKNIS, IN_PROGRESS): ("resolve escalate reply note", "reply"),
    (TEKNIS, AWAITING): ("reply note", "confirm reject"),
    (TEKNIS, CLOSED): ("", "rate"),
    (TIM_TEKNIS, NEW): ("take reply note", "reply"),  # the end of the chain (R17)
    (TIM_TEKNIS, IN_PROGRESS): ("resolve reply note", "reply"),
    (TIM_TEKNIS, AWAITING): ("reply note", "confirm reject"),
    (TIM_TEKNIS, CLOSED): ("", "rate"),
}

# LPSE staff who report a problem of their own (A15) may do this at their own unit; above it they are reporters only.
ALLOWED_TO_AUTHOR = {
    NEW: "escalate reply",
    IN_PROGRESS: "escalate reply",
    AWAITING: "confirm reject",
    CLOSED: "rate",
}

# Whose verb it is: these people get 409 when the state is wrong, everybody else gets 403 whatever the state.
OF_STAFF = {"take", "resolve", "escalate", "reply", "note"}
OF_REPORTER = {"reply", "confirm", "reject", "rate"}
OF_AUTHOR = OF_REPORTER | {"escalate"}

# Where a verb leads; those not named leave tier and status as they are.
LEADS_TO = {
    "take": lambda tier: (tier, IN_PROGRESS),
    "escalate": lambda tier: (tier + 1, NEW),
    "resolve": lambda tier: (tier, AWAITING),
    "confirm": lambda tier: (tier, CLOSED),
    "reject": lambda tier: (tier, IN_PROGRESS),
}

# Who works where (R11, R13, R15, R17); the others have no business with a ticket filed on the web.
ROLES = {
    LPSE: {Role.ADMIN_PPE, Role.HELPDESK_LPSE, Role.VERIFIER, Role.ADMIN_AGENCY},
    EPROC: {Role.HELPDESK_EPROC},
    TEKNIS: {Role.HELPDESK_TEKNIS},
    TIM_TEKNIS: {Role.TIM_TEKNIS},
}
NO_BUSINESS = {Role.RECEPTIONIST, Role.CONSULTANT, Role.CALL_AGENT, Role.SUPERVISOR, Role.COMPLAINT_OFFICER}

each_place = pytest.mark.parametrize(("tier", "status"), ALLOWED, ids=lambda part: part.name.lower())


def test_the_table_names_every_tier_status_verb_and_role() -> None:
    verbs = {verb for cells in ALLOWED.values() for cell in cells for verb in cell.split()}

    assert set(ALLOWED) == set(product(Tier, Status))
    assert set(ALLOWED_TO_AUTHOR) == set(Status)
    assert verbs == OF_STAFF | OF_REPORTER == set(VERBS) == set(REQUIREMENTS) == set(ACTS)
    assert set().union(*ROLES.values()) | NO_BUSINESS == set(Role)


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


def snapshot(ticket: Ticket) -> list[Any]:
    """Everything that a refused verb must leave as it was."""
    row, messages = Ticket.objects.filter(pk=ticket.pk), Notification.objects.order_by("pk")
    return [list(rows.values()) for rows in (row, ticket.legs.all(), ticket.events.all(), messages)]


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
    before = snapshot(ticket)

    answers = {verb: answer(verb, ticket, by) for verb in ACTS}

    assert answers == {verb: expected(verb, ticket, allowed, own) for verb in ACTS}, by
    assert set(verbs_for(ticket, by)) == set(allowed.split()), by
    assert snapshot(ticket) == before, by


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
        else:
            check(ticket, person, "", set())


@pytest.mark.standard("R19")
@each_place
def test_the_reporter_does_what_the_table_allows(
    ticket_in: Callable[..., Ticket], vendor: User, tier: Tier, status: str
) -> None:
    ticket = ticket_in(tier, status)

    check(ticket, vendor, ALLOWED[tier, status][1], OF_REPORTER)


@pytest.mark.standard("R11")
@each_place
def test_lpse_staff_with_a_problem_of_their_own_may_pass_it_up_but_not_solve_it(
    ticket_in: Callable[..., Ticket], author: User, tier: Tier, status: str
) -> None:
    ticket = ticket_in(tier, status, by=author)

    if tier == LPSE:
        check(ticket, author, ALLOWED_TO_AUTHOR[status], OF_AUTHOR)
    else:
        check(ticket, author, ALLOWED[tier, status][1], OF_REPORTER)


@pytest.mark.parametrize("status", [NEW, IN_PROGRESS])
def test_an_account_that_lost_its_duty_may_do_nothing_at_once(
    ticket_in: Callable[..., Ticket], helpdesk: User, status: str
) -> None:
    ticket = ticket_in(LPSE, status)
    helpdesk.duties.all().delete()

    check(ticket, User.objects.get(pk=helpdesk.pk), "", set())
