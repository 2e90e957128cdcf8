"""Working time left, lost and spent, in words: "2 hari kerja", on the last day "5 jam"."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import duration
from escalation.working import Calendar, working_days_between, working_time_between


def days_words(days: int) -> str:
    return ngettext("%(n)d hari kerja", "%(n)d hari kerja", days) % {"n": days}


def left_words(now: datetime, due_at: datetime, calendar: Calendar) -> str:
    """Return what is left until a later moment: "2 hari kerja", on the last day "5 jam"."""
    return spent_words([(now, due_at)], calendar)


def spent_words(spans: list[tuple[datetime, datetime]], calendar: Calendar) -> str:
    """Return the working time of all these stays together: "2 hari kerja", under one day "5 jam"."""
    days = sum(working_days_between(start, end, calendar) for start, end in spans)
    return days_words(days) if days else duration(_open_time(spans, calendar))


def late_words(due_at: datetime, end: datetime, calendar: Calendar) -> str:
    """Return how long a limit has passed: "2 hari kerja", on the same day "5 jam", on its evening less than a day."""
    if days := working_days_between(due_at, end, calendar):
        return days_words(days)
    if open_time := working_time_between(due_at, end, calendar):
        return duration(open_time)
    return _("kurang dari 1 hari kerja")


def late_minutes(late: timedelta) -> str:
    """Return how long a promise in minutes has passed, by the clock on the wall: "12 menit", "2 jam"."""
    return duration(late) if late >= timedelta(minutes=1) else _("kurang dari 1 menit")


def _open_time(spans: list[tuple[datetime, datetime]], calendar: Calendar) -> timedelta:
    return sum((working_time_between(start, end, calendar) for start, end in spans), timedelta())
