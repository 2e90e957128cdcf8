"""One's own data: what is stored, taking it along, and asking for it to be corrected or erased."""

from typing import IO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import confirmed, signed_in, with_account
from core.fsm import AlreadyDone, Conflict
from core.requests import client_address
from privacy.forms import ClaimForm
from privacy.gathering import sections_of
from privacy.models import DataClaim
from privacy.services import claims
from privacy.services.download import make_download
from tickets.views.drafted import drafted, keeps_draft


@login_required
@with_account
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Say in words what is stored, and how many of each; list what was asked for."""
    user = signed_in(request)
    parts = [(part.title, part.count) for part in sections_of(user)]
    asked = DataClaim.objects.of(user).order_by("-pk")
    return render(request, "privacy/mine.html", {"parts": parts, "claims": asked})


@login_required
@with_account
@require_POST
@confirmed
def download(request: HttpRequest) -> HttpResponseBase:
    """Hand out everything that is stored about this person."""
    now = timezone.now()
    user = signed_in(request)
    content = make_download(of=user, by=user, now=now, address=client_address(request))
    return as_download(content, f"data-saya-{now:%Y-%m-%d}")


def as_download(content: IO[bytes], name: str) -> FileResponse:
    """Return an archive of personal data as an answer that is kept nowhere on its way."""
    response = FileResponse(content, as_attachment=True, filename=f"{name}.zip")
    response["Cache-Control"] = "private, no-store"
    return response


@with_account
@keeps_draft
@require_http_methods(["GET", "POST"])
def file_claim(request: HttpRequest) -> HttpResponse:
    """Ask for data to be corrected or erased; the same form sent twice asks once."""
    draft, status = drafted(request), 200
    form = draft.form(ClaimForm)
    if draft.is_sent and form.is_valid():
        try:
            filed = claims.file_claim(by=draft.owner, key=draft.key, now=timezone.now(), **form.cleaned_data)
        except AlreadyDone:
            filed = DataClaim.objects.of(draft.owner).get(key=draft.key)
        except Conflict as refusal:
            form.add_error(None, str(refusal))
            status = 409
        if status == 200:
            draft.discard()
            messages.success(request, _("Permohonan terkirim dengan nomor %(number)s.") % {"number": filed.number})
            return redirect(filed.own_url)
    return render(request, "privacy/file_claim.html", {"form": form, "draft": draft}, status=status)


@login_required
@with_account
@require_safe
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """Show one's own request and what became of it."""
    rows = DataClaim.objects.of(signed_in(request)).numbered(number)
    shown = get_object_or_404(rows.select_related("clock"))
    if number != shown.number:
        return redirect(shown.own_url)
    lines = shown.events.select_related("actor").order_by("-pk")
    return render(request, "privacy/own_claim.html", {"claim": shown, "lines": lines, "now": timezone.now()})
