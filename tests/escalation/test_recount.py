"""A changed calendar moves open clocks only: shown first, applied in one transaction, written down (A03)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Lpse, Reporter, User
from audit.models import AuditEntry
from core.fsm import Conflict
from escalation.models import Clock, ClockPoint, Entitlement, Holiday, HoursPeriod, OfficeHours
from escalation.services import changes, clocks, recount
from escalation.signals import cases_needed, clocks_moved
from escalation.working import ImpossibleCalendar
from notifications.models import Notification
from tests.conftest import NOW
from tests.processes import wait_until
from tickets.models import Ticket, TicketEvent

WIB = ZoneInfo("Asia/Jakarta")
THURSDAY, FRIDAY, MONDAY = date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 23)
MONDAY_CLOSE = datetime(2026, 11, 23, 16, tzinfo=WIB)
TUESDAY_CLOSE = datetime(2026, 11, 24, 16, tzinfo=WIB)
DAY = timedelta(days=1)
WEEK = [(day, time(7, 30), time(16)) for day in range(5)]


def holiday(day: date = THURSDAY, lpse: Lpse | None = None) -> changes.Change:
    kind = Holiday.Kind.LOCAL if lpse else Holiday.Kind.NATIONAL
    facts = {"day": day, "name": "Hari libur uji", "kind": kind, "lpse": lpse, "source": "SKB contoh"}
    return changes.add_holiday(facts | {"is_tentative": False})


def recounted(change: changes.Change, by: User, now: datetime = NOW) -> list[recount.Move]:
    return recount.apply(change, by=by, reason="Keputusan bersama terbit.", now=now)


@pytest.fixture
def start(vendor: User) -> Callable[..., Clock]:
    """A running clock of the vendor at LKPP, by default the three working days of R33 from NOW."""

    def make(code: str = "R33", *, lpse: Lpse | None = None, now: datetime = NOW, case: str = "UJI-1") -> Clock:
        reporter = Reporter.objects.get(user=vendor)
        return clocks.start_clock(code, case=case, url="/tiket/UJI-1/", reporter=reporter, lpse=lpse, now=now)

    return make


def now_of(clock: Clock) -> Clock:
    return Clock.objects.get(pk=clock.pk)


@pytest.mark.standard("A03")
def test_a_new_holiday_moves_a_running_clock_by_one_working_day(start: Callable[..., Clock], supervisor: User) -> None:
    clock = start()

    (move,) = recounted(holiday(), supervisor)

    moved = now_of(clock)
    assert (move.before, move.after, move.is_earlier) == (MONDAY_CLOSE, TUESDAY_CLOSE, False)
    assert moved.due_at == TUESDAY_CLOSE
    assert next((day["day"], day["why"]) for day in moved.count if day["why"]) == ("2026-11-19", "Hari libur uji")
    last_morning = moved.points.get(kind=ClockPoint.Kind.LAST_MORNING)
    assert last_morning.at == datetime(2026, 11, 24, 7, 30, tzinfo=WIB)
    assert moved.next_at == min(point.at for point in moved.points.all())


def test_a_preview_tells_the_same_and_changes_nothing(start: Callable[..., Clock]) -> None:
    clock = start()

    (move,) = recount.preview(holiday(), now=NOW)

    assert (move.clock, move.before, move.after) == (clock, MONDAY_CLOSE, TUESDAY_CLOSE)
    assert now_of(clock).due_at == MONDAY_CLOSE
    assert not Holiday.objects.filter(day=THURSDAY).exists()


def test_taking_a_holiday_away_moves_a_clock_back(start: Callable[..., Clock], supervisor: User) -> None:
    clock = start()
    recounted(holiday(), supervisor)

    (move,) = recounted(changes.delete_holiday(Holiday.objects.get(day=THURSDAY)), supervisor)

    assert move.is_earlier
    assert now_of(clock).due_at == MONDAY_CLOSE


def test_a_holiday_put_on_another_day_of_the_count_changes_the_count_but_not_the_due_time(
    start: Callable[..., Clock], supervisor: User
) -> None:
    clock = start()
    recounted(holiday(), supervisor)
    row = Holiday.objects.get(day=THURSDAY)
    facts = {name: getattr(row, name) for name in ("name", "kind", "lpse", "source", "is_tentative")}

    moves = recounted(changes.change_holiday(row, facts | {"day": FRIDAY}), supervisor)

    assert moves == []
    off = [day["day"] for day in now_of(clock).count if day["why"] == "Hari libur uji"]
    assert (off, now_of(clock).due_at) == (["2026-11-20"], TUESDAY_CLOSE)


def test_clocks_that_were_met_stopped_or_broken_stay(start: Callable[..., Clock], supervisor: User) -> None:
    met, stopped, broken = start(), start(case="UJI-2"), start(case="UJI-3", now=NOW - 7 * DAY)
    clocks.meet(met.pk, now=NOW)
    clocks.stop(stopped.pk, now=NOW)
    clocks.record_breaches([broken], now=NOW)
    before = list(Clock.objects.order_by("pk").values())

    moves = recounted(holiday(), supervisor) + recounted(holiday(broken.started_at.date() + DAY), supervisor)

    assert moves == []
    assert list(Clock.objects.order_by("pk").values()) == before


@pytest.mark.standard("R39")
def test_a_clock_that_ran_out_unseen_is_broken_first_and_never_moves(
    start: Callable[..., Clock], supervisor: User
) -> None:
    clock = start(now=NOW - 7 * DAY)
    due_at = clock.due_at
    change = holiday((NOW - 5 * DAY).date())

    shown, moves = recount.preview(change, now=NOW), recounted(change, supervisor)

    late = now_of(clock)
    assert (shown, moves) == ([], [])
    assert (late.due_at, late.breached_at, late.detected_at) == (due_at, due_at, NOW)
    assert Entitlement.objects.filter(clock=clock).count() == 1


def test_a_silence_that_is_over_is_neither_broken_nor_moved(start: Callable[..., Clock], supervisor: User) -> None:
    clock = start("A06", now=NOW - 21 * DAY)

    moves = recounted(holiday((NOW - 12 * DAY).date()), supervisor)

    assert moves == []
    assert (now_of(clock).due_at, now_of(clock).breached_at) == (clock.due_at, None)


def test_a_local_holiday_moves_clocks_of_its_lpse_alone(
    start: Callable[..., Clock], supervisor: User, lpse: Lpse, other_lpse: Lpse
) -> None:
    at_lkpp, here, elsewhere = start(), start(lpse=lpse, case="UJI-2"), start(lpse=other_lpse, case="UJI-3")

    moves = recounted(holiday(lpse=lpse), supervisor)

    assert [move.clock for move in moves] == [here]
    assert now_of(at_lkpp).due_at == at_lkpp.due_at
    assert now_of(elsewhere).due_at == elsewhere.due_at


@pytest.mark.standard("A23")
def test_hours_and_silences_are_counted_anew_too_but_minutes_are_not(
    start: Callable[..., Clock], supervisor: User
) -> None:
    complaint, silence, visit = start("R45"), start("A06", case="UJI-2"), start("R35", case="UJI-3")

    recounted(holiday(), supervisor)

    assert now_of(complaint).due_at == complaint.due_at + DAY
    assert now_of(silence).due_at > silence.due_at
    assert now_of(visit).due_at == visit.due_at


@pytest.mark.standard("A04")
def test_each_unit_is_counted_in_its_own_zone_and_hours(
    start: Callable[..., Clock], supervisor: User, lpse: Lpse, other_lpse: Lpse
) -> None:
    there, here = start(lpse=other_lpse), start(lpse=lpse, case="UJI-2")

    recounted(changes.set_hours([(day, time(8), time(15)) for day in range(5)], lpse=other_lpse), supervisor)

    assert now_of(there).due_at == datetime(2026, 11, 23, 15, tzinfo=ZoneInfo("Asia/Makassar"))
    assert now_of(here).due_at == MONDAY_CLOSE


def test_an_lpse_without_own_hours_follows_everybody_again(
    start: Callable[..., Clock], supervisor: User, lpse: Lpse
) -> None:
    clock = start(lpse=lpse)
    recounted(changes.set_hours([(day, time(8), time(15)) for day in range(5)], lpse=lpse), supervisor)

    recounted(changes.set_hours([], lpse=lpse), supervisor)

    assert now_of(clock).due_at == MONDAY_CLOSE


def test_a_period_with_shorter_hours_moves_what_is_due_in_it(start: Callable[..., Clock], supervisor: User) -> None:
    clock = start()
    span = {"name": "Ramadan uji", "first_day": THURSDAY, "last_day": MONDAY}

    recounted(changes.add_period(span, [(day, time(8), time(15)) for day in range(5)]), supervisor)

    assert now_of(clock).due_at == MONDAY_CLOSE - timedelta(hours=1)
    assert now_of(clock).points.get(kind="last_morning").at == MONDAY_CLOSE - timedelta(hours=8)

    recounted(changes.delete_period(HoursPeriod.objects.get()), supervisor)

    assert now_of(clock).due_at == MONDAY_CLOSE


def test_a_warning_that_was_given_stays_given(start: Callable[..., Clock], supervisor: User) -> None:
    clock = start()
    clock.points.filter(kind="part", value=50).update(passed_at=NOW)
    given = clock.points.get(kind="part", value=50)

    recounted(holiday(), supervisor)

    assert clock.points.get(pk=given.pk).at == given.at
    assert now_of(clock).next_at == min(point.at for point in clock.points.filter(passed_at=None))


def test_a_parked_clock_moves_but_stays_parked(start: Callable[..., Clock], supervisor: User) -> None:
    clock = start()
    Clock.objects.filter(pk=clock.pk).update(parked_at=NOW, next_at=None)

    recounted(holiday(), supervisor)

    moved = now_of(clock)
    assert (moved.due_at, moved.parked_at, moved.next_at) == (TUESDAY_CLOSE, NOW, None)


def test_a_change_is_written_down_with_who_when_why_before_and_after(
    start: Callable[..., Clock], supervisor: User
) -> None:
    start()

    recounted(holiday(), supervisor)

    entry = AuditEntry.objects.get(kind="calendar_changed")
    assert (entry.actor, entry.at, entry.data["reason"]) == (supervisor, NOW, "Keputusan bersama terbit.")
    assert (entry.data["moved"], entry.data["before"]) == (1, [])
    assert [(row["day"], row["name"]) for row in entry.data["after"]] == [("2026-11-19", "Hari libur uji")]


def test_doors_are_asked_for_their_cases_before_and_told_of_the_moves_after(
    start: Callable[..., Clock], supervisor: User
) -> None:
    start()
    heard: list[Any] = []

    def needed(cases: list[str], **_: Any) -> None:
        heard.append((cases, Clock.objects.get().due_at))

    def moved(moves: list[recount.Move], by: User, reason: str, now: datetime, **_: Any) -> None:
        heard.append((moves[0].before, moves[0].after, by, reason, now, Clock.objects.get().due_at))

    cases_needed.connect(needed)
    clocks_moved.connect(moved)
    try:
        recounted(holiday(), supervisor)
    finally:
        cases_needed.disconnect(needed)
        clocks_moved.disconnect(moved)

    told = (MONDAY_CLOSE, TUESDAY_CLOSE, supervisor, "Keputusan bersama terbit.", NOW, TUESDAY_CLOSE)
    assert heard[:2] == [(["UJI-1"], MONDAY_CLOSE), told]


@pytest.mark.standard("R33")
def test_the_reporter_of_a_ticket_reads_the_new_date_and_the_reason(
    ticket: Ticket, supervisor: User, vendor: User
) -> None:
    recounted(holiday(), supervisor)

    event = TicketEvent.objects.filter(ticket=ticket, kind=TicketEvent.Kind.RECOUNTED).get()
    assert event.body == "Keputusan bersama terbit."
    assert Notification.objects.filter(recipient=vendor, kind="promise_moved").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda: changes.set_hours([], lpse=None),
        lambda: changes.Change("Semua libur", Holiday.objects.all().delete, Holiday.objects.values("day")),
    ],
    ids=["no working day", "no holidays"],
)
def test_a_calendar_on_which_nothing_can_be_promised_is_refused(
    change: Callable[[], changes.Change], supervisor: User
) -> None:
    before = Holiday.objects.count(), OfficeHours.objects.count()

    with pytest.raises(ImpossibleCalendar):
        recount.preview(change(), now=NOW)
    with pytest.raises(ImpossibleCalendar):
        recounted(change(), supervisor)

    assert (Holiday.objects.count(), OfficeHours.objects.count()) == before
    assert not AuditEntry.objects.filter(kind="calendar_changed").exists()


def test_what_somebody_else_deleted_or_added_meanwhile_is_a_conflict(supervisor: User) -> None:
    recounted(holiday(), supervisor)
    removal = changes.delete_holiday(Holiday.objects.get(day=THURSDAY))
    recounted(removal, supervisor)
    with pytest.raises(Conflict):
        recounted(removal, supervisor)

    recounted(holiday(), supervisor)
    with pytest.raises(Conflict):
        recounted(holiday(), supervisor)

    assert Holiday.objects.filter(day=THURSDAY).count() == 1


@pytest.mark.parametrize("count", [2, 40])
def test_many_clocks_cost_as_many_queries_as_few(count: int, start: Callable[..., Clock], supervisor: User) -> None:
    for number in range(count):
        start(case=f"UJI-{number}")

    with CaptureQueriesContext(connection) as preview:
        shown = recount.preview(holiday(), now=NOW)
    with CaptureQueriesContext(connection) as apply:
        moves = recounted(holiday(), supervisor)

    assert len(shown) == len(moves) == count
    assert (len(preview), len(apply)) == (11, 37)


def waits_for_counts() -> bool:
    """Tell whether a change of the calendar waits for a promise that is being given."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"
        )
        return bool(cursor.rowcount)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_is_promised_while_the_calendar_changes_is_counted_anew(
    start: Callable[..., Clock], supervisor: User
) -> None:
    def change() -> list[recount.Move]:
        try:
            return recounted(holiday(), supervisor)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool, transaction.atomic():
        clock = start()
        moves = pool.submit(change)
        wait_until(waits_for_counts, "the change waits for the promise")

    assert [move.clock for move in moves.result()] == [clock]
    assert now_of(clock).due_at == TUESDAY_CLOSE
