"""How a consultation ends: what becomes of its ticket, the receipt, and why it took longer than an hour."""

from contextlib import suppress
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import signed_in
from consultations.forms.sessions import EndForm, ExcuseForm
from consultations.models import Visit
from consultations.services import excusing, sessions
from consultations.timer import timer_of
from consultations.views.sessions import get_visit
from core.dates import local
from core.fsm import AlreadyDone, Conflict
from tickets.models import Ticket
from tickets.services.feedback import latest_reply_by
from tickets.views.drafted import Drafted, drafted, keeps_draft
from tickets.views.pages import get_ticket


@keeps_draft
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, number: str) -> HttpResponse:
    """Akhiri Konsultasi: say what becomes of the ticket, or only end when that was said on the ticket's own page."""
    visit = get_visit(signed_in(request), number)
    if visit.is_finished and visit.ticket:
        return redirect("consultations:receipt", visit.number)
    number = sessions.require_end(visit, signed_in(request)).number
    ticket = get_ticket(signed_in(request), number)
    draft = drafted(request, ticket)
    if not sessions.needs_outcome(ticket) and "outcome" not in request.POST:
        return finish(request, visit, ticket, draft)
    form = end_form(ticket, draft)
    if draft.is_sent and form.is_valid():
        return send(request, visit, ticket, draft, form)
    return show(request, visit, {"ticket": ticket, "form": form, "draft": draft, "can_send": True})


def end_form(ticket: Ticket, draft: Drafted) -> EndForm:
    """Return the form of all outcomes; the solution begins with what was answered last."""
    now = timezone.now()
    days = {"today": local(now, ticket.zone).date(), "last": latest_reply_by(ticket, now=now)}
    given = {"version": ticket.version, "solution": sessions.last_answer(ticket)}
    return draft.form(partial(EndForm, ticket=ticket, **days), initial=given)


def show(request: HttpRequest, visit: Visit, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    facts = {"visit": visit, "timer": timer_of(visit, now), "now": now}
    return render(request, "consultations/end.html", facts | context, status=status)


def send(request: HttpRequest, visit: Visit, ticket: Ticket, draft: Drafted, form: EndForm) -> HttpResponse:
    """End with the chosen outcome; a refusal keeps what was written, with the version that is there now."""
    try:
        sessions.end_session(visit.pk, by=signed_in(request), now=timezone.now(), key=draft.key, **form.words)
    except AlreadyDone:
        draft.discard()
    except Conflict as refusal:
        fresh = get_ticket(signed_in(request), ticket.number)
        form.data = request.POST.copy()
        form.data["version"] = str(fresh.version)
        context = {"ticket": fresh, "form": form, "draft": draft, "refusal": refusal}
        context["can_send"] = sessions.needs_outcome(fresh)
        return show(request, visit, context, status=409)
    return redirect("consultations:receipt", visit.number)


def finish(request: HttpRequest, visit: Visit, ticket: Ticket, draft: Drafted) -> HttpResponse:
    if request.method == "GET":
        return show(request, visit, {"ticket": ticket, "draft": draft})
    with suppress(AlreadyDone):
        sessions.finish_session(visit.pk, by=signed_in(request), now=timezone.now(), key=draft.key)
    draft.discard()
    return redirect("consultations:receipt", visit.number)


@keeps_draft
@require_http_methods(["GET", "POST"])
def ask_excuse(request: HttpRequest, number: str) -> HttpResponse:
    """The officer says why it took longer than an hour (R35)."""
    visit, now = get_visit(signed_in(request), number), timezone.now()
    draft = drafted(request)
    form = draft.form(ExcuseForm, initial={"excuse": visit.excuse, "note": visit.excuse_note})
    excusing.require_excuse(visit, signed_in(request), now)
    if draft.is_sent and form.is_valid():
        excusing.ask_excuse(visit.pk, by=signed_in(request), now=now, **form.cleaned_data)
        draft.discard()
        messages.success(request, _("Alasan Anda telah dikirim kepada Penyelia."))
        return redirect("consultations:session" if visit.is_in_session else "consultations:visit", visit.number)
    context = {"visit": visit, "form": form, "draft": draft, "timer": timer_of(visit, now)}
    return render(request, "consultations/excuse.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def agree_excuse(request: HttpRequest, number: str) -> HttpResponse:
    """The Penyelia reads the officer's reason and agrees (A17)."""
    visit, now = get_visit(signed_in(request), number), timezone.now()
    if request.method == "POST":
        excusing.agree_excuse(visit.pk, by=signed_in(request), now=now)
        messages.success(request, _("Keterlambatan konsultasi ini telah dikecualikan."))
        return redirect(visit)
    excusing.require_agreement(visit, signed_in(request))
    return render(request, "consultations/agree.html", {"visit": visit, "timer": timer_of(visit, now), "now": now})
