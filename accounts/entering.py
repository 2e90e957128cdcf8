"""The doors where passwords and codes are tried: whoever tried too often gets the same page, as a 429."""

from typing import Any

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from django.http import HttpResponse

from accounts.adapter import TOO_MANY


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
