"""Filing a ticket: the page, what the chosen category needs, and the receipt."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import signed_in
from core.fsm import AlreadyDone, Conflict
from core.requests import HtmxRequest
from escalation.models import Entitlement
from tickets.forms.filing import FilingForm
from tickets.models import Attachment, DocumentRequirement, Ticket
from tickets.promise import cells_of, preview
from tickets.services import filing
from tickets.views.drafted import Drafted, drafted, keeps_draft


@dataclass(frozen=True)
class Need:
    """One data dukung of the chosen category, and the file that answers it, if any."""

    requirement: DocumentRequirement
    attachment: Attachment | None


def context_of(form: FilingForm, draft: Drafted) -> dict[str, Any]:
    """Return what the page draws; a file that answers a data dukung is listed there and not among the others."""
    wanted = list(form.chosen.requirements.filter(is_active=True)) if form.chosen else []
    given = {attachment.requirement_id: attachment for attachment in draft.attachments}
    needs = [Need(requirement, given.get(requirement.pk)) for requirement in wanted]
    answers = {need.attachment for need in needs}
    draft.attachments = [attachment for attachment in draft.attachments if attachment not in answers]
    return {"form": form, "draft": draft, "chosen": form.chosen, "needs": needs}


@keeps_draft
@require_http_methods(["GET", "POST"])
def file_ticket(request: HttpRequest) -> HttpResponse:
    reporter = signed_in(request).own_reporter
    if reporter is None:
        messages.info(request, _("Lengkapi data pelapor dahulu, lalu Anda dapat membuat tiket."))
        return redirect(f"{reverse('accounts:profile')}?{urlencode({'next': request.path})}")
    if reporter.is_visitor:
        raise Conflict(
            _("Membuat tiket di sini memerlukan akun SPSE. Tanpa akun, silakan datang ke loket atau hubungi 144.")
        )
    draft = drafted(request)
    form = draft.form(FilingForm, reporter=reporter, now=timezone.now())
    sent_as = None
    if draft.is_sent and form.is_valid():
        ticket, is_this = _send(request, form, draft)
        if is_this:
            return redirect("tickets:filed", number=ticket.number)
        sent_as = ticket
    context = context_of(form, draft) | promise_of(form)
    return render(request, "tickets/file.html", context | {"reporter": reporter, "sent_as": sent_as})


def promise_of(form: FilingForm) -> dict[str, Any]:
    """Return what is promised at the LPSE chosen so far, and the priority this ticket would use, if one is owed."""
    lpse = form.lpse_so_far
    owed = Entitlement.objects.owed_to(form.reporter).first()
    return {"preview": preview(lpse, now=form.now) if lpse else None, "owed": owed}


def _send(request: HttpRequest, form: FilingForm, draft: Drafted) -> tuple[Ticket, bool]:
    """File the form, or find what a twin of it filed; return the ticket and whether it says what this form says."""
    user, facts = signed_in(request), form.facts
    try:
        filed = filing.file_ticket(by=user, key=draft.key, now=timezone.now(), facts=facts, identity=form.identity)
        return filed, True
    except AlreadyDone:
        ticket = filing.get_filed(draft.key, by=user)
    if filing.is_as_filed(ticket, facts):
        draft.discard()
        return ticket, True
    draft.renew()
    return ticket, False


@login_required
@require_safe
def requirements(request: HtmxRequest) -> HttpResponse:
    """Draw what the category just chosen asks for."""
    reporter = signed_in(request).own_reporter
    if reporter is None or not request.htmx:
        return redirect("tickets:file")
    draft = drafted(request)
    form = FilingForm(request.GET, reporter=reporter, now=timezone.now())
    form.errors.clear()
    return render(request, "tickets/_needs.html", context_of(form, draft))


@login_required
@require_safe
def filed(request: HttpRequest, number: str) -> HttpResponse:
    """Hand out the number; for the reporter only."""
    own = Ticket.objects.reported_by(signed_in(request)).select_related("lpse", "response_clock__lpse")
    ticket = get_object_or_404(own.numbered(number))
    clock = ticket.response_clock
    days = cells_of(clock, timezone.now()) if clock else []
    context = {"ticket": ticket, "clock": clock, "cells": days, "missing": filing.missing_documents(ticket)}
    return render(request, "tickets/filed.html", context)
