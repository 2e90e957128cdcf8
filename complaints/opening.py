"""When LKPP is open, in words."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from escalation.working import Calendar, Slot


def hours_words(slots: Iterable[Slot]) -> str:
    """Return e.g. "08.00–12.00, 13.00–16.00"."""
    return ", ".join(f"{slot.opens:%H.%M}–{slot.closes:%H.%M}" for slot in slots)


def today_words(calendar: Calendar, today: date) -> str:
    """Return e.g. "Hari ini buka 08.00–16.00 WIB" or "Hari ini tutup: Cuti Bersama Natal"."""
    if slots := calendar.slots_on(today):
        return _("Hari ini buka %(hours)s WIB") % {"hours": hours_words(slots)}
    return _("Hari ini tutup: %(why)s") % {"why": calendar.why_off(today)}
