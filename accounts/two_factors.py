"""A second factor: who needs one, how its secret is kept, and leading people to set one up (BSSN 4/2021)."""

import base64
import hashlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes only stand in for one of them
SEALED = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
OPEN = ("mfa_", "account_logout", "account_reauthenticate", "theme")  # beginnings of the names that need no factor
PROBES = ("alive", "ready", "metrics")  # do not even ask who it is
FOUND = "has_second_factor"


def needs_factor(user: User) -> bool:
    """Return whether this person may only work with a second factor: every duty at LKPP, and the operators."""
    return settings.TWO_FACTORS and (user.is_staff or any(duty.lpse_id is None for duty in user.duty_list))


class TwoFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """What differs from allauth's own behaviour."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("Kode tidak cocok. Tulis kode yang sekarang tampil di aplikasi Anda."),
        "cannot_generate_recovery_codes": gettext_lazy("Aktifkan dahulu aplikasi autentikator atau kunci keamanan."),
        "cannot_delete_authenticator": gettext_lazy("Tugas Anda memerlukan verifikasi dua langkah."),
    }

    def get_totp_issuer(self) -> str:
        return "LPSE Support"

    def build_totp_svg(self, url: str) -> str:
        drawing = BytesIO()
        segno.make(url, error="m").save(drawing, kind="svg", scale=5, border=2, xmldecl=False)
        return drawing.getvalue().decode()

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Return whether a factor may go: from somebody who needs one, not the last."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS).exclude(pk=authenticator.pk)
        return others.exists() or not needs_factor(authenticator.user)


def _cipher() -> MultiFernet:
    """Return what keeps the secrets of apps unreadable in a copy of the database: reads by earlier keys as well."""
    known = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [hashlib.sha256(b"totp:" + key.encode()).digest() for key in known]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


@transaction.atomic
def seal_anew() -> int:
    """Seal the secrets of all factors with the present SECRET_KEY, so that earlier ones can go; return how many."""
    count = 0
    for factor in Authenticator.objects.select_for_update().filter(type__in=SEALED):
        sealed = {name: factor.data[name] for name in ("secret", "seed") if name in factor.data}
        factor.data |= {name: _cipher().rotate(text.encode()).decode() for name, text in sealed.items()}
        factor.save(update_fields=["data"])
        count += len(sealed)
    return count


class LeadToSetUp:
    """Lets whoever needs a second factor do nothing before it is set up; a session remembers that it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        user, name = request.user, request.resolver_match.view_name if request.resolver_match else ""
        if name in PROBES or not isinstance(user, User) or name.startswith(OPEN):
            return None
        if request.session.get(FOUND) or not needs_factor(user):
            return None
        if Authenticator.objects.filter(user=user, type__in=FACTORS).exists():
            request.session[FOUND] = True
            return None
        messages.warning(request, _("Tugas Anda memerlukan verifikasi dua langkah. Aktifkan dahulu, lalu lanjutkan."))
        return redirect("mfa_index")
