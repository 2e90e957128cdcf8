"""The inbox, and the mail of a demo."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import signed_in
from core.pagination import keyset_page
from notifications import services
from notifications.models import Notification
from notifications.services import local_mail

SHOWN = 50  # letters on the page of local mail


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    rows = Notification.objects.visible_to(signed_in(request))
    page = keyset_page(rows, ("-id",), request.GET.get("sesudah", ""), request.GET.get("sebelum", ""))
    return render(request, "notifications/inbox.html", {"page": page, "demo_mode": settings.DEMO_MODE})


@login_required
@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Open what a message is about; reading it is a change, so it is a POST."""
    notification = get_object_or_404(Notification.objects.visible_to(signed_in(request)), pk=pk)
    services.mark_read(notification.pk, by=signed_in(request), now=timezone.now())
    return redirect(notification.url)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    services.mark_all_read(by=signed_in(request), now=timezone.now())
    return redirect("notifications:inbox")


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """Show the mail of a demo, which is written to files; outside demo mode there is no such page."""
    if not settings.DEMO_MODE:
        raise Http404
    return render(request, "notifications/mail.html", {"letters": local_mail.newest(SHOWN)})
