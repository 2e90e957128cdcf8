"""The promises that were not kept, for the Penyelia."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.requests import supervisor
from core.pagination import keyset_page
from escalation.forms.breaches import BreachFilter
from escalation.models import Clock, Promise
from escalation.models.clock import ClockQuerySet
from escalation.models.promise import Unit
from escalation.services.calendar import calendars_of
from escalation.spans import late_minutes, late_words

NEWEST_FIRST = ("-breached_at", "-id")
# Excused on the page `kecualikan/` under the address of the case.
EXCUSABLE = (Promise.Code.FIRST_RESPONSE, Promise.Code.TURN, Promise.Code.CONSULTATION)


@login_required
@require_safe
def breaches(request: HttpRequest) -> HttpResponse:
    """List what was late at every door, newest first, with the totals of a month."""
    rows, now = Clock.objects.visible_to(supervisor(request)).breached(), timezone.now()
    filters = BreachFilter(request.GET, rows, now=now)
    shown = filters.qs.select_related("promise", "lpse", "excused_by")
    page = keyset_page(shown, NEWEST_FIRST, request.GET.get("sesudah", ""), request.GET.get("sebelum", ""))
    context = {
        "filters": filters,
        "totals": totals_of(filters.counted),
        "page": page,
        "breaches": with_lateness(page.rows, now),
        "excusable": EXCUSABLE,
        "kept": f"{urlencode(filters.chosen)}&" if filters.chosen else "",
    }
    return render(request, "escalation/breaches.html", context)


def totals_of(rows: ClockQuerySet) -> dict[str, int]:
    """Count broken promises, what became of them, and of the priority they gave (A18, R39)."""
    unused = Q(entitlement__redeemed_at=None, entitlement__withdrawn_at=None)
    totals: dict[str, int] = rows.aggregate(
        broken=Count("pk"),
        cases=Count("claim", distinct=True),
        excused=Count("excused_at"),
        answered=Count("met_at"),
        unanswered=Count("pk", filter=Q(met_at=None, stopped_at=None)),
        owed=Count("entitlement", filter=unused),
        redeemed=Count("entitlement__redeemed_at"),
        withdrawn=Count("entitlement__withdrawn_at"),
    )
    return totals


def with_lateness(clocks: list[Clock], now: datetime) -> list[tuple[Clock, str]]:
    """Return each clock with how long it was, or still is, overdue: in working time, or by the clock on the wall."""
    calendars = calendars_of(clock.lpse for clock in clocks)
    ends = (clock.met_at or clock.stopped_at or now for clock in clocks)
    return [
        (
            clock,
            late_minutes(end - clock.due_at)
            if clock.unit == Unit.MINUTES
            else late_words(clock.due_at, end, calendars[clock.lpse_id]),
        )
        for clock, end in zip(clocks, ends, strict=True)
    ]
