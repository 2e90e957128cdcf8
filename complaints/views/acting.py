"""The verbs of a complaint: a page with a form, then the service; what was written is kept when it is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.requests import signed_in
from complaints.forms.acts import AskForm, ClassForm, EvidenceForm, NoteForm, ReasonForm
from complaints.models import Complaint, Response
from complaints.services import turns
from complaints.services.verbs import VERBS, verbs_for
from complaints.views.register import answer_form, get_complaint
from core.fsm import Conflict
from tickets.forms.handling import VersionedForm
from tickets.views.drafted import Drafted, drafted, keeps_draft

Service = Callable[..., Complaint]
Act = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class Page:
    """One verb as a page: its form, the service that takes what the form says, and what is said afterwards."""

    form: type[VersionedForm]
    service: Service
    done: Promise


def _add_evidence(pk: int, *, draft: Drafted, version: int, **said: Any) -> Complaint:
    """Take the files of the form; nothing that was decided meanwhile makes them unwelcome, so no version is asked."""
    return turns.give_evidence(pk, key=draft.key, owner=draft.owner, **said)


PAGES = {
    "ask": Page(AskForm, turns.ask_for_evidence, gettext_lazy("Permintaan bukti dikirim kepada pengadu.")),
    "scan": Page(EvidenceForm, _add_evidence, gettext_lazy("Bukti tersimpan.")),
    "complete": Page(VersionedForm, turns.register, gettext_lazy("Pengaduan terdaftar. Jam berjalan.")),
    "classify": Page(ClassForm, turns.classify, gettext_lazy("Golongan ditetapkan.")),
    "close": Page(NoteForm, turns.close, gettext_lazy("Pengaduan selesai.")),
    "withdraw": Page(ReasonForm, turns.withdraw, gettext_lazy("Pencabutan tercatat.")),
    "excuse": Page(ReasonForm, turns.excuse, gettext_lazy("Keterlambatan dikecualikan.")),
}


@keeps_draft
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Draw the page of one verb, or carry it out."""
    complaint, draft, page = get_complaint(request, number), drafted(request), PAGES[verb]
    form = draft.form(page.form, initial={"version": complaint.version, "legal_class": complaint.legal_class})
    files = {"draft": draft} if verb == "scan" else {}
    return _carry_out(request, complaint, verb, draft, form, lambda said: page.service(complaint.pk, **said, **files))


@keeps_draft
@require_http_methods(["GET", "POST"])
def respond(request: HttpRequest, number: str) -> HttpResponse:
    """Send the answer as a letter; the same form sent twice answers once."""
    complaint = get_complaint(request, number)
    context = answer_form(request, complaint)
    draft, form = context["draft"], context["form"]

    def send(said: dict[str, Any]) -> None:
        facts = {name: said[name] for name in ("by", "now", "version")}
        if not Response.objects.filter(key=draft.key).exists():
            turns.respond(complaint.pk, key=draft.key, letter=form.letter, **facts)

    return _carry_out(request, complaint, "respond", draft, form, send)


def _carry_out(
    request: HttpRequest, complaint: Complaint, verb: str, draft: Drafted, form: VersionedForm, do: Act
) -> HttpResponse:
    """Call the service with what the form says; a refusal shows the form again with its reason and all its words."""
    status = 200
    if draft.is_sent and form.is_valid():
        try:
            do({"by": signed_in(request), "now": timezone.now(), **form.cleaned_data})
            return _done(request, complaint, verb, draft)
        except Conflict as refusal:
            status = _refuse(request, complaint, form, refusal)
    elif verb not in verbs_for(complaint, signed_in(request)):
        raise Conflict(_("Tindakan ini tidak dapat dilakukan pada keadaan pengaduan saat ini."))
    context = {"complaint": complaint, "form": form, "draft": draft, "verb": VERBS[verb], "name": verb}
    return render(request, "complaints/act.html", context, status=status)


def _done(request: HttpRequest, complaint: Complaint, verb: str, draft: Drafted) -> HttpResponse:
    """Say what was done and go back to the complaint; only these two verbs keep the files of their form."""
    messages.success(request, str(PAGES[verb].done if verb in PAGES else _("Tanggapan terkirim.")))
    if verb not in ("scan", "respond"):
        draft.discard()
    return redirect(complaint)


def _refuse(request: HttpRequest, complaint: Complaint, form: VersionedForm, refusal: Conflict) -> int:
    """Say why beside what was written, which now carries the present version; return the status of the answer."""
    form.add_error(None, str(refusal))
    data = request.POST.copy()
    data["version"] = str(get_complaint(request, complaint.number).version)
    form.data = data
    return 409
