"""Sign-in and passwords (allauth's forms, with our words and without hints inside the boxes), and who a reporter is."""

import re
from collections.abc import Iterable
from typing import Any

from allauth.account import forms as allauth
from allauth.mfa.base import forms as second
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import SEPARATORS, Institution, Lpse, Reporter
from accounts.phones import read_phone
from core.forms import DeskForm, PlainLine

Kind = Reporter.Kind
OLD_NPWP_DIGITS = 15
# What §3 of the service asks of each kind of reporter, no more; officials of K/L/PD are asked the same.
CONTACT = ("name", "email", "phone")
VENDOR_FIELDS = (*CONTACT, "spse_user_id", "business_form", "business_name", "npwp", "nib")
OFFICIAL_FIELDS = (*CONTACT, "spse_user_id", "institution", "work_unit", "nip")
LPSE_FIELDS = (*CONTACT, "lpse")

GARBLED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)  # what readers of a key's answer raise

LABELS = {
    "login": _("Nama pengguna atau surel"),
    "email": _("Surel yang terdaftar"),
    "password": _("Kata sandi"),
    "oldpassword": _("Kata sandi saat ini"),
    "password1": _("Kata sandi baru"),
    "password2": _("Kata sandi baru, sekali lagi"),
    "code": _("Kode verifikasi"),
    "name": _("Nama kunci, misalnya Laptop kantor"),
    "passwordless": _("Masuk cukup dengan kunci ini, tanpa kata sandi"),
    "credential": "",  # not shown: the browser fills it in
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


class SecondFactorForm(PlainBoxes, second.AuthenticateForm):  # type: ignore[misc]
    pass


class SecondFactorAgainForm(PlainBoxes, second.ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateAppForm(PlainBoxes, totp.ActivateTOTPForm):  # type: ignore[misc]
    pass


class KeyAnswer(forms.JSONField):
    """What the browser says for a security key; what cannot be read is refused, however it is wrong."""

    widget = forms.HiddenInput
    default_error_messages = {"invalid": _("Kunci keamanan tidak dikenali. Coba lagi.")}

    def to_python(self, value: Any) -> Any:
        try:
            answer = super().to_python(value)
        except RecursionError:
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("response"), dict):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return answer

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Never draw an answer again: it is good once."""
        return initial


def refused(error: Exception) -> ValidationError:
    """Return in the field's words what the libraries say of an answer in which something is missing or garbled."""
    return ValidationError(KeyAnswer.default_error_messages["invalid"], code="invalid", params={"error": str(error)})


class AddKeyForm(PlainBoxes, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    name = PlainLine(max_length=60, required=False)
    passwordless = forms.BooleanField(
        required=False, help_text=_("Perangkat akan meminta sidik jari, wajah, atau PIN Anda setiap kali masuk.")
    )
    credential = KeyAnswer()

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()  # type: ignore[no-any-return]
        except GARBLED as error:
            raise refused(error) from error


class ReadKey:
    """Reading the answer of a key that is known."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except GARBLED as error:
            raise refused(error) from error


class EnterByKeyForm(ReadKey, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    credential = KeyAnswer()


class SecondFactorByKeyForm(ReadKey, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    credential = KeyAnswer()


class KeyAgainForm(ReadKey, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    credential = KeyAnswer()


class KindForm(DeskForm):
    """The first step of an identity: it decides what is asked next."""

    jenis = forms.ChoiceField(label=_("Jenis pelapor"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, kinds: Iterable[Reporter.Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jenis"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]


class PhoneField(forms.CharField):
    """A telephone number in any Indonesian or international notation; cleaned to E.164."""

    default_error_messages = {
        "invalid": _("Tulis nomor telepon lengkap, misalnya 0812-0000-0001 atau +62 812 0000 0001."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "tel", "class": "w-s"}

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        if not (number := read_phone(text)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class DigitsField(forms.CharField):
    """A number of so many digits; spaces, dots and dashes do not matter."""

    default_error_messages = {"digits": _("%(label)s terdiri dari %(length)d angka.")}

    def __init__(self, *, digits: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.digits = digits
        self.widget.attrs |= {"inputmode": "numeric", "class": "w-s"}

    def to_python(self, value: Any) -> str:
        text = self.complete(SEPARATORS.sub("", super().to_python(value) or ""))
        if text and not re.fullmatch(rf"[0-9]{{{self.digits}}}", text):
            names = {"label": self.label, "length": self.digits}
            raise ValidationError(self.error_messages["digits"], code="digits", params=names)
        return text

    def complete(self, text: str) -> str:
        """Return the number in its present length."""
        return text


class NpwpField(DigitsField):
    """Numbers given out before 2022 have 15 digits and become 16 by a leading zero (PMK 112/2022)."""

    def complete(self, text: str) -> str:
        return text.zfill(self.digits) if len(text) == OLD_NPWP_DIGITS else text


class IdentityForm(DeskForm):
    """Who a reporter is: only the fields of their kind."""

    name = PlainLine(label=_("Nama lengkap"), max_length=150)
    email = forms.EmailField(label=_("Surel aktif"))
    phone = PhoneField(label=_("Nomor telepon"), max_length=30, help_text=_("Nomor yang dapat kami hubungi."))
    spse_user_id = PlainLine(
        label=_("User ID SPSE"), max_length=60, help_text=_("Jangan menuliskan kata sandi di mana pun.")
    )
    business_form = forms.ChoiceField(
        label=_("Bentuk usaha"), choices=[("", _("Pilih bentuk usaha")), *Reporter.BusinessForm.choices]
    )
    business_name = PlainLine(label=_("Nama badan usaha"), max_length=150, help_text=_("Kosongkan bila perorangan."))
    npwp = NpwpField(
        label=_("NPWP"), digits=16, help_text=_("16 angka. NPWP lama 15 angka kami lengkapi dengan 0 di depan.")
    )
    nib = DigitsField(
        label=_("NIB"), digits=13, required=False, help_text=_("13 angka. Diperlukan untuk permasalahan verifikasi.")
    )
    institution = forms.ModelChoiceField(
        label=_("Instansi (K/L/PD)"), queryset=Institution.objects.none(), empty_label=_("Pilih instansi")
    )
    work_unit = PlainLine(label=_("Satuan kerja"), max_length=150)
    nip = DigitsField(
        label=_("NIP"), digits=18, required=False, help_text=_("18 angka. Diperlukan untuk permintaan peran atau akun.")
    )
    lpse = forms.ModelChoiceField(label=_("LPSE"), queryset=Lpse.objects.none(), empty_label=_("Pilih LPSE"))

    def __init__(self, *args: Any, kind: str, offices: list[Lpse], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {Kind.VENDOR.value: VENDOR_FIELDS, Kind.LPSE_STAFF.value: LPSE_FIELDS}.get(kind, OFFICIAL_FIELDS)
        self.fields = {name: self.fields[name] for name in asked}
        if "institution" in self.fields:  # one that was switched off stays with those who have it
            choices = Institution.objects.filter(Q(is_active=True) | Q(pk=self.initial.get("institution")))
            self.fields["institution"].queryset = choices  # type: ignore[attr-defined]
        if "lpse" in self.fields:
            own = Lpse.objects.filter(pk__in=[office.pk for office in offices])
            self.fields["lpse"].queryset = own  # type: ignore[attr-defined]
        if kind == Kind.BUDGET_USER:  # PA and KPA have no account in SPSE itself
            self.fields["spse_user_id"].label = _("User ID SiRUP")
            self.fields["spse_user_id"].error_messages["required"] = _("Isi User ID SiRUP.")

    def clean(self) -> dict[str, Any]:
        facts = self.cleaned_data
        if facts.get("business_form") == Reporter.BusinessForm.INDIVIDUAL:  # they act under their own name
            facts["business_name"] = ""
            self.errors.pop("business_name", None)
        return facts


class NewEmailForm(DeskForm):
    email = forms.EmailField(label=_("Alamat surel baru"))


class EmailCodeForm(DeskForm):
    """The code that was mailed to a new address."""

    code = PlainLine(label=_("Kode dari surel"), max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "w-s"}
