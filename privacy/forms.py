"""What a person writes to ask for something about their data, and what the Penyelia answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import IdentityForm
from accounts.models import Lpse, Reporter
from core.forms import DeskForm
from privacy.models import DataClaim
from tickets.forms.handling import VersionedForm, long_text


class ClaimForm(DeskForm):
    """What is asked for, in one's own words."""

    kind = forms.ChoiceField(label=_("Permohonan"), choices=DataClaim.Kind.choices, widget=forms.RadioSelect)
    text = long_text(
        _("Uraian"),
        _("Untuk perbaikan: data mana yang salah dan isi yang benar. Untuk penghapusan: alasan Anda."),
    )


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
