"""The form base and the fields every app builds on: texts a person can see, dates as Indonesians type them."""

import unicodedata
from datetime import date, datetime, time
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 2000, 2100  # a year outside is a typing mistake, and year 1 cannot become UTC
BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters by category, but nothing is drawn


class DeskForm(forms.Form):
    """A form drawn by crispy: the page writes <form> and the buttons, this the fields and the error summary."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        for field in self.fields.values():
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _verb(field) % (field.label or _("isian ini"))


class RowForm(DeskForm):
    """A row of what an office sets up, by the name it has alone, whatever the capitals."""

    def __init__(self, *args: Any, row: Model, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.initial = {name: getattr(row, name, None) for name in self.fields} | dict(self.initial)

    def alone(self, name: str, **beside: Any) -> str:
        """Return what was typed for this field; refuse what another row of the kind has."""
        text: str = self.cleaned_data[name]
        others = type(self.row)._default_manager.exclude(pk=self.row.pk)
        if others.filter(**{f"{name}__iexact": text}, **beside).exists():
            raise ValidationError(gettext("“%s” sudah dipakai.") % text)
        return text

    def clean_name(self) -> str:
        return self.alone("name")


def _verb(field: forms.Field) -> str:
    """Return what to do with an empty field, in words that mend it."""
    if isinstance(field, forms.ChoiceField):
        return gettext("Pilih %s.")
    return gettext("Centang “%s”.") if isinstance(field, forms.BooleanField) else gettext("Isi %s.")


def is_visible(text: str) -> bool:
    """Tell whether a text draws anything: not only spaces, controls, zero-width or lone combining characters."""
    return any(unicodedata.category(char)[0] not in "CZM" and char not in BLANKS for char in text)


class PlainText(forms.CharField):
    """Text of many lines; refuses what nobody could read."""

    widget: Any = forms.Textarea
    default_error_messages = {"invisible": _("Tulisan ini tidak memuat huruf yang terlihat.")}

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if text and not is_visible(text):
            raise ValidationError(self.error_messages["invisible"], code="invisible")
        return text


class PlainLine(PlainText):
    """Text of one line, safe in a mail header: direction and zero-width controls vanish, a line break is refused."""

    widget = forms.TextInput
    default_error_messages = {"lines": _("Tulis dalam satu baris.")}

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if len(text.splitlines()) > 1:
            raise ValidationError(self.error_messages["lines"], code="lines")
        # NUL stays: CharField refuses it by name, which tells the person more than a silent repair.
        kept = (char for char in text.replace("\t", " ") if char == "\0" or unicodedata.category(char)[0] != "C")
        return unicodedata.normalize("NFC", "".join(kept)).strip()


class LocalDateTimeInput(forms.MultiWidget):
    """Two typed boxes: dd-mm-yyyy and HH.MM."""

    template_name = "core/_local_date_time.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        look = {"class": "form-control w-s", "autocomplete": "off"}
        super().__init__({"day": forms.TextInput(look), "hour": forms.TextInput(look)}, attrs)

    def decompress(self, value: datetime | None) -> list[str | None]:
        return [f"{value:%d-%m-%Y}", f"{value:%H.%M}"] if value else [None, None]


class LocalDateTimeField(forms.MultiValueField):
    """A moment on a wall clock; naive, because only the form's clean() knows whose wall: value.replace(tzinfo=zone)."""

    widget = LocalDateTimeInput
    default_error_messages = {
        "incomplete": _("Isi tanggal dan pukul."),
        "invalid_date": _("Tulis tanggal sebagai tanggal-bulan-tahun, misalnya 25-11-2026."),
        "invalid_time": _("Tulis pukul sebagai jam.menit, misalnya 16.00."),
        "year": _("Tahun harus antara %(first)d dan %(last)d."),
    }

    def __init__(self, **kwargs: Any) -> None:
        says = self.default_error_messages
        day = forms.DateField(input_formats=["%d-%m-%Y"], error_messages={"invalid": says["invalid_date"]})
        hour = forms.TimeField(input_formats=["%H.%M", "%H:%M"], error_messages={"invalid": says["invalid_time"]})
        super().__init__((day, hour), require_all_fields=False, **kwargs)

    def compress(self, data_list: list[Any]) -> datetime | None:
        if not data_list:
            return None
        day: date = data_list[0]
        hour: time = data_list[1]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(
                self.error_messages["year"], code="year", params={"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return datetime.combine(day, hour)
