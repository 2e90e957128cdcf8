"""What the call log is narrowed to."""

from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, ModelChoiceFilter

from accounts.models import Role
from callcenter.models import Call
from callcenter.models.call import CallQuerySet
from core.filters import NameFilter
from core.periods import PeriodFilter
from escalation.tiers import people_with
from tickets.models import Category


class CallFilter(PeriodFilter):
    """The filters of the log, and the calls that its numbers count."""

    moment = "started_at"
    cari = NameFilter("number", label=_("Cari"), method="found")
    hasil = ChoiceFilter(
        field_name="outcome", label=_("Hasil"), choices=Call.Outcome.choices, empty_label=_("Semua hasil")
    )
    petugas = ModelChoiceFilter(
        field_name="agent",
        label=_("Petugas"),
        queryset=lambda _request: people_with(Role.CALL_AGENT).order_by("name"),
        empty_label=_("Semua petugas"),
    )
    kategori = ModelChoiceFilter(
        field_name="category",
        label=_("Kategori"),
        queryset=Category.objects.all(),
        empty_label=_("Semua kategori"),
    )

    def found(self, rows: CallQuerySet, name: str, text: str) -> CallQuerySet:
        return rows.matching(text)
