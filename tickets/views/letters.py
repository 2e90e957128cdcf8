"""What was written to whom about one ticket."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.requests import signed_in
from core.requests import HtmxRequest
from notifications.views import letters_about
from tickets.permissions import sees_internal
from tickets.views.pages import get_ticket


@login_required
@require_safe
def letters(request: HtmxRequest, number: str) -> HttpResponse:
    """Show staff the letters about a ticket, newest first; its reporter has no such page."""
    user = signed_in(request)
    ticket = get_ticket(user, number)
    if not sees_internal(ticket, user):
        raise Http404
    zone = ticket.staff_zone
    return letters_about(request, ticket.number, title=ticket.title, address=ticket.get_absolute_url(), zone=zone)
