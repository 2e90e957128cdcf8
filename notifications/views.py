"""The inbox; for the Penyelia what was mailed, and what was not; and the mail of a demo."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import signed_in, supervisor
from core.pagination import Page, keyset_page
from core.requests import HtmxRequest, client_address
from notifications import services
from notifications.forms import LetterFilter
from notifications.models import Notification, NotificationQuerySet, SuppressedAddress
from notifications.services import local_mail, suppression

SHOWN = 50  # letters on the page of local mail


def page_of(rows: NotificationQuerySet, request: HttpRequest) -> Page:
    """Return one page of letters, newest first, with all that a line about them says."""
    told = rows.select_related("recipient__reporter", "digest")
    return keyset_page(told, ("-id",), request.GET.get("sesudah", ""), request.GET.get("sebelum", ""))


def letters_about(request: HtmxRequest, number: str, *, title: str, address: str, zone: str) -> HttpResponse:
    """Show what was written about one case, which has its page at `address`; the caller has checked who may open it."""
    page = page_of(Notification.objects.filter(case=number), request)
    context = {"number": number, "title": title, "address": address, "page": page, "zone": zone}
    return render(request, "notifications/about.html" + ("#panel" if request.htmx else ""), context)


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


@login_required
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """List what was written to whom, newest first, and what became of it; complaints have their own page."""
    supervisor(request)
    filters = LetterFilter(request.GET, Notification.objects.outside_complaints())
    query = urlencode(filters.chosen)
    context = {"filters": filters, "page": page_of(filters.qs, request), "kept": f"{query}&" if query else ""}
    return render(request, "notifications/sent.html", context)


@login_required
@require_safe
def suppressed(request: HttpRequest) -> HttpResponse:
    """List the addresses to which nothing is sent, newest first."""
    supervisor(request)
    rows = SuppressedAddress.objects.in_force()
    page = keyset_page(rows, ("-id",), request.GET.get("sesudah", ""), request.GET.get("sebelum", ""))
    return render(request, "notifications/suppressed.html", {"page": page})


@login_required
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to an address again."""
    user = supervisor(request)
    get_object_or_404(SuppressedAddress, pk=pk)
    suppression.lift(pk, by=user, now=timezone.now(), ip=client_address(request))
    messages.success(request, _("Surel berikutnya ke alamat ini akan dikirim."))
    return redirect("notifications:suppressed")


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """Show the mail of a demo, which is written to files; outside demo mode there is no such page."""
    if not settings.DEMO_MODE:
        raise Http404
    return render(request, "notifications/mail.html", {"letters": local_mail.newest(SHOWN)})
