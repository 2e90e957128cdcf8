"""Acting on one ticket. Every verb has its own address; each form can be sent again after a refusal."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import signed_in
from core.fsm import AlreadyDone, Conflict
from tickets.forms.handling import (
    ConfirmForm,
    EscalateForm,
    RateForm,
    RejectForm,
    ReplyForm,
    ResolveForm,
    VersionedForm,
)
from tickets.models import Ticket
from tickets.services import closing, handling
from tickets.services.verbs import REQUIREMENTS, is_allowed
from tickets.timeline import timeline
from tickets.views.drafted import Drafted, drafted, keeps_draft
from tickets.views.pages import context_of, detail_template, get_ticket


@login_required
@require_POST
def take(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    handling.take_ticket(ticket.pk, by=signed_in(request), now=timezone.now())
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
    form = draft.form(ReplyForm)
    if not (draft.is_sent and form.is_valid()):
        context = context_of(ticket, signed_in(request)) | {"form": form, "draft": draft}
        return render(request, detail_template(context), context)
    is_note = form.cleaned_data.pop("kind") == ReplyForm.NOTE
    service, done = (
        (handling.add_internal_note, _("Catatan internal tersimpan."))
        if is_note
        else (handling.reply_to_ticket, _("Balasan Anda telah terkirim."))
    )
    return act(request, ticket, draft, form, service, "note" if is_note else "reply", done)


@keeps_draft
@require_http_methods(["GET", "POST"])
def escalate(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    done = _("Tiket telah diteruskan.")
    return write(request, ticket, EscalateForm, handling.escalate_ticket, "escalate", done)


@keeps_draft
@require_http_methods(["GET", "POST"])
def resolve(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    done = _("Solusi telah dikirim. Tiket menunggu konfirmasi pelapor.")
    return write(request, ticket, ResolveForm, handling.resolve_ticket, "resolve", done)


@keeps_draft
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    done = _("Terima kasih. Tiket ini telah ditutup.")
    return write(request, ticket, ConfirmForm, closing.confirm_closing, "confirm", done)


@keeps_draft
@require_http_methods(["GET", "POST"])
def reject(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    done = _("Tiket kembali ke petugas yang memberikan solusi.")
    return write(request, ticket, RejectForm, closing.reject_resolution, "reject", done)


@login_required
@require_POST
def rate(request: HttpRequest, number: str) -> HttpResponse:
    ticket = get_ticket(signed_in(request), number)
    form = RateForm(request.POST)
    if form.is_valid():
        closing.rate_ticket(ticket.pk, by=signed_in(request), now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Terima kasih atas penilaian Anda."))
    else:
        messages.error(request, _("Pilih salah satu penilaian."))
    return redirect(ticket)


def write(
    request: HttpRequest,
    ticket: Ticket,
    form_class: type[VersionedForm],
    service: Callable[..., Ticket],
    verb: str,
    done: str,
) -> HttpResponse:
    """Draw the page of one verb, or carry it out; the page is refused where the verb would be."""
    draft = drafted(request, ticket)
    form = draft.form(form_class, initial={"version": ticket.version})
    if draft.is_sent and form.is_valid():
        return act(request, ticket, draft, form, service, verb, done)
    REQUIREMENTS[verb](ticket, signed_in(request))
    context = {"ticket": ticket, "form": form, "draft": draft, "verb": verb}
    return render(request, f"tickets/{verb}.html", context)


def act(
    request: HttpRequest,
    ticket: Ticket,
    draft: Drafted,
    form: VersionedForm,
    service: Callable[..., Ticket],
    verb: str,
    done: str,
) -> HttpResponse:
    """Call the service; a refusal keeps what was written and says what changed."""
    try:
        service(ticket.pk, by=signed_in(request), now=timezone.now(), key=draft.key, **form.cleaned_data)
    except AlreadyDone:
        draft.discard()
    except Conflict as refusal:
        return _conflict(request, ticket, draft, form, verb, refusal)
    messages.success(request, done)
    return redirect(ticket)


def _conflict(
    request: HttpRequest, ticket: Ticket, draft: Drafted, form: VersionedForm, verb: str, refusal: Conflict
) -> HttpResponse:
    """Answer 409: what was written stays in the form, which now carries the version just shown."""
    fresh = get_ticket(signed_in(request), ticket.number)
    lines, _more = timeline(fresh, signed_in(request))
    changes = [line for line in lines if line.event.version > form.cleaned_data["version"]]
    data = request.POST.copy()
    data["version"] = str(fresh.version)
    form.data = data
    context = {"ticket": fresh, "form": form, "draft": draft, "reason": str(refusal), "changes": changes}
    can_send = is_allowed(verb, fresh, signed_in(request))
    context |= {"zone": fresh.staff_zone, "can_send": can_send}
    return render(request, "tickets/conflict.html", context, status=409)
