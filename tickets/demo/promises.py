"""The promises of invented tickets, as rows for COPY: there are millions, so a day is counted once for each zone."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.urls import reverse

from escalation.models import Clock, ClockPoint, Promise
from escalation.services import clocks
from escalation.services.calendar import calendar_of
from escalation.tiers import LKPP_ZONE
from escalation.working import Calendar, Counted, count_due

TICK = timedelta(seconds=30)  # how long after a moment the sweep comes by
Rows = dict[type[models.Model], list[tuple[Any, ...]]]
Code, Kind = Promise.Code, ClockPoint.Kind


@dataclass
class Case:
    """Whom a promise is given to, about what."""

    number: str
    url: str
    reporter: int
    lpse: int
    zone: str


@dataclass
class Turn:
    """One turn of the staff: where, who, and when it was answered and ended."""

    tier: int
    lpse: int | None
    officer: int | None
    entered_at: datetime
    answered_at: datetime | None = None
    left_at: datetime | None = None
    outcome: str = ""


@dataclass
class Given:
    """What became of one promise."""

    pk: int
    code: str
    due_at: datetime
    is_running: bool
    detected_at: datetime | None  # when it was found out that it was broken


class Promises:
    """Gives clocks to cases in the order in which they are filed, and priority to those who were kept waiting."""

    def __init__(self, first: int, now: datetime) -> None:
        self.last, self.now = first - 1, now
        self.promises = {promise.code: promise for promise in Promise.objects.all()}
        self.calendar = calendar_of(None)
        self.address = reverse("tickets:detail", args=["number"])
        self.counts: dict[tuple[str, str, date], tuple[Counted, str, Calendar]] = {}
        self.owed: defaultdict[int, list[list[Any]]] = defaultdict(list)
        self.entitlements: list[list[Any]] = []

    def case(self, number: str, reporter: int, lpse: int, zone: str) -> Case:
        return Case(number, self.address.replace("number", number), reporter, lpse, zone)

    def count(self, code: str, at: datetime, zone: str) -> tuple[Counted, str, Calendar]:
        """Return until when a promise given then runs, its days as JSON, and the calendar of the zone."""
        key = (code, zone, at.astimezone(ZoneInfo(zone)).date())
        if key not in self.counts:
            promise, calendar = self.promises[code], replace(self.calendar, zone=zone)
            counted = count_due(at, promise.limit, promise.unit, calendar)
            self.counts[key] = counted, json.dumps([day.as_json() for day in counted.days]), calendar
        return self.counts[key]

    def give(self, rows: Rows, case: Case, code: str, *, at: datetime, met_at: datetime | None, here: bool) -> Given:
        """Add the rows of one clock that started then, at the LPSE (here) or at LKPP; return what became of it."""
        promise, lpse = self.promises[code], case.lpse if here else None
        counted, count, calendar = self.count(code, at, case.zone if here else LKPP_ZONE)
        due_at, end = counted.due_at, met_at or self.now
        self.last += 1
        is_broken = end > due_at and not promise.binds_reporter
        detected_at, next_at = min(due_at + TICK, end) if is_broken else None, None
        if met_at:
            points = about(promise, at, due_at)
        else:
            clock = Clock(started_at=at, unit=promise.unit, binds_reporter=promise.binds_reporter)
            planned = [ClockPoint(kind=kind, value=value) for kind, value, _at in about(promise, at, due_at)]
            clocks.plan(clock, planned, counted, calendar)
            points = [(point.kind, point.value, point.at) for point in planned]
            coming = [point.at for point in planned if point.at >= self.now]
            next_at = None if is_broken else min(coming if promise.binds_reporter else [*coming, due_at], default=None)
        passed = ((kind, value, at, at + TICK if at < end else None) for kind, value, at in points)
        rows[ClockPoint] += [(self.last, *point) for point in passed]
        frozen = (promise.limit, promise.unit, promise.binds_reporter, promise.earns_entitlement)
        facts = (self.last, promise.pk, case.reporter, lpse, case.number, case.number, case.url, *frozen)
        ends = (next_at, met_at, None, due_at if is_broken else None, detected_at, "", 0, "")
        rows[Clock].append((*facts, at, due_at, count, *ends))
        return Given(self.last, code, due_at, met_at is None, detected_at)

    def earn(self, case: Case, broken: Iterable[Given]) -> None:
        """Owe the reporter one priority for a case that was late."""
        first = min(broken, key=lambda given: (given.due_at, given.pk), default=None)
        if first:
            owed = [case.reporter, first.pk, case.number, first.detected_at, None, "", ""]
            self.owed[case.reporter].append(owed)
            self.entitlements.append(owed)

    def redeem(self, case: Case, at: datetime) -> bool:
        """Use the oldest priority that the reporter has by then."""
        owed = min((row for row in self.owed[case.reporter] if row[3] <= at), key=lambda row: row[3], default=None)
        if owed is None:
            return False
        self.owed[case.reporter].remove(owed)
        owed[4:] = [at, case.number, case.url]
        return True


def about(promise: Promise, at: datetime, due_at: datetime) -> list[tuple[str, int, datetime]]:
    """Return the moments of warning of a clock, about where they are: of one that has ended nobody asks."""
    shares: list[tuple[str, int, float]] = [(Kind.PART, part, part / 100) for part in promise.warn_percents]
    shares += [(Kind.REMINDER, day, day / promise.limit) for day in promise.remind_days]
    if promise.warns_last_morning:
        shares.append((Kind.LAST_MORNING, 0, 0.9))
    return [(kind, value, at + (due_at - at) * share) for kind, value, share in shares]
