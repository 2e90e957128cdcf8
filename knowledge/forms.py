"""What an officer writes to keep a text ready."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DeskForm, PlainLine, PlainText
from knowledge.services import MARKS, unknown_marks

LONGEST = 5_000
KNOWN = ", ".join(f"{{{mark}}}" for mark in MARKS)


class CannedTextForm(DeskForm):
    """A title to find it by, and the text with its marks."""

    title = PlainLine(label=_("Judul"), help_text=_("Dibaca petugas saat memilih."), max_length=100)
    body = PlainText(label=_("Teks balasan"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6}))

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if unknown := unknown_marks(body):
            raise forms.ValidationError(
                _("Penanda %(unknown)s tidak dikenal. Gunakan %(known)s."),
                params={"unknown": ", ".join(unknown), "known": KNOWN},
            )
        return body
