"""A complaint for whoever has its number and code: how far it is, what is missing, what we answered."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from complaints.clock import hours_of
from complaints.files import evidence_of, files_of_response
from complaints.models import Complaint, Response
from complaints.services import turns
from complaints.services.files import public_sender
from complaints.sheets import response_pdf
from complaints.views.public import LIMITS, take_files
from complaints.views.sheets import pdf
from core.fsm import Conflict
from tickets.views.files import send_file
from tracking.requests import kept_private, may_follow

State = Complaint.State


def _followed(request: HttpRequest, number: str) -> Complaint | None:
    if not may_follow(request, number):
        return None
    return Complaint.objects.filter(number=number).select_related("clock__promise", "contact").first()


def _door(number: str) -> HttpResponse:
    return kept_private(redirect(f"{reverse('tracking:track')}?{urlencode({'nomor': number})}"))


@require_safe
def tracked(request: HttpRequest, number: str) -> HttpResponse:
    complaint = _followed(request, number)
    if complaint is None:
        return _door(number)
    now = timezone.now()
    context = {
        "complaint": complaint,
        "hours": hours_of(complaint, now),
        "response": Response.objects.filter(complaint=complaint).first(),
        "answer_files": files_of_response(complaint),
        "evidence": evidence_of(complaint),
        "can_add": complaint.state in (State.RECEIVED, State.INCOMPLETE, State.REGISTERED),
        "limits": LIMITS,
        "zone": complaint.zone,
        "now": now,
    }
    return kept_private(render(request, "complaints/tracked.html", context))


@require_POST
def add_evidence(request: HttpRequest, number: str) -> HttpResponse:
    """Take what was asked for; with it our time starts (R44)."""
    complaint = _followed(request, number)
    if complaint is None:
        return _door(number)
    key = uuid4()  # of a draft of its own, so that what came before is told from what comes now
    for sentence in take_files(request, key):
        messages.error(request, sentence)
    try:
        facts: dict[str, Any] = {"by": complaint.contact, "now": timezone.now(), "key": key, "owner": public_sender()}
        turns.give_evidence(complaint.pk, **facts)
        messages.success(request, _("Bukti kami terima."))
    except Conflict as refusal:
        messages.error(request, str(refusal))
    return kept_private(redirect("complaints:tracked", number))


@require_POST
def take_back(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw a complaint that is not answered yet."""
    complaint = _followed(request, number)
    if complaint is None:
        return _door(number)
    turns.withdraw(complaint.pk, by=complaint.contact, now=timezone.now(), reason="")
    messages.success(request, _("Pengaduan Anda telah dicabut."))
    return kept_private(redirect("complaints:tracked", number))


@require_safe
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Print the letter that answered the complaint."""
    complaint = _followed(request, number)
    if complaint is None:
        return _door(number)
    if not Response.objects.filter(complaint=complaint).exists():
        raise Http404
    return pdf(response_pdf(complaint), f"tanggapan-{number}")


@require_safe
def answer_file(request: HttpRequest, number: str, key: UUID) -> HttpResponseBase:
    """Send a file that came with the answer."""
    complaint = _followed(request, number)
    if complaint is None:
        return _door(number)
    return send_file(request, get_object_or_404(files_of_response(complaint), key=key), inline=False, case=number)
