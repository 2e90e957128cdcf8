"""What is written when somebody acts on a complaint. Each form carries the version of the page it was drawn from."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.entry import DayField
from complaints.models import Complaint
from core.forms import PlainLine
from tickets.forms.handling import VersionedForm, long_text


class AskForm(VersionedForm):
    """What is missing, in words the complainant reads (R44)."""

    reason = long_text(
        _("Bukti yang diminta"), _("Tulis bukti apa yang belum ada dan mengapa diperlukan. Dibaca oleh pengadu.")
    )


class EvidenceForm(VersionedForm):
    """What came by post or by hand, scanned by whoever keeps the register."""

    text = long_text(_("Keterangan"), rows=2, required=False)


class RespondForm(VersionedForm):
    """The answer to the substance, as a letter (R45)."""

    number = PlainLine(label=_("Nomor surat tanggapan"), max_length=60)
    date = DayField(label=_("Tanggal surat"))
    text = long_text(_("Tanggapan"), _("Jawaban atas substansi pengaduan. Dikirim kepada pengadu."), rows=10)
    text.widget.attrs["aria-keyshortcuts"] = "R"
    signed_by = PlainLine(label=_("Penanda tangan"), max_length=150)

    @property
    def letter(self) -> dict[str, Any]:
        """The fields of Response."""
        return {name: self.cleaned_data[name] for name in ("number", "date", "text", "signed_by")}


class ClassForm(VersionedForm):
    """The class of UU 25/2009, which gives the legal due date."""

    legal_class = forms.ChoiceField(label=_("Golongan"), choices=Complaint.LegalClass.choices, widget=forms.RadioSelect)


class NoteForm(VersionedForm):
    """A closing word for the register; the complainant does not read it."""

    note = long_text(_("Catatan"), rows=3, required=False)


class ReasonForm(VersionedForm):
    """Why something is done: taken back, or excused."""

    reason = long_text(_("Alasan"), rows=4)
