"""The papers of a complaint, for those who keep the register: receipt and response as PDF."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.requests import signed_in
from complaints.models import Response
from complaints.sheets import receipt_pdf, response_pdf
from complaints.views.register import get_complaint


def pdf(content: bytes, name: str) -> HttpResponse:
    """Answer with a PDF that opens in the browser."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_required
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Print the Tanda Terima Pengaduan."""
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
