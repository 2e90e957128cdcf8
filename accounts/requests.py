"""Who is asking."""

from typing import cast

from django.http import HttpRequest

from accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """Return the person behind a view that login_required guards, with its type."""
    return cast(User, request.user)
