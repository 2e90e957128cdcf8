"""Who is asking."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import Role, User


def signed_in(request: HttpRequest) -> User:
    """Return the person behind a view that login_required guards, with its type."""
    return cast(User, request.user)


def with_account(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse somebody who is signed in by a one-time code only: they have no account to change."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and user.own_reporter and user.own_reporter.is_visitor:
            raise PermissionDenied(
                _("Anda masuk dengan kode sekali pakai, tanpa akun SPSE. Profil dan kata sandi hanya ada pada akun.")
            )
        return view(request, *args, **kwargs)

    return guarded


def supervisor(request: HttpRequest) -> User:
    """Return the Penyelia behind a view that login_required guards; for everybody else there is no such page."""
    user = signed_in(request)
    if not user.holds(Role.SUPERVISOR):
        raise Http404
    return user
