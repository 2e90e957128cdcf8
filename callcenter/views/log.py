"""The call log: every call, its numbers, its sheet, and one entry of it."""

from collections.abc import Iterable, Iterator

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.exports import hand_out
from accounts.models import Role, User
from accounts.requests import confirmed, signed_in
from callcenter.figures import figures_of
from callcenter.forms.log import CallFilter
from callcenter.models import Call
from callcenter.views.confirmations import get_call
from core.pagination import keyset_page
from core.sheets import ROWS, Cell
from tickets.models import Ticket

NEWEST_FIRST = ("-started_at", "-id")
READERS = (Role.CALL_AGENT, Role.SUPERVISOR)


def log_filter(request: HttpRequest) -> CallFilter:
    """Read the filters of the address; for everybody but agents and the Penyelia there is no log."""
    user: User = signed_in(request)
    if not user.holds(*READERS):
        raise Http404
    return CallFilter(request.GET, Call.objects.visible_to(user), now=timezone.now())


@login_required
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """List the calls, newest first, with the numbers of today or of the chosen period."""
    filters = log_filter(request)
    shown = filters.qs.select_related("agent", "ticket", "category")
    page = keyset_page(shown, NEWEST_FIRST, request.GET.get("sesudah", ""), request.GET.get("sebelum", ""))
    query = urlencode(filters.chosen)
    context = {
        "filters": filters,
        "figures": figures_of(filters.counted),
        "page": page,
        "query": query,
        "kept": f"{query}&" if query else "",
        "most": ROWS,
    }
    return render(request, "callcenter/log.html", context)


@login_required
@confirmed
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Hand out what the log shows as a sheet, the newest ROWS calls of it; who took what is written down."""
    filters, now = log_filter(request), timezone.now()
    calls = filters.qs.select_related("agent", "ticket", "category").order_by(*NEWEST_FIRST)[:ROWS]
    return hand_out(request, filters, title=_("Panggilan"), headings=headings(), lines=lines_of(calls), now=now)


def headings() -> list[str]:
    return [
        _("Nomor catatan"),
        _("Mulai"),
        _("Lama (detik)"),
        _("Petugas"),
        _("Nama penelepon"),
        _("Badan usaha"),
        _("Instansi"),
        _("Nomor telepon"),
        _("Hasil"),
        _("Kategori"),
        _("Tiket"),
        _("Pertanyaan"),
        _("Jawaban"),
    ]


def lines_of(calls: Iterable[Call]) -> Iterator[list[Cell]]:
    for call in calls:
        yield [
            call.number,
            call.started_at,
            call.duration_seconds,
            call.agent.name,
            call.caller_name,
            call.business_name,
            call.institution_name,
            call.from_phone,
            call.get_outcome_display(),
            call.category.name if call.category else "",
            call.ticket.number if call.ticket else "",
            call.question,
            call.answer,
        ]


@login_required
@require_safe
def entry(request: HttpRequest, number: str) -> HttpResponse:
    """Show one call with all that happened in it and after it."""
    call = get_call(signed_in(request), number)
    requests = call.confirmations.select_related("ticket", "asked_by", "answered_by").order_by("pk")
    context = {
        "call": call,
        "events": call.events.select_related("actor").order_by("pk"),
        "requests": requests,
        "links": call.links.order_by("pk"),
        "filed": Ticket.objects.filter(came_from=call.number),
        "now": timezone.now(),
    }
    return render(request, "callcenter/entry.html", context)
