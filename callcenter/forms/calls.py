"""What an agent types during a call: who calls (R06), what about, and what was answered (R29)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PhoneField
from callcenter.models import Call
from core.forms import DeskForm, PlainLine, PlainText
from core.templatetags.desk import phone
from tickets.models import Category

FORM = "catatan"  # its id on the page: the identity stands beside the <form>
IDENTITY = ("caller_name", "business_name", "institution_name", "from_phone")
LONGEST = 5_000


class CallForm(DeskForm):
    """The notes of a call as they are typed; nothing is missing yet."""

    caller_name = PlainLine(label=_("Nama penelepon"), max_length=150, required=False)
    business_name = PlainLine(label=_("Nama badan usaha"), max_length=150, required=False)
    institution_name = PlainLine(label=_("Asal instansi (K/L/PD)"), max_length=150, required=False)
    from_phone = PhoneField(label=_("Nomor telepon"), max_length=30, required=False)
    question = PlainText(
        label=_("Pertanyaan atau permasalahan"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    answer = PlainText(
        label=_("Jawaban yang diberikan"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    category = forms.ModelChoiceField(
        Category.objects.all(), label=_("Kategori"), required=False, empty_label=_("Pilih kategori")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs |= {"form": FORM} if name in IDENTITY else {}
            field.widget.attrs["autocomplete"] = "off"


class OutcomeForm(CallForm):
    """The same with an outcome: who called and what about is written down, and what was answered if it was."""

    outcome = forms.ChoiceField(choices=Call.Outcome.choices, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome = self.data.get("outcome")
        for name in ("caller_name", "question"):
            self.fields[name].required = outcome != Call.Outcome.DROPPED
        for name in ("answer", "category"):
            self.fields[name].required = outcome == Call.Outcome.ANSWERED


def words_of(call: Call) -> dict[str, Any]:
    """Return what the form of a call begins with."""
    names = [name for name in CallForm.base_fields if name != "from_phone"]
    return {name: getattr(call, name) for name in names} | {"from_phone": phone(call.from_phone)}
