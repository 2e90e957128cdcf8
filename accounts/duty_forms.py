"""What is asked for a duty and for the account of whoever holds it."""

from typing import Any

import django_filters as filters
from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.granting import offices_governed_by, roles_granted_by
from accounts.models import LPSE_ROLES, Duty, Lpse, Role, User
from core.filters import ListFilter, NameFilter
from core.forms import FIRST_YEAR, LAST_YEAR, DeskForm, PlainLine

PERIOD = ("starts_on", "ends_on", "letter")


class DayField(forms.DateField):
    """A day as Indonesians type it."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = {"invalid": _("Tulis tanggal sebagai tanggal-bulan-tahun, misalnya 25-11-2026.")}
        box = forms.DateInput({"class": "w-s", "autocomplete": "off"}, format="%d-%m-%Y")
        super().__init__(input_formats=["%d-%m-%Y"], error_messages=wrong, widget=box, **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            says = {"first": FIRST_YEAR, "last": LAST_YEAR}
            raise ValidationError(_("Tahun harus antara %(first)d dan %(last)d."), params=says)
        return day


class PeriodForm(DeskForm):
    """How long a duty lasts, and the letter that says so."""

    starts_on = DayField(
        label=_("Berlaku mulai"), required=False, help_text=_("Misalnya 01-12-2026. Kosongkan bila berlaku sekarang.")
    )
    ends_on = DayField(
        label=_("Sampai dengan"), required=False, help_text=_("Hari terakhir bertugas. Kosongkan bila tanpa batas.")
    )
    letter = PlainLine(label=_("Nomor surat penugasan"), max_length=60)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("starts_on") and cleaned.get("ends_on") and cleaned["ends_on"] < cleaned["starts_on"]:
            self.add_error("ends_on", _("Hari terakhir tidak boleh sebelum hari pertama."))
        return cleaned


class DutyForm(PeriodForm):
    """A duty at a unit, for somebody who has an account."""

    person = PlainLine(label=_("Petugas"), max_length=150, help_text=_("Nama pengguna atau surel, ditulis lengkap."))
    role = forms.ChoiceField(label=_("Tugas"))
    lpse = forms.ModelChoiceField(
        label=_("LPSE"),
        queryset=Lpse.objects.none(),
        required=False,
        empty_label=_("LKPP (bukan LPSE)"),
        help_text=_("Pilih LPSE hanya untuk tugas di LPSE."),
    )
    field_order = ["person", "role", "lpse", *PERIOD]

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        roles = roles_granted_by(by)
        self.fields["role"].choices = [("", _("Pilih tugas")), *((role.value, role.label) for role in roles)]  # type: ignore[attr-defined]
        self.fields["lpse"].queryset = offices_governed_by(by).filter(is_active=True)  # type: ignore[attr-defined]
        if not by.holds(Role.SUPERVISOR):
            self.fields["lpse"].required = True
            self.fields["lpse"].empty_label = _("Pilih LPSE")  # type: ignore[attr-defined]
            self.fields["lpse"].help_text = ""

    def clean_person(self) -> User:
        text = self.cleaned_data["person"]
        people = User.objects.filter(Q(username__iexact=text) | Q(email__iexact=text), is_active=True)
        person = people.exclude(reporter__is_visitor=True).first()
        if person is None:
            raise ValidationError(_("Tidak ada akun aktif dengan nama pengguna atau surel ini."))
        if person == self.by:
            raise ValidationError(_("Tugas Anda sendiri hanya dapat diberikan oleh orang lain."))
        return person

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        role = cleaned.get("role")
        if role in LPSE_ROLES and not cleaned.get("lpse") and "lpse" not in self.errors:
            self.add_error("lpse", _("Pilih LPSE untuk tugas ini."))
        if role and role not in LPSE_ROLES and cleaned.get("lpse"):
            self.add_error("lpse", _("Tugas ini di LKPP. Kosongkan pilihan LPSE."))
        return cleaned


class PersonForm(DutyForm):
    """An account for somebody new, and their first duty."""

    person = None  # type: ignore[assignment]
    name = PlainLine(label=_("Nama lengkap"), max_length=150)
    email = forms.EmailField(label=_("Surel dinas"), help_text=_("Tautan untuk membuat kata sandi dikirim ke sini."))
    username = PlainLine(
        label=_("Nama pengguna"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("Huruf, angka, dan tanda . - _ saja, misalnya wulan.rekaan."),
    )
    field_order = ["name", "email", "username", "role", "lpse", *PERIOD]

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError(_("Nama pengguna ini sudah dipakai."))
        return name

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError(_("Surel ini sudah dipakai sebuah akun. Berikan tugas kepada akun itu."))
        return email


class DutyFilter(ListFilter):
    """The list of duties: whose, which, where, and whether they hold today."""

    nama = NameFilter("user", label=_("Petugas"), method="by_name")
    tugas = filters.ChoiceFilter(
        label=_("Tugas"), field_name="role", choices=Role.choices, empty_label=_("Semua tugas")
    )
    unit = NameFilter("lpse__name", label=_("LPSE"))

    class Meta:
        model = Duty
        fields: tuple[str, ...] = ()

    def by_name(self, rows: QuerySet[Duty], _name: str, text: str) -> QuerySet[Duty]:
        who = Q(user__name__icontains=text) | Q(user__username__icontains=text) | Q(user__email__icontains=text)
        return rows.filter(who)
