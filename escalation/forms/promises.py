"""What the Penyelia may change of a promise."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DeskForm, PlainLine, PlainText
from escalation.models import Promise
from escalation.models.promise import Unit

LARGEST = 999
MOST = 5  # warnings or reminders of one promise


class NumbersField(PlainLine):
    """Whole numbers within limits, with commas between: "50, 80"."""

    def __init__(self, *, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(max_length=60, required=False, **kwargs)
        self.low, self.high = low, high

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        parts = [part.strip() for part in super().clean(value).split(",") if part.strip()]
        numbers = {int(part) if part.isdecimal() and len(part) <= len(str(LARGEST)) else 0 for part in parts}
        if len(numbers) > MOST or any(not self.low <= number <= self.high for number in numbers):
            raise forms.ValidationError(
                _("Tulis paling banyak %(most)d bilangan bulat dari %(low)d sampai %(high)d, dipisahkan koma."),
                params={"most": MOST, "low": self.low, "high": self.high},
            )
        return sorted(numbers)


class PromiseForm(DeskForm):
    """The numbers of one promise; its unit is part of what the clause means, so it stays."""

    limit = forms.IntegerField(
        label=_("Batas"),
        min_value=1,
        max_value=LARGEST,
        widget=forms.NumberInput(attrs={"class": "w-s"}),
    )
    warn_percents = NumbersField(
        label=_("Peringatan bagi petugas (persen)"),
        help_text=_("Bagian waktu yang telah lewat, misalnya 50, 80."),
        low=1,
        high=99,
    )
    warns_last_morning = forms.BooleanField(label=_("Ingatkan pada pagi hari kerja terakhir"), required=False)
    remind_days = NumbersField(
        label=_("Pengingat bagi pelapor (hari kerja ke-)"),
        help_text=_("Harus sebelum batas, misalnya 3, 7."),
        low=1,
        high=LARGEST - 1,
    )
    earns_entitlement = forms.BooleanField(
        label=_("Keterlambatan memberi Prioritas Kompensasi"), help_text=_("Satu hak untuk satu tiket."), required=False
    )
    reason = PlainText(label=_("Alasan perubahan"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, promise: Promise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _not_for(promise):
            del self.fields[name]
        self.initial = {name: getattr(promise, name) for name in self.fields if name != "reason"}
        self.fields["limit"].help_text = _("Dalam %(unit)s.") % {"unit": promise.get_unit_display()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        limit, days = cleaned.get("limit"), cleaned.get("remind_days")
        if limit and days and days[-1] >= limit:
            self.add_error("remind_days", _("Pengingat harus sebelum hari kerja ke-%(limit)d.") % {"limit": limit})
        return cleaned


def _not_for(promise: Promise) -> set[str]:
    """Name what makes no sense for a promise."""
    if promise.binds_reporter:
        return {"warn_percents", "warns_last_morning", "earns_entitlement"}
    hidden = {"remind_days"}
    if promise.unit == Unit.MINUTES:
        hidden.add("warns_last_morning")
    if promise.code in (Promise.Code.COMPLAINT, Promise.Code.DATA_CLAIM):
        hidden.add("earns_entitlement")  # its badge would tell everybody who complained, or asked to be forgotten
    return hidden
