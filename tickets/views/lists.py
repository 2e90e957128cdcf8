"""The list of one's own tickets, and of those that colleagues share."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import signed_in
from core.pagination import keyset_page
from escalation.models import Entitlement
from tickets.models import Ticket

OWN_ORDER = ("reporter_rank", "-changed_at", "-id")
SHARED = "dibagikan"


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    user, shared = signed_in(request), request.GET.get("tampil") == SHARED
    rows = Ticket.objects.shared_with(user) if shared else Ticket.objects.reported_by(user)
    reporter = user.own_reporter
    context = {
        "page": keyset_page(
            rows.for_lists(), OWN_ORDER, request.GET.get("sesudah", ""), request.GET.get("sebelum", "")
        ),
        "shared": shared,
        "owed": Entitlement.objects.owed_to(reporter).select_related("clock").first() if reporter else None,
        "now": timezone.now(),
    }
    return render(request, "tickets/mine.html", context)
