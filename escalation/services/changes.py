"""Edits of the working calendar, each described before it is made, so that its effect can be shown first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Lpse
from core.fsm import Conflict
from escalation.models import Holiday, HoursPeriod, OfficeHours
from escalation.services.importing import Import, import_holidays

Hours = Iterable[tuple[int, time, time]]  # weekday (Monday is 0), opens, closes: local time of the unit
WEEK = ("weekday", "opens", "closes")
SPAN = ("name", "first_day", "last_day")


@dataclass(frozen=True)
class Change:
    """One edit: what it does, the rows it writes, and which clocks it can touch."""

    name: str
    make: Callable[[], object]
    rows: QuerySet[Any, Any]  # read before and after
    first: date | None = None  # clocks that run on one of these days; none: on any day
    last: date | None = None
    lpse: Lpse | None = None  # clocks of this unit; none: of every unit


def add_holiday(facts: dict[str, Any]) -> Change:
    day, lpse = facts["day"], facts["lpse"]
    rows = Holiday.objects.filter(day=day, lpse=lpse)
    name = _("Tambah hari libur %(day)s %(name)s") % {"day": f"{day:%d-%m-%Y}", "name": facts["name"]}
    return Change(name, lambda: Holiday.objects.create(**facts), _values(rows), day, day, lpse)


def change_holiday(holiday: Holiday, facts: dict[str, Any]) -> Change:
    rows = Holiday.objects.filter(pk=holiday.pk)
    first, last = sorted([holiday.day, facts["day"]])
    lpse = holiday.lpse if holiday.lpse == facts["lpse"] else None
    name = _("Ubah hari libur %(day)s") % {"day": holiday}
    return Change(name, lambda: _found(rows.update(**facts)), _values(rows), first, last, lpse)


def delete_holiday(holiday: Holiday) -> Change:
    rows = Holiday.objects.filter(pk=holiday.pk)
    name = _("Hapus hari libur %(day)s") % {"day": holiday}
    return Change(name, lambda: _found(rows.delete()[0]), _values(rows), holiday.day, holiday.day, holiday.lpse)


def import_days_off(years: list[int], *, now: datetime) -> tuple[Change, Import]:
    """Bring the days off of these years in line with the package; return the edit, and what it will have done."""
    done, rows = Import(), Holiday.objects.filter(lpse=None, day__year__in=years).order_by("day")
    name = _("Impor hari libur %(years)s") % {"years": ", ".join(map(str, years))}
    first, last = date(min(years), 1, 1), date(max(years), 12, 31)
    return Change(name, lambda: import_holidays(years, done, now=now), _values(rows), first, last), done


def set_hours(hours: Hours, *, lpse: Lpse | None, period: HoursPeriod | None = None) -> Change:
    """Give a unit these weekly hours, usual ones or those of a period; none: an LPSE keeps those of everybody again."""
    rows = OfficeHours.objects.filter(lpse=lpse, period=period)
    name = _("Ubah jam kerja %(unit)s") % {"unit": lpse or "LKPP"}
    first, last = (period.first_day, period.last_day) if period else (None, None)
    return Change(name, lambda: _replace(hours, lpse, period), rows.values(*WEEK), first, last, lpse)


def add_period(facts: dict[str, Any], hours: Hours) -> Change:
    rows = HoursPeriod.objects.filter(first_day=facts["first_day"])
    name = _("Tambah periode %(name)s") % facts
    return Change(
        name,
        lambda: _replace(hours, None, HoursPeriod.objects.create(**facts)),
        _with_hours(rows),
        facts["first_day"],
        facts["last_day"],
    )


def change_period(period: HoursPeriod, facts: dict[str, Any], hours: Hours) -> Change:
    rows = HoursPeriod.objects.filter(pk=period.pk)

    def make() -> None:
        _found(rows.update(**facts))
        _replace(hours, None, period)

    first, last = min(period.first_day, facts["first_day"]), max(period.last_day, facts["last_day"])
    return Change(_("Ubah periode %(name)s") % {"name": period}, make, _with_hours(rows), first, last)


def delete_period(period: HoursPeriod) -> Change:
    rows = HoursPeriod.objects.filter(pk=period.pk)
    name = _("Hapus periode %(name)s") % {"name": period}
    return Change(name, lambda: _found(rows.delete()[0]), _with_hours(rows), period.first_day, period.last_day)


def _found(count: int) -> None:
    """Raise Conflict when somebody else deleted the row meanwhile."""
    if not count:
        raise Conflict(_("Baris ini sudah dihapus orang lain."))


def _replace(hours: Hours, lpse: Lpse | None, period: HoursPeriod | None) -> None:
    OfficeHours.objects.filter(lpse=lpse, period=period).delete()
    OfficeHours.objects.bulk_create(
        OfficeHours(lpse=lpse, period=period, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in hours
    )


def _values(rows: QuerySet[Holiday]) -> QuerySet[Any, Any]:
    return rows.values("day", "name", "kind", "lpse__code", "source", "is_tentative")


def _with_hours(rows: QuerySet[HoursPeriod]) -> QuerySet[Any, Any]:
    """A line for each stretch of each weekday, of everybody's hours and of those an LPSE has of its own."""
    names = [f"hours__{name}" for name in ("lpse__code", *WEEK)]
    lines: QuerySet[Any, Any] = rows.order_by(*names).values(*SPAN, *names)
    return lines
