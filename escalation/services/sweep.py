"""The sweep: each minute, warn before a promise runs out and write down when it has (R33, R39, R45)."""

import logging
from collections import Counter
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction

from escalation.models import Clock, ClockPoint
from escalation.services.clocks import is_broken, next_moment, postpone, record_breaches
from escalation.signals import clock_warned

BATCH = 100
log = logging.getLogger(__name__)


def database_now() -> datetime:
    """Return the time of the database: the one clock that all workers share, however wrong their own may be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def sweep_clocks(*, now: datetime) -> dict[str, int]:
    """Deal with every clock whose time has come; return how many were warned of, broken and put off.

    Any number of sweeps may run at once, and each may be killed at any moment: what one has not finished the next does.
    """
    done: Counter[str] = Counter(warned=0, broken=0, postponed=0)
    while _sweep_batch(now, done):
        pass
    return dict(done)


@transaction.atomic
def _sweep_batch(now: datetime, done: Counter[str]) -> int:
    """Deal with some clocks together, because that is much quicker, or one by one when that fails."""
    due = Clock.objects.filter(next_at__lt=now).order_by("next_at", "pk").select_for_update(skip_locked=True)
    keys = list(due.values_list("pk", flat=True)[:BATCH])
    if not keys:
        return 0
    try:
        done.update(_look_at(keys, now))
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # whose fault it is, they say themselves
        for key in keys:
            done.update(_look_at_one(key, now))
    return len(keys)


def _look_at_one(key: int, now: datetime) -> Counter[str]:
    try:
        return _look_at([key], now)
    except SoftTimeLimitExceeded:
        raise  # nothing is wrong with this clock
    except Exception as error:
        log.exception("Clock %s could not be dealt with", key)
        postpone(key, error, now=now)
        return Counter(postponed=1)


@transaction.atomic
def _look_at(keys: list[int], now: datetime) -> Counter[str]:
    """Record what is broken of these locked clocks; of the others pass the points whose time has come.

    Of several points of a clock only the last is told.
    """
    clocks = list(Clock.objects.filter(pk__in=keys).select_related("promise", "lpse").defer("count").order_by("pk"))
    points: dict[int, list[ClockPoint]] = {key: [] for key in keys}
    last: dict[int, ClockPoint] = {}
    for point in ClockPoint.objects.filter(clock__in=keys):
        points[point.clock_id].append(point)
        if point.passed_at is None and point.at < now:
            point.passed_at, last[point.clock_id] = now, point
    ClockPoint.objects.filter(clock__in=keys, passed_at=None, at__lt=now).update(passed_at=now)
    broken = [clock for clock in clocks if is_broken(clock, now)]
    record_breaches(broken, now=now)
    others = [clock for clock in clocks if not clock.is_breached or clock.next_at]
    for clock in others:
        clock.next_at = next_moment(clock, points[clock.pk])
        if clock.pk in last:
            last[clock.pk].clock = clock
    Clock.objects.bulk_update(others, ["next_at"])
    telling = [last[clock.pk] for clock in others if clock.pk in last and not clock.is_breached]
    if telling:
        clock_warned.send(Clock, points=telling, now=now)
    return Counter(broken=len(broken), warned=len(telling))
