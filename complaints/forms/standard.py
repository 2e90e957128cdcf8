"""The words of the public pages, as the Penyelia edits them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DeskForm, PlainLine, PlainText

LAYOUT = _("Baris yang diawali “## ” menjadi judul, “1. ” menjadi butir bernomor, baris kosong memisahkan alinea.")


class TextForm(DeskForm):
    """One text; it carries what stood there when the form was drawn, so that nobody overwrites a colleague."""

    text = PlainText(
        label=_("Isi"), help_text=LAYOUT, max_length=20_000, required=False, widget=forms.Textarea({"rows": 18})
    )
    before = forms.CharField(widget=forms.HiddenInput, required=False, max_length=25_000, strip=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = kwargs.get("initial") or {}
        kwargs["initial"] = initial | {"before": initial.get("text", "")}
        super().__init__(*args, **kwargs)


class QuestionForm(DeskForm):
    """One question and its answer."""

    question = PlainLine(label=_("Pertanyaan"), max_length=200)
    answer = PlainText(
        label=_("Jawaban"), help_text=_("Kosongkan untuk menghapus pertanyaan ini."), max_length=5_000, required=False
    )
    position = forms.IntegerField(
        label=_("Urutan"), min_value=0, max_value=999, initial=0, widget=forms.NumberInput({"class": "w-s"})
    )
