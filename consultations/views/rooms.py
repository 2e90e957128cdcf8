"""The officer's first page: their room, who is on the way, and the board of the counter."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role, User
from accounts.requests import signed_in
from consultations.forms.sessions import RoomForm
from consultations.models import Visit
from consultations.permissions import COUNTER_ROLES
from consultations.rooms import officers_elsewhere, places
from consultations.services import sessions
from consultations.timer import timer_of
from core.requests import HtmxRequest
from tickets.models import Ticket

OWN_TICKETS = 50  # an officer has a handful open; whoever has more sees those that are due first


@login_required
@require_safe
def rooms(request: HtmxRequest) -> HttpResponse:
    """Show the board; to an officer also their own room, visitor and tickets."""
    user, now = signed_in(request), timezone.now()
    if not user.holds(*COUNTER_ROLES):
        raise Http404
    board, waiting = places(now), list(Visit.objects.today(now).waiting().for_lists())
    context = {
        "now": now,
        "places": board,
        "free": sum(place.is_free for place in board),
        "elsewhere": officers_elsewhere(board),
        "waiting": waiting,
        "longest": min((visit.arrived_at for visit in waiting), default=None),
        "is_consultant": user.holds(Role.CONSULTANT),
    } | own_context(user, now)
    template = "consultations/rooms.html#board" if request.htmx else "consultations/rooms.html"
    return render(request, template, context)


def own_context(user: User, now: Any) -> dict[str, Any]:
    """Return what concerns this officer alone."""
    if not user.holds(Role.CONSULTANT):
        return {}
    visit = Visit.objects.active().filter(officer=user).for_lists().first()
    own = Ticket.objects.at_counter_of(user).open().for_lists().order_by("queue_rank", "queue_due", "pk")
    return {
        "visit": visit,
        "timer": timer_of(visit, now) if visit else None,
        "own_room": sessions.room_of(user),
        "form": RoomForm(officer=user),
        "tickets": own[:OWN_TICKETS],
    }


@login_required
@require_POST
def sit_down(request: HttpRequest) -> HttpResponse:
    form = RoomForm(request.POST, officer=signed_in(request))
    if form.is_valid():
        room = sessions.sit_down(form.cleaned_data["room"].pk, by=signed_in(request), now=timezone.now())
        messages.success(request, _("Anda menerima tamu di %(room)s.") % {"room": room})
    else:
        sessions.require_consultant(signed_in(request))
        messages.error(request, _("Ruang itu tidak lagi kosong. Pilih ruang lain."))
    return redirect("consultations:rooms")


@login_required
@require_POST
def stand_up(request: HttpRequest) -> HttpResponse:
    sessions.stand_up(by=signed_in(request))
    messages.success(request, _("Anda tidak lagi menerima tamu. Pilih ruang bila sudah kembali."))
    return redirect("consultations:rooms")
