"""What the guest book is narrowed to."""

from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, ModelChoiceFilter

from accounts.models import Role
from consultations.guest_book import matching
from consultations.models import Room, Visit
from consultations.models.visit import VisitQuerySet
from core.filters import NameFilter
from core.periods import PeriodFilter
from escalation.tiers import people_with

State = Visit.State
STATES = {
    "menunggu": State.REGISTERED,
    "dipanggil": State.DIRECTED,
    "konsultasi": State.IN_SESSION,
    "selesai": State.FINISHED,
    "pergi": State.LEFT,
    "tidak-hadir": State.NO_SHOW,
}


class VisitFilter(PeriodFilter):
    """The filters of the guest book, and the visits that its numbers count."""

    moment = "arrived_at"
    cari = NameFilter("number", label=_("Cari"), method="found")
    keadaan = ChoiceFilter(
        label=_("Keadaan"),
        choices=[(word, state.label) for word, state in STATES.items()],
        empty_label=_("Semua keadaan"),
        method="in_state",
    )
    ruang = ModelChoiceFilter(
        field_name="room", label=_("Ruang"), queryset=Room.objects.all(), empty_label=_("Semua ruang")
    )
    petugas = ModelChoiceFilter(
        field_name="officer",
        label=_("Petugas"),
        queryset=lambda _request: people_with(Role.CONSULTANT).order_by("name"),
        empty_label=_("Semua petugas"),
    )

    def found(self, rows: VisitQuerySet, name: str, text: str) -> VisitQuerySet:
        return matching(rows, text)

    def in_state(self, rows: VisitQuerySet, name: str, word: str) -> VisitQuerySet:
        return rows.filter(state=STATES[word])
