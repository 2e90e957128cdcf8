"""Days and months that a list can be narrowed to, and the period that its numbers count."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter

from core.dates import DAYS, MONTHS, SHORT
from core.filters import ListFilter

WEEK = "7-hari"
ONE_DAY = timedelta(days=1)
DAYS_OFFERED, MONTHS_OFFERED = 14, 24


def periods(today: date) -> list[tuple[str, str]]:
    """Return the periods that are offered, the nearest first: days as "2026-11-20", months as "2026-11"."""
    days = [today - ONE_DAY * back for back in range(DAYS_OFFERED)]
    named = [f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1][:SHORT]}" for day in days]
    named[:2] = [_("Hari ini"), _("Kemarin")]
    offered = [(day.isoformat(), name) for day, name in zip(days, named, strict=True)]
    months = [today.year * 12 + today.month - 1 - back for back in range(MONTHS_OFFERED)]
    return [
        *offered[:2],
        (WEEK, _("7 hari terakhir")),
        *offered[2:],
        *((f"{n // 12}-{n % 12 + 1:02}", f"{MONTHS[n % 12]} {n // 12}") for n in months),
    ]


def bounds(period: str, today: date) -> tuple[datetime, datetime]:
    """Return from when to when an offered period lasts, the end not included; days begin at midnight WIB."""
    if period == WEEK:
        first, after = today - 6 * ONE_DAY, today + ONE_DAY
    elif len(period) == len("2026-11"):
        first = date.fromisoformat(f"{period}-01")
        after = (first + 31 * ONE_DAY).replace(day=1)
    else:
        first = date.fromisoformat(period)
        after = first + ONE_DAY
    return _midnight(first), _midnight(after)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


class PeriodFilter(ListFilter):
    """The filters of a list whose rows each belong to a moment, the column `moment`."""

    moment: str
    masa = ChoiceFilter(label=gettext_lazy("Masa"), empty_label=gettext_lazy("Semua hari"), method="in_period")

    def __init__(self, params: Mapping[str, Any], rows: QuerySet[Any], *, now: datetime) -> None:
        super().__init__(params, rows)
        self.today = timezone.localdate(now, timezone.get_default_timezone())
        self.periods = periods(self.today)
        self.filters["masa"].extra["choices"] = self.periods

    def in_period(self, rows: QuerySet[Any], name: str, period: str) -> QuerySet[Any]:
        start, end = bounds(period, self.today)
        return rows.filter(**{f"{self.moment}__gte": start, f"{self.moment}__lt": end})

    @property
    def period(self) -> tuple[str, str]:
        """The period whose numbers are shown: the chosen one, else today, so that all days cost as much."""
        chosen = self.chosen.get("masa", self.today.isoformat())
        return chosen, dict(self.periods)[chosen]

    @property
    def counted(self) -> Any:
        """Return what the numbers count: that period, whatever else is filtered."""
        return self.in_period(self.queryset, "masa", self.period[0])
