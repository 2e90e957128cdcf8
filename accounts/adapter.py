"""What differs from allauth's own behaviour: no sign-up, and letters go through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import has_entered_from, tell_of_change
from accounts.signals import letter_due
from core.requests import client_address

ANYWHERE = "login_failed_anywhere"  # wrong passwords for one account name, from whatever address
TOO_MANY = "too_many_login_attempts"
# allauth's names of what happened to an account.
CHANGES = {
    "account/email/password_changed": _("Kata sandi diubah."),
    "account/email/password_set": _("Kata sandi dibuat."),
    "account/email/password_reset": _("Kata sandi baru dibuat melalui tautan di surel."),
    "mfa/email/totp_activated": _("Aplikasi autentikator diaktifkan."),
    "mfa/email/totp_deactivated": _("Aplikasi autentikator dinonaktifkan."),
    "mfa/email/recovery_codes_generated": _("Kode pemulihan baru dibuat."),
    "mfa/email/webauthn_added": _("Kunci keamanan ditambahkan."),
    "mfa/email/webauthn_removed": _("Kunci keamanan dihapus."),
    "socialaccount/email/account_connected": _("Akun dihubungkan dengan aplikasi LPSE."),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from SPSE and from the operator, never from a sign-up form (R08)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Return whether ?next= is a path of ours; allauth's own answer to an address it cannot parse is 500."""
        return url is not None and url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Leave the username alone: whoever makes the account chooses it."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count by name and address: strangers elsewhere use up their own tries, not those of the owner."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{client_address(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse who tried too often, and past the limit over all addresses who never signed in from theirs.

        Counted is the name as typed, whether such an account exists or not: nobody learns which names belong together.
        """
        super().pre_authenticate(request, **credentials)
        name = _name_in(credentials)
        is_open = ratelimit.consume(request, action=ANYWHERE, key=name, dry_run=True)
        if not is_open and not has_entered_from(name, client_address(request), now=timezone.now()):
            raise self.validation_error(TOO_MANY)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        ratelimit.consume(request, action=ANYWHERE, key=_name_in(credentials))

    def set_password(self, user: User, password: str) -> None:
        """Keep a new password; wrong guesses at the old one, a stranger's too, no longer keep its owner out."""
        super().set_password(user, password)
        for name in (user.username, user.email):
            self._delete_login_attempts_cached_email(self.request, username=name)
            ratelimit.clear(self.request, action=ANYWHERE, key=name.lower())

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Write down what happened to an account, and tell its owner; no request waits for a mail server."""
        tell_of_change(user, str(CHANGES[template_prefix]), address=client_address(self.request))

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        facts = {"username": user.username}
        letter_due.send(User, user=user, kind="password_reset", address=email, secret=context["key"], facts=facts)


def _name_in(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email") or credentials.get("username") or "").lower()
