"""Moments of the past six weeks at which offices were open, and dates beside them."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.dates import MONTHS
from escalation.tiers import LKPP_ZONE

OPENS, CLOSES = time(8), time(16)
DISTANCE = re.compile(r"\{([+-]\d+)\}")  # "{+3}" in a text: three days after filing


def weekday_near(day: date, distance: int) -> date:
    """Return the weekday (Monday to Friday) so many weekdays after or before a day."""
    step = timedelta(days=1 if distance > 0 else -1)
    while distance:
        day += step
        if day.weekday() < 5:
            distance -= 1 if distance > 0 else -1
    return day


def moment(age: float, *, zone: str, now: datetime) -> datetime:
    """Return the moment so many working days before now at which both LKPP and an office in this zone are open.

    The fraction of the age is counted back from closing time; on the last day, from now.
    """
    today = now.astimezone(ZoneInfo(LKPP_ZONE)).date() + timedelta(days=1)
    today = weekday_near(today, -1)
    if _opening(today) >= now:
        today = weekday_near(today, -1)
    day = weekday_near(today, -int(age))
    closes = min(datetime.combine(day, CLOSES, ZoneInfo(zone)), now)
    length = closes.astimezone(UTC) - _opening(day)
    return (closes.astimezone(UTC) - length * (age % 1)).replace(second=0, microsecond=0)


def _opening(day: date) -> datetime:
    return datetime.combine(day, OPENS, ZoneInfo(LKPP_ZONE)).astimezone(UTC)


def deadline(filed_at: datetime, *, zone: str, days: int, hour: int) -> datetime:
    """Return the full hour so many weekdays after filing."""
    day = weekday_near(filed_at.astimezone(ZoneInfo(zone)).date(), days)
    return datetime.combine(day, time(hour), ZoneInfo(zone))


def dated(text: str, filed_at: datetime) -> str:
    """Write out the dates of a text that are given as days from filing: {+3} becomes 24 November 2026."""

    def write(match: re.Match[str]) -> str:
        day = filed_at + timedelta(days=int(match[1]))
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

    return DISTANCE.sub(write, text)
