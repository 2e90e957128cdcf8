"""What is due now, as the clock chips of a ticket say it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from core.dates import local, short_date
from escalation.spans import late_words, left_words
from escalation.working import Calendar
from tickets.models import Ticket


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
