"""Answers that every page shares: bad requests before they are read, conflicts after they are refused."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.context_processors import look
from core.fsm import Conflict
from core.uploads import forget_half_files, lost_files

LOCK_NOT_AVAILABLE = "55P03"
NO_DATABASE = (OperationalError, InterfaceError)  # it is away, or the line to it was cut
LONGEST_LENGTH = 18  # digits of a Content-Length; Python refuses to read thousands of them
Handler = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger(__name__)


class ForbidFeatures:
    """Tell browsers that no page of ours uses camera, microphone and the like; photographs come as files."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        return response


class KeepNothing:
    """Have no browser and no proxy keep what somebody saw who is signed in; what says more about itself stays so."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A page that never asked who is there says nothing about them.
        is_personal = request.session.accessed and request.user.is_authenticated
        if is_personal and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-store"
        return response


class RefuseBadRequests:
    """Refuse what no form of ours sends, before anything reads it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or len(length) > LONGEST_LENGTH or _has_nul(request) or not _is_utf8(request):
            return render(request, "400.html", status=400)
        if int(length) > settings.REQUEST_BYTES:
            response = render(request, "413.html", {"limit": settings.UPLOAD_TICKET_BYTES}, status=413)
            response["Connection"] = "close"
            return response
        response = self.get_response(request)
        forget_half_files(request)
        return response


def _has_nul(request: HttpRequest) -> bool:
    """Tell whether address or cookies hold a character that PostgreSQL cannot be asked for."""
    in_cookie = any("\0" in value for value in request.COOKIES.values())
    return "\0" in request.path or "%00" in request.META.get("QUERY_STRING", "") or in_cookie


def _is_utf8(request: HttpRequest) -> bool:
    """Tell whether the body is UTF-8; Django would decode parts of a form by any codec the sender names."""
    return (request.content_params or {}).get("charset", "utf-8").lower() == "utf-8"


class AnswerConflicts:
    """Turn a refused state into a 409 page, a database that cannot answer into a 503 page, a full disk into a 507."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 200 and lost_files(request):
            response.status_code = 507  # the form again, with its words and the reason
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer the two refusals that every view shares."""
        if isinstance(error, Conflict):
            return render(request, "409.html", {"reason": str(error)}, status=409)
        if isinstance(error, NO_DATABASE):
            if getattr(error.__cause__, "pgcode", None) == LOCK_NOT_AVAILABLE:
                reason = _("Data ini sedang diubah orang lain. Tunggu beberapa detik, lalu kirim kembali.")
                return render(request, "409.html", {"reason": reason}, status=409)
            return unavailable(request, error)
        return None


def unavailable(request: HttpRequest, error: Error) -> HttpResponse:
    """Answer 503 where the database cannot; the page asks nobody, and the next request tries again."""
    log.warning("The database does not answer: %s", error)
    return HttpResponse(render_to_string("503.html", look(request)), status=503, headers={"Retry-After": "10"})
