"""Dates and durations in Indonesian words. Nothing here reads the clock or the active language."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import ngettext

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
SHORT = 3  # letters of a short day or month: Sen, Agu
Zone = ZoneInfo | str


def local(at: datetime, zone: Zone) -> datetime:
    """Return an aware moment on the wall clock of a zone; raise ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("A moment without a zone cannot be printed.")
    return at.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)


def long_date(at: datetime, zone: Zone) -> str:
    """Return e.g. "Rabu, 25 November 2026 pukul 16.00 WIB"."""
    here = local(at, zone)
    return f"{long_day(here)} pukul {here:%H.%M} {here.tzname()}"


def long_day(day: date) -> str:
    """Return e.g. "Senin, 7 Desember 2026"."""
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def short_day(at: datetime, zone: Zone) -> str:
    """Return e.g. "25 Nov"."""
    here = local(at, zone)
    return f"{here.day} {MONTHS[here.month - 1][:SHORT]}"


def short_date(at: datetime, zone: Zone) -> str:
    """Return e.g. "25 Nov 2026 16.00 WIB"."""
    here = local(at, zone)
    return f"{here.day} {MONTHS[here.month - 1][:SHORT]} {here.year} {here:%H.%M} {here.tzname()}"


def staff_date(at: datetime, zone: Zone) -> str:
    """Return e.g. "Rab 25 Nov 16.00", for rows whose zone is the unit's own."""
    here = local(at, zone)
    return f"{DAYS[here.weekday()][:SHORT]} {here.day} {MONTHS[here.month - 1][:SHORT]} {here:%H.%M}"


def duration(span: timedelta) -> str:
    """Return the largest whole unit: "2 hari", "5 jam", "12 menit"."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    if minutes >= 24 * 60:
        return ngettext("%(n)d hari", "%(n)d hari", minutes // 1440) % {"n": minutes // 1440}
    if minutes >= 60:
        return ngettext("%(n)d jam", "%(n)d jam", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d menit", "%(n)d menit", minutes) % {"n": minutes}
