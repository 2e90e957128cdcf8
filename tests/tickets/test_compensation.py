"""What a broken promise is owed, and what excuses it (R39, A16, A18)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from escalation.models import Clock, Entitlement, Promise
from escalation.tiers import Tier
from notifications.models import Notification
from tests.tickets.acts import do
from tickets.models import Ticket, TicketEvent
from tickets.services import excusing

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # of what begins at NOW
LATE = DUE + timedelta(seconds=1)
Status, Kind, Code = Ticket.Status, TicketEvent.Kind, Promise.Code
TicketIn = Callable[..., Ticket]


def first(ticket: Ticket) -> Clock:
    """The promise of a first response."""
    return Clock.objects.get(case=ticket.number, promise__code=Code.FIRST_RESPONSE)


def turns(ticket: Ticket) -> list[Clock]:
    """The promise of every turn of the staff, in order."""
    return [leg.clock for leg in ticket.legs.select_related("clock") if leg.clock]


def broken(ticket: Ticket) -> list[tuple[str, int]]:
    """The promises that the history calls broken, and where the ticket was."""
    events = ticket.events.filter(kind=Kind.BREACHED)
    return [(event.data["promise"], event.tier) for event in events]


@pytest.mark.standard("R39")
def test_at_the_first_tier_one_lateness_is_told_once(ticket: Ticket, helpdesk: User, vendor: User) -> None:
    Notification.objects.all().delete()

    do("reply", ticket, helpdesk, LATE)

    lines = ticket.events.filter(kind=Kind.BREACHED).order_by("pk").values_list("is_public", "actor")
    assert list(lines) == [(True, None), (False, None)]
    kinds = list(Notification.objects.filter(recipient=vendor).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["promise_broken", "ticket_replied"]


@pytest.mark.standard("A16")
def test_the_next_ticket_of_the_reporter_goes_first_and_the_late_one_does_not(
    ticket: Ticket, make_ticket: TicketIn, helpdesk: User
) -> None:
    do("reply", ticket, helpdesk, LATE)

    following, third = make_ticket(now=LATE + HOUR), make_ticket(now=LATE + HOUR)

    owed = Entitlement.objects.get()
    assert (owed.redeemed_case, owed.redeemed_url) == (following.number, following.get_absolute_url())
    assert following.is_compensated
    assert not third.is_compensated
    assert not Ticket.objects.get(pk=ticket.pk).is_compensated


@pytest.mark.standard("A16")
def test_a_filing_that_fails_uses_nothing(ticket: Ticket, make_ticket: TicketIn, helpdesk: User) -> None:
    do("reply", ticket, helpdesk, LATE)

    with pytest.raises(ValueError, match="nowhere"):
        make_ticket(now=LATE + HOUR, tier="nowhere")

    assert Entitlement.objects.get().redeemed_at is None


def excuse(ticket: Ticket, by: User) -> None:
    facts: dict[str, Any] = {"reason": "Gangguan pusat data.", "evidence": "Berita acara.", "now": LATE + HOUR}
    version = Ticket.objects.get(pk=ticket.pk).version
    excusing.excuse_breaches(ticket.pk, by=by, version=version, key=uuid4(), **facts)


@pytest.mark.standard("A18")
def test_excusing_keeps_the_breach_in_the_history_and_takes_back_the_priority(
    ticket: Ticket, make_ticket: TicketIn, helpdesk: User, supervisor: User
) -> None:
    do("reply", ticket, helpdesk, LATE)

    excuse(ticket, supervisor)

    assert broken(ticket) == [("R33", Tier.LPSE), ("A02", Tier.LPSE)]
    assert all(clock.is_breached and clock.is_excused for clock in (first(ticket), turns(ticket)[0]))
    assert not make_ticket(now=LATE + DAY).is_compensated


@pytest.mark.standard("A18")
def test_a_later_breach_of_an_excused_ticket_earns_the_priority_after_all(
    ticket_in: TicketIn, make_ticket: TicketIn, helpdesk: User, vendor: User, supervisor: User
) -> None:
    ticket = ticket_in(status=Status.IN_PROGRESS)
    do("resolve", ticket, helpdesk, LATE)
    excuse(ticket, supervisor)
    do("reject", ticket, vendor, LATE + 2 * HOUR)

    do("reply", ticket, helpdesk, LATE + 10 * DAY)

    assert make_ticket(now=LATE + 11 * DAY).is_compensated


# What it costs
