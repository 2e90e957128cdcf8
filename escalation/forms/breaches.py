"""What the list of broken promises is narrowed to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, ModelChoiceFilter

from core.dates import MONTHS, local
from core.filters import ListFilter, NameFilter
from escalation.models import Promise
from escalation.models.clock import ClockQuerySet
from escalation.tiers import LKPP_ZONE

OFFERED = 24  # months
STANDING, EXCUSED, UNANSWERED = "berlaku", "dikecualikan", "belum-ditanggapi"
STATES = [
    (STANDING, _("Belum dikecualikan")),
    (EXCUSED, _("Dikecualikan")),
    (UNANSWERED, _("Belum ditanggapi")),
]


def months_until(now: datetime) -> list[tuple[str, str]]:
    """Return the last months, newest first, as ("2026-11", "November 2026")."""
    here = local(now, LKPP_ZONE)
    numbers = (here.year * 12 + here.month - 1 - back for back in range(OFFERED))
    return [(f"{n // 12}-{n % 12 + 1:02}", f"{MONTHS[n % 12]} {n // 12}") for n in numbers]


def first_moment(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=ZoneInfo(LKPP_ZONE))


class BreachFilter(ListFilter):
    """The filters of the list, and the rows that its totals count."""

    keadaan = ChoiceFilter(label=_("Keadaan"), choices=STATES, empty_label=_("Semua keadaan"), method="in_state")
    janji = ModelChoiceFilter(
        field_name="promise",
        label=_("Janji"),
        queryset=Promise.objects.filter(binds_reporter=False),
        empty_label=_("Semua janji"),
    )
    bulan = ChoiceFilter(label=_("Bulan"), empty_label=_("Semua bulan"), method="in_month")
    lpse = NameFilter("lpse__name", label=_("LPSE"))

    def __init__(self, params: Mapping[str, Any], rows: ClockQuerySet, *, now: datetime) -> None:
        super().__init__(params, rows)
        self.months = months_until(now)
        self.filters["bulan"].extra["choices"] = self.months

    def in_state(self, rows: ClockQuerySet, name: str, state: str) -> ClockQuerySet:
        if state == UNANSWERED:
            return rows.running()
        return rows.filter(excused_at__isnull=state == STANDING)

    def in_month(self, rows: ClockQuerySet, name: str, month: str) -> ClockQuerySet:
        year, number = map(int, month.split("-"))
        end = first_moment(year + number // 12, number % 12 + 1)
        return rows.filter(breached_at__gte=first_moment(year, number), breached_at__lt=end)

    @property
    def month(self) -> tuple[str, str]:
        """The month whose totals are shown: the chosen one, else the running one, so that all months cost as much."""
        chosen = self.chosen.get("bulan", self.months[0][0])
        return chosen, dict(self.months)[chosen]

    @property
    def counted(self) -> ClockQuerySet:
        """Return what the totals count: that month, in every state."""
        rows = self.in_month(self.queryset, "bulan", self.month[0])
        for name in ("janji", "lpse"):
            rows = self.filters[name].filter(rows, self.form.cleaned_data.get(name))
        return rows
