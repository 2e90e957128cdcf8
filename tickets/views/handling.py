"""What staff do with one ticket; the composer serves both sides. Every verb has its own address."""

from functools import partial, reduce
from operator import or_

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.requests import signed_in
from core.dates import local
from escalation.tiers import staff_of
from tickets.forms.handling import (
    ConfirmInPresenceForm,
    EscalateForm,
    ReassignForm,
    ReplyForm,
    RequestDataForm,
    ResolveForm,
    ReturnForm,
    VersionedForm,
)
from tickets.permissions import answers_for
from tickets.services import closing, feedback, handling, moving
from tickets.views.acting import act, write
from tickets.views.drafted import drafted, keeps_draft
from tickets.views.pages import context_of, detail_template, get_ticket


@login_required
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    form = VersionedForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else None
    handling.take_ticket(ticket.pk, by=signed_in(request), now=timezone.now(), version=version)
    messages.success(request, _("Anda sekarang penanggung jawab tiket ini."))
    return redirect(ticket)


@keeps_draft
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, number: str) -> HttpResponse:
    """The composer stands on the ticket's own page; a GET comes here only after an expired session."""
    ticket = get_ticket(signed_in(request), number)
    if request.method == "GET":
        return redirect(f"{ticket.get_absolute_url()}?{request.GET.urlencode()}")
    draft = drafted(request, ticket)
    form = draft.form(ReplyForm, own=answers_for(ticket, signed_in(request)))
    if not (draft.is_sent and form.is_valid()):
        context = context_of(ticket, signed_in(request)) | {"form": form, "draft": draft}
        return render(request, detail_template(context), context)
    if form.cleaned_data.pop("kind") == ReplyForm.NOTE:
        done = _("Catatan internal tersimpan.")
        return act(request, ticket, draft, form, handling.add_internal_note, "note", done)
    return act(request, ticket, draft, form, handling.reply_to_ticket, "reply", _("Balasan Anda telah terkirim."))


@keeps_draft
@require_http_methods(["GET", "POST"])
def request_data(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    now = timezone.now()
    last = feedback.latest_reply_by(ticket, now=now)
    form = partial(RequestDataForm, today=local(now, ticket.zone).date(), last=last)
    done = _("Permintaan data telah dikirim kepada pelapor.")
    return write(request, ticket, form, feedback.request_data, "request_data", done)


@keeps_draft
@require_http_methods(["GET", "POST"])
def escalate(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    # The page may have been drawn when the ticket was at the counter.
    at_counter = ticket.at_counter or (ticket.is_walk_in and "to" in request.POST)
    form = partial(EscalateForm, at_counter=at_counter)
    done = _("Tiket telah diteruskan.")
    return write(request, ticket, form, handling.escalate_ticket, "escalate", done)


@keeps_draft
@require_http_methods(["GET", "POST"])
def return_down(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    done = _("Tiket telah dikembalikan.")
    return write(request, ticket, ReturnForm, moving.return_ticket, "return", done)


@keeps_draft
@require_http_methods(["GET", "POST"])
def reassign(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    people = User.objects.filter(pk__in=[person.pk for person in moving.candidates(ticket)])
    if request.method == "POST":  # the page may have named people of a unit that had the ticket then
        people = reduce(or_, [staff_of(leg.tier, leg.lpse_id) for leg in ticket.legs.all()], people)
    form = partial(ReassignForm, people=people.order_by("name"))
    done = _("Penanggung jawab telah dialihkan.")
    return write(request, ticket, form, moving.reassign_ticket, "reassign", done)


@keeps_draft
@require_http_methods(["GET", "POST"])
def resolve(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    done = _("Solusi telah dikirim. Tiket menunggu konfirmasi pelapor.")
    return write(request, ticket, ResolveForm, handling.resolve_ticket, "resolve", done)


@keeps_draft
@require_http_methods(["GET", "POST"])
def confirm_in_presence(request: HttpRequest, number: str) -> HttpResponse:
    """Write down that a visitor without an account says that it is solved (A07)."""
    ticket = get_ticket(signed_in(request), number)
    done = _("Konfirmasi pelapor tercatat. Tiket ini telah ditutup.")
    return write(request, ticket, ConfirmInPresenceForm, closing.confirm_in_presence, "confirm_in_presence", done)
