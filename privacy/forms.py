"""What a person writes to ask for something about their data, and what the Penyelia answers."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import IdentityForm
from accounts.models import Lpse, Reporter
from core.forms import DeskForm, LocalDateTimeField, PlainLine
from escalation.tiers import LKPP_ZONE
from privacy.models import DataClaim
from tickets.forms.handling import VersionedForm, long_text

CHANGES = [(kind.value, kind.label) for kind in (DataClaim.Kind.CORRECTION, DataClaim.Kind.ERASURE)]


class ClaimForm(DeskForm):
    """What is asked for, in one's own words."""

    kind = forms.ChoiceField(label=_("Permohonan"), choices=CHANGES, widget=forms.RadioSelect)
    text = long_text(
        _("Uraian"),
        _("Untuk perbaikan: data mana yang salah dan isi yang benar. Untuk penghapusan: alasan Anda."),
    )


class RecordForm(DeskForm):
    """What came by letter, at the counter or by phone."""

    kind = forms.ChoiceField(label=_("Permohonan"), choices=DataClaim.Kind.choices, widget=forms.RadioSelect)
    text = long_text(_("Uraian"), _("Yang diminta, seperti ditulis atau dikatakan pemohon."))
    received_at = LocalDateTimeField(
        label=_("Diterima"), help_text=_("Tanggal dan pukul WIB. Batas jawaban dihitung sejak saat ini.")
    )
    proof = PlainLine(
        label=_("Pemeriksaan identitas"),
        max_length=300,
        help_text=_("Bagaimana dipastikan siapa yang meminta, misalnya KTP ditunjukkan. Jangan menulis nomornya."),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_received_at(self) -> datetime:
        at: datetime = self.cleaned_data["received_at"].replace(tzinfo=ZoneInfo(LKPP_ZONE))
        if at > self.now:
            raise forms.ValidationError(_("Waktu diterima tidak boleh sesudah sekarang."))
        return at


class AnswerForm(VersionedForm):
    """What was done, in words that the person reads."""

    answer = long_text(_("Jawaban kepada pemohon"), rows=4)


class RefuseForm(VersionedForm):
    """Why the law does not allow it."""

    ground = forms.ChoiceField(label=_("Dasar penolakan"), choices=DataClaim.Ground.choices, widget=forms.RadioSelect)
    answer = long_text(_("Penjelasan kepada pemohon"), rows=4)


class EraseForm(VersionedForm):
    """The word of the Penyelia that what cannot be undone is meant."""

    is_meant = forms.BooleanField(label=_("Saya memahami bahwa data yang dihapus tidak dapat dikembalikan"))


class CorrectionForm(IdentityForm):
    """The identity of a reporter as it should be; the version is that of the request."""

    def __init__(self, *args: Any, reporter: Reporter, version: int, **kwargs: Any) -> None:
        offices = list(Lpse.objects.all())
        super().__init__(*args, kind=reporter.kind, offices=offices, **kwargs)
        self.initial = {name: getattr(reporter, name) for name in self.fields} | {"version": version}
        self.fields["version"] = VersionedForm.base_fields["version"]
