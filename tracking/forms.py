"""What somebody without an account gives to follow a case."""

from django.utils.translation import gettext_lazy as _

from core.forms import DeskForm, PlainLine


class TrackForm(DeskForm):
    """Number and access code, in any notation."""

    nomor = PlainLine(label=_("Nomor"), help_text=_("Contoh TKT-2026-000123-8."), max_length=60)
    kode = PlainLine(label=_("Kode akses"), help_text=_("Delapan huruf dan angka, contoh K7M4-P2XR."), max_length=40)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off", "class": "w-m", "autocapitalize": "characters"}
