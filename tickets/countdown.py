"""Working time left, lost and spent, in the words of the chain and the clock chips."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import duration, local, short_date
from escalation.working import Calendar, working_days_between, working_time_between
from tickets.models import Ticket


def days_words(days: int) -> str:
    return ngettext("%(n)d hari kerja", "%(n)d hari kerja", days) % {"n": days}


def left_words(now: datetime, due_at: datetime, calendar: Calendar) -> str:
    """Return what is left until a later moment: "2 hari kerja", on the last day "5 jam"."""
    days = working_days_between(now, due_at, calendar)
    return days_words(days) if days else duration(working_time_between(now, due_at, calendar))


def late_words(due_at: datetime, now: datetime, calendar: Calendar) -> str:
    """Return how long a limit has passed: "2 hari kerja", before a whole one has "kurang dari 1 hari kerja"."""
    days = working_days_between(due_at, now, calendar)
    return days_words(days) if days else _("kurang dari 1 hari kerja")


def spent_words(spans: list[tuple[datetime, datetime]], calendar: Calendar) -> str:
    """Return the working time of all these stays together: "2 hari kerja", under one day "5 jam"."""
    days = sum(working_days_between(start, end, calendar) for start, end in spans)
    if days:
        return days_words(days)
    return duration(sum((working_time_between(start, end, calendar) for start, end in spans), timedelta()))


def is_late(ticket: Ticket, now: datetime) -> bool:
    """Whether the staff owe an answer that is overdue, written down or not yet."""
    return ticket.due_at is not None and now > ticket.due_at


def is_today(at: datetime, zone: str, now: datetime) -> bool:
    return local(at, zone).date() == local(now, zone).date()


@dataclass(frozen=True)
class Chip:
    """A clock chip: css modifier, heroicon and words."""

    css: str
    icon: str
    words: str


def due_chip(due_at: datetime, zone: str, now: datetime, calendar: Calendar | None = None) -> Chip:
    """Return the chip of something due; without a calendar it says dates and zones instead of working days."""
    if now > due_at:
        late = _("Terlambat %(span)s") % {"span": late_words(due_at, now, calendar)} if calendar else _("Terlambat")
        return Chip("late", "exclamation-triangle", late)
    if is_today(due_at, zone, now):
        hour = f"{local(due_at, zone):%H.%M}" if calendar else f"{local(due_at, zone):%H.%M %Z}"
        return Chip("near", "bell-alert", _("Hari ini %(hour)s") % {"hour": hour})
    if calendar:
        return Chip("run", "clock", _("Sisa %(span)s") % {"span": left_words(now, due_at, calendar)})
    return Chip("run", "clock", _("Paling lambat %(date)s") % {"date": short_date(due_at, zone)})


def chip_of(ticket: Ticket, now: datetime, calendar: Calendar | None = None) -> Chip | None:
    """Return the chip of what is due now, from fields of the ticket alone; nothing where no clock was ever set.

    `calendar` is that of the unit that holds the ticket.
    """
    if ticket.is_closed or ticket.promised_at is None:
        return None
    if ticket.awaits_data:
        return Chip("paused", "pause-circle", _("Jam berhenti"))
    if ticket.due_at is None:
        return Chip("met", "check-circle", _("Sudah ditanggapi"))
    return due_chip(ticket.due_at, calendar.zone if calendar else ticket.zone, now, calendar)
