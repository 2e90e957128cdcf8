"""What is asked for an application, a category and a subcategory."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import PlainLine, PlainText, RowForm
from tickets.models import Category, DocumentRequirement, Subcategory

LONGEST = DocumentRequirement._meta.get_field("name").max_length or 0
NEEDS = ("needs_package_code", "needs_nib", "needs_nip", "needs_spse_version")
MOST = 30  # data dukung of one subcategory


class EntryForm(RowForm):
    """An application or a category."""

    name = PlainLine(label=_("Nama"), max_length=60)
    position = forms.IntegerField(
        label=_("Urutan"),
        min_value=0,
        max_value=999,
        help_text=_("Angka kecil berdiri lebih dahulu."),
        widget=forms.NumberInput({"class": "w-s"}),
    )
    is_active = forms.BooleanField(
        label=_("Aktif"),
        required=False,
        help_text=_("Yang nonaktif tidak lagi dapat dipilih, tetapi tetap tertulis pada tiket lama."),
    )


class SubcategoryForm(EntryForm):
    """One kind of problem with what must be asked for it, and its data dukung, one to a line."""

    category = forms.ModelChoiceField(Category.objects.all(), label=_("Kategori"), empty_label=_("Pilih kategori"))
    suggested_role = forms.ChoiceField(
        label=_("Biasanya ditangani oleh"),
        choices=Subcategory._meta.get_field("suggested_role").choices or (),
        help_text=_("Peran di LPSE yang disebut saat tiket dibuat; siapa pun di LPSE itu tetap dapat mengambilnya."),
    )
    needs_package_code = forms.BooleanField(label=_("Kode tender/paket wajib diisi"), required=False)
    needs_nib = forms.BooleanField(label=_("NIB wajib diisi penyedia"), required=False)
    needs_nip = forms.BooleanField(label=_("NIP wajib diisi pegawai K/L/PD"), required=False)
    needs_spse_version = forms.BooleanField(label=_("Versi SPSE wajib diisi petugas LPSE"), required=False)
    requirements = PlainText(
        label=_("Data dukung"),
        required=False,
        max_length=MOST * LONGEST,
        help_text=_("Satu per baris, menurut urutan tampil. Diharapkan dari pelapor, tidak dipaksakan."),
        widget=forms.Textarea({"rows": 6}),
    )
    field_order = ["category", "name", "suggested_role", "requirements", *NEEDS, "position", "is_active"]

    def __init__(self, *args: Any, row: Subcategory, **kwargs: Any) -> None:
        wanted = row.wanted if row.pk else []
        super().__init__(*args, row=row, initial={"requirements": "\n".join(wanted)}, **kwargs)

    def clean_name(self) -> str:
        return self.alone("name", category=self.cleaned_data.get("category"))

    def clean_requirements(self) -> list[str]:
        one = PlainLine(max_length=LONGEST)
        lines = self.cleaned_data["requirements"].splitlines()
        names = list(dict.fromkeys(one.clean(line) for line in lines if line.strip()))
        if len(names) > MOST:
            raise ValidationError(_("Tulis paling banyak %(most)d data dukung."), params={"most": MOST})
        return names
