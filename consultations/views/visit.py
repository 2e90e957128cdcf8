"""Everything of one visit, and its files through the same door."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import signed_in
from consultations.files import files_of
from consultations.history import history_of
from consultations.models import Visit
from consultations.services.verbs import OF_THE_LINE, verbs_for
from consultations.timer import timer_of
from consultations.views.sessions import get_visit
from escalation.tiers import LKPP_ZONE
from tickets.models import Attachment, Ticket
from tickets.views.files import send_file

EARLIER = 5


@login_required
@require_safe
def visit(request: HttpRequest, number: str) -> HttpResponse:
    """Show one visit to reception, officers and the Penyelia; nobody else knows that it exists."""
    user, now = signed_in(request), timezone.now()
    shown = get_visit(user, number)
    tickets = tickets_of(shown, user)
    others = Visit.objects.visible_to(user).filter(reporter=shown.reporter_id).exclude(pk=shown.pk)
    context = {
        "visit": shown,
        "timer": timer_of(shown, now),
        "acts": [(verb, address_of(name, shown)) for name, verb in verbs_for(shown, user, now=now).items()],
        "files": files_of(shown),
        "lines": history_of(shown),
        "about": tickets.get(shown.ticket_number),
        "filed": tickets.get(str(shown.ticket)),
        "earlier": others.select_related("purpose").order_by("-arrived_at", "-pk")[:EARLIER],
        "now": now,
        "zone": LKPP_ZONE,
    }
    return render(request, "consultations/visit.html", context)


def tickets_of(shown: Visit, user: User) -> dict[str, Ticket]:
    """Return by number the tickets of a visit that open for this person."""
    named = Ticket.objects.visible_to(user).filter(number__in={shown.ticket_number, str(shown.ticket)})
    return {ticket.number: ticket for ticket in named}


def address_of(verb: str, shown: Visit) -> str:
    return reverse(f"consultations:{verb}", args=[] if verb in OF_THE_LINE else [shown.number])


def get_file(request: HttpRequest, number: str, key: UUID) -> Attachment:
    return get_object_or_404(files_of(get_visit(signed_in(request), number)), key=key)


@login_required
@require_safe
def file(request: HttpRequest, number: str, key: UUID) -> HttpResponseBase:
    return send_file(request, get_file(request, number, key), inline=False, case=number)


@login_required
@require_safe
def preview(request: HttpRequest, number: str, key: UUID) -> HttpResponseBase:
    """Show an image or a PDF in the browser; other types are only downloaded."""
    return send_file(request, get_file(request, number, key), inline=True, case=number)
