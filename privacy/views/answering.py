"""Requests about personal data as the Penyelia answers them: the list, one request, and its verbs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Reporter, User
from accounts.requests import confirmed, signed_in, supervisor
from core.fsm import Conflict
from core.pagination import keyset_page
from core.requests import client_address
from escalation.tiers import LKPP_ZONE
from privacy.forms import AnswerForm, CorrectionForm, EraseForm, RefuseForm
from privacy.models import DataClaim
from privacy.services import claims as services
from privacy.services import erasure
from privacy.services.correction import correct as correct_identity
from privacy.services.download import make_download
from privacy.views.own import as_download
from tickets.forms.handling import VersionedForm

FIRST_DUE_FIRST = ("rank", "due_at", "id")


def get_claim(request: HttpRequest, number: str) -> DataClaim:
    """Return the request of this number, in any notation, or raise Http404 as if it did not exist."""
    rows = DataClaim.objects.visible_to(supervisor(request)).numbered(number)
    return get_object_or_404(rows.select_related("clock", "person", "answered_by"))


@login_required
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """List what is asked for; what waits for an answer first, by its due time."""
    rows = DataClaim.objects.visible_to(supervisor(request)).select_related("person", "clock")
    page = keyset_page(rows, FIRST_DUE_FIRST, request.GET.get("sesudah", ""), request.GET.get("sebelum", ""))
    return render(request, "privacy/claims.html", {"page": page, "zone": LKPP_ZONE, "now": timezone.now()})


@login_required
@require_safe
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """Show one request with the identity it is about."""
    shown = get_claim(request, number)
    if number != shown.number:
        return redirect(shown)
    context = {
        "claim": shown,
        "reporter": Reporter.objects.select_related("institution", "lpse").filter(user=shown.person_id).first(),
        "lines": shown.events.select_related("actor").order_by("-pk"),
        "now": timezone.now(),
    }
    return render(request, "privacy/claim.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Change the identity beside what the person wrote; the request stays open until it is answered."""
    shown = get_claim(request, number)
    if shown.kind != shown.Kind.CORRECTION:
        raise Http404
    reporter = get_object_or_404(Reporter, user=shown.person_id)
    data = request.POST if request.method == "POST" else None
    form = CorrectionForm(data, reporter=reporter, version=shown.version)

    def do(said: dict[str, Any], by: User) -> str:
        who: dict[str, Any] = {"by": by, "now": timezone.now(), "address": client_address(request)}
        changed = correct_identity(shown.pk, version=said.pop("version"), facts=said, **who)
        return _("Data diperbaiki dan dicatat. Jawab permohonan ini.") if changed else _("Tidak ada yang berubah.")

    return _carry_out(request, shown, form, do, title=_("Perbaiki data"))


@login_required
@require_POST
@confirmed
def download(request: HttpRequest, number: str) -> HttpResponseBase:
    """Hand the Penyelia everything that is stored about whoever asked for a copy, to pass on."""
    shown, now = get_claim(request, number), timezone.now()
    if not (shown.is_copy and shown.is_open):
        raise Conflict(services.already_answered())
    address = client_address(request)
    return as_download(make_download(of=shown.person, by=signed_in(request), now=now, address=address), shown.number)


@login_required
@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest, number: str) -> HttpResponse:
    """Answer that what was asked for is done."""
    shown = get_claim(request, number)
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"version": shown.version})

    def do(said: dict[str, Any], by: User) -> str:
        services.finish(shown.pk, by=by, now=timezone.now(), **said)
        return _("Permohonan dijawab dan pemohon diberi tahu.")

    return _carry_out(request, shown, form, do, title=_("Nyatakan selesai"))


@login_required
@require_http_methods(["GET", "POST"])
@confirmed
def erase(request: HttpRequest, number: str) -> HttpResponse:
    """Erase whoever asked for it, or say what stands against it."""
    shown = get_claim(request, number)
    if not shown.is_erasure:
        raise Http404
    form = EraseForm(request.POST if request.method == "POST" else None, initial={"version": shown.version})

    def do(said: dict[str, Any], by: User) -> str:
        who: dict[str, Any] = {"by": by, "now": timezone.now(), "address": client_address(request)}
        erasure.fulfil(shown.pk, version=said["version"], **who)
        return _("Data dihapus. Pemohon diberi tahu dengan satu surel terakhir.")

    context = {"title": _("Hapus data"), "obstacles": erasure.obstacles(shown.person), "is_final": True}
    return _carry_out(request, shown, form, do, **context)


@login_required
@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    """Answer that the law does not allow it."""
    shown = get_claim(request, number)
    form = RefuseForm(request.POST if request.method == "POST" else None, initial={"version": shown.version})

    def do(said: dict[str, Any], by: User) -> str:
        services.refuse(shown.pk, by=by, now=timezone.now(), **said)
        return _("Permohonan ditolak dan pemohon diberi tahu.")

    return _carry_out(request, shown, form, do, title=_("Tolak permohonan"))


def _carry_out(
    request: HttpRequest,
    shown: DataClaim,
    form: VersionedForm | CorrectionForm,
    do: Callable[[dict[str, Any], User], str],
    **context: Any,
) -> HttpResponse:
    """Do what a valid form says, or draw it; a refusal shows it again with its reason and all its words."""
    status = 200
    if form.is_valid():
        try:
            messages.success(request, do(dict(form.cleaned_data), signed_in(request)))
            return redirect(shown)
        except Conflict as refusal:
            form.add_error(None, str(refusal))
            form.data = request.POST.copy() | {"version": str(get_claim(request, shown.number).version)}
            status = 409
    elif not shown.is_open:
        raise Conflict(services.already_answered())
    return render(request, "privacy/act.html", {"claim": shown, "form": form} | context, status=status)
