"""The register: its list, entering a letter, and the page of one complaint."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import signed_in
from complaints.clock import hours_of
from complaints.files import evidence_of, files_of_response, letter_of
from complaints.forms.acts import RespondForm
from complaints.forms.entry import EntryForm
from complaints.forms.register import LATE, OPEN, TABS, RegisterFilter
from complaints.history import history_of
from complaints.models import Complaint
from complaints.models.complaint import KEEPERS
from complaints.services import filing
from complaints.services.verbs import verbs_for
from core.dates import local
from core.fsm import AlreadyDone
from core.pagination import capped_count, keyset_page
from escalation.tiers import LKPP_ZONE
from tickets.services.drafts import key_beside
from tickets.views.drafted import LETTER, drafted, keeps_draft

STANDING = "respond"  # its form stands on the page
SOON = timedelta(days=1)


def keeper(request: HttpRequest) -> User:
    """Return who keeps the register behind a view that login_required guards; for others there is no such page."""
    user = signed_in(request)
    if not user.holds(*KEEPERS):
        raise Http404
    return user


def get_complaint(request: HttpRequest, number: str) -> Complaint:
    """Return the complaint of this number, in any notation, or raise Http404 as if it did not exist."""
    rows = Complaint.objects.visible_to(keeper(request)).numbered(number)
    return get_object_or_404(rows.select_related("clock__promise", "clock__excused_by", "contact"))


@login_required
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """List what waits for an answer, the oldest first, or another view; never what concerns the reader."""
    rows, now = Complaint.objects.visible_to(keeper(request)), timezone.now()
    filters = RegisterFilter(request.GET, rows)
    tab = filters.tab
    shown = tab.of(filters.qs).select_related("clock")
    counts = {OPEN: capped_count(rows.open()), LATE: capped_count(rows.open().late())}
    context = {
        "filters": filters,
        "tab": tab,
        "tabs": [(each, counts.get(each)) for each in TABS.values()],
        "page": keyset_page(shown, tab.order, request.GET.get("sesudah", ""), request.GET.get("sebelum", "")),
        "kept": f"{urlencode({'tampil': tab.slug} | filters.chosen)}&",
    } | {"zone": LKPP_ZONE, "now": now, "soon": now + SOON}
    return render(request, "complaints/register.html", context)


@keeps_draft
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a letter or a report of LAPOR! with its evidence; nothing typed or scanned is lost."""
    by, now = keeper(request), timezone.now()
    draft = drafted(request)
    here = local(now, LKPP_ZONE).replace(tzinfo=None)
    form = draft.form(EntryForm, now=now, initial={"received_at": here})
    if draft.is_sent and form.is_valid():
        facts: dict[str, Any] = {"facts": form.facts, "named": form.parties, "letter": key_beside(draft.key, LETTER)}
        try:
            entered = filing.file_complaint(
                by=by, now=now, key=draft.key, received_at=form.cleaned_data["received_at"], **facts
            )
        except AlreadyDone:
            entered = Complaint.objects.get(key=draft.key)
        messages.success(request, _("Pengaduan tercatat dengan nomor %(number)s.") % {"number": entered.number})
        return redirect(_way_on(entered, by))
    return render(request, "complaints/enter.html", {"form": form, "draft": draft})


def _way_on(entered: Complaint, by: User) -> str:
    """Return its page, or the register for somebody who entered what concerns themselves."""
    is_theirs = Complaint.objects.visible_to(by).filter(pk=entered.pk).exists()
    return entered.get_absolute_url() if is_theirs else "complaints:register"


@login_required
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """Show one complaint to those who keep the register and whom it does not concern."""
    complaint = get_complaint(request, number)
    user, now = signed_in(request), timezone.now()
    if number != complaint.number:
        return redirect(complaint)
    verbs = verbs_for(complaint, user)
    context: dict[str, Any] = {
        "complaint": complaint,
        "verbs": verbs,
        "acts": [(verb, _address(complaint, name)) for name, verb in verbs.items() if name != STANDING],
        "hours": hours_of(complaint, now),
        "letter": letter_of(complaint),
        "evidence": evidence_of(complaint),
        "answer_files": files_of_response(complaint),
        "lines": history_of(complaint),
    } | {"zone": complaint.zone, "now": now}
    if STANDING in verbs:
        context |= answer_form(request, complaint)
    return render(request, "complaints/detail.html", context)


def _address(complaint: Complaint, verb: str) -> str:
    return reverse(f"complaints:{verb}", args=[complaint.number])


def answer_form(request: HttpRequest, complaint: Complaint) -> dict[str, Any]:
    """Return the form of the response with its draft, as the page of the complaint and its own page draw it."""
    path = f"{complaint.get_absolute_url()}tanggapi/"
    draft = drafted(request, form=path)
    today = local(timezone.now(), LKPP_ZONE).date()
    return {"draft": draft, "form": draft.form(RespondForm, initial={"version": complaint.version, "date": today})}
