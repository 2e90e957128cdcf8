"""What was said and done stays as it was; whose turn it is can be read from the legs at any moment."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Role, User
from audit.models import AuditEntry
from audit.services import record
from escalation.tiers import Tier
from tests.conftest import NOW
from tests.tickets.acts import ACTS, assert_history_holds
from tickets.models import Leg, Ticket, TicketEvent

Kind = TicketEvent.Kind
Status = Ticket.Status


def assert_refused(change: Callable[[], Any]) -> None:
    """PostgreSQL itself refuses the change."""
    with pytest.raises(IntegrityError, match="never changed or removed"), transaction.atomic():
        change()


def test_an_event_is_never_edited_nor_removed(ticket: Ticket) -> None:
    filed = ticket.events.filter(kind=Kind.FILED)
    before = list(filed.values())

    assert_refused(lambda: filed.update(body="Bukan ini yang saya tulis."))
    assert_refused(lambda: filed.update(at=NOW - timedelta(days=1)))
    assert_refused(lambda: filed.delete())
    assert_refused(lambda: ticket.delete())

    assert list(filed.values()) == before


def test_an_event_can_be_redacted_once_and_only_its_words_vanish(ticket: Ticket) -> None:
    filed = ticket.events.filter(kind=Kind.FILED)

    assert_refused(lambda: filed.update(body="Ditulis ulang.", redacted_at=NOW))
    assert_refused(lambda: filed.update(body="", redacted_at=NOW, actor=None))
    assert_refused(lambda: filed.update(body=""))
    filed.update(body="", redacted_at=NOW)

    assert filed.get().body == ""
    assert_refused(lambda: filed.update(redacted_at=None))
    assert_refused(lambda: filed.update(redacted_at=NOW + timedelta(days=1)))


def test_an_entry_of_the_audit_trail_is_never_edited_nor_removed(helpdesk: User) -> None:
    entry = record(AuditEntry.Kind.SIGN_IN, by=helpdesk, subject="helpdesk", address="192.0.2.7", now=NOW)
    entries = AuditEntry.objects.filter(pk=entry.pk)

    assert_refused(lambda: entries.update(address="192.0.2.8"))
    assert_refused(lambda: entries.delete())

    assert entries.get().address == "192.0.2.7"


# A whole life, and after each verb: the version, and the turns so far as (tier, how it ended).
FIRST = [(1, "escalated"), (2, "returned"), (1, "escalated")]
ASKED = [*FIRST, (2, "data_requested"), (2, "data_requested")]
SOLVED = [*ASKED, (2, "resolved"), (2, "resolved")]
LIFE = [
    ("reporter", "reply", 2, [(1, "")]),
    ("staff", "note", 2, [(1, "")]),
    ("staff", "take", 3, [(1, "")]),
    ("staff", "escalate", 4, [(1, "escalated"), (2, "")]),
    ("staff", "return", 5, [(1, "escalated"), (2, "returned"), (1, "")]),
    ("staff", "take", 6, [(1, "escalated"), (2, "returned"), (1, "")]),
    ("staff", "escalate", 7, [*FIRST, (2, "")]),
    ("staff", "take", 8, [*FIRST, (2, "")]),
    ("staff", "request_data", 9, [*FIRST, (2, "data_requested")]),
    ("reporter", "provide_data", 10, [*FIRST, (2, "data_requested"), (2, "")]),
    ("staff", "request_data", 11, ASKED),
    ("staff", "reply", 12, ASKED),
    ("reporter", "share", 13, ASKED),
    ("reporter", "provide_data", 14, [*ASKED, (2, "")]),
    ("reporter", "unshare", 15, [*ASKED, (2, "")]),
    ("staff", "resolve", 16, [*ASKED, (2, "resolved")]),
    ("staff", "note", 16, [*ASKED, (2, "resolved")]),
    ("reporter", "reject", 17, [*ASKED, (2, "resolved"), (2, "")]),
    ("staff", "resolve", 18, SOLVED),
    ("reporter", "confirm", 19, SOLVED),
    ("reporter", "rate", 20, SOLVED),
    ("reporter", "reopen", 21, [*SOLVED, (2, "")]),
    ("staff", "take", 22, [*SOLVED, (2, "")]),
    ("staff", "reassign", 23, [*SOLVED, (2, "")]),
    ("reporter", "withdraw", 24, [*SOLVED, (2, "withdrawn")]),
]


@pytest.fixture
def live(
    ticket: Ticket, chain: dict[int, User], vendor: User, colleague: User, make_user: Callable[..., User], settings: Any
) -> Callable[..., Ticket]:
    """Do the next verb of the life: for the reporter, or for the officer of the tier that has the ticket."""
    settings.TICKET_RETURN = True
    make_user("eproc2", (Role.HELPDESK_EPROC, None))  # to whom a ticket can be reassigned

    def act(who: str, verb: str) -> Ticket:
        page = Ticket.objects.get(pk=ticket.pk)
        ACTS[verb](page, vendor if who == "reporter" else chain[page.tier])
        return Ticket.objects.get(pk=ticket.pk)

    return act


def test_one_life_uses_every_verb_of_a_ticket_from_the_web_that_is_in_time() -> None:
    assert {verb for _who, verb, _version, _legs in LIFE} == set(ACTS) - {"excuse", "confirm_in_presence"}


def test_every_public_act_raises_the_version_and_only_a_change_of_turn_turns_the_leg(
    live: Callable[..., Ticket],
) -> None:
    for who, verb, version, legs in LIFE:
        ticket = live(who, verb)

        turns = list(ticket.legs.values_list("tier", "outcome"))
        assert (ticket.version, turns) == (version, legs), verb
        assert_history_holds(ticket)


def test_turns_follow_each_other_without_a_gap_until_the_reporter_is_asked(ticket_in: Callable[..., Ticket]) -> None:
    ticket = ticket_in(Tier.TIM_TEKNIS, Status.AWAITING_CONFIRMATION)

    legs = list(ticket.legs.all())

    assert [(leg.tier, leg.lpse) for leg in legs] == [(1, ticket.lpse), (2, None), (3, None), (4, None)]
    assert legs[0].entered_at == ticket.filed_at
    assert [leg.left_at for leg in legs[:-1]] == [leg.entered_at for leg in legs[1:]]
    assert legs[-1].left_at == ticket.events.get(kind=Kind.RESOLVED).at


def test_the_leg_knows_who_had_the_ticket(ticket_in: Callable[..., Ticket], helpdesk: User, vendor: User) -> None:
    ticket = ticket_in(Tier.LPSE, Status.AWAITING_CONFIRMATION)

    ACTS["reject"](ticket, vendor)

    assert [leg.assignee for leg in ticket.legs.all()] == [helpdesk, helpdesk]


def test_two_open_turns_at_once_cannot_be_stored(ticket: Ticket) -> None:
    with pytest.raises(IntegrityError, match="one_open_leg_per_ticket"):
        ticket.legs.create(tier=Tier.EPROC, entered_at=NOW)


def test_a_turn_cannot_end_without_saying_how(ticket: Ticket) -> None:
    with pytest.raises(IntegrityError, match="ended_leg_has_an_outcome"):
        ticket.legs.update(left_at=NOW)


def test_every_way_a_turn_can_end_is_one_the_services_use() -> None:
    assert {outcome for *_rest, legs in LIFE for _tier, outcome in legs} - {""} == set(Leg.Outcome)


def test_every_kind_of_event_says_who_did_what_where_and_when(
    live: Callable[..., Ticket], ticket: Ticket, chain: dict[int, User], vendor: User
) -> None:
    for who, verb, *_rest in LIFE:
        live(who, verb)

    events = list(ticket.events.all())

    of_time = {Kind.BREACHED, Kind.EXCUSED, Kind.REMINDED, Kind.CLOSED_UNANSWERED, Kind.RECOUNTED}
    of_counter = {Kind.CONFIRMED_IN_PRESENCE}
    assert {event.kind for event in events} == set(Kind) - of_time - of_counter
    assert all(event.actor == (vendor if event.by_reporter else chain[event.tier]) for event in events)
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert {event.kind for event in events if not event.is_public} == {Kind.NOTED, Kind.ANALYSED}
    assert {event.kind for event in events if event.by_reporter} == {
        Kind.FILED,
        Kind.REPLIED,
        Kind.DATA_PROVIDED,
        Kind.REJECTED,
        Kind.CONFIRMED,
        Kind.RATED,
        Kind.WITHDRAWN,
        Kind.REOPENED,
        Kind.SHARED,
        Kind.UNSHARED,
    }
