"""Who is asking."""

from typing import cast

from django.http import Http404, HttpRequest

from accounts.models import Role, User


def signed_in(request: HttpRequest) -> User:
    """Return the person behind a view that login_required guards, with its type."""
    return cast(User, request.user)


def supervisor(request: HttpRequest) -> User:
    """Return the Penyelia behind a view that login_required guards; for everybody else there is no such page."""
    user = signed_in(request)
    if not user.holds(Role.SUPERVISOR):
        raise Http404
    return user
