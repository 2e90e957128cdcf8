"""The files of a complaint, for those who may read it; every reading is written down."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from complaints.files import files_of
from complaints.views.register import get_complaint
from tickets.models import Attachment
from tickets.views.files import send_file


def _get(request: HttpRequest, number: str, key: UUID) -> Attachment:
    return get_object_or_404(files_of(get_complaint(request, number)), key=key)


@login_required
@require_safe
def download(request: HttpRequest, number: str, key: UUID) -> HttpResponseBase:
    return send_file(request, _get(request, number, key), inline=False, case=number)


@login_required
@require_safe
def preview(request: HttpRequest, number: str, key: UUID) -> HttpResponseBase:
    """Show an image or a PDF in the browser; other types are only downloaded."""
    return send_file(request, _get(request, number, key), inline=True, case=number)
