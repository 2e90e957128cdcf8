"""What the register shows: one of its views, narrowed by filters; both stand in the address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter

from complaints.models import Complaint
from complaints.models.complaint import ComplaintQuerySet
from core.filters import ListFilter
from core.forms import PlainLine

OLDEST_FIRST, NEWEST_FIRST = ("received_at", "id"), ("-received_at", "-id")


@dataclass(frozen=True)
class Tab:
    """One view of the register: which complaints, and in which order."""

    slug: str
    label: Promise
    of: Callable[[ComplaintQuerySet], ComplaintQuerySet]
    order: tuple[str, ...]


OPEN = Tab("berjalan", _("Berjalan"), lambda rows: rows.open(), OLDEST_FIRST)
LATE = Tab("terlambat", _("Terlambat"), lambda rows: rows.open().late(), OLDEST_FIRST)
ENDED = Tab("selesai", _("Selesai"), lambda rows: rows.ended(), NEWEST_FIRST)
ALL = Tab("semua", _("Semua"), lambda rows: rows, NEWEST_FIRST)
TABS = {tab.slug: tab for tab in (OPEN, LATE, ENDED, ALL)}


class SearchFilter(CharFilter):  # type: ignore[misc]
    """Words of a name or a subject, or a number of ours or of a letter."""

    field_class = PlainLine


class RegisterFilter(ListFilter):
    """The filters of the register, as they stand in the address."""

    cari = SearchFilter(label=_("Cari"), method="matching", max_length=100)
    jenis = ChoiceFilter("kind", label=_("Jenis"), choices=Complaint.Kind.choices, empty_label=_("Semua jenis"))
    asal = ChoiceFilter("source", label=_("Asal"), choices=Complaint.Source.choices, empty_label=_("Semua asal"))

    def __init__(self, params: Mapping[str, Any], rows: ComplaintQuerySet) -> None:
        super().__init__(params, rows)

    @property
    def tab(self) -> Tab:
        """What runs, unless another view is asked for; a search looks everywhere."""
        asked = TABS.get(self.data.get("tampil", ""))
        return asked or (ALL if "cari" in self.chosen else OPEN)

    def matching(self, rows: ComplaintQuerySet, name: str, text: str) -> ComplaintQuerySet:
        return rows.matching(text)
