"""Reading one ticket: the reporter's page, the staff workspace, and the printed solution."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import signed_in
from escalation.spans import spent_words
from escalation.tiers import Tier
from tickets.canned import canned_texts
from tickets.chain import stations
from tickets.forms.handling import ConfirmForm, ProvideDataForm, ReplyForm, VersionedForm
from tickets.journey import Journey
from tickets.models import Ticket, TicketEvent
from tickets.permissions import answers_for, is_reporter, works_here
from tickets.promise import box_of, faces
from tickets.services.feedback import open_request, requests_of
from tickets.services.presence import others_on
from tickets.services.verbs import verbs_for
from tickets.timeline import timeline, unit_of
from tickets.views.beside import beside
from tickets.views.drafted import Drafted, drafted

Kind = TicketEvent.Kind
# The form that stands on the reporter's page, by what is awaited of them.
STANDING = {Ticket.Status.AWAITING_DATA: "provide_data", Ticket.Status.AWAITING_CONFIRMATION: "confirm"}
ANSWERS = (Kind.REPLIED, Kind.RESOLVED)
PROMISE = ("response_clock__promise", "response_clock__lpse", "response_clock__excused_by")


def get_ticket(user: User, number: str) -> Ticket:
    """Return the ticket of this number, in any notation, or raise Http404 as if it did not exist."""
    rows = Ticket.objects.visible_to(user).numbered(number).for_lists().with_shares()
    ticket = rows.select_related("application", *PROMISE).first()
    if ticket is None:
        raise Http404
    return ticket


def solution_of(ticket: Ticket) -> TicketEvent | None:
    """Return the newest solution that was given."""
    return ticket.events.filter(kind=Kind.RESOLVED).select_related("actor").last()


def answers_of(ticket: Ticket) -> list[TicketEvent]:
    """Return the first answer of the staff, the newest solution and the last answer, oldest first and each once."""
    answers = ticket.events.filter(kind__in=ANSWERS).exclude(actor_role="").select_related("actor")
    newest = answers.order_by("-pk")
    found = answers.order_by("pk")[:1].union(newest[:1], newest.filter(kind=Kind.RESOLVED)[:1])
    return sorted(found, key=lambda answer: answer.pk)


def context_of(ticket: Ticket, user: User, *, before: int | None = None) -> dict[str, Any]:
    """Return what every page about a ticket draws, for this reader."""
    own = answers_for(ticket, user)
    zone = ticket.zone if own else ticket.staff_zone
    now = timezone.now()
    lines, more = timeline(ticket, user, before=before)
    answers = answers_of(ticket)
    solution = next((answer for answer in reversed(answers) if answer.kind == Kind.RESOLVED), None)
    asked = open_request(ticket) if ticket.awaits_data else None
    journey = Journey(ticket, zone, own, now)
    box = box_of(journey, asked=asked, solution=solution, last_answer=answers[-1] if answers else None)
    return {
        "ticket": ticket,
        "own": own,
        "is_reporter": is_reporter(ticket, user),
        "zone": zone,
        "now": now,
        "journey": journey,
        "box": box,
        "stations": stations(journey, is_late=box.is_late),
        "faces": faces(journey),
        "age": spent_words([(ticket.filed_at, ticket.closed_at or now)], journey.calendar_at(Tier.LPSE)),
        "lines": lines,
        "more": more,
        "first_answer": answers[0] if answers else None,
        "solution": solution,
        "asked": asked,
        "solved_by": unit_of(solution, ticket) if solution else "",
        "verbs": verbs_for(ticket, user),
        "works_here": works_here(ticket, user),
        "others": others_on(ticket, user, now=now),
        "canned_texts": canned_texts(ticket, user),
        "ratings": Ticket.Rating.choices[::-1],
    }


def answer_form(ticket: Ticket, draft: Drafted) -> tuple[VersionedForm, dict[str, Any]]:
    """Return the form that answers the last request, and what its page draws; words for one just answered are kept."""
    asked = open_request(ticket) or next(reversed(requests_of(ticket)), None)
    items = list(asked.items.all()) if asked else []
    own = answers_for(ticket, draft.owner)
    make = partial(ProvideDataForm, items=items, has_files=bool(draft.attachments), own=own)
    form = draft.form(make, initial={"version": ticket.version})
    files = draft.attachments
    answers = [
        {
            "item": item,
            "reason": form[f"reason_{item.pk}"],
            "files": [attachment for attachment in files if attachment.item_id == item.pk],
        }
        for item in items
    ]
    draft.attachments = [attachment for attachment in files if attachment.item_id is None]
    return form, {"ticket": ticket, "own": own, "form": form, "draft": draft, "asked": asked, "answers": answers}


@login_required
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """Show a ticket to its reporter or to staff; one address per ticket, whatever was typed."""
    ticket = get_ticket(signed_in(request), number)
    if number != ticket.number:
        return redirect(ticket)
    before = request.GET.get("sebelum", "")
    cursor = int(before) if before.isdecimal() and len(before) < 19 else None
    verb = STANDING.get(ticket.status, "reply") if answers_for(ticket, signed_in(request)) else "reply"
    draft = drafted(request, ticket, form=reverse(f"tickets:{verb}", args=[number]))
    context = context_of(ticket, signed_in(request), before=cursor) | form_of(ticket, draft)
    if not context["own"]:
        context |= beside(request, ticket)
    return render(request, detail_template(context), context)


def form_of(ticket: Ticket, draft: Drafted) -> dict[str, Any]:
    """Return the form that stands on the ticket's page in its present state, with its draft."""
    if ticket.awaits_data and answers_for(ticket, draft.owner):
        return answer_form(ticket, draft)[1]
    form = draft.form(ConfirmForm if ticket.awaits_confirmation else ReplyForm, initial={"version": ticket.version})
    return {"form": form, "draft": draft}


def detail_template(context: dict[str, Any]) -> str:
    return "tickets/detail_reporter.html" if context["own"] else "tickets/detail_staff.html"


@login_required
@require_safe
def result(request: HttpRequest, number: str) -> HttpResponse:
    """Show the solution as a clean page to print (R41)."""
    ticket = get_ticket(signed_in(request), number)
    solution = solution_of(ticket)
    if solution is None:
        raise Http404
    context = {"ticket": ticket, "solution": solution, "solved_by": unit_of(solution, ticket), "now": timezone.now()}
    return render(request, "tickets/result.html", context)
