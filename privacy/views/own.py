"""One's own data: what is stored, and taking it along."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import confirmed, signed_in, with_account
from core.requests import client_address
from privacy.gathering import sections_of
from privacy.services.download import make_download


@login_required
@with_account
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Say in words what is stored, and how many of each."""
    parts = [(part.title, part.count) for part in sections_of(signed_in(request))]
    return render(request, "privacy/mine.html", {"parts": parts})


@login_required
@with_account
@require_POST
@confirmed
def download(request: HttpRequest) -> HttpResponseBase:
    """Hand out everything that is stored about this person."""
    now = timezone.now()
    content = make_download(by=signed_in(request), now=now, address=client_address(request))
    response = FileResponse(content, as_attachment=True, filename=f"data-saya-{now:%Y-%m-%d}.zip")
    response["Cache-Control"] = "private, no-store"
    return response
