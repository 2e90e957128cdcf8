"""What the agent fills in to direct a caller to LPSE Support."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from callcenter.models import Call
from callcenter.services.links import account_of, known_by
from core.forms import DeskForm, PlainText
from tickets.models import Subcategory


class DirectForm(DeskForm):
    """What Buat Tiket begins with and whose it is; a caller with an account is not asked for an address."""

    question = PlainText(
        label=_("Isi awal Deskripsi Permasalahan"),
        help_text=_("Penelepon dapat mengubah dan melengkapinya."),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )
    subcategory = forms.ModelChoiceField(Subcategory.objects.offered(), label=_("Kategori"), required=False)
    email = forms.EmailField(
        label=_("Surel penelepon"),
        help_text=_("Hanya akun dengan surel ini yang dapat membuka tautan."),
        widget=forms.EmailInput({"class": "w-m", "autocomplete": "off"}),
    )
    by_mail = forms.TypedChoiceField(
        label=_("Cara memberikan tautan"),
        choices=[("ya", _("Kirim ke surel")), ("tidak", _("Bacakan alamat singkat"))],
        coerce=lambda text: text == "ya",
        initial="ya",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call, self.account = call, account_of(call)
        choices = [("", _("Belum diketahui")), *Subcategory.objects.as_choices()]
        self.fields["subcategory"].choices = choices  # type: ignore[attr-defined]
        if self.account:
            del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_new = "email" in cleaned and not known_by(cleaned["email"])
        if cleaned.get("by_mail") and is_new and not self.call.from_phone:
            raise ValidationError(_("Catat dahulu nomor telepon penelepon, atau bacakan alamat singkatnya."))
        return {"email": ""} | cleaned
