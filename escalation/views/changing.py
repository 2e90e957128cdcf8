"""The way of every edit of the calendar: fill in, see before and after, give a reason, apply."""

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.requests import supervisor
from core.fsm import Conflict
from core.requests import client_address
from escalation.forms.calendar import ApprovalForm, ChangeForm
from escalation.services import recount
from escalation.services.changes import Change
from escalation.services.recount import Move

APPROVE, BACK = "approve", "back"  # what the pressed button asks for; each page carries the whole form again
SHOWN = 50


def decide(request: HttpRequest, form: ChangeForm, *, heading: str, back: str) -> HttpResponse:
    """Lead one edit from its form over the page of before and after to its application, then to `back`."""
    step, typed = request.POST.get("step"), {"reason": request.POST.get("reason", "")}
    approval = ApprovalForm(request.POST if step == APPROVE else None, initial=typed)
    if step != BACK and form.is_valid():
        try:
            if approval.is_valid():
                return _apply(request, form.change(), approval.cleaned_data["reason"], back)
            return _show(request, form, approval, back)
        except Conflict as refusal:
            if not form.fields:
                raise
            form.add_error(None, str(refusal))
    return render(request, "escalation/calendar_form.html", {"form": form, "heading": heading, "back": back} | typed)


def _apply(request: HttpRequest, change: Change, reason: str, back: str) -> HttpResponse:
    by, address = supervisor(request), client_address(request)
    moves = recount.apply(change, by=by, reason=reason, now=timezone.now(), address=address)
    messages.success(request, _said(moves))
    return redirect(back)


def _show(request: HttpRequest, form: ChangeForm, approval: ApprovalForm, back: str) -> HttpResponse:
    change, now = form.change(), timezone.now()
    context = {"form": approval, "draft": form, "change": change, "back": back, "now": now}
    moves = recount.preview(change, now=now)
    return render(request, "escalation/calendar_preview.html", context | _shown(moves))


def open_moves(moves: list[Move]) -> list[Move]:
    """Leave out what not every Penyelia may know of: it moves with the others, unseen and uncounted."""
    prefetch_related_objects([move.clock for move in moves], "promise")
    return [move for move in moves if not move.clock.is_sealed]


def _said(moves: list[Move]) -> str:
    moves = open_moves(moves)
    if not moves:
        return _("Kalender kerja berubah. Tidak ada batas waktu yang bergeser.")
    said = ngettext(
        "Kalender kerja berubah. %(n)d batas waktu bergeser.",
        "Kalender kerja berubah. %(n)d batas waktu bergeser.",
        len(moves),
    )
    return said % {"n": len(moves)}


def _shown(moves: list[Move]) -> dict[str, object]:
    """Return the first moves, those to an earlier time on top, and how many there are of each kind."""
    moves = open_moves(moves)
    shown = sorted(moves, key=lambda move: not move.is_earlier)[:SHOWN]
    prefetch_related_objects([move.clock for move in shown], "promise", "lpse")
    return {"moves": shown, "total": len(moves), "earlier": sum(move.is_earlier for move in moves)}
