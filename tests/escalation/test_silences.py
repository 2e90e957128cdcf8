"""A reporter who says nothing is reminded twice, and after ten working days the ticket is closed (A06, A08)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from core.fsm import Conflict
from escalation.models import Clock
from escalation.services.clocks import TRIES
from escalation.services.sweep import sweep_clocks
from escalation.tiers import Tier
from notifications.models import Notification
from tests.tickets.acts import assert_history_holds, assert_promises_hold, do
from tests.tickets.test_races import at_once
from tickets.models import Ticket, TicketEvent
from tickets.services import closing

Status, Kind, Reason = Ticket.Status, TicketEvent.Kind, Ticket.CloseReason
TicketIn = Callable[..., Ticket]
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
# Everything is asked on Wednesday 18 November 2026; ten working days later is 2 December, 16.00 WIB.
DUE = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
SILENCES = pytest.mark.parametrize(
    ("status", "reminder", "second", "reason"),
    [
        pytest.param(
            Status.AWAITING_DATA, "data_reminder", "27", Reason.NO_DATA, marks=pytest.mark.standard("A06"), id="data"
        ),
        pytest.param(
            Status.AWAITING_CONFIRMATION,
            "confirmation_reminder",
            "25",
            Reason.UNCONFIRMED,
            marks=pytest.mark.standard("A08"),
            id="confirmation",
        ),
    ],
)


def tick(now: datetime) -> dict[str, int]:
    """What beat asks for each minute."""
    sweep_clocks(now=now)
    return closing.close_silences(now=now)


def days(first: datetime, last: datetime) -> list[datetime]:
    return [first + n * DAY for n in range((last - first).days + 1)]


@SILENCES
def test_the_reporter_is_reminded_on_two_mornings_and_closed_out_after_ten_working_days(
    ticket_in: TicketIn, vendor: User, helpdesk: User, status: str, reminder: str, second: str, reason: str
) -> None:
    ticket = ticket_in(status=status)
    Notification.objects.all().delete()

    for day in days(datetime(2026, 11, 18, 10, 0, tzinfo=UTC), DUE + DAY):
        tick(day)

    reminded = list(ticket.events.filter(kind=Kind.REMINDED))
    assert [f"{event.at:%d}" for event in reminded] == ["23", second]
    assert all(event.is_public and event.actor is None for event in reminded)
    row = Ticket.objects.get()
    assert (row.status, row.close_reason, f"{row.closed_at:%d}") == (Status.CLOSED, reason, "02")
    closed = ticket.events.get(kind=Kind.CLOSED_UNANSWERED)
    assert (closed.actor, closed.is_public, closed.data) == (None, True, {"reason": reason})
    to_vendor = Notification.objects.filter(recipient=vendor).order_by("pk").values_list("kind", flat=True)
    assert list(to_vendor) == [reminder, reminder, "ticket_closed_unanswered"]
    assert list(Notification.objects.filter(recipient=helpdesk).values_list("kind", flat=True)) == [
        "ticket_closed_unanswered"
    ]
    assert_history_holds(ticket)
    assert_promises_hold(ticket)


@SILENCES
@pytest.mark.parametrize(("late", "is_closed"), [(timedelta(), False), (SECOND, True)])
def test_the_last_second_still_belongs_to_the_reporter(
    ticket_in: TicketIn, status: str, reminder: str, second: str, reason: str, late: timedelta, is_closed: bool
) -> None:
    ticket_in(status=status)
    sweep_clocks(now=DUE - 2 * DAY)

    tick(DUE + late)

    assert Ticket.objects.get().is_closed == is_closed


@SILENCES
def test_nobody_is_closed_out_within_a_day_of_a_reminder_that_came_late(
    ticket_in: TicketIn, status: str, reminder: str, second: str, reason: str
) -> None:
    """After an outage of two weeks, both reminders are late: one is sent, and there is a day to answer it."""
    ticket = ticket_in(status=status)
    back = DUE + 3 * DAY

    assert tick(back)["closed"] == 0
    assert ticket.events.filter(kind=Kind.REMINDED).count() == 1
    assert tick(back + DAY - SECOND)["closed"] == 0
    assert tick(back + DAY + SECOND)["closed"] == 1


@SILENCES
def test_closing_comes_after_the_reminders_whichever_task_runs_first(
    ticket_in: TicketIn, status: str, reminder: str, second: str, reason: str
) -> None:
    ticket_in(status=status)

    assert closing.close_silences(now=DUE + DAY) == {"closed": 0, "postponed": 0}


@SILENCES
def test_what_was_closed_can_be_reopened_for_thirty_days(
    ticket_in: TicketIn, vendor: User, status: str, reminder: str, second: str, reason: str
) -> None:
    ticket = ticket_in(status=status)
    sweep_clocks(now=DUE - 2 * DAY)
    tick(DUE + SECOND)

    with pytest.raises(Conflict):
        do("reopen", ticket, vendor, DUE + 31 * DAY)
    do("reopen", ticket, vendor, DUE + 30 * DAY)

    assert Ticket.objects.get().status == Status.NEW
    assert_promises_hold(ticket)


@pytest.mark.standard("A06")
@pytest.mark.parametrize("verb", ["provide_data", "withdraw"])
def test_an_answer_just_before_closing_wins(ticket_in: TicketIn, vendor: User, verb: str) -> None:
    ticket = ticket_in(status=Status.AWAITING_DATA)
    sweep_clocks(now=DUE - 2 * DAY)

    do(verb, ticket, vendor, DUE + SECOND)

    assert closing.close_unanswered(ticket.number, now=DUE + 2 * SECOND) is False
    assert not ticket.events.filter(kind=Kind.CLOSED_UNANSWERED).exists()
    assert tick(DUE + 2 * SECOND)["closed"] == 0


@pytest.mark.standard("A08")
@pytest.mark.parametrize("verb", ["confirm", "reject"])
def test_a_word_about_the_solution_just_before_closing_wins(ticket_in: TicketIn, vendor: User, verb: str) -> None:
    ticket = ticket_in(status=Status.AWAITING_CONFIRMATION)
    sweep_clocks(now=DUE - 2 * DAY)

    do(verb, ticket, vendor, DUE + SECOND)

    assert tick(DUE + 2 * SECOND)["closed"] == 0
    assert not ticket.events.filter(kind=Kind.CLOSED_UNANSWERED).exists()


@pytest.mark.standard("A06")
def test_a_second_request_has_ten_days_and_two_reminders_of_its_own(
    ticket_in: TicketIn, vendor: User, helpdesk: User
) -> None:
    ticket = ticket_in(status=Status.AWAITING_DATA)
    sweep_clocks(now=DUE - 3 * DAY)
    do("provide_data", ticket, vendor, DUE - 2 * DAY)
    do("request_data", ticket, helpdesk, DUE - DAY)

    assert tick(DUE + DAY)["closed"] == 0
    assert Clock.objects.running().get().points.filter(passed_at=None).count() == 2


@pytest.mark.standard("A06")
def test_silence_breaks_no_promise_and_earns_nothing(ticket_in: TicketIn) -> None:
    ticket = ticket_in(Tier.EPROC, Status.AWAITING_DATA)

    tick(DUE + 30 * DAY)
    tick(DUE + 32 * DAY)

    assert not Clock.objects.breached().exists()
    assert Ticket.objects.get(pk=ticket.pk).is_closed


def test_a_ticket_that_cannot_be_closed_does_not_hold_up_the_others(
    ticket_in: TicketIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = ticket_in(status=Status.AWAITING_DATA), ticket_in(status=Status.AWAITING_DATA)
    sweep_clocks(now=DUE - 2 * DAY)
    close = closing.close_unanswered

    def fail(number: str, *, now: datetime) -> bool:
        if number == bad.number:
            raise ValueError("cannot be closed")
        return close(number, now=now)

    monkeypatch.setattr(closing, "close_unanswered", fail)

    assert tick(DUE + SECOND) == {"closed": 1, "postponed": 1}
    assert Ticket.objects.get(pk=good.pk).is_closed
    now = DUE
    for _attempt in range(2 * TRIES):
        now += timedelta(hours=1)
        tick(now)
    clock = Clock.objects.running().get()
    assert (clock.case, clock.attempts, clock.parked_at is None) == (bad.number, TRIES, False)
    assert clock.last_error == "ValueError: cannot be closed"


def test_closing_twice_is_closing_once(ticket_in: TicketIn) -> None:
    ticket = ticket_in(status=Status.AWAITING_DATA)
    sweep_clocks(now=DUE - 2 * DAY)

    assert [tick(DUE + SECOND)["closed"] for _ in range(2)] == [1, 0]
    assert ticket.events.filter(kind=Kind.CLOSED_UNANSWERED).count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.standard("A06")
@pytest.mark.parametrize(
    ("status", "verb"), [(Status.AWAITING_DATA, "provide_data"), (Status.AWAITING_CONFIRMATION, "confirm")]
)
def test_of_an_answer_and_the_closing_at_the_same_moment_one_wins(
    ticket_in: TicketIn, vendor: User, status: str, verb: str
) -> None:
    for _round in range(5):
        ticket = ticket_in(status=status)
        sweep_clocks(now=DUE - 2 * DAY)

        sides: list[Callable[[], Any]] = [
            lambda ticket=ticket: do(verb, ticket, vendor, DUE + SECOND),
            lambda: closing.close_silences(now=DUE + SECOND),
            lambda: closing.close_silences(now=DUE + SECOND),
        ]
        told = at_once(sides)

        closed = ticket.events.filter(kind=Kind.CLOSED_UNANSWERED).count()
        assert isinstance(told[0], Ticket) != bool(closed)
        assert told[1]["closed"] + told[2]["closed"] == closed  # type: ignore[index]
        assert told[1]["postponed"] + told[2]["postponed"] == 0  # type: ignore[index]
        assert_history_holds(ticket)
        assert_promises_hold(ticket)
