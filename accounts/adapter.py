"""What differs from allauth's own behaviour."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from core.requests import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from SPSE and from the operator, never from a sign-up form (R08)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Leave the username alone: whoever makes the account chooses it."""
