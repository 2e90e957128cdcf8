"""The doors where passwords and codes are tried: one page for all, after the same time, and 429 in the end."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as allauth
from allauth.account.authentication import get_authentication_records
from allauth.mfa.base import views as mfa
from allauth.mfa.webauthn import views as keys
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.adapter import TOO_MANY
from accounts.models import User
from accounts.two_factors import PROBES
from audit.models import AuditEntry
from audit.services import record
from core.requests import client_address

LEAST = 0.2  # seconds; writing a letter takes a tenth of it


class CountTries:
    """Says in the status too that a form was refused for the number of tries."""

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if any(error.code == TOO_MANY for errors in form.errors.as_data().values() for error in errors):
            answer.status_code = 429
        return answer


class RenewSession:
    """Gives a session another key once its owner has said who they are again."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        before = self.request.session.session_key
        self.request.session.cycle_key()
        after = self.request.session.session_key
        UserSession.objects.filter(session_key=before).update(session_key=after)
        return answer


class SignIn(CountTries, allauth.LoginView):  # type: ignore[misc]
    pass


class PasswordAgain(RenewSession, CountTries, allauth.ReauthenticateView):  # type: ignore[misc]
    pass


class SecondFactor(CountTries, mfa.AuthenticateView):  # type: ignore[misc]
    def form_invalid(self, form: Any) -> HttpResponse:
        """Write down that somebody knew the password and not the rest."""
        name, address = self.stage.login.user.username, client_address(self.request)
        kind, now = AuditEntry.Kind.SIGN_IN_FAILED, timezone.now()
        record(kind, by=None, subject=name, address=address, now=now, method="mfa")
        return super().form_invalid(form)


class SecondFactorAgain(RenewSession, CountTries, mfa.ReauthenticateView):  # type: ignore[misc]
    pass


class KeyAgain(RenewSession, keys.ReauthenticateWebAuthnView):  # type: ignore[misc]
    pass


def evenly(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer a form after LEAST seconds, whatever there was to do: the time would tell whether an account was found."""

    @wraps(view)
    def patient(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        began = time.monotonic()
        answer = view(request, *args, **kwargs)
        if request.method == "POST":
            time.sleep(max(0.0, began + LEAST - time.monotonic()))
        return answer

    return patient


class EndLongSessions:
    """Ends a session SESSION_COOKIE_AGE after signing in, however busy it was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        if request.resolver_match and request.resolver_match.view_name in PROBES:
            return
        if isinstance(request.user, User):
            first = next(iter(get_authentication_records(request, request.user)), None)
            if first and first["at"] < time.time() - settings.SESSION_COOKIE_AGE:
                logout(request)
