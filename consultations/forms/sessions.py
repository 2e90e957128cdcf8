"""What an officer writes in a consultation: the Tiket Konsultasi, how it ends, why it took longer than an hour."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consultations.models import Room, Visit
from consultations.models.room import TAKES_A_ROOM
from consultations.services.sessions import Outcome
from core.forms import DeskForm, PlainText
from escalation.tiers import Tier
from tickets.forms.filing import FilingForm
from tickets.forms.handling import LONGEST, EscalateForm, RequestDataForm, ResolveForm
from tickets.models import Ticket

NOT_ASKED = ("occurred_at", "stage_deadline_at", "spse_version", "nib", "nip")
ESCALATED = "escalated"
WORDS_OF: dict[str, tuple[str, ...]] = {  # which fields belong to an outcome, as the page offers it
    Outcome.SOLVED: ("solution",),
    Outcome.AWAITING_DATA: ("text", "items", "reply_by"),
    ESCALATED: ("to", "analysis", "line"),
}
ALL_WORDS = frozenset(name for words in WORDS_OF.values() for name in words)
OUTCOMES = [
    (Outcome.SOLVED.value, Outcome.SOLVED.label),
    (Outcome.AWAITING_DATA.value, Outcome.AWAITING_DATA.label),
    (ESCALATED, _("Eskalasi ke Helpdesk Teknis atau Tim Teknis")),
]
TIERS = {Tier.TEKNIS: Outcome.TEKNIS, Tier.TIM_TEKNIS: Outcome.TIM_TEKNIS}


class RoomField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Says who sits there, who may have gone without a word."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({obj.officer})" if obj.officer else str(obj)


class RoomForm(DeskForm):
    """Where an officer receives visitors: any open room without one."""

    room = RoomField(
        label=_("Ruang"),
        queryset=Room.objects.none(),
        empty_label=_("Pilih ruang"),
        widget=forms.Select({"class": "form-select form-select-sm w-auto"}),
    )

    def __init__(self, *args: Any, officer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        empty = Room.objects.open().exclude(visits__state__in=TAKES_A_ROOM).exclude(officer=officer)
        self.fields["room"].queryset = empty.select_related("officer")  # type: ignore[attr-defined]


class ConsultationForm(FilingForm):
    """Question and answer as they talk (R23, R24): a ticket that only the category can never hold up."""

    answer = PlainText(
        label=_("Jawaban"),
        help_text=_("Jawaban atau langkah yang Anda sampaikan kepada tamu. Terbaca oleh tamu pada tiketnya."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 6}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if lpse := self.fields.get("lpse"):
            lpse.help_text = ""
        self.fields["description"].label = _("Pertanyaan atau permasalahan")
        self.fields["description"].help_text = _("Seperti yang disampaikan tamu. Jangan menuliskan kata sandi.")

    def _not_asked(self) -> list[str]:
        return [*NOT_ASKED, *(["lpse"] if self.own_lpse else [])]

    def _require_by_category(self, chosen: Any) -> None:
        """The visitor sits here: what is not at hand is asked for afterwards."""

    @property
    def answered(self) -> str:
        return str(self.cleaned_data["answer"])

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of the ticket."""
        return {name: value for name, value in super().facts.items() if name != "answer"}


class EndForm(EscalateForm, RequestDataForm, ResolveForm):
    """What becomes of the ticket; only the fields of the chosen outcome have to be filled in."""

    outcome = forms.ChoiceField(label=_("Hasil konsultasi"), choices=OUTCOMES, widget=forms.RadioSelect)
    agreed = forms.BooleanField(
        label=_("Tamu menyatakan setuju tiket ditutup"),
        help_text=_("Dicatat pada riwayat tiket. Tanpa centang, tamu mengonfirmasi sendiri kemudian."),
        required=False,
    )
    field_order = ("version", "outcome", "solution", "agreed", "text", "items", "reply_by", "to", "analysis", "line")

    use_required_attribute = False  # most fields belong to an outcome that is not chosen

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, at_counter=True, **kwargs)
        if not ticket.reporter.is_visitor:
            del self.fields["agreed"]

    def clean(self) -> dict[str, Any]:
        """Forget what is wrong or missing in the fields of another outcome."""
        cleaned = super().clean() or {}
        for name in ALL_WORDS.difference(WORDS_OF.get(cleaned.get("outcome", ""), ())):
            self.errors.pop(name, None)
        return cleaned

    @property
    def words(self) -> dict[str, Any]:
        """What the service of the outcome takes."""
        outcome = self.cleaned_data["outcome"]
        words = {name: self.cleaned_data[name] for name in ("version", "outcome", *WORDS_OF[outcome])}
        if outcome == ESCALATED:
            words["outcome"] = TIERS[words.pop("to")]
        if outcome == Outcome.SOLVED:
            words["agreed"] = self.cleaned_data.get("agreed", False)
        return words


class ExcuseForm(DeskForm):
    """Why more than an hour was not our fault: one of two reasons (R35)."""

    excuse = forms.ChoiceField(
        label=_("Alasan"), choices=[choice for choice in Visit.Excuse.choices if choice[0]], widget=forms.RadioSelect
    )
    note = PlainText(
        label=_("Keterangan untuk Penyelia"),
        help_text=_("Apa yang belum lengkap, atau mengapa permasalahan ini memerlukan waktu lebih lama."),
        max_length=2_000,
        widget=forms.Textarea({"rows": 4}),
    )
