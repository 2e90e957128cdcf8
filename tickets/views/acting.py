"""What every verb's view does: draw its page, call its service, and lose nothing when it is refused."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import signed_in
from core.fsm import AlreadyDone, Conflict
from tickets.forms.handling import VersionedForm
from tickets.models import Attachment, Ticket
from tickets.services.record import words_of, words_sent
from tickets.services.verbs import REQUIREMENTS, is_allowed
from tickets.timeline import timeline
from tickets.views.drafted import Drafted, drafted
from tickets.views.pages import get_ticket

Service = Callable[..., Ticket]


def write(
    request: HttpRequest,
    ticket: Ticket,
    form_class: Callable[..., VersionedForm],
    service: Service,
    verb: str,
    done: str,
) -> HttpResponse:
    """Draw the page of one verb, or carry it out; the page is refused where the verb would be."""
    draft = drafted(request, ticket)
    form = draft.form(form_class, initial={"version": ticket.version})
    if draft.is_sent and form.is_valid():
        return act(request, ticket, draft, form, service, verb, done)
    REQUIREMENTS[verb](ticket, signed_in(request))
    context = {"ticket": ticket, "form": form, "draft": draft}
    return render(request, f"tickets/{verb}.html", context)


def act(
    request: HttpRequest, ticket: Ticket, draft: Drafted, form: VersionedForm, service: Service, verb: str, done: str
) -> HttpResponse:
    """Call the service; a refusal keeps what was written and says what changed."""
    try:
        service(ticket.pk, by=signed_in(request), now=timezone.now(), key=draft.key, **form.cleaned_data)
    except AlreadyDone:
        if not is_same(ticket, draft, form):
            return _refuse(
                request, ticket, draft, form, verb, Conflict(_("Formulir ini sudah terkirim dengan isi lain."))
            )
        draft.discard()
    except Conflict as refusal:
        return _refuse(request, ticket, draft, form, verb, refusal)
    messages.success(request, done)
    return redirect(ticket)


def is_same(ticket: Ticket, draft: Drafted, form: VersionedForm) -> bool:
    """Return whether the form that was sent before under this key said the same as this one, with the same files."""
    written = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    sent = {(file.name, file.sha256) for file in Attachment.objects.filter(event__ticket=ticket, event__key=draft.key)}
    again = {(file.name, file.sha256) for file in draft.attachments}
    return words_of(written) == words_sent(ticket, draft.key) and again <= sent


def _refuse(
    request: HttpRequest, ticket: Ticket, draft: Drafted, form: VersionedForm, verb: str, refusal: Conflict
) -> HttpResponse:
    """Answer 409 with all that was written, to be sent again where that is still possible."""
    if ticket.events.filter(key=draft.key).exists():
        draft.renew()
    context = _conflict(request, ticket, form, refusal) | {"draft": draft}
    context["can_send"] = is_allowed(verb, context["ticket"], signed_in(request))
    return render(request, "tickets/conflict.html", context, status=409)


def _conflict(request: HttpRequest, ticket: Ticket, form: VersionedForm, refusal: Conflict) -> dict[str, Any]:
    """Return what a 409 page draws; the form keeps its words and now carries the version just shown."""
    fresh = get_ticket(signed_in(request), ticket.number)
    lines, _more = timeline(fresh, signed_in(request))
    changes = [line for line in lines if line.event.version > form.cleaned_data["version"]]
    data = request.POST.copy()
    data["version"] = str(fresh.version)
    form.data = data
    zone = fresh.staff_zone
    return {"ticket": fresh, "form": form, "reason": str(refusal), "changes": changes, "zone": zone}
