"""A ticket for whoever has its number and code: where it is, until when we answer, what we answered (A22, R26)."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import signed_in
from core.fsm import Conflict
from core.requests import client_address
from tickets.chain import stations
from tickets.forms.tracked import OneTimeForm
from tickets.journey import Journey
from tickets.models import Ticket, TicketEvent
from tickets.promise import box_of
from tickets.services import tracking
from tickets.services.feedback import open_request
from tickets.timeline import unit_of
from tickets.views.pages import PROMISE, answers_of, get_ticket, solution_of
from tracking.requests import kept_private, may_follow
from tracking.services import revoke_access_code, use_one_time_code, valid_code

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SIGNED_IN_FOR = 30 * 60  # seconds
MOST_ANSWERS = 20
ANSWERS = (TicketEvent.Kind.REPLIED, TicketEvent.Kind.RESOLVED)


def _followed(request: HttpRequest, number: str) -> Ticket | None:
    """Return the ticket of this number if this browser gave its code."""
    if not may_follow(request, number):
        return None
    rows = Ticket.objects.filter(number=number).for_lists().select_related("application", "reporter__user", *PROMISE)
    return rows.first()


def _door(number: str) -> HttpResponse:
    return kept_private(redirect(f"{reverse('tracking:track')}?{urlencode({'nomor': number})}"))


@require_safe
def tracked(request: HttpRequest, number: str) -> HttpResponse:
    """Show one ticket without saying whose it is: status, way, promise and what the staff have answered."""
    ticket = _followed(request, number)
    if ticket is None:
        return _door(number)
    return _show(request, ticket, OneTimeForm())


def _show(request: HttpRequest, ticket: Ticket, form: OneTimeForm) -> HttpResponse:
    asked = open_request(ticket) if ticket.awaits_data else None
    answers = answers_of(ticket)
    solution = next((answer for answer in reversed(answers) if answer.kind == TicketEvent.Kind.RESOLVED), None)
    journey = Journey(ticket, ticket.zone, True, timezone.now())
    box = box_of(journey, asked=asked, solution=solution, last_answer=answers[-1] if answers else None)
    context = {
        "ticket": ticket,
        "own": True,
        "zone": ticket.zone,
        "box": box,
        "stations": stations(journey, is_late=box.is_late),
        "asked": asked,
        "solution": solution,
        "answers": _said(ticket),
        "form": form,
        "can_mail": ticket.reporter.is_visitor and bool(ticket.reporter.email),
        "now": journey.now,
    }
    return kept_private(render(request, "tickets/tracked.html", context))


def _said(ticket: Ticket) -> list[tuple[TicketEvent, str]]:
    """Return the last public answers of the staff, newest first, each with the unit that gave it."""
    answers = ticket.events.filter(kind__in=ANSWERS, is_public=True).exclude(actor_role="").order_by("-pk")
    return [(answer, unit_of(answer, ticket)) for answer in answers[:MOST_ANSWERS]]


@require_safe
def result(request: HttpRequest, number: str) -> HttpResponse:
    """Show the solution as a clean page to print (R41), with as little about people as the page it is reached from."""
    ticket = _followed(request, number)
    if ticket is None:
        return _door(number)
    solution = solution_of(ticket)
    if solution is None:
        raise Http404
    context = {"ticket": ticket, "solution": solution, "solved_by": unit_of(solution, ticket), "now": timezone.now()}
    return kept_private(render(request, "tickets/result.html", context | {"tracked": True}))


@require_POST
def mail_code(request: HttpRequest, number: str) -> HttpResponse:
    """Mail a one-time code to the reporter of this ticket, without saying where to."""
    ticket = _followed(request, number)
    if ticket is None:
        return _door(number)
    if not ratelimit.consume(request, action="one_time_code", key=number):
        messages.error(request, _("Kode sudah beberapa kali kami kirim. Tunggu 15 menit, lalu coba lagi."))
        return kept_private(redirect("tickets:tracked", number))
    try:
        tracking.mail_one_time_code(ticket, now=timezone.now())
    except Conflict:
        raise Http404 from None
    messages.success(request, _("Kode sekali pakai kami kirim ke surel pelapor. Kode berlaku 10 menit."))
    return kept_private(redirect("tickets:tracked", number))


@sensitive_post_parameters("kode")
@require_POST
def enter_code(request: HttpRequest, number: str) -> HttpResponse:
    """Sign the reporter of this ticket in for half an hour with the code that was mailed to them."""
    ticket = _followed(request, number)
    if ticket is None:
        return _door(number)
    if not ticket.reporter.is_visitor:
        raise Http404
    form = OneTimeForm(request.POST)
    if form.is_valid():
        code = form.cleaned_data["kode"]
        if use_one_time_code(number, code, now=timezone.now(), address=client_address(request)):
            login(request, ticket.reporter.user, backend=BACKEND)
            request.session.set_expiry(SIGNED_IN_FOR)
            return kept_private(redirect(ticket))
        form.add_error("kode", _("Kode tidak cocok atau sudah tidak berlaku. Minta kode baru."))
    return _show(request, ticket, form)


@login_required
@require_POST
def make_code(request: HttpRequest, number: str) -> HttpResponse:
    """Make a new access code and show it in this answer, for the only time: it is kept nowhere."""
    ticket, user = get_ticket(signed_in(request), number), signed_in(request)
    code = tracking.make_code(ticket, by=user, now=timezone.now(), address=client_address(request))
    context = {"ticket": ticket, "code": code, "has_code": True}
    return kept_private(render(request, "tickets/access_code.html", context))


@login_required
@require_POST
def revoke_code(request: HttpRequest, number: str) -> HttpResponse:
    """Make the access code worthless."""
    ticket, user = get_ticket(signed_in(request), number), signed_in(request)
    tracking.require_code_maker(ticket, user)
    revoke_access_code(ticket.number, by=user, now=timezone.now(), address=client_address(request))
    messages.success(request, _("Kode akses dicabut. Tiket tidak dapat dilacak lagi dengan kode itu."))
    return redirect("tickets:access_code", ticket.number)


@login_required
@require_safe
def access_code(request: HttpRequest, number: str) -> HttpResponse:
    """Offer an access code for this ticket, a new one, or none any more."""
    rows = Ticket.objects.visible_to(signed_in(request)).numbered(number).select_related("reporter")
    ticket = get_object_or_404(rows)
    tracking.require_code_maker(ticket, signed_in(request))
    context = {"ticket": ticket, "has_code": valid_code(ticket.number) is not None}
    return kept_private(render(request, "tickets/access_code.html", context))
