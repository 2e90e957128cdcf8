"""Clocks: a promise starts, is met or stopped, or is broken; who breaks it and when is never lost (R33, R39)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Lpse, Reporter, User
from core.fsm import Conflict
from escalation.models import Clock, ClockPoint, Promise
from escalation.models.promise import Unit
from escalation.services.calendar import calendar_of, hold_calendar
from escalation.services.entitlements import grant, withdraw
from escalation.signals import clock_breached
from escalation.working import (
    Calendar,
    Counted,
    count_due,
    moment_after_working_time,
    nth_working_day,
    opening_of,
    working_time_between,
)

Kind = ClockPoint.Kind


@transaction.atomic
def start_clock(
    code: str, *, case: str, claim: str = "", url: str, reporter: Reporter | None, lpse: Lpse | None, now: datetime
) -> Clock:
    """Give a promise as its row stands now, counted on the calendar of this unit (none: LKPP, A04).

    `claim` is the number under which this case and others earn one priority between them, where that is not its own.
    Raises ImpossibleCalendar when the unit has no working day within reach.
    """
    hold_calendar()
    promise, calendar = Promise.objects.get(code=code), calendar_of(lpse)
    counted = count_due(now, promise.limit, promise.unit, calendar)
    facts = {"case": case, "claim": claim or case, "url": url}
    clock = Clock(promise=promise, reporter=reporter, lpse=lpse, started_at=now, **facts)
    for name in ("limit", "unit", "binds_reporter", "earns_entitlement"):
        setattr(clock, name, getattr(promise, name))
    points = [ClockPoint(clock=clock, kind=kind, value=value) for kind, value in _points_of(promise)]
    plan(clock, points, counted, calendar)
    clock.save()
    ClockPoint.objects.bulk_create(points)
    return clock


def _points_of(promise: Promise) -> list[tuple[Kind, int]]:
    points = [(Kind.PART, percent) for percent in promise.warn_percents]
    if promise.warns_last_morning:
        points.append((Kind.LAST_MORNING, 0))
    return points + [(Kind.REMINDER, day) for day in promise.remind_days]


def plan(clock: Clock, points: list[ClockPoint], counted: Counted, calendar: Calendar) -> None:
    """Set when the clock is due and, for points that have not passed, when they come; nothing is saved."""
    clock.due_at, clock.count = counted.due_at, [day.as_json() for day in counted.days]
    for point in points:
        if point.passed_at is None:
            point.at = min(_moment_of(point, clock, calendar), clock.due_at)
    clock.next_at = next_moment(clock, points)


def _moment_of(point: ClockPoint, clock: Clock, calendar: Calendar) -> datetime:
    """Return when this point comes: in working time, but for promises counted in minutes."""
    if point.kind == Kind.REMINDER:
        day = nth_working_day(calendar.local_day(clock.started_at), point.value, calendar)
        return opening_of(day, calendar) or clock.due_at
    if point.kind == Kind.LAST_MORNING:
        return opening_of(calendar.local_day(clock.due_at), calendar) or clock.due_at
    if clock.unit == Unit.MINUTES:
        return clock.started_at + (clock.due_at - clock.started_at) * point.value / 100
    whole = working_time_between(clock.started_at, clock.due_at, calendar)
    return moment_after_working_time(clock.started_at, whole * point.value / 100, calendar)


def next_moment(clock: Clock, points: list[ClockPoint]) -> datetime | None:
    """Return when the sweep has to look: at the next point, then when a promise of ours is due."""
    coming = [point.at for point in points if point.passed_at is None]
    ours = not (clock.binds_reporter or clock.is_breached)
    return min([*coming, clock.due_at] if ours else coming, default=None)


def meet(clock_id: int | None, *, now: datetime) -> None:
    """What was promised was done; a breach before that is recorded first. Does nothing to a clock that has ended."""
    _end(clock_id, "met_at", now)


def stop(clock_id: int | None, *, now: datetime) -> None:
    """Nothing is owed any more; a breach before that is recorded first. Does nothing to a clock that has ended."""
    _end(clock_id, "stopped_at", now)


@transaction.atomic
def _end(clock_id: int | None, field: str, now: datetime) -> None:
    # All running clocks of the claim at once, in one order: a sweep that holds one of them may be waiting for what the
    # breach of another one gives. So a service that changes two cases of one claim locks both before it comes here.
    claim = Clock.objects.filter(pk__in=[clock_id]).values("claim")
    running = Clock.objects.running().filter(claim__in=claim).select_related("promise", "lpse").defer("count")
    locked = {clock.pk: clock for clock in running.order_by("pk").select_for_update(of=("self",))}
    clock = locked.get(clock_id or 0)
    if clock is None:
        return
    if is_broken(clock, now):
        record_breaches([clock], now=now)
    setattr(clock, field, now)
    clock.next_at = None
    clock.save(update_fields=[field, "next_at"])


def is_broken(clock: Clock, now: datetime) -> bool:
    """Whether a promise of ours has run out and nobody has written that down yet."""
    return not clock.binds_reporter and not clock.is_breached and now > clock.due_at


def record_breaches(broken: Sequence[Clock], *, now: datetime) -> None:
    """Write down for good that these running, locked clocks ran out, and give reporters what they are owed (R39)."""
    if not broken:
        return
    for clock in broken:
        clock.breached_at, clock.detected_at, clock.next_at = clock.due_at, now, None
    rows = Clock.objects.filter(pk__in=[clock.pk for clock in broken])
    rows.update(breached_at=F("due_at"), detected_at=now, next_at=None)
    grant(broken, now=now)
    clock_breached.send(Clock, clocks=broken, now=now)


@transaction.atomic
def excuse(pk: int, *, by: User, now: datetime, reason: str) -> Clock:
    """Say why a breach was not our fault (A18): it stays in the history, an entitlement not yet used is withdrawn.

    Raises Conflict for a promise that was kept or is excused already.
    """
    clock = Clock.objects.select_for_update(of=("self",)).get(pk=pk)
    if not clock.is_breached or clock.is_excused:
        raise Conflict(_("Keterlambatan ini tidak ada atau sudah dikecualikan."))
    clock.excused_at, clock.excused_by, clock.excuse = now, by, reason
    clock.save(update_fields=["excused_at", "excused_by", "excuse"])
    withdraw(clock.claim, now=now)
    return clock


RETRY = timedelta(minutes=2)
TRIES = 5


@transaction.atomic
def postpone(pk: int, error: Exception, *, now: datetime) -> None:
    """Leave a clock that could not be dealt with for later; after TRIES somebody has to look at it."""
    clock = Clock.objects.running().select_for_update(of=("self",)).filter(pk=pk).first()
    if clock is None:
        return
    clock.attempts += 1
    clock.last_error = f"{type(error).__name__}: {error}"[:2000]
    clock.parked_at = now if clock.attempts >= TRIES else None
    clock.next_at = None if clock.parked_at else now + RETRY * clock.attempts
    clock.save(update_fields=["attempts", "last_error", "parked_at", "next_at"])
