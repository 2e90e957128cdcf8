"""The sweep warns in time, records each breach once, and one bad clock stops nobody else (R33, R39, A02)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from escalation.models import Clock, ClockPoint, Entitlement
from escalation.services import clocks, sweep
from escalation.services.sweep import sweep_clocks
from escalation.signals import clock_breached
from escalation.tiers import Tier
from notifications.models import Notification
from tests.conftest import NOW
from tests.processes import somebody_waits_for_a_lock, wait_until
from tests.tickets.acts import assert_history_holds, assert_promises_hold, do
from tests.tickets.test_races import at_once
from tickets.models import Ticket, TicketEvent

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
HALF = datetime(2026, 11, 20, 1, 36, tzinfo=UTC)
LAST_MORNING = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
MOST = datetime(2026, 11, 23, 2, 26, 24, tzinfo=UTC)
DUE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATE = DUE + SECOND
NOTHING = {"warned": 0, "broken": 0, "postponed": 0}
Status, Kind = Ticket.Status, TicketEvent.Kind
TicketIn = Callable[..., Ticket]


def told(kind: str) -> list[User]:
    """Who was told this, in order of their names."""
    rows = Notification.objects.filter(kind=kind).select_related("recipient").order_by("recipient__name", "pk")
    return [row.recipient for row in rows]


def breaches(ticket: Ticket) -> int:
    return ticket.events.filter(kind=Kind.BREACHED, is_public=True).count()


# Warnings (R33)


@pytest.mark.standard("R33")
def test_a_ticket_nobody_took_warns_its_unit_and_the_penyelia_at_every_point(
    ticket: Ticket, helpdesk: User, verifier: User, other_helpdesk: User, supervisor: User, vendor: User
) -> None:
    Notification.objects.all().delete()

    for number, point in enumerate((HALF, LAST_MORNING, MOST), 1):
        sweep_clocks(now=point)
        assert len(told("deadline_near")) == 3 * (number - 1)

        sweep_clocks(now=point + SECOND)
        assert told("deadline_near") == sorted([helpdesk, supervisor, verifier] * number, key=lambda user: user.name)

    assert Notification.objects.exclude(kind="deadline_near").count() == 0  # the reporter hears nothing of it


@pytest.mark.standard("R33")
def test_a_ticket_somebody_took_warns_that_officer_and_the_penyelia(
    ticket_in: TicketIn, helpdesk: User, verifier: User, supervisor: User
) -> None:
    ticket_in(status=Status.IN_PROGRESS)

    sweep_clocks(now=HALF + SECOND)

    assert told("deadline_near") == [helpdesk, supervisor]


@pytest.mark.standard("R33")
def test_of_several_points_passed_at_once_only_the_last_is_told(ticket: Ticket, helpdesk: User) -> None:
    sweep_clocks(now=MOST + SECOND)

    assert told("deadline_near") == [helpdesk]
    assert not ClockPoint.objects.filter(passed_at=None).exists()
    assert set(Clock.objects.values_list("next_at", flat=True)) == {DUE}


@pytest.mark.standard("R33")
def test_after_an_outage_over_the_deadline_only_the_breach_is_told(ticket: Ticket) -> None:
    sweep_clocks(now=LATE)

    assert told("deadline_near") == []
    assert breaches(ticket) == 1


@pytest.mark.standard("A02")
def test_a_turn_at_lkpp_warns_for_itself(ticket_in: TicketIn, eproc: User, teknis: User, supervisor: User) -> None:
    ticket = ticket_in(Tier.EPROC)
    do("reply", ticket, eproc, NOW + 2 * HOUR)
    do("escalate", ticket, eproc, NOW + DAY)

    sweep_clocks(now=DUE)

    assert told("deadline_near") == [supervisor, teknis]


@pytest.mark.standard("R33")
def test_an_answered_ticket_warns_nobody(ticket_in: TicketIn, helpdesk: User) -> None:
    ticket = ticket_in(status=Status.IN_PROGRESS)
    do("reply", ticket, helpdesk, NOW + 2 * HOUR)

    assert sweep_clocks(now=LATE) == NOTHING


# Breaches (R39)


@pytest.mark.standard("R39")
@pytest.mark.parametrize(("now", "is_late"), [(DUE - SECOND, False), (DUE, False), (LATE, True)])
def test_a_promise_is_broken_after_it_was_due_and_not_when_it_is(ticket: Ticket, now: datetime, is_late: bool) -> None:
    sweep_clocks(now=now)

    assert Clock.objects.breached().count() == 2 * is_late


@pytest.mark.standard("R39")
def test_a_breach_is_recorded_told_and_paid_for_once(
    ticket: Ticket, vendor: User, helpdesk: User, supervisor: User
) -> None:
    found_out = DUE + 3 * DAY

    done = [sweep_clocks(now=found_out + n * SECOND) for n in range(3)]

    assert done == [NOTHING | {"broken": 2}, NOTHING, NOTHING]
    assert set(Clock.objects.values_list("breached_at", "detected_at")) == {(DUE, found_out)}
    assert (told("promise_broken"), told("ticket_late")) == ([vendor], [helpdesk, supervisor])
    assert breaches(ticket) == 1
    assert Entitlement.objects.get().reporter == vendor.reporter
    assert_promises_hold(ticket)
    assert_history_holds(ticket)


@pytest.mark.standard("R39")
def test_the_sweep_leaves_the_ticket_itself_alone(ticket: Ticket) -> None:
    before = Ticket.objects.values().get()

    sweep_clocks(now=LATE)

    assert Ticket.objects.values().get() == before


@pytest.mark.standard("A02", "R39")
def test_a_turn_at_lkpp_is_late_by_itself_and_earns_nothing_more(
    ticket: Ticket, helpdesk: User, eproc: User, vendor: User
) -> None:
    do("escalate", ticket, helpdesk, NOW + 2 * DAY)  # due on Wednesday

    sweep_clocks(now=LATE)
    sweep_clocks(now=LATE + 2 * DAY)

    assert told("promise_broken") == [vendor, vendor]
    tiers = ticket.events.filter(kind=Kind.BREACHED).order_by("pk").values_list("tier", "data__promise")
    assert list(tiers) == [(Tier.EPROC, "R33"), (Tier.EPROC, "A02")]
    assert Entitlement.objects.count() == 1


@pytest.mark.standard("R39")
def test_a_reply_after_the_deadline_but_before_the_sweep_is_a_breach_all_the_same(
    ticket: Ticket, helpdesk: User, vendor: User
) -> None:
    do("reply", ticket, helpdesk, LATE)

    assert sweep_clocks(now=LATE + SECOND) == NOTHING
    assert told("promise_broken") == [vendor]
    assert breaches(ticket) == Entitlement.objects.count() == 1


def test_more_than_one_batch_is_dealt_with_in_one_sweep(make_ticket: TicketIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "BATCH", 3)
    for _ in range(4):
        make_ticket()

    assert sweep_clocks(now=LATE) == NOTHING | {"broken": 8}


# One bad clock (F20)


@contextmanager
def a_door_that_fails_for(ticket: Ticket, error: Exception) -> Iterator[None]:
    def fail(clocks: list[Clock], **_facts: object) -> None:
        if ticket.number in {clock.case for clock in clocks}:
            raise error

    clock_breached.connect(fail)
    try:
        yield
    finally:
        clock_breached.disconnect(fail)


def test_a_clock_that_cannot_be_dealt_with_does_not_hold_up_the_others(make_ticket: TicketIn) -> None:
    bad, good = make_ticket(), make_ticket()

    with a_door_that_fails_for(bad, ValueError("no such thing")):
        assert sweep_clocks(now=LATE) == NOTHING | {"broken": 2, "postponed": 2}

    assert (breaches(bad), breaches(good)) == (0, 1)
    clock = Clock.objects.filter(case=bad.number).earliest("pk")
    assert (clock.attempts, clock.last_error, clock.parked_at) == (1, "ValueError: no such thing", None)
    assert sweep_clocks(now=clock.next_at + SECOND) == NOTHING | {"broken": 2}
    assert breaches(bad) == 1
    assert_promises_hold(bad)


def test_a_clock_that_never_can_be_dealt_with_is_parked_and_left_alone(ticket: Ticket) -> None:
    with a_door_that_fails_for(ticket, ValueError("no")):
        done = [sweep_clocks(now=LATE + n * HOUR) for n in range(clocks.TRIES + 1)]

    assert done == [NOTHING | {"postponed": 2}] * clocks.TRIES + [NOTHING]
    for clock in Clock.objects.all():
        assert (clock.attempts, clock.next_at, clock.is_running) == (clocks.TRIES, None, True)
        assert clock.parked_at == LATE + (clocks.TRIES - 1) * HOUR


def test_a_parked_clock_is_met_and_its_breach_recorded_by_whoever_answers(ticket: Ticket, helpdesk: User) -> None:
    with a_door_that_fails_for(ticket, ValueError("no")):
        for n in range(clocks.TRIES):
            sweep_clocks(now=LATE + n * HOUR)

    do("reply", ticket, helpdesk, LATE + DAY)

    assert breaches(ticket) == 1
    assert_promises_hold(ticket)


def test_a_sweep_that_runs_out_of_time_blames_no_clock(ticket: Ticket) -> None:
    with a_door_that_fails_for(ticket, SoftTimeLimitExceeded()), pytest.raises(SoftTimeLimitExceeded):
        sweep_clocks(now=LATE)

    assert set(Clock.objects.values_list("attempts", "breached_at")) == {(0, None)}
    assert sweep_clocks(now=LATE) == NOTHING | {"broken": 2}


# At the same moment

commits = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ROUNDS = 8


def meanwhile(threads: ThreadPoolExecutor, act: Callable[[], Any]) -> Any:
    def run() -> Any:
        try:
            return act()
        finally:
            connection.close()

    return threads.submit(run)


@commits
@pytest.mark.standard("R39")
def test_a_reply_waits_for_the_sweep_that_holds_its_clock(ticket: Ticket, helpdesk: User) -> None:
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            sweep_clocks(now=LATE)
            reply = meanwhile(threads, lambda: do("reply", ticket, helpdesk, LATE))
            wait_until(somebody_waits_for_a_lock, "the reply waits for the sweep", 2)
        reply.result()

    assert set(Clock.objects.values_list("breached_at", "met_at")) == {(DUE, LATE)}
    assert breaches(ticket) == Entitlement.objects.count() == 1


@commits
@pytest.mark.standard("R39")
def test_the_sweep_does_not_wait_for_a_reply_that_is_being_sent(make_ticket: TicketIn, helpdesk: User) -> None:
    answered, forgotten = make_ticket(), make_ticket()

    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        do("reply", answered, helpdesk, LATE)
        done = meanwhile(threads, lambda: sweep_clocks(now=LATE)).result(timeout=5)

    assert done == NOTHING | {"broken": 2}
    assert sweep_clocks(now=LATE) == NOTHING
    assert breaches(answered) == breaches(forgotten) == 1


@commits
@pytest.mark.standard("R39")
@pytest.mark.parametrize("verb", ["reply", "escalate", "resolve", "withdraw"])
def test_an_act_and_two_sweeps_at_the_same_moment_record_one_breach(
    ticket_in: TicketIn, helpdesk: User, vendor: User, verb: str
) -> None:
    by = vendor if verb == "withdraw" else helpdesk
    for number in range(1, ROUNDS + 1):
        ticket = ticket_in(status=Status.IN_PROGRESS)

        act = lambda ticket=ticket: do(verb, ticket, by, LATE)  # noqa: E731
        answers = at_once([act, lambda: sweep_clocks(now=LATE), lambda: sweep_clocks(now=LATE)])
        sweep_clocks(now=LATE)

        assert isinstance(answers[0], Ticket), answers
        assert [answer["postponed"] for answer in answers[1:]] == [0, 0]  # type: ignore[index]
        assert breaches(ticket) == 1
        assert Clock.objects.breached().filter(case=ticket.number).count() == 2
        assert Entitlement.objects.count() == number
        assert_promises_hold(ticket)
        assert_history_holds(ticket)


@commits
@pytest.mark.standard("A16")
def test_sweeps_and_filings_of_the_same_reporter_do_not_wait_in_a_circle(
    make_ticket: TicketIn, helpdesk: User, vendor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "BATCH", 2)
    for number in range(ROUNDS // 2):
        late = [make_ticket(now=NOW + n * SECOND) for n in range(3)]
        do("escalate", late[0], helpdesk, NOW + HOUR)
        now = LATE

        sweeps = [lambda now=now: sweep_clocks(now=now)] * 2
        answers = at_once([*sweeps, *[lambda now=now: make_ticket(now=now)] * 2])
        sweep_clocks(now=now)

        assert [answer["postponed"] for answer in answers[:2]] == [0, 0]  # type: ignore[index]
        assert all(isinstance(answer, Ticket) for answer in answers[2:])
        assert Entitlement.objects.count() == 3 * (number + 1)
        used = Entitlement.objects.exclude(redeemed_at=None)
        assert used.count() == Ticket.objects.filter(is_compensated=True).count()
        for ticket in late:
            assert_promises_hold(ticket)
        for ticket in Ticket.objects.all():  # the next round begins with nothing open
            if not ticket.is_closed:
                do("withdraw", ticket, vendor, NOW)


# What it costs


def test_an_idle_sweep_asks_one_question(ticket: Ticket) -> None:
    with CaptureQueriesContext(connection) as seen:
        sweep_clocks(now=NOW + HOUR)

    assert len([query for query in seen if query["sql"].startswith("SELECT")]) == 1


def test_what_is_late_together_is_dealt_with_together(make_ticket: TicketIn) -> None:
    costs = []
    for tickets in (2, 20):
        for _ in range(tickets):
            make_ticket()
        with CaptureQueriesContext(connection) as seen:
            sweep_clocks(now=LATE)
        costs.append(len(seen))

    assert costs[0] == costs[1] <= 30
