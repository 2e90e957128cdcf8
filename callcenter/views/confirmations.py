"""Permintaan Konfirmasi: the agent asks and waits, the officer answers, and the ticket's own page shows both."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role, User
from accounts.requests import signed_in
from callcenter.awaited import PERSON, TICKET, open_for, waiting_of
from callcenter.forms.confirmations import AnswerForm, AskForm
from callcenter.matching import may_be_told
from callcenter.models import Call, ConfirmationRequest
from callcenter.services import confirmations
from core.pagination import keyset_page
from core.requests import HtmxRequest
from escalation.tiers import LKPP_ROLES
from tickets.models import Ticket
from tickets.permissions import sees_internal, serves_here

OLDEST_FIRST = ("due_at", "id")


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the officer responsible for the ticket of a running call; the form also stands on the agent's screen."""
    call = get_call(signed_in(request), number)
    form = AskForm(request.POST if request.method == "POST" else None, initial={"question": call.question[:250]})
    if form.is_valid():
        confirmations.ask(call.pk, by=signed_in(request), now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Permintaan Konfirmasi terkirim. Jawabannya tampil di layar ini."))
        return redirect("callcenter:desk")
    ticket = call.ticket if may_be_told(call) else None
    return render(request, "callcenter/ask.html", {"call": call, "ticket": ticket, "form": form})


def get_call(user: User, number: str) -> Call:
    """Return the call of this number, or raise Http404 as if it did not exist."""
    return get_object_or_404(Call.objects.visible_to(user).with_people(), number=number)


@login_required
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Draw what the agent waits for, to a page that asks every few seconds; 204 while nothing has changed."""
    user, now = signed_in(request), timezone.now()
    if not user.holds(Role.CALL_AGENT):
        raise Http404
    context = waiting_of(user, now)
    if context["state"] == request.GET.get("keadaan"):
        return HttpResponse(status=204)
    return render(request, "callcenter/_waiting.html", context)


@login_required
@require_safe
def confirmations_list(request: HttpRequest) -> HttpResponse:
    """List the open requests, the one due first on top: all of them for agents and Penyelia, to officers their own."""
    user, now = signed_in(request), timezone.now()
    if not user.holds(Role.CALL_AGENT, Role.SUPERVISOR, *LKPP_ROLES):
        raise Http404
    rows = open_for(user)
    shown = rows.select_related(*PERSON, *TICKET)
    page = keyset_page(shown, OLDEST_FIRST, request.GET.get("sesudah", ""), request.GET.get("sebelum", ""))
    overdue = rows.filter(due_at__lt=now).count()
    return render(request, "callcenter/confirmations.html", {"page": page, "overdue": overdue, "now": now})


@login_required
@require_http_methods(["GET", "POST"])
def confirmation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one request; the unit that holds its ticket answers here."""
    user = signed_in(request)
    rows = ConfirmationRequest.objects.visible_to(user).select_related(*PERSON, *TICKET)
    asked = get_object_or_404(rows, pk=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        confirmations.answer(asked.pk, by=user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Jawaban Anda sampai di layar petugas Call Center."))
        return redirect(asked)
    may_answer = not asked.is_answered and serves_here(asked.ticket, user)
    context = {"asked": asked, "form": form, "may_answer": may_answer, "now": timezone.now()}
    context["sees_ticket"] = sees_internal(asked.ticket, user)
    return render(request, "callcenter/confirmation.html", context)


@login_required
@require_POST
def mark_read(request: HttpRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(ConfirmationRequest.objects.visible_to(signed_in(request)), pk=pk)
    confirmations.mark_read(asked.pk, by=signed_in(request), now=timezone.now())
    return redirect("callcenter:desk")


@login_required
@require_POST
def call_back(request: HttpRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(ConfirmationRequest.objects.visible_to(signed_in(request)), pk=pk)
    confirmations.call_back(asked.pk, by=signed_in(request), now=timezone.now())
    messages.success(request, _("Tercatat: penelepon sudah dihubungi kembali."))
    return redirect("callcenter:desk")


@login_required
@require_safe
def of_ticket(request: HtmxRequest, number: str) -> HttpResponse:
    """Show staff what was said by phone about a ticket and what they are asked; its reporter has no such page."""
    user = signed_in(request)
    ticket = Ticket.objects.visible_to(user).numbered(number).select_related("reporter", "lpse").first()
    if ticket is None or not sees_internal(ticket, user):
        raise Http404
    context = {
        "ticket": ticket,
        "calls": Call.objects.about(ticket)[:20],
        "requests": ticket.confirmations.select_related(*PERSON).order_by("-pk")[:20],
        "may_answer": serves_here(ticket, user),
        "now": timezone.now(),
    }
    template = "callcenter/of_ticket.html" + ("#panel" if request.htmx else "")
    return render(request, template, context)
