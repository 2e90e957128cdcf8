"""The promise on paper, before it is given, and once it was broken."""

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import signed_in
from core.requests import HtmxRequest
from tickets.forms.filing import FilingForm
from tickets.forms.handling import ExcuseForm
from tickets.models import Ticket
from tickets.permissions import is_reporter
from tickets.promise import cells_of, count_of, preview
from tickets.services import excusing
from tickets.views.acting import write
from tickets.views.drafted import keeps_draft
from tickets.views.pages import get_ticket


@login_required
@require_safe
def promise(request: HttpRequest, number: str) -> HttpResponse:
    """Show what was promised and how the day was counted, as a page to print."""
    ticket = get_ticket(signed_in(request), number)
    clock = ticket.response_clock
    if clock is None:
        raise Http404
    now = timezone.now()
    context = {
        "ticket": ticket,
        "clock": clock,
        "cells": cells_of(clock, now),
        "count": count_of(clock),
        "may_make_code": is_reporter(ticket, signed_in(request)),
        "qr": track_qr(ticket),
        "now": now,
    }
    return render(request, "tickets/promise.html", context)


def track_qr(ticket: Ticket) -> SafeString:
    """Return the drawing that leads to the page where this number and its code are asked for."""
    door = settings.BASE_URL.rstrip("/") + reverse("tracking:track")
    return qr_of(f"{door}?{urlencode({'nomor': ticket.number})}")


def qr_of(address: str, css: str = "qr") -> SafeString:
    """Return an inline drawing that phones read as this address."""
    drawing = segno.make(address).svg_inline(svgclass=css, lineclass=None, omitsize=True)
    return SafeString(drawing)  # nosec B703 # squares: the address is drawn, not written


@login_required
@require_safe
def promise_preview(request: HtmxRequest) -> HttpResponse:
    """Draw what would be promised at the LPSE just chosen."""
    reporter = signed_in(request).own_reporter
    if reporter is None or not request.htmx:
        return redirect("tickets:file")
    now = timezone.now()
    lpse = FilingForm(request.GET, reporter=reporter, now=now).lpse_so_far
    return render(request, "tickets/_preview.html", {"preview": preview(lpse, now=now) if lpse else None})


@keeps_draft
@require_http_methods(["GET", "POST"])
def excuse(request: HttpRequest, number: str) -> HttpResponse:
    """Say why being late was not our fault (A18)."""
    ticket = get_ticket(signed_in(request), number)
    done = _("Keterlambatan tiket ini telah dikecualikan.")
    return write(request, ticket, ExcuseForm, excusing.excuse_breaches, "excuse", done)
