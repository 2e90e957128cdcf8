"""The guest book and the request form (R03, R21): at the desk, and on the visitor's own phone."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.forms import PhoneField
from accounts.models import Institution, Reporter
from core.forms import DeskForm, PlainLine, PlainText
from core.numbers import read_number
from core.templatetags.desk import phone
from tickets.models import Category, Ticket

Kind = Reporter.Kind
SEARCHED = ("phone", "email", "name", "organisation")  # by these a person is known again, the surest first
OF_VISIT = (
    "organisation",
    "phone",
    "email",
    "purpose",
    "problem",
    "error_code",
    "ticket_number",
    "has_form",
    "has_documents",
    "is_vulnerable",
)


def words_of(reporter: Reporter) -> dict[str, str]:
    """Return what the guest book need not ask of somebody we know."""
    return {
        "pelapor": str(reporter.pk),
        "kind": reporter.kind,
        "name": reporter.name,
        "organisation": reporter.organisation,
        "phone": phone(reporter.phone),
        "email": reporter.email,
    }


class RequestForm(DeskForm):
    """The Form Permohonan as a visitor fills it in (R03); what it says of anybody is judged at the desk."""

    name = PlainLine(label=_("Nama"), max_length=150)
    kind = forms.ChoiceField(label=_("Jenis tamu"), choices=Kind.choices, initial=Kind.VENDOR)
    organisation = PlainLine(label=_("Badan usaha atau instansi"), max_length=150, required=False)
    phone = PhoneField(label=_("Nomor ponsel"), max_length=30)
    email = forms.EmailField(label=_("Surel"), required=False)
    purpose = forms.ModelChoiceField(
        Category.objects.filter(is_active=True), label=_("Keperluan"), empty_label=_("Pilih keperluan")
    )
    ticket_number = PlainLine(label=_("Nomor Tiket"), max_length=40, required=False)
    problem = PlainText(
        label=_("Uraian permasalahan"),
        help_text=_("Langkah yang dilakukan dan pesan yang muncul. Jangan menuliskan kata sandi."),
        max_length=10_000,
        widget=forms.Textarea({"rows": 5}),
    )
    error_code = PlainLine(label=_("Kode Error"), max_length=200, required=False)
    is_vulnerable = forms.BooleanField(
        label=_("Kelompok rentan"),
        help_text=_("Penyandang disabilitas, lanjut usia, ibu hamil, atau membawa anak kecil."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*SEARCHED, "ticket_number"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_ticket_number(self) -> str:
        text = self.cleaned_data["ticket_number"]
        number = read_number(text, Ticket.NUMBER_KIND) if text else ""
        if number is None:
            raise ValidationError(_("Nomor tiket ini tidak lengkap atau salah tulis. Periksa kembali nomornya."))
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") not in (None, Kind.VENDOR) and not cleaned.get("organisation"):
            self.add_error("organisation", _("Isi instansi atau satuan kerja tamu."))
        return cleaned


class PhoneRequestForm(RequestForm):
    """The same on a visitor's phone: answered with a code, whoever it is."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = _("Anda datang sebagai")
        self.fields["is_vulnerable"].label = _("Saya memerlukan pelayanan prioritas kelompok rentan")
        for name, meaning in {"name": "name", "phone": "tel", "email": "email"}.items():
            self.fields[name].widget.attrs["autocomplete"] = meaning

    @property
    def words(self) -> dict[str, str]:
        """What the desk fills in for the receptionist, by the names of its fields."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("key", "is_vulnerable")}
        words = given | {"purpose": self.cleaned_data["purpose"].pk, "phone": phone(self.cleaned_data["phone"])}
        words |= {"has_form": "on", "is_vulnerable": "on" if self.cleaned_data["is_vulnerable"] else ""}
        return {name: str(value) for name, value in words.items() if value}


class VisitorForm(RequestForm):
    """A line of the guest book, as the receptionist writes it."""

    pelapor = forms.CharField(widget=forms.HiddenInput, required=False)  # who was picked among the people we know
    formulir = forms.CharField(widget=forms.HiddenInput, required=False)  # the code of a form filled in on a phone
    has_form = forms.BooleanField(label=_("Form permohonan terisi"), required=False)
    has_documents = forms.BooleanField(label=_("Data dukung dibawa"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["problem"].required = False  # it may stand on paper
        self.fields["problem"].help_text = self.fields["is_vulnerable"].help_text = ""
        search = {
            "hx-post": reverse_lazy("consultations:people_found"),
            "hx-trigger": "input changed delay:400ms",
            "hx-target": "#dikenal",
            "hx-swap": "outerHTML",
            "hx-sync": "closest form:replace",
        }
        for name in SEARCHED:
            self.fields[name].widget.attrs |= search

    def begin_at(self, name: str) -> None:
        """Put the cursor where the receptionist goes on."""
        self.fields[name].widget.attrs["autofocus"] = True

    @cached_property
    def picked(self) -> Reporter | None:
        """Who was picked among the people we know, also while the rest is still wrong."""
        return Reporter.objects.keyed(str(self["pelapor"].value() or ""))

    @property
    def known(self) -> Reporter | None:
        """Whom this visit is of: who was picked, or who has this very name and number; nobody for a new person."""
        name, number = self.cleaned_data["name"], self.cleaned_data["phone"]
        same = Reporter.objects.filter(phone=number, name__iexact=name).order_by("is_visitor", "-pk").first()
        return self.picked or (same and (same.merged_into or same))

    def clean_ticket_number(self) -> str:
        number = super().clean_ticket_number()
        if number and not Ticket.objects.filter(number=number).exists():
            raise ValidationError(_("Nomor tiket tidak ditemukan. Periksa kembali nomornya."))
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        name = cleaned.get("name")
        if self.picked and name and name.casefold() != self.picked.name.casefold():
            wrong = _("Nama berbeda dengan tamu yang dipilih, %(name)s. Pilih “Bukan orang ini” untuk tamu lain.")
            self.add_error("name", wrong % {"name": self.picked.name})
        cleaned["has_form"] = cleaned.get("has_form", False) or bool(cleaned.get("problem"))
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of the visit."""
        return {name: self.cleaned_data[name] for name in OF_VISIT}

    @property
    def person(self) -> dict[str, Any]:
        """Who a new visitor is, as add_visitor asks it."""
        who = {name: self.cleaned_data[name] for name in ("kind", "name", "email", "phone")}
        organisation = self.cleaned_data["organisation"]
        if who["kind"] == Kind.VENDOR:
            return who | {"business_name": organisation}
        office = Institution.objects.filter(name__iexact=organisation).first()
        return who | {"institution": office, "work_unit": "" if office else organisation}
