"""Sign-in and password forms: allauth's, with our words and without hints inside the boxes."""

from typing import Any

from allauth.account import forms as allauth
from django.utils.translation import gettext_lazy as _

LABELS = {
    "login": _("Nama pengguna atau surel"),
    "email": _("Surel yang terdaftar"),
    "password": _("Kata sandi"),
    "oldpassword": _("Kata sandi saat ini"),
    "password1": _("Kata sandi baru"),
    "password2": _("Kata sandi baru, sekali lagi"),
}


class PlainBoxes:
    """Labels in our words, and no placeholder: it repeats the label and vanishes while typing."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS[name]
            field.widget.attrs.pop("placeholder", None)


class SignInForm(PlainBoxes, allauth.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""  # the page has its own link to a new password


class ResetPasswordForm(PlainBoxes, allauth.ResetPasswordForm):  # type: ignore[misc]
    pass


class NewPasswordForm(PlainBoxes, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ChangePasswordForm(PlainBoxes, allauth.ChangePasswordForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(PlainBoxes, allauth.ReauthenticateForm):  # type: ignore[misc]
    pass
