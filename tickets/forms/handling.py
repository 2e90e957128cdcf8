"""What a person writes when they act on a ticket. Each form carries the version of the page it was drawn from."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Reporter, User
from core.forms import DeskForm, PlainLine, PlainText
from escalation.tiers import Tier
from tickets.models import RequestedItem, Ticket, TicketEvent

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST = 10_000
ITEMS, ITEM_LENGTH = 10, 200


def long_text(
    label: "str | _StrPromise", hint: "str | _StrPromise" = "", *, rows: int = 6, required: bool = True
) -> PlainText:
    """Return one field for a text of many lines."""
    return PlainText(
        label=label,
        help_text=hint,
        max_length=LONGEST,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class VersionedForm(DeskForm):
    """A form that says which version of the ticket its writer had read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class ReplyForm(VersionedForm):
    """The composer: a reply that both sides read, or a note for staff."""

    REPLY, NOTE = "reply", "note"
    kind = forms.ChoiceField(
        label=_("Jenis tulisan"),
        choices=[(REPLY, _("Balasan ke pelapor")), (NOTE, _("Catatan internal"))],
        widget=forms.RadioSelect,
        initial=REPLY,
    )
    text = long_text(_("Teks balasan"), rows=4)

    def __init__(self, *args: Any, own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own:  # a reporter has nothing to choose
            self.fields["kind"].widget = forms.HiddenInput()


class EscalateForm(VersionedForm):
    """Why this tier cannot solve it, for staff, and what the reporter is told (A12); from the counter also to whom."""

    to = forms.TypedChoiceField(
        label=_("Unit tujuan"),
        choices=[(tier.value, tier.label) for tier in (Tier.TEKNIS, Tier.TIM_TEKNIS)],
        coerce=lambda value: Tier(int(value)),
        widget=forms.RadioSelect,
    )

    analysis = long_text(
        _("Catatan analisis"), _("Apa yang sudah diperiksa dan mengapa belum selesai. Hanya terbaca petugas.")
    )
    line = long_text(_("Keterangan untuk pelapor"), _("Satu atau dua kalimat yang dibaca pelapor."), rows=3)

    def __init__(self, *args: Any, at_counter: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not at_counter:  # one step at a time (A10)
            del self.fields["to"]


class ResolveForm(VersionedForm):
    """The solution, which is the product of the service (R41)."""

    solution = long_text(
        _("Hasil penyelesaian"),
        _("Tulis penyebab dan langkah yang perlu dilakukan pelapor. Teks ini dapat dicetak oleh pelapor."),
        rows=8,
    )


class ConfirmForm(VersionedForm):
    """The reporter agrees that it is solved (R19)."""

    comment = long_text(_("Keterangan untuk petugas"), rows=3, required=False)


class ConfirmInPresenceForm(ConfirmForm):
    """A visitor without an account agrees before the officer that it is solved (A07)."""

    how = forms.ChoiceField(
        label=_("Cara konfirmasi"),
        help_text=_("Bagaimana pelapor menyatakannya. Lampirkan pindaian formulir bila pelapor menandatanganinya."),
        choices=TicketEvent.Confirmation.choices,
        widget=forms.RadioSelect,
    )
    comment = long_text(_("Pernyataan pelapor"), _("Tulis yang dikatakan pelapor."), rows=3, required=False)
    field_order = ("version", "how", "comment")


class RejectForm(VersionedForm):
    """The reporter says what still does not work (A09)."""

    reason = long_text(
        _("Apa yang belum selesai?"), _("Tulis yang Anda coba dan hasilnya. Jangan menuliskan kata sandi.")
    )


class RequestDataForm(VersionedForm):
    """What is still needed, item by item, and until when (R18)."""

    text = long_text(_("Penjelasan untuk pelapor"), _("Mengapa data ini diperlukan."), rows=3)
    items = long_text(_("Data yang diminta"), _("Satu data per baris, paling banyak 10."), rows=4)
    reply_by = forms.DateField(
        label=_("Batas jawaban"),
        help_text=_("Contoh 07-12-2026, paling lama 10 hari kerja."),
        input_formats=["%d-%m-%Y"],
        error_messages={"invalid": _("Tulis tanggal seperti 07-12-2026.")},
        widget=forms.DateInput(format="%d-%m-%Y", attrs={"class": "w-s", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, today: date, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.last = today, last

    def clean_items(self) -> list[str]:
        items = [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]
        if len(items) > ITEMS or any(len(item) > ITEM_LENGTH for item in items):
            raise forms.ValidationError(
                _("Tulis paling banyak %(n)s data, masing-masing paling panjang %(length)s huruf."),
                params={"n": ITEMS, "length": ITEM_LENGTH},
            )
        return items

    def clean_reply_by(self) -> date:
        reply_by: date = self.cleaned_data["reply_by"]
        if not self.today < reply_by <= self.last:
            raise forms.ValidationError(
                _("Pilih tanggal sesudah hari ini dan paling lambat %(last)s."),
                params={"last": f"{self.last:%d-%m-%Y}"},
            )
        return reply_by


class ProvideDataForm(VersionedForm):
    """The answer: files by item, reasons for what the reporter does not have, or simply words."""

    text = long_text(_("Keterangan untuk petugas"), _("Jangan menuliskan kata sandi."), rows=3, required=False)

    def __init__(
        self, *args: Any, items: Sequence[RequestedItem], has_files: bool, own: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items, self.has_files = items, has_files
        label = _("Saya tidak memiliki data ini, karena") if own else _("Pelapor tidak memiliki data ini, karena")
        for item in items:
            self.fields[f"reason_{item.pk}"] = PlainLine(label=label, max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        reasons = {item.pk: cleaned.pop(f"reason_{item.pk}", "") for item in self.items}
        cleaned["unavailable"] = {pk: reason for pk, reason in reasons.items() if reason}
        if not (self.has_files or cleaned["unavailable"] or cleaned.get("text")):
            raise forms.ValidationError(
                _("Lampirkan data, tulis alasan bila tidak memilikinya, atau tulis keterangan untuk petugas.")
            )
        return cleaned


class ReassignForm(VersionedForm):
    """Another officer of the same unit."""

    officer = forms.ModelChoiceField(label=_("Petugas"), queryset=User.objects.none(), empty_label=_("Pilih petugas"))
    reason = long_text(_("Alasan"), _("Hanya terbaca petugas."), rows=3, required=False)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = people  # type: ignore[attr-defined]


class ReturnForm(VersionedForm):
    """Why it goes back a tier (A11)."""

    reason = long_text(_("Alasan"), _("Apa yang harus dilakukan tingkat sebelumnya. Hanya terbaca petugas."))


class WithdrawForm(VersionedForm):
    """The reporter needs no help any more."""

    reason = long_text(_("Alasan"), rows=3, required=False)


class ReopenForm(VersionedForm):
    """The problem is back."""

    reason = long_text(
        _("Apa yang terjadi lagi?"), _("Tulis gejalanya dan kapan muncul kembali. Jangan menuliskan kata sandi.")
    )


class ExcuseForm(VersionedForm):
    """Why a broken promise was not our fault, for the reporter, and what proves it, for staff (A18)."""

    reason = long_text(_("Alasan"), _("Satu atau dua kalimat yang dibaca pelapor."), rows=3)
    evidence = long_text(
        _("Bukti"), _("Misalnya nomor laporan gangguan. Keterangan dan lampiran ini hanya terbaca petugas."), rows=3
    )


class ShareForm(DeskForm):
    """A colleague of the same organisation (A14)."""

    colleague = forms.ModelChoiceField(label=_("Rekan"), queryset=Reporter.objects.none(), empty_label=_("Pilih rekan"))

    def __init__(self, *args: Any, colleagues: QuerySet[Reporter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].queryset = colleagues  # type: ignore[attr-defined]


class RateForm(DeskForm):
    """One tap."""

    rating = forms.TypedChoiceField(label=_("Penilaian"), choices=Ticket.Rating.choices, coerce=int)
