"""The front desk: who comes in, and what is printed for them."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Reporter, Role, User
from accounts.requests import signed_in
from consultations.desk import line_at
from consultations.forms.reception import SEARCHED, VisitorForm, words_of
from consultations.models import RequestDraft, Visit
from consultations.permissions import COUNTER_ROLES
from consultations.services import reception
from consultations.views.sessions import get_visit
from core.fsm import AlreadyDone, Conflict
from core.requests import HtmxRequest
from escalation.models import Entitlement
from escalation.tiers import LKPP_ZONE
from tickets.views.drafted import Drafted, drafted, keeps_draft
from tickets.views.promise import qr_of

SHOWN_FORMS = 8  # filled in on phones; an older one is found by its code
LONGEST_CODE = 12  # as it may be typed, with blanks


def receptionist(request: HttpRequest) -> User:
    """Return who is at the front desk; for everybody else there is no such page."""
    user = signed_in(request)
    if not user.holds(Role.RECEPTIONIST):
        raise Http404
    return user


@keeps_draft
@require_http_methods(["GET", "POST"])
def desk(request: HtmxRequest) -> HttpResponse:
    """Show the guest book, the line and the rooms; a POST registers a visitor, a poll draws line and rooms anew."""
    receptionist(request)
    now = timezone.now()
    if request.htmx:
        return render(request, "consultations/_line.html", {"line": line_at(now)})
    draft = fresh_draft(request)
    notes = fill_in(request, draft)
    form = draft.form(VisitorForm)
    if not draft.judged:  # after a mistake the list of mistakes has the cursor
        form.begin_at("purpose" if form.picked else "name")
    if draft.is_sent and form.is_valid():
        visit = register(request, form, draft)
        if visit:
            return redirect("consultations:slip", visit.number)
    forms = RequestDraft.objects.open(now)[:SHOWN_FORMS]
    context = {"line": line_at(now), "forms": forms, "draft": draft, "notes": notes, "zone": LKPP_ZONE}
    return render(request, "consultations/desk.html", context | guests_of(form))


def fresh_draft(request: HttpRequest) -> Drafted:
    """Return the draft behind the form, but an empty one for what was saved again after its visitor was registered."""
    draft = drafted(request)
    if draft.is_restored and Visit.objects.filter(key=draft.key).exists():
        return Drafted(request, uuid4())
    return draft


def fill_in(request: HttpRequest, draft: Drafted) -> list[str]:
    """Put into the form whom ?pelapor= picks or what ?formulir= brings; return what the receptionist must know."""
    words: dict[str, Any] = {}
    notes = []
    if "pelapor" in request.GET:
        known = Reporter.objects.keyed(request.GET["pelapor"])
        words = words_of(known) if known else {"pelapor": ""}
    if "formulir" in request.GET:
        words |= {"formulir": ""}
    if code := request.GET.get("formulir", "")[:LONGEST_CODE].replace(" ", "").upper():
        sent = RequestDraft.objects.open(timezone.now()).filter(code=code).first()
        words |= sent.data | {"formulir": code, "pelapor": ""} if sent else {}
        if sent is None:
            notes.append(_("Formulir %(code)s tidak ditemukan di antara yang diisi hari ini.") % {"code": code})
    if words:
        draft.data, draft.is_restored = {**(draft.data or {}), **words}, False
    return notes


def register(request: HttpRequest, form: VisitorForm, draft: Drafted) -> Visit | None:
    """Register the visitor, or find what a twin of the form registered; a refusal keeps the form with its reason."""
    facts: dict[str, Any] = {"draft_key": draft.key, "form_code": form.cleaned_data["formulir"], "facts": form.facts}
    sent: dict[str, Any] = {"by": signed_in(request), "now": timezone.now(), "key": draft.key}
    try:
        if form.known:
            return reception.register_visit(**sent, reporter=form.known, **facts)
        return reception.register_newcomer(**sent, person=form.person, **facts)
    except Conflict as refusal:
        form.add_error(None, str(refusal))
    except AlreadyDone:
        visit = Visit.objects.select_related("reporter").get(key=draft.key)
        if (visit.reporter.name, visit.phone) == (form.cleaned_data["name"], form.cleaned_data["phone"]):
            draft.discard()
            return visit
        draft.renew()
        names = {"number": visit.queue_number}
        form.add_error(None, _("Formulir ini sudah terkirim sebagai %(number)s. Simpan lagi untuk tamu lain.") % names)
    return None


def guests_of(form: VisitorForm, searched: Iterable[str] = SEARCHED) -> dict[str, Any]:
    """Return whom the form is about: who was picked and what they are owed, else who may be meant."""
    context: dict[str, Any] = {"form": form, "picked": form.picked}
    if form.picked:
        return context | {"owed": Entitlement.objects.owed_to(form.picked).first()}
    texts = (str(form[name].value() or "").replace("\0", "").strip() for name in searched)
    found = next((people for text in texts if text and (people := Reporter.objects.matching(text))), [])
    owed = Entitlement.objects.filter(reporter__in=found, redeemed_at=None, withdrawn_at=None)
    return context | {"found": found, "owing": set(owed.values_list("reporter", flat=True))}


@login_required
@require_POST
def people_found(request: HtmxRequest) -> HttpResponse:
    """Draw who may be meant by what is being typed. By POST, so that names and numbers stay out of every log."""
    receptionist(request)
    typed = request.htmx.trigger_name
    searched = (typed,) if typed in SEARCHED else SEARCHED
    return render(request, "consultations/_known.html", guests_of(VisitorForm(request.POST), searched))


@login_required
@require_safe
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """Print the queue number (R21), with a QR of the waiting display."""
    visit, now = get_visit(signed_in(request), number), timezone.now()
    line = list(Visit.objects.today(now).waiting().values_list("pk", flat=True))
    ahead = line.index(visit.pk) if visit.pk in line else None
    context = {"visit": visit, "ahead": ahead, "zone": LKPP_ZONE, "qr": qr_of(address_of("display"))}
    return render(request, "consultations/slip.html", context)


@login_required
@require_safe
def poster(request: HttpRequest) -> HttpResponse:
    """Print what hangs at the desk: the QR of the form for phones."""
    if not signed_in(request).holds(*COUNTER_ROLES):
        raise Http404
    address = address_of("request_form")
    return render(request, "consultations/poster.html", {"address": address, "qr": qr_of(address, "w-50")})


def address_of(name: str) -> str:
    """Return the whole address of a public page of the counter."""
    return urljoin(settings.BASE_URL, reverse(f"consultations:{name}"))
