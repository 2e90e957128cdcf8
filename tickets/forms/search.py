"""What a person may type into the search box."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PlainLine

LONGEST = 200


class SearchForm(forms.Form):
    """A few words; a whole letter would find nothing anyway."""

    q = PlainLine(
        label=_("Kata pencarian"),
        required=False,
        max_length=LONGEST,
        error_messages={"max_length": _("Perpendek kata pencarian menjadi paling banyak %(limit_value)d huruf.")},
    )
