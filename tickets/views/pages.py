"""Reading one ticket: the reporter's page, the staff workspace, and the printed solution."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import signed_in
from tickets.chain import stations
from tickets.forms.handling import ConfirmForm, ReplyForm
from tickets.models import Ticket, TicketEvent
from tickets.permissions import is_reporter, works_here
from tickets.services.verbs import verbs_for
from tickets.timeline import timeline, unit_of
from tickets.views.drafted import drafted

Kind = TicketEvent.Kind
ANSWERS = (Kind.REPLIED, Kind.RESOLVED)


def get_ticket(user: User, number: str) -> Ticket:
    """Return the ticket of this number, in any notation, or raise Http404 as if it did not exist."""
    ticket = Ticket.objects.visible_to(user).numbered(number).for_lists().select_related("application").first()
    if ticket is None:
        raise Http404
    return ticket


def solution_of(ticket: Ticket) -> TicketEvent | None:
    """Return the newest solution that was given."""
    return ticket.events.filter(kind=Kind.RESOLVED).select_related("actor").last()


def context_of(ticket: Ticket, user: User, *, before: int | None = None) -> dict[str, Any]:
    """Return what every page about a ticket draws, for this reader."""
    own = is_reporter(ticket, user)
    zone = ticket.zone if own else ticket.staff_zone
    now = timezone.now()
    lines, more = timeline(ticket, user, before=before)
    answers = ticket.events.filter(kind__in=ANSWERS).exclude(actor_role="")
    solution = solution_of(ticket)
    return {
        "ticket": ticket,
        "own": own,
        "zone": zone,
        "now": now,
        "stations": stations(ticket, list(ticket.legs.all()), zone=zone, now=now),
        "lines": lines,
        "more": more,
        "first_answer": answers.first(),
        "last_answer": answers.last(),
        "solution": solution,
        "solved_by": unit_of(solution, ticket) if solution else "",
        "verbs": verbs_for(ticket, user),
        "works_here": works_here(ticket, user),
        "ratings": Ticket.Rating.choices[::-1],
    }


@login_required
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """Show a ticket to its reporter or to staff; one address per ticket, whatever was typed."""
    ticket = get_ticket(signed_in(request), number)
    if number != ticket.number:
        return redirect(ticket)
    before = request.GET.get("sebelum", "")
    cursor = int(before) if before.isdecimal() and len(before) < 19 else None
    draft = drafted(request, ticket)
    form = draft.form(ConfirmForm if ticket.awaits_confirmation else ReplyForm, initial={"version": ticket.version})
    context = context_of(ticket, signed_in(request), before=cursor) | {"draft": draft, "form": form}
    return render(request, detail_template(context), context)


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
