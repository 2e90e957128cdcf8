"""Days off from the `holidays` package into our own table, where the Penyelia may correct them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.metadata import version

import holidays
from django.db import transaction

from core.dates import local
from escalation.models import Holiday
from escalation.tiers import LKPP_ZONE

PACKAGE = "paket holidays"  # how the source of an imported row begins
ESTIMATE = " (perkiraan)"
CATEGORIES = {Holiday.Kind.JOINT_LEAVE: "government", Holiday.Kind.NATIONAL: "public"}
NOVEMBER = 11  # by then the decree on next year's cuti bersama has usually been published


@dataclass
class Import:
    """What an import did, day by day."""

    added: list[date] = field(default_factory=list)
    changed: list[date] = field(default_factory=list)
    removed: list[date] = field(default_factory=list)
    kept: list[date] = field(default_factory=list)  # entered or edited by hand, so left alone


def published(years: Iterable[int]) -> dict[date, dict[str, object]]:
    """Return the facts of each day off of these years as the package knows them."""
    days = {}
    for kind, category in CATEGORIES.items():
        named = holidays.country_holidays("ID", years=years, categories=category, language="id")
        for day, name in named.items():
            plain = name.replace(ESTIMATE, "").replace("; ", " dan ")
            days[day] = {"kind": kind.value, "name": plain, "is_tentative": ESTIMATE in name}
    return days


@transaction.atomic
def import_holidays(years: Iterable[int], done: Import, *, now: datetime) -> None:
    """Bring imported days off of these years in line with the package, and note in `done` what that took.

    Running it again changes nothing. A row whose source is not the package was entered or edited by hand and stays.
    """
    found = published(years)
    source = f"{PACKAGE} {version('holidays')}, {local(now, LKPP_ZONE):%d-%m-%Y}"
    rows = {row.day: row for row in Holiday.objects.select_for_update().filter(lpse=None, day__year__in=years)}
    for day, facts in sorted(found.items()):
        row = rows.pop(day, None)
        if row is None:
            Holiday.objects.create(day=day, source=source, **facts)
            done.added.append(day)
        elif not row.source.startswith(PACKAGE):
            done.kept.append(day)
        elif any(getattr(row, name) != value for name, value in facts.items()):
            Holiday.objects.filter(pk=row.pk).update(source=source, **facts)
            done.changed.append(day)
    gone = [row for row in rows.values() if row.source.startswith(PACKAGE)]
    Holiday.objects.filter(pk__in=[row.pk for row in gone]).delete()
    done.removed.extend(row.day for row in gone)


def missing_joint_leave(today: date) -> int | None:
    """Return the first year whose cuti bersama should be known by today, from 1 November the next one, but is not."""
    for year in [today.year, today.year + 1] if today.month >= NOVEMBER else [today.year]:
        if not Holiday.objects.filter(kind=Holiday.Kind.JOINT_LEAVE, day__year=year).exists():
            return year
    return None
