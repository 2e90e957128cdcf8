"""What is asked of a complaint: through the public form, or by whoever enters a letter (R42, R44, A24)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.forms import PhoneField
from accounts.models import Lpse, User
from complaints.models import Complaint
from complaints.models.named import OFFICE_ROLES
from complaints.services.filing import Party
from core.forms import DeskForm, LocalDateTimeField, PlainLine, PlainText
from escalation.tiers import LKPP_ZONE
from tickets.models import Ticket

Kind, Source = Complaint.Kind, Complaint.Source
ZONES = [("Asia/Jakarta", _("WIB")), ("Asia/Makassar", _("WITA")), ("Asia/Jayapura", _("WIT"))]
FACTS = ("kind", "name", "organisation", "address", "email", "phone", "title", "substance", "place", "happened_on")
LETTER = ("source", "letter_number", "letter_date", "letter_addressee", "lapor_number")


class DayField(forms.DateField):
    """A day as Indonesians type it."""

    default_error_messages = {"invalid": _("Tulis tanggal seperti 25-11-2026.")}
    widget = forms.DateInput(format="%d-%m-%Y", attrs={"class": "w-s", "inputmode": "numeric"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%d-%m-%Y"], help_text=_("Contoh 25-11-2026."), **kwargs)

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day and not 2000 <= day.year <= 2100:
            raise ValidationError(_("Periksa tahunnya."), code="year")
        return day


class MailField(forms.EmailField):
    """An address that a letter can go to, and what is wrong with another."""

    default_error_messages = {"invalid": _("Tulis surel lengkap, misalnya nama@contoh.go.id.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)


class ComplaintForm(DeskForm):
    """What every complaint says, however it comes."""

    kind = forms.ChoiceField(label=_("Jenis"), choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.COMPLAINT)
    title = PlainLine(label=_("Perihal"), help_text=_("Ringkas, satu baris."), max_length=150)
    substance = PlainText(
        label=_("Substansi"),
        help_text=_("Apa yang terjadi, dan apa yang Anda minta. Jangan menuliskan kata sandi."),
        max_length=10_000,
        widget=forms.Textarea({"rows": 8}),
    )
    place = PlainLine(label=_("Tempat kejadian"), max_length=150, required=False)
    happened_on = DayField(label=_("Tanggal kejadian"), required=False)
    named_lpse = forms.ModelChoiceField(
        Lpse.objects.all(), label=_("LPSE yang diadukan"), empty_label=_("Tidak ada"), required=False
    )
    named_role = forms.ChoiceField(
        label=_("Unit di LKPP yang diadukan"),
        help_text=_("Orang dari unit ini tidak dapat melihat pengaduan."),
        choices=[("", _("Tidak ada")), *OFFICE_ROLES],
        required=False,
    )
    named_ticket = PlainLine(label=_("Nomor Tiket terkait"), max_length=40, required=False)
    name = PlainLine(label=_("Nama"), max_length=150)
    organisation = PlainLine(label=_("Badan usaha atau instansi"), max_length=150, required=False)
    address = PlainLine(label=_("Alamat"), max_length=300, required=False)
    email = MailField(label=_("Surel"), required=False)
    phone = PhoneField(label=_("Nomor telepon"), required=False)

    def clean_named_ticket(self) -> Ticket | None:
        text = self.cleaned_data["named_ticket"]
        ticket = Ticket.objects.numbered(text).first() if text else None
        if text and ticket is None:
            raise ValidationError(_("Nomor tiket tidak ditemukan. Periksa kembali, atau kosongkan."), code="unknown")
        return ticket

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of Complaint."""
        return {name: self.cleaned_data[name] for name in FACTS}

    @property
    def parties(self) -> list[Party]:
        """Whom the complaint is about."""
        said = self.cleaned_data
        found = [Party(lpse=said["named_lpse"]), Party(role=said["named_role"]), Party(ticket=said["named_ticket"])]
        return [party for party in found if any(party.facts().values())]


class PublicForm(ComplaintForm):
    """The form anybody may send, without an account."""

    email = MailField(
        label=_("Surel"), help_text=_("Isi surel atau nomor telepon, agar kami dapat menanggapi."), required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("email") or cleaned.get("phone") or {"email", "phone"} & self.errors.keys()):
            self.add_error("email", _("Isi surel atau nomor telepon, agar kami dapat menanggapi."))
        return cleaned

    def clean_named_ticket(self) -> Ticket | None:
        """Numbers can be guessed, so the form does not tell which exist: an unknown one is left out."""
        return Ticket.objects.numbered(self.cleaned_data["named_ticket"]).first()

    @property
    def facts(self) -> dict[str, Any]:
        return super().facts | {"source": Source.FORM}


class EntryForm(ComplaintForm):
    """A letter from e-Office or a report of LAPOR!, entered by whoever keeps the register (A25)."""

    source = forms.ChoiceField(
        label=_("Asal"),
        choices=[choice for choice in Source.choices if choice[0] != Source.FORM],
        widget=forms.RadioSelect,
        initial=Source.LETTER,
    )
    letter_number = PlainLine(label=_("Nomor surat e-Office"), max_length=60)
    letter_date = DayField(label=_("Tanggal surat"), required=False)
    letter_addressee = PlainLine(label=_("Tujuan surat"), max_length=300, required=False)
    lapor_number = PlainLine(label=_("Nomor laporan LAPOR!"), max_length=40)
    received_at = LocalDateTimeField(
        label=_("Diterima Direktorat"), help_text=_("Jam tanggapan dihitung sejak saat ini bila bukti sudah lengkap.")
    )
    zone = forms.ChoiceField(label=_("Zona waktu"), choices=ZONES, initial=ZONES[0][0])
    named_officer = PlainLine(
        label=_("Petugas yang diadukan"), help_text=_("Nama lengkap atau surel."), max_length=150, required=False
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["letter_number"].required = self["source"].value() == Source.LETTER
        self.fields["lapor_number"].required = self["source"].value() == Source.LAPOR

    def clean_named_officer(self) -> User | None:
        text = self.cleaned_data["named_officer"]
        if not text:
            return None
        people = User.objects.filter(Q(name__iexact=text) | Q(email__iexact=text), duties__isnull=False).distinct()[:2]
        if len(people) != 1:
            many = _("Ada beberapa petugas bernama itu. Tulis surelnya.")
            raise ValidationError(many if people else _("Petugas tidak ditemukan. Periksa nama atau surelnya."))
        return people[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if at := cleaned.get("received_at"):
            cleaned["received_at"] = at.replace(tzinfo=ZoneInfo(cleaned.get("zone", LKPP_ZONE)))
            if cleaned["received_at"] > self.now:
                self.add_error("received_at", _("Waktu diterima tidak boleh sesudah sekarang."))
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        return super().facts | {name: self.cleaned_data[name] for name in LETTER}

    @property
    def parties(self) -> list[Party]:
        officer = self.cleaned_data["named_officer"]
        return [*super().parties, *([Party(officer=officer)] if officer else [])]
