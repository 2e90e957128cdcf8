"""What a new password must not be, beyond what Django checks (BSSN 4/2021)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 128
GUESSED_FIRST = ("lpse", "lkpp")  # anybody who attacks this service tries them


class OfficePolicy:
    """Refuses what is guessed first here, and what is too long to be typed by anybody."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(_("Kata sandi paling panjang %d karakter.") % LONGEST, code="too_long")
        if any(word in password.lower() for word in GUESSED_FIRST):
            raise ValidationError(_("Kata sandi tidak boleh memuat “lpse” atau “lkpp”."), code="guessed_first")

    def get_help_text(self) -> str:
        return _("Kata sandi tidak boleh memuat “lpse” atau “lkpp”.")
