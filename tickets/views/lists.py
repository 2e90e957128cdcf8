"""Lists of tickets: one's own, and the queue of a desk."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import signed_in
from core.pagination import capped_count, keyset_page
from core.requests import HtmxRequest
from escalation.tiers import Desk, desks_of, duty_at, find_desk
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.services import handling

OWN_ORDER = ("reporter_rank", "-changed_at", "-id")
CLOSED_ORDER = ("-changed_at", "-id")
SORTS = {
    "terlama": (_("Terlama menunggu"), ("entered_at", "id")),
    "terbaru": (_("Terbaru masuk"), ("-entered_at", "-id")),
}


@dataclass(frozen=True)
class View:
    """One tab of a queue; a closed tab is not counted, because it only grows."""

    slug: str
    label: str | Promise
    rows: TicketQuerySet
    empty: str | Promise
    counted: bool = True

    @property
    def count(self) -> int | None:
        return capped_count(self.rows) if self.counted else None


def views_of(desk: Desk, user: User) -> dict[str, View]:
    """Return the tabs of a desk's queue, in order."""
    visible = Ticket.objects.visible_to(user)
    here = visible.at(desk).open()
    views = [
        View("semua", _("Semua"), here, _("Tidak ada tiket terbuka di unit ini.")),
        View("belum-diambil", _("Belum diambil"), here.unassigned(), _("Semua tiket sudah diambil.")),
        View("saya", _("Tiket saya"), here.assigned_to(user), _("Tidak ada tiket yang Anda tangani di unit ini.")),
        View("menunggu", _("Menunggu pelapor"), here.awaiting_reporter(), _("Tidak ada tiket yang menunggu pelapor.")),
        View(
            "dieskalasi",
            _("Sudah dieskalasi"),
            visible.passed_up_from(desk),
            _("Tidak ada tiket di tingkat lebih tinggi."),
        ),
        View("ditutup", _("Ditutup"), visible.at(desk).closed(), _("Belum ada tiket yang ditutup di unit ini."), False),
    ]
    return {view.slug: view for view in views}


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    rows = Ticket.objects.reported_by(signed_in(request)).for_lists()
    page = keyset_page(rows, OWN_ORDER, request.GET.get("sesudah", ""), request.GET.get("sebelum", ""))
    return render(request, "tickets/mine.html", {"page": page, "now": timezone.now()})


@login_required
@require_safe
def queue(request: HtmxRequest, desk: str) -> HttpResponse:
    place = find_desk(signed_in(request), desk)
    if place is None:
        raise Http404
    views = views_of(place, signed_in(request))
    view = views.get(request.GET.get("tampil", ""), views["semua"])
    sort = request.GET.get("urut", "") if request.GET.get("urut") in SORTS else "terlama"
    order = SORTS[sort][1] if view.counted else CLOSED_ORDER
    page = keyset_page(view.rows.for_lists(), order, request.GET.get("sesudah", ""), request.GET.get("sebelum", ""))
    context = {
        "desk": place,
        "views": views.values(),
        "view": view,
        "sorts": [(slug, label) for slug, (label, _order) in SORTS.items()],
        "sort": sort,
        "page": page,
        "works_here": duty_at(signed_in(request), place.tier, place.lpse.pk if place.lpse else None),
        "now": timezone.now(),
    }
    return render(request, "tickets/queue.html" + ("#rows" if request.htmx else ""), context)


@login_required
@require_POST
def take_next(request: HttpRequest, desk: str) -> HttpResponse:
    """Take the ticket that has waited longest at this desk."""
    place = next((own for own in desks_of(signed_in(request)) if own.slug == desk), None)
    if place is None:
        raise Http404
    ticket = handling.take_next_ticket(place, by=signed_in(request), now=timezone.now())
    return redirect(ticket)
