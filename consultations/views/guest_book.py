"""The guest book: every visit, the numbers of a day or a period, and its sheet."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.exports import hand_out
from accounts.requests import confirmed, signed_in
from consultations.forms.guest_book import VisitFilter
from consultations.guest_book import figures_of, result_of
from consultations.models import Visit
from consultations.permissions import COUNTER_ROLES
from consultations.timer import A_MINUTE
from core.pagination import keyset_page
from core.sheets import ROWS, Cell
from escalation.tiers import LKPP_ZONE

NEWEST_FIRST = ("-arrived_at", "-id")


def book_filter(request: HttpRequest) -> VisitFilter:
    """Read the filters of the address; for everybody but reception, officers and the Penyelia there is no such page."""
    user = signed_in(request)
    if not user.holds(*COUNTER_ROLES):
        raise Http404
    return VisitFilter(request.GET, Visit.objects.visible_to(user), now=timezone.now())


@login_required
@require_safe
def guest_book(request: HttpRequest) -> HttpResponse:
    """List visits, newest first, with the numbers of today or of the chosen period."""
    filters = book_filter(request)
    page = keyset_page(
        filters.qs.for_lists(), NEWEST_FIRST, request.GET.get("sesudah", ""), request.GET.get("sebelum", "")
    )
    query = urlencode(filters.chosen)
    context = {
        "filters": filters,
        "figures": figures_of(filters.counted),
        "page": page,
        "query": query,
        "kept": f"{query}&" if query else "",
        "most": ROWS,
        "now": timezone.now(),
        "zone": LKPP_ZONE,
    }
    return render(request, "consultations/guest_book.html", context)


@login_required
@confirmed
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Hand out what the guest book shows as a sheet, its newest ROWS visits; who took what is written down."""
    filters, now = book_filter(request), timezone.now()
    visits = filters.qs.for_lists().order_by(*NEWEST_FIRST)[:ROWS]
    return hand_out(request, filters, title=_("Buku tamu"), headings=headings(), lines=lines_of(visits), now=now)


def headings() -> list[str]:
    return [
        _("Nomor buku tamu"),
        _("Nomor antrean"),
        _("Tiba"),
        _("Nama"),
        _("Badan usaha atau instansi"),
        _("Telepon"),
        _("Surel"),
        _("Keperluan"),
        _("Hasil"),
        _("Ruang"),
        _("Petugas"),
        _("Mulai"),
        _("Selesai"),
        _("Lama menunggu (menit)"),
        _("Lama konsultasi (menit)"),
        _("Tiket Konsultasi"),
    ]


def lines_of(visits: Iterable[Visit]) -> Iterator[list[Cell]]:
    for visit in visits:
        yield [
            visit.number,
            visit.queue_number,
            visit.arrived_at,
            visit.reporter.name,
            visit.organisation,
            visit.phone,
            visit.email,
            visit.purpose.name,
            result_of(visit),
            visit.room.name if visit.room else "",
            visit.officer.name if visit.officer else "",
            visit.started_at,
            visit.ended_at,
            minutes(visit.waited),
            minutes(visit.lasted),
            visit.ticket.number if visit.ticket else "",
        ]


def minutes(span: timedelta | None) -> int | None:
    return None if span is None else round(span / A_MINUTE)
