"""What a ticket promises, and which acts keep it, stop it or begin a new turn (R33, R39, A01–A09)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Lpse, User
from escalation.models import Clock, Entitlement, Promise
from escalation.services.sweep import sweep_clocks
from escalation.tiers import Tier
from notifications.models import Notification
from tests.conftest import NOW
from tests.tickets.acts import do
from tickets.models import Ticket, TicketEvent

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


def waits(ticket: Ticket) -> list[Clock]:
    return [leg.wait for leg in ticket.legs.select_related("wait__promise") if leg.wait]


def broken(ticket: Ticket) -> list[tuple[str, int]]:
    """The promises that the history calls broken, and where the ticket was."""
    events = ticket.events.filter(kind=Kind.BREACHED)
    return [(event.data["promise"], event.tier) for event in events]


def due(ticket: Ticket) -> datetime | None:
    return Ticket.objects.get(pk=ticket.pk).due_at


# What is promised at filing


@pytest.mark.standard("R33", "A02")
def test_filing_promises_a_first_response_and_a_turn_at_the_lpse(ticket: Ticket, lpse: Lpse, vendor: User) -> None:
    promises = list(Clock.objects.order_by("pk"))

    assert [clock.promise.code for clock in promises] == ["R33", "A02"]
    for clock in promises:
        assert (clock.started_at, clock.due_at, clock.lpse) == (NOW, DUE, lpse)
        assert (clock.case, clock.url, clock.reporter) == (ticket.number, ticket.get_absolute_url(), vendor.reporter)
    row = Ticket.objects.get()
    assert (row.response_clock, row.promised_at, row.due_at) == (promises[0], DUE, DUE)


# What is a response (A01)

RESPONSES = ["reply", "request_data", "resolve"]
NO_RESPONSES = ["note", "reassign"]


@pytest.mark.standard("A01")
@pytest.mark.parametrize("verb", RESPONSES)
def test_words_of_staff_that_the_reporter_reads_keep_the_promise(
    ticket_in: TicketIn, helpdesk: User, verb: str
) -> None:
    ticket = ticket_in(status=Status.IN_PROGRESS)

    do(verb, ticket, helpdesk, DUE)

    assert first(ticket).met_at == turns(ticket)[0].met_at == DUE
    assert due(ticket) is None
    assert broken(ticket) == []


@pytest.mark.standard("A01")
@pytest.mark.parametrize("verb", RESPONSES)
def test_one_second_too_late_is_too_late(ticket_in: TicketIn, helpdesk: User, verb: str) -> None:
    ticket = ticket_in(status=Status.IN_PROGRESS)

    do(verb, ticket, helpdesk, LATE)

    for clock in (first(ticket), turns(ticket)[0]):
        assert (clock.breached_at, clock.detected_at, clock.met_at) == (DUE, LATE, LATE)
    assert broken(ticket) == [("R33", Tier.LPSE), ("A02", Tier.LPSE)]


@pytest.mark.standard("A01")
@pytest.mark.parametrize("verb", NO_RESPONSES)
def test_what_the_reporter_does_not_read_keeps_no_promise(
    ticket_in: TicketIn, helpdesk: User, verifier: User, verb: str
) -> None:
    ticket = ticket_in(status=Status.IN_PROGRESS)

    do(verb, ticket, helpdesk, NOW + 2 * HOUR)

    assert first(ticket).is_running
    assert turns(ticket)[0].is_running
    assert due(ticket) == DUE


@pytest.mark.standard("A01")
def test_taking_a_ticket_keeps_no_promise(ticket: Ticket, helpdesk: User) -> None:
    do("take", ticket, helpdesk, NOW + HOUR)

    assert first(ticket).is_running
    assert due(ticket) == DUE


@pytest.mark.standard("A01")
@pytest.mark.parametrize("who", ["vendor", "colleague"])
def test_words_of_the_reporters_own_side_keep_no_promise(
    ticket: Ticket, vendor: User, colleague: User, who: str
) -> None:
    do("share", ticket, vendor, NOW + HOUR)

    do("reply", ticket, {"vendor": vendor, "colleague": colleague}[who], NOW + 2 * HOUR)

    assert first(ticket).is_running
    assert due(ticket) == DUE


@pytest.mark.standard("A01", "A15")
def test_staff_who_report_a_problem_of_their_own_cannot_answer_themselves(
    make_ticket: TicketIn, author: User, helpdesk: User
) -> None:
    ticket = make_ticket(by=author)

    do("reply", ticket, author, NOW + HOUR)
    assert first(ticket).is_running

    do("reply", ticket, helpdesk, NOW + 2 * HOUR)
    assert not first(ticket).is_running


@pytest.mark.standard("A01")
def test_messages_that_nobody_writes_keep_no_promise(ticket: Ticket) -> None:
    sweep_clocks(now=DUE)  # after every warning

    assert first(ticket).is_running


@pytest.mark.standard("A01")
def test_a_second_answer_changes_nothing(ticket: Ticket, helpdesk: User) -> None:
    do("reply", ticket, helpdesk, NOW + HOUR)

    do("reply", ticket, helpdesk, LATE)

    assert first(ticket).met_at == NOW + HOUR
    assert broken(ticket) == []


@pytest.mark.standard("R34")
def test_how_long_a_solution_takes_is_promised_to_nobody(ticket_in: TicketIn, helpdesk: User) -> None:
    ticket = ticket_in(status=Status.IN_PROGRESS)
    do("reply", ticket, helpdesk, NOW + DAY)

    sweep_clocks(now=NOW + 365 * DAY)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.due_at) == (Status.IN_PROGRESS, None)
    assert broken(ticket) == []
    assert not Entitlement.objects.exists()


# The chain (A02, A04)


@pytest.mark.standard("A02", "A04")
def test_escalation_ends_its_turn_only_and_the_first_promise_runs_on(ticket: Ticket, helpdesk: User) -> None:
    do("escalate", ticket, helpdesk, NOW + DAY)

    assert first(ticket).is_running
    assert [turn.met_at for turn in turns(ticket)] == [NOW + DAY, None]
    assert due(ticket) == DUE


@pytest.mark.standard("A02")
def test_a_return_ends_its_turn_only(ticket_in: TicketIn, eproc: User, settings: Any) -> None:
    settings.TICKET_RETURN = True
    ticket = ticket_in(Tier.EPROC)

    do("return", ticket, eproc, NOW + DAY)

    assert first(ticket).is_running
    assert [bool(turn.met_at) for turn in turns(ticket)] == [True, True, False]
    assert [turn.lpse_id for turn in turns(ticket)] == [ticket.lpse_id, None, ticket.lpse_id]


@pytest.mark.standard("A04")
def test_the_first_promise_is_counted_where_it_was_filed_and_later_turns_in_jakarta(
    make_ticket: TicketIn, lpse: Lpse, helpdesk: User, eproc: User
) -> None:
    Lpse.objects.filter(pk=lpse.pk).update(time_zone="Asia/Jayapura")
    ticket = make_ticket(lpse=Lpse.objects.get(pk=lpse.pk), now=datetime(2026, 11, 18, 16, 0, tzinfo=UTC))
    # Thursday 01.00 in Jayapura, Wednesday 23.00 in Jakarta: day zero is not the same day.
    promised = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday 16.00 WIT

    do("escalate", ticket, helpdesk, ticket.filed_at + timedelta(minutes=30))

    assert first(ticket).due_at == turns(ticket)[0].due_at == promised
    assert turns(ticket)[1].due_at == DUE
    assert Ticket.objects.get().promised_at == promised
    assert due(ticket) == DUE

    do("reply", ticket, eproc, DUE + HOUR)

    assert broken(ticket) == [("A02", Tier.EPROC)]
    assert not first(ticket).is_breached


@pytest.mark.standard("A02")
def test_a_reply_of_the_next_tier_keeps_the_first_promise_too(ticket_in: TicketIn, eproc: User) -> None:
    ticket = ticket_in(Tier.EPROC)

    do("reply", ticket, eproc, DUE)

    assert first(ticket).met_at == turns(ticket)[1].met_at == DUE


@pytest.mark.standard("A02")
def test_a_turn_that_ends_late_by_escalation_was_late_where_it_ended(
    ticket_in: TicketIn, eproc: User, teknis: User, supervisor: User
) -> None:
    ticket = ticket_in(Tier.EPROC)
    do("reply", ticket, eproc, NOW + 2 * HOUR)  # keeps the first promise and this turn
    do("escalate", ticket, eproc, NOW + 3 * HOUR)
    Notification.objects.all().delete()

    do("escalate", ticket, teknis, LATE + DAY)

    assert broken(ticket) == [("A02", Tier.TEKNIS)]
    assert {row.recipient for row in Notification.objects.filter(kind="ticket_late")} == {teknis, supervisor}


@pytest.mark.standard("A02", "R39")
def test_a_ticket_that_is_late_at_several_tiers_earns_one_priority(
    ticket: Ticket, helpdesk: User, eproc: User, teknis: User
) -> None:
    now = LATE
    for officer in (helpdesk, eproc, teknis):
        do("escalate", ticket, officer, now)
        now += 7 * DAY

    assert broken(ticket) == [("A02", Tier.LPSE), ("A02", Tier.EPROC), ("A02", Tier.TEKNIS)]
    assert Entitlement.objects.get().case == ticket.number


# Turns of the reporter (A05, A08, A09)


@pytest.mark.standard("R34", "A05")
def test_no_promise_of_ours_runs_while_data_are_awaited(ticket_in: TicketIn, lpse: Lpse) -> None:
    ticket = ticket_in(status=Status.AWAITING_DATA)

    assert [clock.promise.code for clock in Clock.objects.running()] == ["A06"]
    assert waits(ticket)[0].lpse == lpse
    assert due(ticket) is None


@pytest.mark.standard("A05")
def test_the_answer_begins_a_new_turn_of_three_working_days_at_the_same_tier(ticket_in: TicketIn, vendor: User) -> None:
    ticket = ticket_in(Tier.EPROC, Status.AWAITING_DATA)

    do("provide_data", ticket, vendor, NOW + 5 * DAY)  # Monday

    assert waits(ticket)[0].met_at == NOW + 5 * DAY
    turn = turns(ticket)[-1]
    assert (turn.started_at, turn.lpse) == (NOW + 5 * DAY, None)
    assert due(ticket) == turn.due_at == DUE + 3 * DAY


@pytest.mark.standard("A08")
def test_no_promise_of_ours_runs_while_a_solution_awaits_confirmation(ticket_in: TicketIn) -> None:
    ticket = ticket_in(Tier.TEKNIS, Status.AWAITING_CONFIRMATION)

    assert [clock.promise.code for clock in Clock.objects.running()] == ["A08"]
    assert waits(ticket)[0].lpse == ticket.lpse  # counted where the reporter is
    assert due(ticket) is None


@pytest.mark.standard("R19")
def test_confirming_leaves_nothing_running(ticket_in: TicketIn) -> None:
    ticket = ticket_in(status=Status.CLOSED)

    assert not Clock.objects.running().exists()
    assert waits(ticket)[0].met_at


@pytest.mark.standard("A09")
def test_not_solved_begins_a_new_turn_of_whoever_gave_the_solution(ticket_in: TicketIn, vendor: User) -> None:
    ticket = ticket_in(Tier.EPROC, Status.AWAITING_CONFIRMATION)

    do("reject", ticket, vendor, NOW + 5 * DAY)

    assert waits(ticket)[0].met_at == NOW + 5 * DAY
    assert due(ticket) == turns(ticket)[-1].due_at == DUE + 3 * DAY


@pytest.mark.parametrize("status", [Status.NEW, Status.IN_PROGRESS, Status.AWAITING_DATA])
def test_withdrawing_stops_everything_that_runs(ticket_in: TicketIn, vendor: User, status: str) -> None:
    ticket = ticket_in(status=status)
    running = set(Clock.objects.running())

    do("withdraw", ticket, vendor, DUE)

    assert not Clock.objects.running().exists()
    assert set(Clock.objects.filter(stopped_at=DUE)) == running
    assert due(ticket) is None
    assert broken(ticket) == []


@pytest.mark.standard("R39")
def test_withdrawing_does_not_hide_that_it_was_late(ticket: Ticket, vendor: User) -> None:
    do("withdraw", ticket, vendor, LATE)

    clock = first(ticket)
    assert (clock.breached_at, clock.stopped_at) == (DUE, LATE)
    assert Entitlement.objects.get().case == ticket.number


@pytest.mark.standard("A02")
def test_reopening_begins_a_new_turn_and_leaves_the_first_promise_as_it_ended(
    ticket_in: TicketIn, vendor: User
) -> None:
    ticket = ticket_in(Tier.EPROC, Status.CLOSED)
    before = Clock.objects.filter(pk=first(ticket).pk).values().get()

    do("reopen", ticket, vendor, NOW + 5 * DAY)

    assert Clock.objects.filter(pk=first(ticket).pk).values().get() == before
    assert due(ticket) == turns(ticket)[-1].due_at == DUE + 3 * DAY
    assert [clock.promise.code for clock in Clock.objects.running()] == ["A02"]


# Late (R39, A16, A18)


def test_the_verbs_ask_few_questions(make_ticket: TicketIn, helpdesk: User) -> None:
    ticket = within(35, make_ticket)

    within(25, lambda: do("reply", ticket, helpdesk, NOW + HOUR))
    within(30, lambda: do("escalate", ticket, helpdesk, NOW + 2 * HOUR))


def within(most: int, act: Callable[[], Ticket]) -> Ticket:
    with CaptureQueriesContext(connection) as seen:
        ticket = act()
    assert len(seen) <= most
    return ticket
