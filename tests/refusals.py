"""Pages that refuse a request, drawn seldom, and what every answer must say to the browser."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.defaults import page_not_found, permission_denied

from lpse_support import urls


@contextmanager
def drawn_once() -> Iterator[None]:
    """Draw each person one page of 403 and one of 404, then answer with the status alone.

    Most answers of a table of permissions are these two pages. They say nothing of the address that was asked for.
    """
    drawn = set()

    def once(status: int, draw: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def answer(request: HttpRequest, exception: Exception) -> HttpResponse:
            page = (status, request.user.pk)
            if page in drawn:
                return HttpResponse(status=status)
            drawn.add(page)
            return draw(request, exception)

        return answer

    handlers = {"handler403": once(403, permission_denied), "handler404": once(404, page_not_found)}
    with patch.multiple(urls, create=True, **handlers):
        yield


@contextmanager
def undone() -> Iterator[None]:
    """Let the next person find everything as the last one did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def assert_guarded(answer: Any) -> None:
    """Every answer, refusals too, tells the browser what it may not do with it."""
    policy = answer.headers["Content-Security-Policy"]
    if "sandbox" not in policy:  # a file that people sent: no script runs, nothing is sent, nothing is loaded
        assert "unsafe" not in policy
        rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if rule.strip())
        assert rules["default-src"] == rules["form-action"] == "'self'"
        assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    kind = answer.headers.get("Content-Type", "")
    assert not kind.startswith("text/") or kind.endswith("charset=utf-8")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    user = getattr(answer.wsgi_request, "user", None)
    if user and user.is_authenticated:  # nobody finds it in the browser or in a proxy later
        assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))
