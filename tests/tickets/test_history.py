"""What was said and done stays as it was; whose turn it is can be read from the legs at any moment."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
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
LIFE = [
    ("reporter", "reply", 2, [(1, "")]),
    ("staff", "note", 2, [(1, "")]),
    ("staff", "take", 3, [(1, "")]),
    ("staff", "escalate", 4, [(1, "escalated"), (2, "")]),
    ("staff", "take", 5, [(1, "escalated"), (2, "")]),
    ("staff", "reply", 6, [(1, "escalated"), (2, "")]),
    ("staff", "resolve", 7, [(1, "escalated"), (2, "resolved")]),
    ("staff", "note", 7, [(1, "escalated"), (2, "resolved")]),
    ("reporter", "reject", 8, [(1, "escalated"), (2, "resolved"), (2, "")]),
    ("staff", "resolve", 9, [(1, "escalated"), (2, "resolved"), (2, "resolved")]),
    ("reporter", "confirm", 10, [(1, "escalated"), (2, "resolved"), (2, "resolved")]),
    ("reporter", "rate", 11, [(1, "escalated"), (2, "resolved"), (2, "resolved")]),
]


def test_one_life_uses_every_verb() -> None:
    assert {verb for _who, verb, _version, _legs in LIFE} == set(ACTS)


def test_every_public_act_raises_the_version_and_only_a_change_of_turn_turns_the_leg(
    ticket: Ticket, chain: dict[int, User], vendor: User
) -> None:
    for who, verb, version, legs in LIFE:
        ticket = Ticket.objects.get(pk=ticket.pk)

        ACTS[verb](ticket, vendor if who == "reporter" else chain[ticket.tier])

        ticket = Ticket.objects.get(pk=ticket.pk)
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
    ticket: Ticket, chain: dict[int, User], vendor: User
) -> None:
    for who, verb, *_rest in LIFE:
        ticket = Ticket.objects.get(pk=ticket.pk)
        ACTS[verb](ticket, vendor if who == "reporter" else chain[ticket.tier])

    events = list(ticket.events.all())

    assert {event.kind for event in events} == set(Kind)
    assert all(event.actor == (vendor if event.by_reporter else chain[event.tier]) for event in events)
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert {event.kind for event in events if not event.is_public} == {Kind.NOTED, Kind.ANALYSED}
    assert {event.kind for event in events if event.by_reporter} == {
        Kind.FILED,
        Kind.REPLIED,
        Kind.REJECTED,
        Kind.CONFIRMED,
        Kind.RATED,
    }
