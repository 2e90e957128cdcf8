"""Finding two identities of one person, and saying which of them stays."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.merging import has_account
from accounts.models import Reporter
from core.forms import DeskForm, PlainLine

BOTH = (_("Orang pertama, %s"), _("Orang kedua, %s"))


class FindForm(DeskForm):
    """Words to find people by; who was ticked stays ticked while others are looked for."""

    text = PlainLine(
        label=_("Cari pelapor"),
        max_length=150,
        help_text=_("Nama, badan usaha, telepon, surel, atau NPWP."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class MergeForm(DeskForm):
    """Which of two people stays, and why they are one."""

    kept = forms.TypedChoiceField(label=_("Yang dipertahankan"), coerce=int, widget=forms.RadioSelect)
    reason = PlainLine(
        label=_("Alasan"),
        max_length=300,
        help_text=_("Bagaimana diketahui bahwa keduanya satu orang. Dicatat dalam jejak audit."),
    )

    def __init__(self, *args: Any, people: list[Reporter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"].choices = [(person.pk, label % person) for person, label in zip(people, BOTH, strict=True)]  # type: ignore[attr-defined]
        self.fields["kept"].initial = max(people, key=has_account).pk
