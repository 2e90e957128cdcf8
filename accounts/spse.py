"""Coming in from an LPSE application by OpenID Connect: who a person is says the signed ID token alone (R08, R09)."""

import re
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from accounts.forms import IdentityForm
from accounts.models import Institution, Lpse, Reporter, User
from accounts.services import kinds_for, save_identity
from audit.models import AuditEntry
from audit.services import record
from core.fsm import Conflict
from core.requests import client_address

# Which claim says what, unless the provider's entry in OIDC_PROVIDERS names another.
CLAIMS = {
    "kind": "role",
    "lpse": "lpse",
    "name": "name",
    "email": "email",
    "phone": "phone_number",
    "spse_user_id": "preferred_username",
    "business_name": "business_name",
    "business_form": "business_form",
    "npwp": "npwp",
    "nib": "nib",
    "institution": "institution",
    "work_unit": "work_unit",
    "nip": "nip",
}
ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
LONGEST_NAME = 140  # of 150: a number may follow


class LpseApplication(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """One LPSE application, as the provider it is for OpenID Connect."""

    def get_provider(self) -> Any:
        provider = super().get_provider()
        provider.oauth2_adapter_class = LpseApplication  # on the way out as well
        return provider

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        """Its addresses; raise OAuth2Error when it does not speak as itself."""
        try:
            config: dict[str, Any] = super().openid_config
        except AttributeError as error:  # a list, a number
            raise OAuth2Error("The discovery document is none") from error
        if not all(isinstance(config.get(name), str) for name in ENDPOINTS):
            raise OAuth2Error("The discovery document is incomplete")
        if config["issuer"].rstrip("/") != self.get_provider().app.settings["server_url"].rstrip("/"):
            raise OAuth2Error("The discovery document is of another issuer")
        return config

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Read the ID token: of this issuer, for us, in time, seen once, and signed even though TLS brought it."""
        config = self.openid_config
        try:
            claims = jwtkit.verify_and_decode(
                credential=kwargs["response"]["id_token"],
                keys_url=config["jwks_uri"],
                issuer=config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
            if not claims["sub"] or claims["exp"] < claims["iat"]:
                raise OAuth2Error("The ID token names nobody or no time")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise OAuth2Error("The ID token cannot be read") from error
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})


class SpseAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A person is known by provider and subject; an e-mail address finds nobody, verified or not."""

    def get_requests_session(self) -> Any:
        """Return what asks the application: it answers where it is asked, and nobody is sent elsewhere."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        claims = claims_of(sociallogin.account)
        email = str(claims.get("email") or "")
        if not email or claims.get("email_verified") is not True:
            self.refuse(
                request, _("Surel Anda di aplikasi LPSE belum terverifikasi. Verifikasi di sana, lalu coba lagi.")
            )
        others = User.objects.filter(email__iexact=email)
        if sociallogin.is_existing:
            keep_up(sociallogin.user, claims, sociallogin.account.provider)
        elif sociallogin.state.get("process") == AuthProcess.LOGIN and others.exists():
            self.refuse(
                request,
                _(
                    "Surel Anda sudah dipakai sebuah akun LPSE Support. Masuk dengan akun itu, lalu hubungkan "
                    "dengan aplikasi LPSE di halaman Profil."
                ),
            )

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True  # unlike our own sign-up form, which is closed

    def refuse(self, request: HttpRequest, reason: str) -> None:
        """End the sign-in with a page that says why, and write it down."""
        self._write_down(request, reason)
        raise ImmediateHttpResponse(render(request, "socialaccount/refused.html", {"reason": reason}, status=403))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, **_kwargs: Any
    ) -> None:
        if error == AuthError.CANCELLED:
            reason = _("Anda membatalkan masuk melalui aplikasi LPSE.")
            raise ImmediateHttpResponse(render(request, "socialaccount/refused.html", {"reason": reason}, status=403))
        self._write_down(request, f"{provider.name}: {exception or error}")

    def _write_down(self, request: HttpRequest, reason: str) -> None:
        now, address = timezone.now(), client_address(request)
        record(AuditEntry.Kind.SIGN_IN_FAILED, by=None, subject=reason, address=address, now=now)

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        claims = claims_of(sociallogin.account)
        user: User = sociallogin.user
        user.name = str(claims.get("name") or claims.get("preferred_username") or claims["email"])[:150]
        user.email = str(claims.get("email") or "")
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        claims = claims_of(sociallogin.account)
        sociallogin.user.username = free_username(str(claims.get("preferred_username") or claims["email"]))
        try:
            with transaction.atomic():
                user: User = super().save_user(request, sociallogin, form)
        except IntegrityError:  # two first visits at the same moment
            self.refuse(request, _("Akun Anda sedang dibuat. Silakan coba sekali lagi."))
        keep_up(user, claims, sociallogin.account.provider)
        return user

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("accounts:profile")


def claims_of(account: Any) -> dict[str, Any]:
    """Return what the provider last said of a person."""
    claims = account.extra_data.get("id_token", account.extra_data)
    return claims if isinstance(claims, dict) else {}


def free_username(wish: str) -> str:
    """Return this name, or with the first number that makes it free."""
    stem = re.sub(r"[^\w.@+-]", "", wish)[:LONGEST_NAME] or "pengguna"
    taken = set(User.objects.filter(username__startswith=stem).values_list("username", flat=True))
    return next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)


def told_identity(claims: dict[str, Any], provider_id: str) -> dict[str, Any]:
    """Return what the claims say of a reporter, as IdentityForm is filled in; `kind` may be one we do not know."""
    mapping = settings.OIDC_MAPPING.get(provider_id, {})
    names = CLAIMS | mapping.get("claims", {})
    told = {field: str(claims[name]).strip() for field, name in names.items() if claims.get(name)}
    told["kind"] = mapping.get("kinds", {}).get(told.get("kind", ""), told.get("kind", ""))
    office = Lpse.objects.filter(code=told.get("lpse") or mapping.get("lpse", "")).first()
    institution = Institution.objects.filter(name__iexact=told.get("institution", "")).first()
    return told | {"lpse": office, "institution": institution}


@transaction.atomic
def keep_up(user: User, claims: dict[str, Any], provider_id: str) -> None:
    """Let name, address and identity follow the LPSE application; what it tells by half the person completes."""
    told = told_identity(claims, provider_id)
    user.name = told.get("name", user.name)[:150]
    if "email" in told and not User.objects.filter(email__iexact=told["email"]).exclude(pk=user.pk).exists():
        user.email = told["email"]
    user.save(update_fields=["name", "email"])
    if (kind := told["kind"]) not in kinds_for(user):
        return
    offices = [duty.lpse for duty in user.duty_list if duty.lpse]
    known = {name: getattr(user.own_reporter, name) for name in CLAIMS} if user.own_reporter else {}
    facts = {**known, **{name: value for name, value in told.items() if value}}
    form = IdentityForm(
        {name: getattr(value, "pk", value) for name, value in facts.items()}, kind=kind, offices=offices
    )
    if form.is_valid():
        office = {"lpse": told["lpse"]} if told["lpse"] and kind != Reporter.Kind.LPSE_STAFF else {}
        try:
            save_identity(by=user, kind=kind, facts=form.cleaned_data | office)
        except Conflict:  # they are another kind here; an officer changes that, no token does
            return


def _application(request: HttpRequest, provider_id: str) -> LpseApplication:
    """Return the application of this name; raise Http404 when none is configured."""
    if provider_id not in settings.OIDC_MAPPING:
        raise Http404
    return LpseApplication(request, provider_id)


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the person to the LPSE application, and back here signed in; its menu leads here by GET (R09).

    By POST somebody who is signed in connects the account with it: that must not follow from a link.
    """
    provider = _application(request, provider_id).get_provider()
    connects = request.method == "POST" and request.user.is_authenticated
    try:
        answer: HttpResponse = provider.redirect(
            request,
            process=AuthProcess.CONNECT if connects else AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
        )
    except (OAuth2Error, RequestException, ValueError) as error:
        return render_authentication_error(request, provider, exception=error)  # type: ignore[no-any-return]
    return answer


@require_safe
def come_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Receive the person whom the LPSE application sends back (R08)."""
    view = OAuth2CallbackView.adapter_view(_application(request, provider_id))
    return view(request)  # type: ignore[no-any-return]
