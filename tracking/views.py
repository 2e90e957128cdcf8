"""The one door to cases for people without an account: a number and its access code (A22)."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.numbers import read_number
from core.requests import client_address
from tracking.forms import TrackForm
from tracking.requests import kept_private, open_case
from tracking.services import check_access_code

TRACKED = {"TKT": "tickets:tracked", "PGD": "complaints:tracked"}  # by the kind of number: where its case is shown
# Their rates are settings.
BY_ADDRESS, BY_BOTH, BY_CASE = "track", "track_case", "track_case_anywhere"


@sensitive_post_parameters("kode")
@require_http_methods(["GET", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Ask for number and code; what is wrong is never said, nor whether there is such a number."""
    sent = request.POST if request.method == "POST" else None
    form = TrackForm(sent, initial={"nomor": request.GET.get("nomor", "")[:60]})
    status = 200
    if form.is_valid():
        given, (kind, number) = form.cleaned_data, _read(form.cleaned_data["nomor"])
        if not _may_try(request, number or given["nomor"]):
            form.add_error(None, _("Terlalu banyak percobaan. Tunggu 15 menit, lalu coba lagi, atau hubungi 144."))
            status = 429
        elif code := check_access_code(number, given["kode"], now=timezone.now(), address=client_address(request)):
            for action, key in _counted(request, number):
                ratelimit.clear(request, action=action, key=key)
            open_case(request, code)
            return kept_private(redirect(TRACKED[kind], number))
        else:
            form.add_error(None, _("Nomor tidak ditemukan. Periksa kembali nomor dan kode akses."))
    return kept_private(render(request, "tracking/track.html", {"form": form}, status=status))


def _may_try(request: HttpRequest, key: str) -> bool:
    """Count this try against the network address and the case, before its code is looked at.

    Counted later, a hundred tries at once would all pass; a right code clears what was counted for its case. Five
    wrong codes shut the case for their own address alone. A thousand a day from everywhere, among 32 to the power of
    eight codes, find one in three million years.
    """
    counts = [(BY_ADDRESS, None), *_counted(request, key)]
    return all(ratelimit.consume(request, action=action, key=key) for action, key in counts)


def _counted(request: HttpRequest, case: str) -> list[tuple[str, str]]:
    return [(BY_BOTH, f"{case} {client_address(request)}"), (BY_CASE, case)]


def _read(text: str) -> tuple[str, str]:
    """Return the kind and the number that was meant; without a prefix it is a ticket's."""
    prefix = text.strip()[:3].upper()
    kind = prefix if prefix in TRACKED else next(iter(TRACKED))
    return kind, read_number(text, kind) or ""
