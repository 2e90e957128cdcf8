"""The code that was mailed to somebody who follows their ticket without an account."""

from django.utils.translation import gettext_lazy as _

from core.forms import DeskForm, PlainLine


class OneTimeForm(DeskForm):
    """Six digits from the letter."""

    kode = PlainLine(label=_("Kode sekali pakai"), help_text=_("Enam angka dari surel kami."), max_length=20)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kode"].widget.attrs |= {
            "class": "w-s",
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
        }
