"""What a person writes when they act on a ticket. Each form carries the version of the page it was drawn from."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DeskForm, PlainText
from tickets.models import Ticket

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST = 10_000


def text(
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
        choices=[(REPLY, _("Balasan ke pelapor")), (NOTE, _("Catatan internal"))],
        widget=forms.RadioSelect,
        initial=REPLY,
    )
    text = text(_("Isi balasan"), rows=4)


class EscalateForm(VersionedForm):
    """Why this tier cannot solve it, for staff, and what the reporter is told (A12)."""

    analysis = text(
        _("Catatan analisis"), _("Apa yang sudah diperiksa dan mengapa belum selesai. Hanya terbaca petugas.")
    )
    line = text(_("Keterangan untuk pelapor"), _("Satu atau dua kalimat yang dibaca pelapor."), rows=3)


class ResolveForm(VersionedForm):
    """The solution, which is the product of the service (R41)."""

    solution = text(
        _("Hasil penyelesaian"),
        _("Tulis penyebab dan langkah yang perlu dilakukan pelapor. Teks ini dapat dicetak oleh pelapor."),
        rows=8,
    )


class ConfirmForm(VersionedForm):
    """The reporter agrees that it is solved (R19)."""

    comment = text(_("Keterangan untuk petugas"), rows=3, required=False)


class RejectForm(VersionedForm):
    """The reporter says what still does not work (A09)."""

    reason = text(_("Apa yang belum selesai?"), _("Tulis yang Anda coba dan hasilnya. Jangan menuliskan kata sandi."))


class RateForm(DeskForm):
    """One tap."""

    rating = forms.TypedChoiceField(label=_("Penilaian"), choices=Ticket.Rating.choices, coerce=int)
