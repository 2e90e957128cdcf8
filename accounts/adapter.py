"""What differs from allauth's own behaviour."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from core.requests import client_address


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
