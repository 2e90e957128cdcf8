"""The audit trail for the Penyelia: the list, one entry, and the sheet. `audit` itself knows no duties."""

from collections.abc import Iterable, Iterator

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.exports import hand_out
from accounts.requests import confirmed, supervisor
from audit.forms import TrailFilter
from audit.models import AuditEntry
from audit.shown import changes_of, facts_of
from core.pagination import keyset_page
from core.sheets import ROWS, Cell

NEWEST_FIRST = ("-at", "-id")


def trail_filter(request: HttpRequest) -> TrailFilter:
    """Read the filters of the address; for everybody but the Penyelia there is no trail."""
    supervisor(request)
    return TrailFilter(request.GET, AuditEntry.objects.outside_complaints())


@login_required
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """List what people did and saw, newest first."""
    filters = trail_filter(request)
    shown = filters.qs.select_related("actor").defer("data")
    page = keyset_page(shown, NEWEST_FIRST, request.GET.get("sesudah", ""), request.GET.get("sebelum", ""))
    query = urlencode(filters.chosen)
    context = {"filters": filters, "page": page, "query": query, "kept": f"{query}&" if query else "", "most": ROWS}
    return render(request, "audit/entries.html", context)


@login_required
@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one entry with its data, and its place in the chain."""
    supervisor(request)
    found = get_object_or_404(AuditEntry.objects.outside_complaints().select_related("actor", "seal"), pk=pk)
    context = {"entry": found, "facts": facts_of(found.data), "changes": changes_of(found.data)}
    return render(request, "audit/entry.html", context)


@login_required
@confirmed
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Hand out what the list shows as a sheet, the newest ROWS of it; who took what is written down."""
    filters, now = trail_filter(request), timezone.now()
    rows = filters.qs.select_related("actor").order_by(*NEWEST_FIRST)[:ROWS]
    return hand_out(request, filters, title=_("Jejak audit"), headings=headings(), lines=lines_of(rows), now=now)


def headings() -> list[str]:
    return [
        _("Nomor"),
        _("Waktu"),
        _("Jenis"),
        _("Orang"),
        _("Nama akun"),
        _("Objek"),
        _("Alamat jaringan"),
        _("Keterangan"),
        _("Perubahan"),
    ]


def lines_of(rows: Iterable[AuditEntry]) -> Iterator[list[Cell]]:
    for row in rows:
        yield [
            row.pk,
            row.at,
            row.get_kind_display(),
            row.actor.name if row.actor else "",
            row.actor.username if row.actor else "",
            row.subject,
            row.address,
            "; ".join(f"{label}: {said}" for label, said in facts_of(row.data)),
            "; ".join(f"{each.label}: {each.before} → {each.after}" for each in changes_of(row.data) if each.is_real),
        ]
