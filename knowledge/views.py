"""Balasan siap pakai: the canned texts of one desk."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import signed_in
from core.fsm import Conflict
from core.requests import client_address
from escalation.tiers import Desk, find_desk
from knowledge import services
from knowledge.forms import CannedTextForm
from knowledge.models import CannedText


def _desk(request: HttpRequest, slug: str) -> Desk:
    desk = find_desk(signed_in(request), slug)
    if desk is None:
        raise Http404
    return desk


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": signed_in(request), "now": timezone.now(), "address": client_address(request)}


def _context(request: HttpRequest, desk: Desk, form: CannedTextForm) -> dict[str, Any]:
    own = services.is_kept_by(signed_in(request), desk)
    return {"desk": desk, "form": form, "works_here": own, "marks": services.MARKS}


@login_required
@require_http_methods(["GET", "POST"])
def texts(request: HttpRequest, desk: str) -> HttpResponse:
    """Show the texts of a desk, and add one."""
    place = _desk(request, desk)
    form = CannedTextForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.add_text(place, **_who(request), **form.cleaned_data)
        except Conflict as refusal:
            form.add_error("title", str(refusal))
        else:
            messages.success(request, _("Balasan tersimpan."))
            return redirect("knowledge:texts", desk)
    context = _context(request, place, form) | {"texts": CannedText.objects.of(place)}
    return render(request, "knowledge/texts.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, desk: str, pk: int) -> HttpResponse:
    """Change one text."""
    place = _desk(request, desk)
    text = get_object_or_404(CannedText.objects.of(place), pk=pk)
    kept = {"title": text.title, "body": text.body}
    form = CannedTextForm(request.POST if request.method == "POST" else None, initial=kept)
    if form.is_valid():
        try:
            services.change_text(text.pk, desk=place, **_who(request), **form.cleaned_data)
        except Conflict as refusal:
            form.add_error("title", str(refusal))
        else:
            messages.success(request, _("Balasan tersimpan."))
            return redirect("knowledge:texts", desk)
    return render(request, "knowledge/change.html", _context(request, place, form) | {"text": text})


@login_required
@require_POST
def delete(request: HttpRequest, desk: str, pk: int) -> HttpResponse:
    services.delete_text(pk, desk=_desk(request, desk), **_who(request))
    messages.success(request, _("Balasan dihapus."))
    return redirect("knowledge:texts", desk)
