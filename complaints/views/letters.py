"""What was written to whom about one complaint."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from complaints.views.register import get_complaint
from core.requests import HtmxRequest
from notifications.views import letters_about


@login_required
@require_safe
def letters(request: HtmxRequest, number: str) -> HttpResponse:
    """Show the letters about a complaint, newest first, to those who keep the register and whom it does not concern."""
    complaint = get_complaint(request, number)
    return letters_about(
        request, complaint.number, title=complaint.title, address=complaint.get_absolute_url(), zone=complaint.zone
    )
