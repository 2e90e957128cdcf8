"""What a person is asked when filing: for their kind, for the category they choose, and no more (§3 of the service)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Lpse, Reporter
from core.forms import DeskForm, LocalDateTimeField, PlainLine, PlainText
from tickets.models import Application, Subcategory, Ticket

Kind = Reporter.Kind
IDENTITY = ("nib", "nip")
NEEDED_BY_CATEGORY = {
    "package_code": "needs_package_code",
    "spse_version": "needs_spse_version",
    "nib": "needs_nib",
    "nip": "needs_nip",
}


def digits(label: Any, count: int) -> forms.RegexField:
    """Return one field for a number of exactly this many digits."""
    wrong = _("%(label)s terdiri atas %(count)d angka.") % {"label": label, "count": count}
    box = forms.TextInput({"class": "w-m", "inputmode": "numeric"})
    return forms.RegexField(
        f"^[0-9]{{{count}}}$", label=label, required=False, widget=box, error_messages={"invalid": wrong}
    )


class FilingForm(DeskForm):
    """One problem of one reporter."""

    application = forms.ModelChoiceField(
        Application.objects.filter(is_active=True), label=_("Aplikasi"), empty_label=_("Pilih aplikasi")
    )
    subcategory = forms.ModelChoiceField(Subcategory.objects.offered(), label=_("Kategori"))
    type = forms.ChoiceField(label=_("Tipe Tiket"), choices=Ticket.Type.choices, initial=Ticket.Type.PROBLEM)
    lpse = forms.ModelChoiceField(
        Lpse.objects.filter(is_active=True),
        label=_("LPSE tempat kejadian"),
        help_text=_("LPSE ini menerima tiket Anda lebih dahulu."),
        empty_label=_("Pilih LPSE"),
    )
    title = PlainLine(label=_("Judul Tiket"), help_text=_("Ringkas, sebutkan apa yang gagal."), max_length=120)
    description = PlainText(
        label=_("Deskripsi Permasalahan"),
        help_text=_(
            "Langkah yang dilakukan, hasil yang diharapkan, dan pesan yang muncul. Jangan menuliskan kata sandi."
        ),
        max_length=10_000,
        widget=forms.Textarea({"rows": 6}),
    )
    package_code = PlainLine(
        label=_("Kode Tender/Paket/RUP"),
        help_text=_("Tertulis pada pengumuman atau halaman paket."),
        max_length=30,
        required=False,
    )
    error_code = PlainLine(
        label=_("Kode Error"), help_text=_("Salin persis seperti yang tampil."), max_length=200, required=False
    )
    spse_version = PlainLine(
        label=_("Versi SPSE"),
        help_text=_("Tertulis di bagian bawah halaman SPSE. Bila kosong, kami memakai versi yang dicatat LPSE."),
        max_length=40,
        required=False,
    )
    occurred_at = LocalDateTimeField(label=_("Waktu kejadian"), help_text=_("Waktu setempat LPSE."), required=False)
    stage_deadline_at = LocalDateTimeField(
        label=_("Batas akhir tahapan"),
        help_text=_("Membantu kami menilai kedesakan. Waktu setempat LPSE."),
        required=False,
    )
    nib = digits(_("NIB"), 13)
    nip = digits(_("NIP"), 18)

    def __init__(self, *args: Any, reporter: Reporter, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reporter, self.now = reporter, now
        self.fields["lpse"].initial = reporter.lpse
        choices = [("", _("Pilih kategori")), *Subcategory.objects.as_choices()]
        self.fields["subcategory"].choices = choices  # type: ignore[attr-defined]
        for name in self._not_asked():
            del self.fields[name]
        if self.chosen:
            self._require_by_category(self.chosen)

    @cached_property
    def chosen(self) -> Subcategory | None:
        """The category the person has chosen so far, also while the rest is still wrong."""
        pk = str(self["subcategory"].value() or "")
        known = Subcategory.objects.select_related("category")
        return known.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None

    @property
    def own_lpse(self) -> Lpse | None:
        """Where staff of an LPSE file their own problems: at that LPSE, so they are not asked (A15)."""
        return self.reporter.lpse if self.reporter.kind == Kind.LPSE_STAFF else None

    @property
    def lpse_so_far(self) -> Lpse | None:
        """The LPSE the person has chosen so far, also while the rest is still wrong."""
        if self.own_lpse:
            return self.own_lpse
        pk = str(self["lpse"].value() or "")
        return Lpse.objects.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None

    def _not_asked(self) -> list[str]:
        """Name what is known already or does not concern this kind of reporter."""
        vendor, staff = self.reporter.is_vendor, self.reporter.kind == Kind.LPSE_STAFF
        wants_nip = self.chosen is not None and self.chosen.needs_nip
        skipped = {
            "lpse": self.own_lpse is not None,
            "nib": not vendor or bool(self.reporter.nib),
            "nip": vendor or staff or bool(self.reporter.nip) or not wants_nip,
        }
        return [name for name, skip in skipped.items() if skip]

    def _require_by_category(self, chosen: Subcategory) -> None:
        for name in NEEDED_BY_CATEGORY.keys() & self.fields.keys():
            field = self.fields[name]
            field.required = getattr(chosen, NEEDED_BY_CATEGORY[name])
            if name == "spse_version":  # only staff of an LPSE are sure to know it
                field.required = field.required and self.reporter.kind == Kind.LPSE_STAFF
            field.error_messages["required"] = _("%(field)s wajib diisi untuk kategori %(category)s.") % {
                "field": field.label,
                "category": chosen.category.name,
            }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        lpse = self.own_lpse or cleaned.get("lpse")
        if lpse is None:
            return cleaned
        for name in ("occurred_at", "stage_deadline_at"):
            if cleaned.get(name):
                cleaned[name] = cleaned[name].replace(tzinfo=ZoneInfo(lpse.time_zone))
        if cleaned.get("occurred_at") and cleaned["occurred_at"] > self.now:
            self.add_error("occurred_at", _("Waktu kejadian belum terjadi. Periksa tanggal dan pukulnya."))
        return cleaned | {"lpse": lpse, "spse_version": cleaned.get("spse_version") or lpse.spse_version}

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of the ticket."""
        return {name: value for name, value in self.cleaned_data.items() if name not in IDENTITY}

    @property
    def identity(self) -> dict[str, str]:
        """What the category asked about the reporter."""
        return {name: value for name, value in self.cleaned_data.items() if name in IDENTITY}
