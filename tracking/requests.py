"""What a browser has opened with an access code, kept in its session until the code is renewed or revoked."""

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

from tracking.models import AccessCode
from tracking.services import valid_code

OPENED = "lacak"
KEPT = 5  # cases of one browser


def open_case(request: HttpRequest, code: AccessCode) -> None:
    """Let this browser follow the case of this code, under a session key that nobody knew before."""
    session: SessionBase = request.session
    session.cycle_key()
    opened = {case: made for case, made in session.get(OPENED, {}).items() if case != code.case}
    session[OPENED] = dict([*opened.items(), (code.case, code.generation)][-KEPT:])


def may_follow(request: HttpRequest, case: str) -> bool:
    """Tell whether this browser gave the code of this case, and that code is still good."""
    generation = request.session.get(OPENED, {}).get(case)
    code = valid_code(case) if generation else None
    return code is not None and bool(code.generation == generation)


def known_generation(request: HttpRequest) -> int:
    """Return how many codes its case had when this page was drawn, or -1, which no case has."""
    known = request.POST.get("generation", "")
    return int(known) if known.isdecimal() and len(known) < 10 else -1


def kept_private(answer: HttpResponse) -> HttpResponse:
    """Mark a page as for these eyes only: not stored, not indexed, its address not told to others."""
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "same-origin"  # with none at all, a browser hides the origin of a form too
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
