"""The papers of a complaint, for those who keep the register: receipt and response as PDF."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import signed_in
from complaints.models import Response
from complaints.services import filing
from complaints.sheets import receipt_context, receipt_pdf, response_pdf
from complaints.views.register import get_complaint
from core.fsm import AlreadyDone
from core.requests import client_address
from tracking.requests import kept_private, known_generation
from tracking.services import generation_of, valid_code


def pdf(content: bytes, name: str) -> HttpResponse:
    """Answer with a PDF that opens in the browser."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Draw the Tanda Terima; a POST makes a new access code and shows it in this answer, for the only time."""
    complaint, by, now, code = get_complaint(request, number), signed_in(request), timezone.now(), ""
    if request.method == "POST":
        sent: dict[str, Any] = {"by": by, "now": now, "address": client_address(request)}
        try:
            code = filing.hand_over_code(complaint.pk, generation=known_generation(request), **sent)
        except AlreadyDone:
            return redirect("complaints:receipt", complaint.number)
    known = {"generation": generation_of(complaint.number), "has_code": valid_code(complaint.number) is not None}
    context = receipt_context(complaint, code=code, now=now) | known
    return kept_private(render(request, "complaints/receipt.html", context))


@login_required
@require_safe
def receipt_as_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """Print the Tanda Terima Pengaduan, without a code."""
    complaint = get_complaint(request, number)
    return pdf(receipt_pdf(complaint, officer=signed_in(request).name), f"tanda-terima-{complaint.number}")


@login_required
@require_safe
def response(request: HttpRequest, number: str) -> HttpResponse:
    """Print the letter that answered a complaint."""
    complaint = get_complaint(request, number)
    if not Response.objects.filter(complaint=complaint).exists():
        raise Http404
    return pdf(response_pdf(complaint), f"tanggapan-{complaint.number}")
