"""Who is asking."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.decorators import reauthentication_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.services import is_visitor

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def signed_in(request: HttpRequest) -> User:
    """Return the person behind a view that login_required guards, with its type."""
    return cast(User, request.user)


def with_account(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Refuse somebody who is signed in by a one-time code only: they have no account to change."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if isinstance(user, User) and is_visitor(user):
            raise PermissionDenied(
                _("Anda masuk dengan kode sekali pakai, tanpa akun SPSE. Profil dan kata sandi hanya ada pada akun.")
            )
        return view(request, *args, **kwargs)

    return guarded


def confirmed(view: View) -> View:
    """Ask who is signed in to say so once more, unless they did within five minutes: before lists leave, for example.

    Whoever came from SPSE and has neither password nor second factor here is let pass: nothing could be asked.
    """
    return reauthentication_required(view)  # type: ignore[no-any-return]


def supervisor(request: HttpRequest) -> User:
    """Return the Penyelia behind a view that login_required guards; for everybody else there is no such page."""
    user = signed_in(request)
    if not user.holds(Role.SUPERVISOR):
        raise Http404
    return user


def administrator(request: HttpRequest) -> User:
    """Return the Penyelia or Admin Agency behind a view that login_required guards; for others it does not exist."""
    user = signed_in(request)
    if not user.holds(Role.SUPERVISOR, Role.ADMIN_AGENCY):
        raise Http404
    return user
