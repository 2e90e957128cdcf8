"""What is asked for an LPSE, an institution and the office itself, and by what their lists are narrowed."""

from typing import Any

from django import forms
from django.core.validators import URLValidator, validate_slug
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution, Lpse
from accounts.offices import FOR_AGENCIES
from core.filters import ListFilter, NameFilter
from core.forms import PlainLine, PlainText, RowForm


class LpseForm(RowForm):
    """One LPSE; an Admin Agency is asked for what is theirs to change."""

    name = PlainLine(label=_("Nama"), max_length=150)
    code = PlainLine(
        label=_("Kode"),
        max_length=50,
        validators=[validate_slug],
        error_messages={"invalid": _("Pakai huruf, angka, dan tanda - saja.")},
        help_text=_("Dipakai pada alamat antrean dan oleh aplikasi SPSE; tautan lama berhenti bila kode diubah."),
        widget=forms.TextInput({"class": "w-m"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Zona waktu"),
        choices=Lpse.Zone.choices,
        help_text=_("Berlaku bagi layanan yang dimulai sejak saat ini. Batas waktu yang sudah berjalan tetap."),
    )
    spse_version = PlainLine(
        label=_("Versi SPSE"),
        max_length=40,
        required=False,
        help_text=_("Dipakai bila pelapor tidak mengetahuinya."),
        widget=forms.TextInput({"class": "w-m"}),
    )
    is_active = forms.BooleanField(
        label=_("Aktif"),
        required=False,
        help_text=_(
            "LPSE nonaktif tidak lagi dapat dipilih untuk tiket dan tugas baru; yang lama tetap. "
            "Hanya bisa bila tidak ada tugas yang berlaku dan tidak ada tiket terbuka di sini."
        ),
    )

    def __init__(self, *args: Any, is_supervisor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_supervisor:
            self.fields = {name: field for name, field in self.fields.items() if name in FOR_AGENCIES}

    def clean_code(self) -> str:
        return self.alone("code")


class InstitutionForm(RowForm):
    """One ministry, agency or local government."""

    name = PlainLine(label=_("Nama"), max_length=150)
    kind = forms.ChoiceField(label=_("Jenis"), choices=[("", _("Pilih jenis")), *Institution.Kind.choices])
    is_active = forms.BooleanField(
        label=_("Aktif"),
        required=False,
        help_text=_("Instansi nonaktif tidak lagi dapat dipilih pada profil; pelapor yang sudah memilihnya tetap."),
    )


class WebAddress(forms.URLField):
    """An address people are led to."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = _("Tulis alamat lengkap, misalnya https://contoh.go.id/.")
        super().__init__(assume_scheme="https", max_length=200, error_messages={"invalid": wrong}, **kwargs)
        self.validators = [URLValidator(schemes=["http", "https"], message=wrong)]


class OfficeForm(RowForm):
    """The office that answers for the service, as every page and letter names it."""

    name = PlainLine(label=_("Nama unit"), max_length=150)
    parent_name = PlainLine(label=_("Lembaga"), max_length=150)
    address = PlainLine(label=_("Alamat"), max_length=300)
    decree = PlainLine(label=_("Nomor SK Standar Pelayanan"), max_length=60)
    call_number = PlainLine(label=_("Nomor Call Center"), max_length=20, widget=forms.TextInput({"class": "w-m"}))
    landline = PlainLine(label=_("Telepon"), max_length=20, widget=forms.TextInput({"class": "w-m"}))
    letter_addressee = PlainText(label=_("Tujuan surat pengaduan"), max_length=1000, widget=forms.Textarea({"rows": 4}))
    letter_url = WebAddress(label=_("Alamat e-Office"))
    lapor_url = WebAddress(label=_("Alamat LAPOR!"), required=False)
    lapor_play_url = WebAddress(label=_("LAPOR! di Play Store"), required=False)
    lapor_app_url = WebAddress(label=_("LAPOR! di App Store"), required=False)


class LpseFilter(ListFilter):
    """The list of LPSE: part of a name or code."""

    nama = NameFilter("name", label=_("Nama atau kode"), method="by_name")

    class Meta:
        model = Lpse
        fields: tuple[str, ...] = ()

    def by_name(self, rows: QuerySet[Lpse], _name: str, text: str) -> QuerySet[Lpse]:
        return rows.filter(Q(name__icontains=text) | Q(code__icontains=text))


class InstitutionFilter(ListFilter):
    """The list of institutions: part of a name."""

    nama = NameFilter("name", label=_("Nama"))

    class Meta:
        model = Institution
        fields: tuple[str, ...] = ()
