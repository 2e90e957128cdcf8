"""Edits of the working calendar. Each form knows the change it asks for; nothing is written before it was approved."""

import re
from collections.abc import Iterable
from datetime import date, time
from itertools import pairwise
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Lpse
from core.forms import FIRST_YEAR, LAST_YEAR, DeskForm, PlainLine, PlainText
from escalation.models import Holiday, HoursPeriod, OfficeHours
from escalation.models.calendar import Weekday
from escalation.services import changes
from escalation.services.changes import SPAN, Change
from escalation.services.importing import PACKAGE

Slots = list[tuple[time, time]]
SLOT = re.compile(r"(\d{1,2})[.:](\d{2})\s*[-–]\s*(\d{1,2})[.:](\d{2})")
DAY_INPUT = "%d-%m-%Y"


class ApprovalForm(DeskForm):
    """Why the calendar is changed; sent with what was already shown."""

    reason = PlainText(
        label=_("Alasan perubahan"),
        help_text=_("Tersimpan dalam catatan audit dan terbaca pelapor pada riwayat tiket yang bergeser."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class UnitForm(forms.Form):
    """Whose office hours to show."""

    lpse = forms.ModelChoiceField(
        Lpse.objects.all(),
        label=_("Lihat jam kerja"),
        to_field_name="code",
        empty_label=_("LKPP dan semua LPSE tanpa jam sendiri"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select w-m"}),
    )

    @property
    def unit(self) -> Lpse | None:
        """The LPSE that was chosen; none for everybody's hours."""
        return self.cleaned_data["lpse"] if self.is_valid() else None


class ChangeForm(DeskForm):
    """One edit of the calendar."""

    def change(self) -> Change:
        """Return the edit that this valid form asks for."""
        raise NotImplementedError


class DayField(forms.DateField):
    """A day typed as dd-mm-yyyy."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=[DAY_INPUT],
            error_messages={"invalid": _("Tulis tanggal seperti 24-12-2026.")},
            widget=forms.DateInput(format=DAY_INPUT, attrs={"class": "w-s", "autocomplete": "off"}),
            **kwargs,
        )

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and not FIRST_YEAR <= value.year <= LAST_YEAR:
            years = {"first": FIRST_YEAR, "last": LAST_YEAR}
            raise forms.ValidationError(_("Tahun harus antara %(first)d dan %(last)d."), code="year", params=years)


class HolidayForm(ChangeForm):
    """A day that does not count, and how that is known."""

    day = DayField(label=_("Tanggal"), help_text=_("Contoh 24-12-2026."))
    name = PlainLine(label=_("Nama"), max_length=120)
    kind = forms.ChoiceField(label=_("Jenis"), choices=Holiday.Kind.choices, widget=forms.RadioSelect)
    lpse = forms.ModelChoiceField(
        Lpse.objects.all(),
        label=_("LPSE"),
        help_text=_("Hanya untuk hari libur daerah."),
        empty_label=_("Seluruh Indonesia"),
        required=False,
    )
    source = PlainLine(
        label=_("Sumber"),
        help_text=_("Dari mana tanggal ini diketahui, misalnya nomor SKB atau keputusan kepala daerah."),
        max_length=200,
    )
    is_tentative = forms.BooleanField(
        label=_("Masih perkiraan"), help_text=_("Kosongkan bila tanggalnya sudah ditetapkan."), required=False
    )

    def __init__(self, *args: Any, holiday: Holiday | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holiday = holiday
        if holiday:
            self.initial = {name: getattr(holiday, name) for name in self.fields}
            if holiday.source.startswith(PACKAGE):
                self.initial["source"] = ""

    def clean_source(self) -> str:
        source: str = self.cleaned_data["source"]
        if source.startswith(PACKAGE):
            # The next import would take such a row for its own and write over it.
            raise forms.ValidationError(_("Tulis dari mana Anda mengetahuinya, bukan nama paket."))
        return source

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_local, lpse = cleaned.get("kind") == Holiday.Kind.LOCAL, cleaned.get("lpse")
        if is_local and not lpse and "lpse" not in self.errors:
            self.add_error("lpse", _("Pilih LPSE untuk hari libur daerah."))
        if lpse and cleaned.get("kind") and not is_local:
            self.add_error("lpse", _("Kosongkan LPSE untuk hari libur nasional dan cuti bersama."))
        others = Holiday.objects.exclude(pk=self.holiday.pk if self.holiday else 0)
        if (day := cleaned.get("day")) and (taken := others.filter(day=day, lpse=lpse).first()):
            self.add_error("day", _("Tanggal ini sudah tercatat: %(name)s.") % {"name": taken.name})
        return cleaned

    def change(self) -> Change:
        if self.holiday:
            return changes.change_holiday(self.holiday, self.cleaned_data)
        return changes.add_holiday(self.cleaned_data)


def slots_text(slots: Iterable[tuple[time, time]]) -> str:
    """Return the hours of one day as they are typed: "07.30–12.00, 13.00–16.00"."""
    return ", ".join(f"{opens:%H.%M}–{closes:%H.%M}" for opens, closes in slots)


class HoursField(PlainLine):
    """The hours of one day: stretches with commas between; empty on a day off."""

    default_error_messages = {
        "slots": _("Tulis jam seperti 07.30–16.00, atau 07.30–12.00, 13.00–16.00."),
        "backwards": _("Jam tutup harus sesudah jam buka."),
        "overlap": _("Rentang jam ini bertumpang-tindih."),
    }

    def clean(self, value: Any) -> Slots:
        parts = [part.strip() for part in super().clean(value).split(",") if part.strip()]
        slots = sorted(self._slot(part) for part in parts)
        if any(closes <= opens for opens, closes in slots):
            raise forms.ValidationError(self.error_messages["backwards"], code="backwards")
        if any(later[0] < earlier[1] for earlier, later in pairwise(slots)):
            raise forms.ValidationError(self.error_messages["overlap"], code="overlap")
        return slots

    def _slot(self, text: str) -> tuple[time, time]:
        found = SLOT.fullmatch(text)
        try:
            hour, minute, last_hour, last_minute = map(int, found.groups() if found else ())
            return time(hour, minute), time(last_hour, last_minute)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["slots"], code="slots") from error


class WeekForm(ChangeForm):
    """Hours for each weekday."""

    def __init__(self, *args: Any, kept: Iterable[OfficeHours], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slots: dict[int, Slots] = {weekday: [] for weekday in Weekday}
        for row in kept:
            slots[row.weekday].append((row.opens, row.closes))
        for weekday in Weekday:
            hours = HoursField(label=weekday.label, initial=slots_text(slots[weekday]), max_length=100, required=False)
            hours.widget.attrs["class"] = "w-m"
            self.fields[f"day_{weekday}"] = hours
        self.fields[f"day_{Weekday.MONDAY}"].help_text = _(
            "Contoh 07.30–16.00, atau 07.30–12.00, 13.00–16.00. Kosongkan hari libur."
        )

    @property
    def hours(self) -> list[tuple[int, time, time]]:
        """The hours of this valid form, as a change takes them."""
        return [(weekday.value, *slot) for weekday in Weekday for slot in self.cleaned_data[f"day_{weekday}"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not self.hours:
            raise forms.ValidationError(
                _("Isi jam kerja paling sedikit satu hari. Tanpa hari kerja, batas waktu tidak dapat dihitung.")
            )
        return cleaned


class HoursForm(WeekForm):
    """The usual hours of one LPSE; none: of LKPP and every LPSE without hours of its own."""

    def __init__(self, *args: Any, lpse: Lpse | None, **kwargs: Any) -> None:
        self.lpse = lpse
        usual = OfficeHours.objects.filter(period=None)
        kept = list(usual.filter(lpse=lpse)) or usual.filter(lpse=None)
        super().__init__(*args, kept=kept, **kwargs)

    def change(self) -> Change:
        return changes.set_hours(self.hours, lpse=self.lpse)


class PeriodForm(WeekForm):
    """Days on which everybody keeps other hours, such as Ramadan."""

    name = PlainLine(label=_("Nama periode"), help_text=_("Contoh Ramadan 1448 H."), max_length=80)
    first_day = DayField(label=_("Hari pertama"), help_text=_("Contoh 08-02-2027."))
    last_day = DayField(label=_("Hari terakhir"), help_text=_("Hari ini masih termasuk."))

    def __init__(self, *args: Any, period: HoursPeriod | None = None, **kwargs: Any) -> None:
        self.period = period
        kept = OfficeHours.objects.filter(lpse=None, period=period)  # a new one starts from the usual hours
        super().__init__(*args, kept=kept, **kwargs)
        if period:
            self.initial = {name: getattr(period, name) for name in SPAN}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if not first or not last:
            return cleaned
        if last < first:
            self.add_error("last_day", _("Hari terakhir tidak boleh sebelum hari pertama."))
        others = HoursPeriod.objects.exclude(pk=self.period.pk if self.period else 0)
        other = others.filter(first_day__lte=last, last_day__gte=first).first()
        if other:
            self.add_error("first_day", _("Hari-hari ini bertumpang-tindih dengan %(name)s.") % {"name": other})
        return cleaned

    def change(self) -> Change:
        span = {name: self.cleaned_data[name] for name in SPAN}
        if self.period:
            return changes.change_period(self.period, span, self.hours)
        return changes.add_period(span, self.hours)


class RemovalForm(ChangeForm):
    """Taking something out of the calendar; there is nothing to fill in."""

    def __init__(self, *args: Any, removal: Change, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.removal = removal

    def change(self) -> Change:
        return self.removal
