"""The doors where passwords and codes are tried: one page for all, after the same time, and 429 in the end."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from django.http import HttpRequest, HttpResponse

from accounts.adapter import TOO_MANY

LEAST = 0.2  # seconds; writing a letter takes a tenth of it


class CountTries:
    """Says in the status too that a form was refused for the number of tries."""

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if any(error.code == TOO_MANY for errors in form.errors.as_data().values() for error in errors):
            answer.status_code = 429
        return answer


class SignIn(CountTries, allauth.LoginView):  # type: ignore[misc]
    pass


class PasswordAgain(CountTries, allauth.ReauthenticateView):  # type: ignore[misc]
    pass


class SecondFactor(CountTries, mfa.AuthenticateView):  # type: ignore[misc]
    pass


class SecondFactorAgain(CountTries, mfa.ReauthenticateView):  # type: ignore[misc]
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
