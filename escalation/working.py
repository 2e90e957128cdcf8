"""How working time is counted, from plain data alone: the same code makes a promise and explains it (R33, A03, A23).

Moments come in with any zone and go out in UTC; days and hours are those of the unit's own zone (A04).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, islice
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.dates import DAYS, local
from core.fsm import Conflict

ONE_DAY = timedelta(days=1)
REACH = timedelta(days=366)  # so long may offices be closed in a row


class ImpossibleCalendar(Conflict):
    """A calendar on which nothing can be promised: it is not filled in, or has no working day within reach."""


@dataclass(frozen=True)
class Slot:
    """One stretch of a day in which the office is open, in local time."""

    opens: time
    closes: time


Week = Mapping[int, tuple[Slot, ...]]  # Monday is 0; the slots of a day in order, none overlapping


@dataclass(frozen=True)
class Period:
    """Days, both included, on which this week replaces the usual one; an empty week leaves it."""

    first: date
    last: date
    week: Week


@dataclass(frozen=True)
class Calendar:
    """When one unit works, in its own zone (IANA name)."""

    zone: str
    week: Week
    periods: tuple[Period, ...]
    holidays: Mapping[date, str]

    def local_day(self, at: datetime) -> date:
        return local(at, self.zone).date()

    def slots_on(self, day: date) -> tuple[Slot, ...]:
        """Return the opening hours of a day; none on a day off."""
        if day in self.holidays:
            return ()
        special = (period.week for period in self.periods if period.week and period.first <= day <= period.last)
        week = next(special, self.week)
        return week.get(day.weekday(), ())

    def is_working(self, day: date) -> bool:
        return bool(self.slots_on(day))

    def why_off(self, day: date) -> str:
        """Return the holiday or weekday for which a day does not count; empty for a working day."""
        return "" if self.is_working(day) else self.holidays.get(day) or DAYS[day.weekday()]


@dataclass(frozen=True)
class Day:
    """One line of a count: 0 is the day it starts from, 1 and up are counted, None is a day off."""

    day: date
    number: int | None
    why: str

    def as_json(self) -> dict[str, Any]:
        return {"day": self.day.isoformat(), "number": self.number, "why": self.why}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Self:
        return cls(date.fromisoformat(facts["day"]), facts["number"], facts["why"])


@dataclass(frozen=True)
class Counted:
    """Until when, in UTC, and every local day from the start to then."""

    due_at: datetime
    days: tuple[Day, ...]


def count_due(start: datetime, limit: int, unit: str, calendar: Calendar) -> Counted:
    """Return when a limit in a unit of a Promise ends; raise ImpossibleCalendar where it never would."""
    return COUNTERS[unit](local(start, calendar.zone), limit, calendar)


def _count_working_days(here: datetime, limit: int, calendar: Calendar) -> Counted:
    """The day of the start is day 0, whatever its hour and kind; due when the office closes on the last day (A03)."""
    first = here.date()
    last = nth_working_day(first, limit, calendar)
    closes = calendar.slots_on(last)[-1].closes
    return Counted(_at(last, closes, calendar), _explain(first, first, last, calendar))


def _count_hours(here: datetime, limit: int, calendar: Calendar) -> Counted:
    """Working days count from midnight to midnight, days off not at all: 72 hours end at the same time of day (A23).

    A start on a day off counts from 00.00 of the next working day. What ends with a day ends at 00.00 of the next
    working day, so that nothing is due on a day off.
    """
    first = zero = here.date()
    passed = timedelta(hours=limit)
    if calendar.is_working(zero):
        passed += here - datetime.combine(zero, time(), here.tzinfo)
    else:
        zero = nth_working_day(zero, 1, calendar)
    whole_days, rest = divmod(passed, ONE_DAY)
    last = nth_working_day(zero, whole_days, calendar)
    due_at = datetime.combine(last, time(), here.tzinfo) + rest
    return Counted(due_at.astimezone(UTC), _explain(first, zero, last, calendar))


def _count_minutes(here: datetime, limit: int, calendar: Calendar) -> Counted:
    """Minutes run on any day at any hour: the person is already being served (R35, R37)."""
    due_at = here.astimezone(UTC) + timedelta(minutes=limit)
    days = _days(here.date(), calendar.local_day(due_at))
    return Counted(due_at, tuple(Day(day, number, "") for number, day in enumerate(days)))


COUNTERS: dict[str, Callable[[datetime, int, Calendar], Counted]] = {  # by unit, as Unit spells it
    "working_days": _count_working_days,
    "hours": _count_hours,
    "minutes": _count_minutes,
}


def nth_working_day(start_day: date, n: int, calendar: Calendar) -> date:
    """Return the nth working day after a day, or the day itself for 0; raise ImpossibleCalendar if there is none."""
    return next(islice(_working_days_after(start_day, calendar), n - 1, None)) if n else start_day


def working_days_between(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Count the working days after the day of start, up to and with the day of end; 0 if end comes first."""
    days = _days(calendar.local_day(start) + ONE_DAY, calendar.local_day(end))
    return sum(calendar.is_working(day) for day in days)


def working_time_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Return how long the office is open between two moments; nothing if end comes first."""
    days = _days(calendar.local_day(start), calendar.local_day(end))
    open_times = (min(closes, end) - max(opens, start) for opens, closes in _openings(days, calendar))
    return sum((span for span in open_times if span > timedelta()), timedelta())


def hours_between(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Return how much of a limit in hours has passed: working days from midnight to midnight (A23)."""
    days = _days(calendar.local_day(start), calendar.local_day(end))
    whole = (
        (_at(day, time(), calendar), _at(day + ONE_DAY, time(), calendar)) for day in days if calendar.is_working(day)
    )
    return sum((max(min(last, end) - max(first, start), timedelta()) for first, last in whole), timedelta())


def moment_after_working_time(start: datetime, amount: timedelta, calendar: Calendar) -> datetime:
    """Return the first moment by which the office was open for this long since start; raise ImpossibleCalendar."""
    today = calendar.local_day(start)
    openings = _openings(chain([today], _working_days_after(today, calendar)), calendar)
    closes, span = start.astimezone(UTC), timedelta()
    while span < amount:
        amount -= max(span, timedelta())
        opens, closes = next(openings)
        span = closes - max(opens, start)
    return closes - (span - amount)


def opening_of(day: date, calendar: Calendar) -> datetime | None:
    """Return when the office opens on a day; None on a day off."""
    slots = calendar.slots_on(day)
    return _at(day, slots[0].opens, calendar) if slots else None


def _explain(first: date, zero: date, last: date, calendar: Calendar) -> tuple[Day, ...]:
    """Return every day from first to last; working days after day zero are numbered."""
    number, days = 0, []
    for day in _days(first, last):
        why = calendar.why_off(day)
        counts = day > zero and not why
        number += counts
        days.append(Day(day, number if counts or day == zero else None, why))
    return tuple(days)


def _working_days_after(day: date, calendar: Calendar) -> Iterator[date]:
    last = day
    while day - last <= REACH:
        day += ONE_DAY
        if calendar.is_working(day):
            last = day
            yield day
    raise ImpossibleCalendar(_("Kalender kerja tidak memuat satu pun hari kerja dalam setahun."))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _openings(days: Iterable[date], calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    for day in days:
        for slot in calendar.slots_on(day):
            yield _at(day, slot.opens, calendar), _at(day, slot.closes, calendar)


def _at(day: date, clock: time, calendar: Calendar) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(calendar.zone)).astimezone(UTC)
