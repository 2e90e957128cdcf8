"""What a visitor takes home: the number of the ticket, an access code once, and what happens next (R25, R26)."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import signed_in
from consultations.models import Visit
from consultations.services import sessions
from consultations.views.sessions import get_visit
from core.fsm import AlreadyDone
from core.requests import client_address
from tickets.views.pages import context_of, get_ticket
from tickets.views.promise import qr_of
from tracking.requests import kept_private, known_generation
from tracking.services import generation_of, valid_code


@login_required
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Draw the receipt; a POST makes a new access code and shows it in this answer, for the only time."""
    visit = get_visit(signed_in(request), number)
    if visit.ticket is None:
        raise Http404
    code = ""
    if request.method == "POST":
        try:
            code = make_code(request, visit)
        except AlreadyDone:
            return redirect("consultations:receipt", number)
    context = {"visit": visit, "code": code} | ticket_context(visit)
    return kept_private(render(request, "consultations/receipt.html", context))


def make_code(request: HttpRequest, visit: Visit) -> str:
    """Return a new code; raise AlreadyDone for a page that was sent before."""
    sent: dict[str, Any] = {"by": signed_in(request), "now": timezone.now(), "address": client_address(request)}
    return sessions.hand_over_code(visit.pk, generation=known_generation(request), **sent)


def ticket_context(visit: Visit) -> dict[str, Any]:
    """Return what the visitor would read on the ticket's own page, and the way there."""
    reader = cast(User, visit.reporter.user)  # every reporter of a ticket has one
    ticket = get_ticket(reader, str(visit.ticket))
    door = settings.BASE_URL.rstrip("/") + reverse("tracking:track")
    return context_of(ticket, reader) | {
        "has_code": valid_code(ticket.number) is not None,
        "generation": generation_of(ticket.number),
        "track_url": door,
        "qr": qr_of(f"{door}?{urlencode({'nomor': ticket.number})}"),
    }
