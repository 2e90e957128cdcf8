"""What the register is narrowed to."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter

from complaints.models import Complaint
from complaints.models.complaint import ComplaintQuerySet
from core.filters import ListFilter
from core.forms import PlainLine

OPEN, LATE, ENDED = "berjalan", "terlambat", "selesai"
STATES = [(OPEN, _("Berjalan")), (LATE, _("Terlambat")), (ENDED, _("Selesai"))]


class SearchFilter(CharFilter):  # type: ignore[misc]
    """Words of a name or a subject, or a number of ours or of a letter."""

    field_class = PlainLine


class RegisterFilter(ListFilter):
    """The filters of the register, as they stand in the address."""

    cari = SearchFilter(label=_("Cari"), method="matching", max_length=100)
    keadaan = ChoiceFilter(label=_("Keadaan"), choices=STATES, empty_label=_("Semua keadaan"), method="in_state")
    jenis = ChoiceFilter("kind", label=_("Jenis"), choices=Complaint.Kind.choices, empty_label=_("Semua jenis"))
    asal = ChoiceFilter("source", label=_("Asal"), choices=Complaint.Source.choices, empty_label=_("Semua asal"))

    def __init__(self, params: Mapping[str, Any], rows: ComplaintQuerySet) -> None:
        super().__init__(params, rows)

    def in_state(self, rows: ComplaintQuerySet, name: str, state: str) -> ComplaintQuerySet:
        return {OPEN: rows.open, LATE: rows.late, ENDED: rows.ended}[state]()

    def matching(self, rows: ComplaintQuerySet, name: str, text: str) -> ComplaintQuerySet:
        return rows.matching(text)
