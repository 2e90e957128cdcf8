"""What was written to whom about one visit."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.requests import signed_in
from consultations.views.sessions import get_visit
from core.requests import HtmxRequest
from escalation.tiers import LKPP_ZONE
from notifications.views import letters_about


@login_required
@require_safe
def letters(request: HtmxRequest, number: str) -> HttpResponse:
    """Show the letters about a visit, newest first, to reception, officers and the Penyelia."""
    visit = get_visit(signed_in(request), number)
    title, address = visit.reporter.name, visit.get_absolute_url()
    return letters_about(request, visit.number, title=title, address=address, zone=LKPP_ZONE)
