"""The consultation on the officer's screen: from Mulai Konsultasi to the receipt."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.requests import signed_in
from consultations.files import files_of
from consultations.forms.sessions import ConsultationForm
from consultations.models import Visit
from consultations.services import sessions
from consultations.timer import timer_of
from core.fsm import AlreadyDone, Conflict
from core.requests import HtmxRequest
from tickets.models import Ticket
from tickets.services.filing import is_as_filed
from tickets.services.record import words_of, words_sent
from tickets.views.drafted import Drafted, drafted, keeps_draft
from tickets.views.pages import context_of, get_ticket

EARLIER = 5
TITLE_LENGTH = 120
# What the officer may do to the ticket without ending the consultation, in the order of the rail.
ON_TICKET = ("confirm_in_presence", "provide_data", "request_data", "escalate", "resolve")


def get_visit(user: User, number: str) -> Visit:
    """Return the visit of this number, or raise Http404 as if it did not exist."""
    return get_object_or_404(Visit.objects.visible_to(user).for_lists(), number=number)


@login_required
@require_POST
def start(request: HttpRequest, number: str) -> HttpResponse:
    """Mulai Konsultasi (A19)."""
    visit = get_visit(signed_in(request), number)
    if not (visit.is_in_session and visit.officer == request.user):  # a second click finds it begun
        sessions.start_session(visit.pk, by=signed_in(request), now=timezone.now())
    return redirect("consultations:session", visit.number)


@keeps_draft
@require_http_methods(["GET", "POST"])
def session(request: HtmxRequest, number: str) -> HttpResponse:
    """Show who sits here and take down question and answer; with a ticket, what became of it so far."""
    visit = get_visit(signed_in(request), number)
    if visit.is_finished and visit.ticket:
        return redirect("consultations:receipt", visit.number)
    sessions.require_session(visit, signed_in(request))
    if request.htmx:
        return render(request, "consultations/session.html#timer", timer_context(visit))
    if request.method == "POST":
        return file(request, visit)
    return show(request, visit, with_ticket(request, visit) if visit.ticket else with_form(request, visit))


def show(request: HttpRequest, visit: Visit, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context |= timer_context(visit) | about(visit, signed_in(request))
    return render(request, "consultations/session.html", context, status=status)


def timer_context(visit: Visit) -> dict[str, Any]:
    now = timezone.now()
    return {"visit": visit, "timer": timer_of(visit, now), "now": now}


def about(visit: Visit, user: User) -> dict[str, Any]:
    """Return what is known of the visitor: papers, earlier tickets and visits; links only to what this person sees."""
    tickets = Ticket.objects.filter(reporter=visit.reporter_id).exclude(number=str(visit.ticket)).for_lists()
    earlier = list(tickets.order_by("-filed_at", "-pk")[:EARLIER])
    visible = set(
        Ticket.objects.visible_to(user).filter(pk__in=[one.pk for one in earlier]).values_list("pk", flat=True)
    )
    visits = Visit.objects.visible_to(user).filter(reporter=visit.reporter_id).exclude(pk=visit.pk).for_lists()
    return {
        "papers": files_of(visit),
        "mentioned": Ticket.objects.visible_to(user).numbered(visit.ticket_number).first(),
        "earlier": [(one, one.pk in visible) for one in earlier],
        "earlier_visits": visits.order_by("-arrived_at", "-pk")[:EARLIER],
    }


def with_form(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    draft = drafted(request)
    return {"form": form_of(visit, draft), "draft": draft}


def form_of(visit: Visit, draft: Drafted) -> ConsultationForm:
    """Return the form of the Tiket Konsultasi, begun with what the visitor wrote at reception."""
    title = next(iter(visit.problem.splitlines()), "")[:TITLE_LENGTH]
    given = {"title": title, "description": visit.problem, "error_code": visit.error_code}
    return draft.form(ConsultationForm, reporter=visit.reporter, now=timezone.now(), initial=given)


def with_ticket(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """Return what the page draws about the ticket: its chain, its history, and the verbs as links."""
    context = context_of(get_ticket(signed_in(request), str(visit.ticket)), signed_in(request))
    number, verbs = context["ticket"].number, context["verbs"]
    acts = [(reverse(f"tickets:{name}", args=[number]), verbs[name]) for name in ON_TICKET if name in verbs]
    return context | {"acts": acts, "needs_outcome": sessions.needs_outcome(context["ticket"])}


def file(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Make the Tiket Konsultasi, or show the form again with all that was written."""
    draft = drafted(request)
    form = form_of(visit, draft)
    if not (draft.is_sent and form.is_valid()):
        return show(request, visit, {"form": form, "draft": draft})
    sent: dict[str, Any] = {"by": signed_in(request), "now": timezone.now(), "key": draft.key}
    try:
        ticket = sessions.file_ticket(visit.pk, facts=form.facts, answer=form.answered, **sent)
    except AlreadyDone:
        return sent_again(request, visit, draft, form)
    except Conflict as refusal:
        context = {"form": form, "draft": draft, "refusal": refusal}
        return show(request, get_visit(signed_in(request), visit.number), context, status=409)
    messages.success(request, _("Tiket Konsultasi %(number)s telah dibuat.") % {"number": ticket})
    return redirect("consultations:session", visit.number)


def sent_again(request: HttpRequest, visit: Visit, draft: Drafted, form: ConsultationForm) -> HttpResponse:
    """Answer the second send of a form: like the first when it says the same, else with its words kept."""
    fresh = get_visit(signed_in(request), visit.number)
    ticket, answer = fresh.ticket, words_of(form.answered)
    if ticket and is_as_filed(ticket, form.facts) and answer <= words_sent(ticket, draft.key):
        draft.discard()
        return redirect("consultations:session", visit.number)
    draft.renew()
    refusal = _("Formulir ini sudah terkirim dengan isi lain.")
    return show(request, fresh, {"form": form, "draft": draft, "refusal": refusal}, status=409)
