"""Files go out through a permission check, under our own idea of what they are, and can run nothing."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import signed_in
from audit.models import AuditEntry
from audit.services import record
from core.requests import HtmxRequest, client_address
from tickets.models import Attachment
from tickets.services import uploads
from tickets.services.sniffing import Refused, StorageFull
from tickets.views.drafted import drafted, keep_file, keeps_draft, way_back
from tickets.views.filing import Need

# Nothing in a file may run, load or be framed, even when it is a page in disguise. Chromium draws pictures and PDF
# under it all the same; the inline style is that of its own page around a picture.
LOCKED = "sandbox; default-src 'none'"
PREVIEW = f"{LOCKED}; style-src 'unsafe-inline'"


def _closed(request: HttpRequest, attachment: Attachment) -> HttpResponse:
    """Say why a file cannot be opened: 423 while the scanner has not judged it, 410 once it is gone."""
    status = 423 if attachment.is_being_scanned else 410
    return render(request, "tickets/file_closed.html", {"file": attachment}, status=status)


def send_file(request: HttpRequest, attachment: Attachment, *, inline: bool, case: str) -> HttpResponseBase:
    """Send one file that the person may read; write down that somebody other than its uploader read it of this case.

    Inline is for pictures and PDF only: for others there is no such address.
    """
    if inline and not attachment.has_preview:
        raise Http404
    if attachment.is_infected or attachment.is_erased or attachment.is_being_scanned:
        return _closed(request, attachment)
    response, user = _opened(attachment, inline=inline), signed_in(request)
    if attachment.uploader_id != user.pk and case:
        subject, address = f"{case} {attachment.name}", client_address(request)
        record(AuditEntry.Kind.FILE_READ, by=user, subject=subject, address=address, now=timezone.now())
    return response


def _opened(attachment: Attachment, *, inline: bool) -> FileResponse:
    """Return the bytes under our own idea of what they are; raise Http404 when the disk has lost them."""
    facts = {"filename": attachment.name, "content_type": attachment.media_type}
    try:
        response = FileResponse(attachment.file.open(), as_attachment=not inline, **facts)
    except FileNotFoundError:
        raise Http404 from None
    response["Content-Security-Policy"] = PREVIEW if inline else LOCKED  # django-csp leaves what is already there
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _get(request: HttpRequest, key: UUID) -> Attachment:
    rows = Attachment.objects.visible_to(signed_in(request)).select_related("event__ticket")
    return get_object_or_404(rows, key=key)


def _case(attachment: Attachment) -> str:
    """Return whose file it is; one that waits in a draft is its owner's alone."""
    return attachment.event.ticket.number if attachment.event else ""


@login_required
@require_safe
def download(request: HttpRequest, key: UUID) -> HttpResponseBase:
    attachment = _get(request, key)
    return send_file(request, attachment, inline=False, case=_case(attachment))


@login_required
@require_safe
def preview(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """Show an image or a PDF in the browser; other types are only downloaded."""
    attachment = _get(request, key)
    return send_file(request, attachment, inline=True, case=_case(attachment))


def _need(attachment: Attachment) -> Need | None:
    return Need(attachment.requirement, attachment) if attachment.requirement else None


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take one file ahead of its form and answer with its line, or with a sentence that says why not."""
    try:
        attachment = keep_file(request)
    except Refused as refusal:
        status = 507 if isinstance(refusal, StorageFull) else 422
        return HttpResponse(str(refusal), status=status, content_type="text/plain; charset=utf-8")
    context = {"file": attachment, "need": _need(attachment), "draft": {"back": way_back(request)}}
    return render(request, "tickets/_chosen.html", context)


@keeps_draft
@require_POST
def remove(request: HtmxRequest, key: UUID) -> HttpResponse:
    """Delete a file of one's own draft; the words around it were posted too, so they are kept."""
    attachment = get_object_or_404(Attachment.objects.filter(draft__owner=signed_in(request)), key=key)
    if request.htmx:
        uploads.remove_file(attachment)
        need = Need(attachment.requirement, None) if attachment.requirement and "data_dukung" in request.GET else None
        return render(request, "tickets/_needs.html#need", {"need": need}) if need else HttpResponse()
    back = way_back(request, attachment.draft_id)
    for sentence in drafted(request).refusals:
        messages.error(request, sentence)
    uploads.remove_file(attachment)
    return redirect(back)
