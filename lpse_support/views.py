"""Pages that belong to no app: the landing page, where to go after sign-in, the theme, probes, what went wrong."""

import re
import sys

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_guid import get_guid
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from accounts.models import Role
from accounts.requests import signed_in
from complaints.opening import today_words
from core.context_processors import THEMES, look
from core.dates import local
from core.middleware import NO_DATABASE, unavailable
from escalation.models import Promise
from escalation.services.calendar import calendar_of
from escalation.tiers import LKPP_ZONE, desks_of
from escalation.working import ImpossibleCalendar
from lpse_support import health
from lpse_support.metrics import exposition

A_YEAR = 365 * 24 * 3600
WORTH_KEEPING = 40  # letters of one field; what is shorter is soon typed again
SECRET = re.compile("password|token|code|kode")  # names of fields that are never shown
# Where the day begins for those who work at a door without a queue of tickets.
FIRST_PAGES = {
    Role.RECEPTIONIST: "consultations:desk",
    Role.CONSULTANT: "consultations:rooms",
    Role.CALL_AGENT: "callcenter:desk",
    Role.COMPLAINT_OFFICER: "complaints:register",
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    try:
        today = today_words(calendar_of(None), local(timezone.now(), LKPP_ZONE).date())
    except ImpossibleCalendar:  # no office hours are set up: that is no reason to close the front door
        today = ""
    limits = {promise.code: promise.public_words for promise in Promise.objects.all()}
    return render(request, "home.html", {"today": today, "limits": limits})


@login_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Send each person to the page their day begins with."""
    user = signed_in(request)
    if desks := desks_of(user):
        return redirect("tickets:queue", desks[0].slug)
    for role, page in FIRST_PAGES.items():
        if user.holds(role):
            return redirect(page)
    return redirect("tickets:mine" if user.own_reporter else "accounts:profile")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme for a year and return to the page the choice was made on."""
    back = request.POST.get("next", "")
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, {request.get_host()})):
        back = "home"
    response = redirect(back)
    choice = request.POST.get("theme")
    if choice in THEMES:
        name, is_secure = settings.THEME_COOKIE_NAME, settings.HTTPS
        response.set_cookie(name, choice, max_age=A_YEAR, secure=is_secure, httponly=True, samesite="Lax")
    return response


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; it asks nobody else."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Say for each part whether it is at work: 200 when all are, else 503."""
    checks = health.check_all(now=timezone.now())
    ok = all(check["ok"] for check in checks.values())
    return JsonResponse({"ok": ok, "checks": checks}, status=200 if ok else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give Prometheus what it asks for with METRICS_TOKEN; without that setting there is nothing here."""
    if not settings.METRICS_TOKEN:
        raise Http404
    known, given = f"Bearer {settings.METRICS_TOKEN}", request.headers.get("Authorization", "")
    if not constant_time_compare(given, known):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition(now=timezone.now()), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show the number under which the log has it, short enough to read out; a database that is away is another page."""
    error = sys.exc_info()[1]
    if isinstance(error, NO_DATABASE):  # outside of views, as in sessions
        return unavailable(request, error)
    context = look(request) | {"incident": (get_guid() or "")[:8]}
    return HttpResponse(render_to_string("500.html", context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Give back what was written, for browsers keep no page of ours; the technical reason is for the log only."""
    typed = [text for name, text in request.POST.items() if len(text) >= WORTH_KEEPING and not SECRET.search(name)]
    return render(request, "403_csrf.html", {"typed": typed}, status=403)
