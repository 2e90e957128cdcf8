"""What an agent types during a call: who calls (R06), what about, and what was answered (R29)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PhoneField
from accounts.models import Reporter
from callcenter.models import Call
from core.forms import DeskForm, PlainLine, PlainText
from core.templatetags.desk import phone
from tickets.models import Category

FORM = "catatan"  # its id on the page: the identity stands beside the <form>
IDENTITY = ("caller_name", "business_name", "institution_name", "from_phone")
LONGEST = 5_000
ORGANISATIONS: tuple[str, ...] = ("business_name", "institution_name")
UNSAID = _(
    "Isi nama badan usaha bagi penyedia, atau asal instansi bagi K/L/PD. "
    "Bila penelepon menolak menyebutkannya, tulis “tidak disebutkan”."
)


class CallForm(DeskForm):
    """The notes of a call as they are typed; nothing is missing yet."""

    caller_name = PlainLine(label=_("Nama penelepon"), max_length=150, required=False)
    business_name = PlainLine(
        label=_("Nama badan usaha"), help_text=_("Bagi penyedia."), max_length=150, required=False
    )
    institution_name = PlainLine(
        label=_("Asal instansi"), help_text=_("Bagi pelapor dari K/L/PD."), max_length=150, required=False
    )
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
        Category.objects.filter(is_active=True), label=_("Kategori"), required=False, empty_label=_("Pilih kategori")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs |= {"form": FORM} if name in IDENTITY else {}
            field.widget.attrs["autocomplete"] = "off"


class OutcomeForm(CallForm):
    """The same with an outcome: who called and what about is written down, and what was answered if it was.

    For whom they call is asked as R06 does: a business of vendors, an institution of K/L/PD, one of both while
    nobody knows which of them it is. Somebody may refuse to say, and a line may break.
    """

    outcome = forms.ChoiceField(choices=Call.Outcome.choices, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reporter: Reporter | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = ORGANISATIONS
        if reporter:
            self.asked = ("business_name",) if reporter.is_vendor else ("institution_name",)
        self._mark_asked(not self.is_bound)
        outcome = self.data.get("outcome")
        for name in ("caller_name", "question"):
            self.fields[name].required = outcome != Call.Outcome.DROPPED
        for name in ("answer", "category"):
            self.fields[name].required = outcome == Call.Outcome.ANSWERED

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._mark_asked(True)
        is_said = any(cleaned.get(name) or name in self.errors for name in self.asked)
        if cleaned.get("outcome") not in (None, Call.Outcome.DROPPED) and not is_said:
            self.add_error(self.asked[0], UNSAID)
        return cleaned

    def _mark_asked(self, is_asked: bool) -> None:
        """Draw them as fields that are asked for; each field alone may stay empty, so not while they are read."""
        for name in self.asked:
            self.fields[name].required = is_asked


def words_of(call: Call) -> dict[str, Any]:
    """Return what the form of a call begins with."""
    names = [name for name in CallForm.base_fields if name != "from_phone"]
    return {name: getattr(call, name) for name in names} | {"from_phone": phone(call.from_phone)}
