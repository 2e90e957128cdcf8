"""What is done with a visitor in the line; htmx draws line and rooms anew, also when the visitor was gone already."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Role, User
from accounts.requests import signed_in
from consultations.desk import line_at
from consultations.models import Visit
from consultations.services import reception
from consultations.views.sessions import get_visit
from core.fsm import Conflict
from core.requests import HtmxRequest


@login_required
@require_POST
def direct(request: HtmxRequest, number: str) -> HttpResponse:
    pk = request.POST.get("room", "")
    room = int(pk) if pk.isdecimal() and len(pk) < 19 else 0  # no room has this key
    return act(request, number, reception.direct_visit, _("%(number)s dipanggil ke %(room)s."), room=room)


@login_required
@require_POST
def call_back(request: HtmxRequest, number: str) -> HttpResponse:
    return act(request, number, reception.call_back, _("Panggilan %(number)s dibatalkan. Tamu menunggu kembali."))


@login_required
@require_POST
def leave(request: HtmxRequest, number: str) -> HttpResponse:
    return act(request, number, reception.leave, _("%(number)s dicatat pergi sebelum dilayani."))


@login_required
@require_POST
def no_show(request: HtmxRequest, number: str) -> HttpResponse:
    return act(request, number, reception.no_show, _("%(number)s dicatat tidak hadir."))


@login_required
@require_POST
def return_to_queue(request: HtmxRequest, number: str) -> HttpResponse:
    return act(request, number, reception.return_to_queue, _("%(number)s menunggu kembali."))


def act(request: HtmxRequest, number: str, service: Callable[..., Visit], done: str, **facts: Any) -> HttpResponse:
    """Do it and say so; a page that htmx keeps is told why it could not be done, with the line as it is now."""
    user, now = signed_in(request), timezone.now()
    visit = get_visit(user, number)
    said, refused = "", ""
    try:
        visit = service(visit.pk, by=user, now=now, **facts)
        said = done % {"number": visit.queue_number, "room": visit.room}
    except Conflict as refusal:
        if not request.htmx:
            raise
        refused = str(refusal)
    if request.htmx:
        return render(request, "consultations/_line.html", {"line": line_at(now), "said": said, "refused": refused})
    return redirect(workplace(user))


def workplace(user: User) -> str:
    return "consultations:desk" if user.holds(Role.RECEPTIONIST) else "consultations:rooms"
