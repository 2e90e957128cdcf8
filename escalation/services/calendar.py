"""The working calendar of units, read from the tables as plain data."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import groupby

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Lpse
from escalation.models import Holiday, HoursPeriod, OfficeHours
from escalation.tiers import LKPP_ZONE
from escalation.working import Calendar, ImpossibleCalendar, Period, Slot, Week

LOCK = 0x63616C  # spells "cal", so that it meets no others


def hold_calendar() -> None:
    """Keep changes of the calendar from ending before this transaction does, so that they see what it counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])


def wait_for_counts() -> None:
    """Wait for all who hold the calendar; until this transaction ends, nobody else can."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def calendar_of(lpse: Lpse | None) -> Calendar:
    """Return when a unit works (none: LKPP), in two queries; raise ImpossibleCalendar while it is not filled in."""
    return calendars_of([lpse])[lpse.pk if lpse else None]


def calendars_of(lpses: Iterable[Lpse | None]) -> dict[int | None, Calendar]:
    """Return when each of these units works, by its key, in two queries however many; raise as `calendar_of` does.

    All years are read, some thirty rows each: what started long ago is counted again when the calendar changes.
    """
    units = {lpse.pk if lpse else None: lpse for lpse in lpses}
    ours = Q(lpse=None) | Q(lpse__in=[key for key in units if key])
    hours = OfficeHours.objects.filter(ours).select_related("period").order_by("period_id", "lpse_id", "opens")
    days_off = Holiday.objects.filter(ours).order_by("lpse_id").values_list("day", "name", "lpse")
    return {key: _calendar(lpse, list(hours), list(days_off)) for key, lpse in units.items()}


def _calendar(lpse: Lpse | None, hours: list[OfficeHours], days_off: list[tuple[date, str, int | None]]) -> Calendar:
    """Return the calendar of a unit from the rows of all units and its own, and maybe of others."""
    ours = (None, lpse.pk if lpse else None)
    weeks = _weeks([slot for slot in hours if slot.lpse_id in ours])
    usual = weeks.pop(None, None)
    if not usual:
        raise ImpossibleCalendar(_("Batas waktu belum dapat dihitung: jam kerja kantor belum diisi."))
    if all(unit for _day, _name, unit in days_off):
        raise ImpossibleCalendar(_("Batas waktu belum dapat dihitung: hari libur nasional belum diisi."))
    return Calendar(
        zone=lpse.time_zone if lpse else LKPP_ZONE,
        week=usual,
        periods=tuple(Period(period.first_day, period.last_day, week) for period, week in weeks.items() if period),
        # Of two names the national one: nulls come last.
        holidays={day: name for day, name, unit in days_off if unit in ours},
    )


def _weeks(hours: list[OfficeHours]) -> dict[HoursPeriod | None, Week]:
    """Return the hours by period, the usual ones under None; where a unit has hours of its own, those alone."""
    weeks: dict[HoursPeriod | None, Week] = {}
    for (period, _unit), slots in groupby(hours, key=lambda row: (row.period, row.lpse_id)):
        week: defaultdict[int, tuple[Slot, ...]] = defaultdict(tuple)
        for slot in slots:
            week[slot.weekday] += (Slot(slot.opens, slot.closes),)
        weeks.setdefault(period, week)  # the unit's own come first: nulls come last
    return weeks
