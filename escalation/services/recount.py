"""Changing the calendar: what moves is shown first, then counted anew in one transaction, and written down."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Lpse, User
from audit.models import AuditEntry
from audit.services import record
from core.fsm import Conflict
from escalation.models import Clock, ClockPoint, Holiday, HoursPeriod, OfficeHours
from escalation.models.promise import Unit
from escalation.services.calendar import calendar_of, calendars_of, wait_for_counts
from escalation.services.changes import Change
from escalation.services.clocks import is_broken, plan, record_breaches
from escalation.signals import cases_needed, clocks_moved
from escalation.working import Counted, count_due

BATCH = 2000
A_DAY = timedelta(days=1)  # wider than the distance of any zone from UTC
LATELY = timedelta(minutes=10)  # longer than any transaction lasts


@dataclass
class Move:
    """A running clock on a changed calendar: until when it ran, and until when it runs now."""

    clock: Clock
    before: datetime
    after: datetime
    count: Counted

    @property
    def is_shift(self) -> bool:
        """Whether the due time changes at all; days can be counted otherwise without that."""
        return self.after != self.before

    @property
    def is_earlier(self) -> bool:
        return self.after < self.before


class Counter:
    """Counts clocks on the calendar as it stands now; what has the same start, unit and place is counted once."""

    def __init__(self, clocks: list[Clock]) -> None:
        units = Lpse.objects.in_bulk({clock.lpse_id for clock in clocks if clock.lpse_id})
        self.calendars = calendars_of([None, *units.values()])
        self.counts: dict[object, Counted] = {}

    def count(self, clock: Clock) -> Counted:
        """Return until when the clock runs now."""
        calendar = self.calendars[clock.lpse_id]
        start: object = clock.started_at
        if clock.unit == Unit.WORKING_DAYS:
            start = calendar.local_day(clock.started_at)
        key = (clock.lpse_id, clock.unit, clock.limit, start)
        if key not in self.counts:
            self.counts[key] = count_due(clock.started_at, clock.limit, clock.unit, calendar)
        return self.counts[key]

    def move(self, clock: Clock) -> Move:
        """Return where the clock goes."""
        count = self.count(clock)
        return Move(clock, clock.due_at, count.due_at, count)


@transaction.atomic
def preview(change: Change, *, now: datetime) -> list[Move]:
    """Return which running clocks a change would move, first due first, and leave everything as it is.

    Raises ImpossibleCalendar where nothing could be promised any more, Conflict for a change that cannot be made.
    """
    _make(change, now)
    clocks = list(_touched(change))
    counter = Counter(clocks)
    moves = [move for clock in clocks if (move := counter.move(clock)).is_shift and move.before >= now]
    transaction.set_rollback(True)
    return moves


@transaction.atomic
def apply(change: Change, *, by: User | None, reason: str, now: datetime, address: str = "") -> list[Move]:
    """Make a change, count the running clocks it concerns anew, write down who, when, why and what; return the moves.

    What has run out is broken for good: it is recorded, not moved. Raises what `preview` raises.
    """
    _one_at_a_time()
    before = _plain(change)
    _make(change, now)
    moves = _move(_touched(change), by=by, reason=reason, now=now)
    wait_for_counts()
    # What was promised meanwhile was still counted on the old calendar.
    moves += _move(_touched(change).filter(started_at__gte=now - LATELY), by=by, reason=reason, now=now)
    facts: dict[str, Any] = {"reason": reason, "moved": len(moves), "before": before, "after": _plain(change)}
    record(AuditEntry.Kind.CALENDAR_CHANGED, by=by, subject=change.name, address=address, now=now, **facts)
    return moves


def _move(touched: QuerySet[Clock], *, by: User | None, reason: str, now: datetime) -> list[Move]:
    """Count these clocks anew, cases first, and tell the doors which are due at another time now; return those."""
    clocks = list(touched)
    cases_needed.send(Clock, cases=sorted({clock.case for clock in clocks}))
    counter, keys = Counter(clocks), sorted(clock.pk for clock in clocks)
    moves: list[Move] = []
    for start in range(0, len(keys), BATCH):
        moves += _count_anew(keys[start : start + BATCH], counter, now)
    if moves:
        clocks_moved.send(Clock, moves=moves, by=by, reason=reason, now=now)
    return moves


def _one_at_a_time() -> None:
    """Wait for other changes: each must count on what the one before it has left."""
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in (Holiday, HoursPeriod, OfficeHours))
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")  # nosemgrep: no-words-in-sql


def _plain(change: Change) -> list[dict[str, Any]]:
    """Return the rows of a change as they stand now, as plain JSON."""
    return [
        {name: value.isoformat() if isinstance(value, date | time) else value for name, value in row.items()}
        for row in change.rows.all()
    ]


def _make(change: Change, now: datetime) -> None:
    try:
        with transaction.atomic():
            change.make()
    except IntegrityError as error:
        raise Conflict(_("Kalender berubah saat Anda menulis. Periksa kembali, lalu ulangi.")) from error
    count_due(now, 1, Unit.WORKING_DAYS, calendar_of(change.lpse))


def _touched(change: Change) -> QuerySet[Clock]:
    """Return the clocks that run on a day of the change; what is broken, and what counts minutes, never moves."""
    clocks = Clock.objects.running().filter(breached_at=None).exclude(unit=Unit.MINUTES)
    if change.lpse:
        clocks = clocks.filter(lpse=change.lpse)
    if change.first and change.last:
        first, last = (datetime.combine(day, time(), UTC) for day in (change.first, change.last))
        clocks = clocks.filter(due_at__gte=first - A_DAY, started_at__lt=last + 2 * A_DAY)
    return clocks.defer("count").order_by("due_at", "pk")


def _count_anew(keys: list[int], counter: Counter, now: datetime) -> list[Move]:
    """Count these clocks under lock, with their warnings; what has ended meanwhile stays as it is, and what ran out."""
    rows = Clock.objects.running().filter(pk__in=keys, breached_at=None).select_related("promise", "lpse", "reporter")
    locked = list(rows.order_by("pk").select_for_update(of=("self",)))
    record_breaches([clock for clock in locked if is_broken(clock, now)], now=now)
    clocks = [clock for clock in locked if clock.due_at >= now]
    moves = [counter.move(clock) for clock in clocks]
    _write(clocks, counter)
    return [move for move in moves if move.is_shift]


def _write(clocks: list[Clock], counter: Counter) -> None:
    """Save when these locked clocks are due, why, and when they warn; one that is parked waits on."""
    points: dict[int, list[ClockPoint]] = {clock.pk: [] for clock in clocks}
    for point in ClockPoint.objects.filter(clock__in=clocks, passed_at=None):
        points[point.clock_id].append(point)
    groups: dict[Counted, list[int]] = {}
    for clock in clocks:
        count = counter.count(clock)
        plan(clock, points[clock.pk], count, counter.calendars[clock.lpse_id])
        groups.setdefault(count, []).append(clock.pk)
    for count, keys in groups.items():
        days = [day.as_json() for day in count.days]
        Clock.objects.filter(pk__in=keys).update(due_at=count.due_at, count=days)
    _set_moments(Clock, "next_at", {clock.pk: None if clock.parked_at else clock.next_at for clock in clocks})
    _set_moments(ClockPoint, "at", {point.pk: point.at for point in chain.from_iterable(points.values())})


def _set_moments(model: type[Model], column: str, moments: dict[int, datetime | None]) -> None:
    """Give each row its moment, in one statement: bulk_update() needs a hundred times as long."""
    table = connection.ops.quote_name(model._meta.db_table)
    new = "unnest(%s::bigint[], %s::timestamptz[]) AS new (id, at)"
    sql = f"UPDATE {table} SET {column} = new.at FROM {new} WHERE {table}.id = new.id"  # nosec B608 # our own names
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(moments), list(moments.values())])
