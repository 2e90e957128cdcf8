"""Who else has a ticket open."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import signed_in
from tickets.services.presence import note_presence, others_on
from tickets.views.pages import get_ticket


@login_required
@require_POST
def ping(request: HttpRequest, number: str) -> HttpResponse:
    """Note that this officer has the ticket open, and tell who else has."""
    user, now = signed_in(request), timezone.now()
    ticket = get_ticket(user, number)
    note_presence(ticket, by=user, now=now)
    return render(request, "tickets/_presence.html", {"others": others_on(ticket, user, now=now)})
