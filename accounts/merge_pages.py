"""Settings: one person who is known twice becomes one. For the Penyelia."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.merge_forms import FindForm, MergeForm
from accounts.merging import LIFE, has_account, merge_reporters, undo_merge
from accounts.models import Reporter, ReporterMerge
from accounts.requests import confirmed, supervisor
from core.fsm import Conflict
from core.pagination import keyset_page
from core.requests import client_address

FOUND = 20
NEWEST_FIRST = ("-pk",)


@login_required
@require_http_methods(["GET", "POST"])
def merges(request: HttpRequest) -> HttpResponse:
    """Find two people, by POST, so that names and numbers stay out of every log; list what was merged."""
    supervisor(request)
    form = FindForm(request.POST if request.method == "POST" else None)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    asked = [Reporter.objects.keyed(key) for key in request.POST.getlist("orang")[:FOUND]]
    ticked = list(dict.fromkeys(person for person in asked if person))
    if "bandingkan" in request.POST:
        if len(ticked) == 2:
            return redirect("accounts:merge", *(person.pk for person in ticked))
        form.add_error(None, _("Centang tepat dua orang untuk dibandingkan."))
    found = [person for person in Reporter.objects.matching(text, limit=FOUND) if person not in ticked]
    context = {"form": form, "ticked": ticked, "found": found, "text": text} | _history(request)
    return render(request, "accounts/merges.html", context)


def _history(request: HttpRequest) -> dict[str, Any]:
    rows = ReporterMerge.objects.select_related("kept__user", "merged__user", "by", "undone_by")
    page = keyset_page(rows, NEWEST_FIRST, request.GET.get("sesudah", ""), request.GET.get("sebelum", ""))
    return {"page": page, "kept": "", "undoable_since": timezone.now() - LIFE}


@login_required
@require_http_methods(["GET", "POST"])
@confirmed
def merge(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """Show two people side by side, and make them one."""
    by = supervisor(request)
    known = Reporter.objects.select_related("user", "institution", "lpse")
    people = [get_object_or_404(known, pk=key) for key in (first, second)]
    form = MergeForm(request.POST if request.method == "POST" else None, people=people)
    if form.is_valid():
        kept, merged = sorted(people, key=lambda person: person.pk != form.cleaned_data["kept"])
        facts: dict[str, Any] = {"by": by, "now": timezone.now(), "address": client_address(request)}
        try:
            merge_reporters(kept=kept, merged=merged, reason=form.cleaned_data["reason"], **facts)
        except Conflict as refusal:
            form.add_error("kept", str(refusal))
        else:
            messages.success(request, _("%(merged)s digabung ke %(kept)s.") % {"merged": merged, "kept": kept})
            return redirect("accounts:merges")
    return render(request, "accounts/merge.html", {"form": form, "people": people, "facts": _facts(people)})


def _facts(people: list[Reporter]) -> list[tuple[str, list[str]]]:
    """Return what tells two people apart, each with what stands there for both."""
    return [
        (_("Nama"), [person.name for person in people]),
        (_("Akun"), [_account(person) for person in people]),
        (_("Jenis pelapor"), [person.get_kind_display() for person in people]),
        (_("Badan usaha atau instansi"), [person.organisation for person in people]),
        (_("Surel"), [person.email for person in people]),
        (_("Telepon"), [person.phone for person in people]),
        (_("NPWP"), [person.npwp for person in people]),
        (_("NIB"), [person.nib for person in people]),
        (_("NIP"), [person.nip for person in people]),
        (_("User ID SPSE"), [person.spse_user_id for person in people]),
        (_("LPSE"), [str(person.lpse or "") for person in people]),
    ]


def _account(person: Reporter) -> str:
    if not has_account(person) or person.user is None:
        return _("Tanpa akun")
    return person.user.username if person.user.is_active else _("%s (nonaktif)") % person.user.username


@login_required
@require_POST
@confirmed
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    by, row = supervisor(request), get_object_or_404(ReporterMerge, pk=pk)
    undo_merge(row.pk, by=by, now=timezone.now(), address=client_address(request))
    messages.success(request, _("Penggabungan dibatalkan. Semuanya kembali seperti sebelumnya."))
    return redirect("accounts:merges")
