"""Filing a ticket (R05, R10)."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from accounts.models import Reporter, User
from core.dates import long_date
from core.fsm import AlreadyDone
from escalation.services import entitlements
from escalation.tiers import LKPP_ZONE
from tickets.models import Attachment, DocumentRequirement, Draft, NumberCounter, Ticket, TicketEvent
from tickets.services.record import open_leg, promise_response, record, tell_holders, tell_reporter


def get_filed(key: UUID, *, by: User) -> Ticket:
    """Return the ticket that this person's form with this key has filed; the form was sent before."""
    return Ticket.objects.reported_by(by).get(filing_key=key)


def is_as_filed(ticket: Ticket, facts: dict[str, Any]) -> bool:
    """Tell whether a form sent again says what was filed, or its words were changed in between."""
    return all(getattr(ticket, name) == value for name, value in facts.items())


def missing_documents(ticket: Ticket) -> list[DocumentRequirement]:
    """Return the data dukung of the ticket's category that no file answers yet."""
    given = Attachment.objects.filter(event__ticket=ticket, requirement__isnull=False).values("requirement")
    wanted = DocumentRequirement.objects.filter(subcategory=ticket.subcategory_id, is_active=True)
    return list(wanted.exclude(pk__in=given))


@transaction.atomic
def file_ticket(*, by: User, key: UUID, now: datetime, facts: dict[str, Any], identity: dict[str, str]) -> Ticket:
    """File one problem at its LPSE and give it a number; a second send of the same form files nothing (R10).

    `facts` are fields of Ticket; `identity` are the NIB or NIP the category asked for, kept with the reporter.
    Raises PermissionDenied for a person without a reporter's identity, AlreadyDone for a form sent before.
    """
    reporter = Reporter.objects.visible_to(by).select_for_update(no_key=True).select_related(None).first()
    # The way of a person without an account is the counter (R20); nobody is who was merged or erased just now.
    if reporter is None or reporter.is_visitor or reporter.merged_into_id or reporter.erased_at:
        raise PermissionDenied
    if Ticket.objects.filter(filing_key=key).exists():
        raise AlreadyDone
    _complete(reporter, identity)
    number = take_number(now)
    url = reverse("tickets:detail", args=[number])
    owed = entitlements.redeem(reporter, case=number, url=url, now=now)
    origin = {"is_compensated": owed is not None, "came_from": _call_behind(key, by)}
    ticket = create_ticket(number, key, reporter, now=now, **origin, **facts)
    promised = promise_response(ticket, now=now)
    open_leg(ticket, now=now)
    record(ticket, TicketEvent.Kind.FILED, by=by, now=now, body=ticket.description, key=key)
    tell_reporter(ticket, "ticket_received", now=now, due=long_date(promised.due_at, ticket.zone))
    tell_holders(ticket, "ticket_arrived", by=by, now=now)
    return ticket


def take_number(now: datetime) -> str:
    """Return the next ticket number of the year it is at LKPP."""
    return NumberCounter.take(Ticket.NUMBER_KIND, now.astimezone(ZoneInfo(LKPP_ZONE)).year)


def create_ticket(number: str, key: UUID, reporter: Reporter, *, now: datetime, **facts: Any) -> Ticket:
    """Store a ticket that begins now."""
    moments = {"filed_at": now, "entered_at": now, "changed_at": now}
    return Ticket.objects.create(number=number, filing_key=key, reporter=reporter, **moments, **facts)


def _call_behind(key: UUID, by: User) -> str:
    """Return the call whose link led to this form: it stands in the draft, where no form can write it (R31)."""
    return Draft.objects.visible_to(by).filter(key=key).values_list("case", flat=True).first() or ""


def _complete(reporter: Reporter, identity: dict[str, str]) -> None:
    """Keep what the form asked of the reporter, so that it need not be asked again."""
    given = {name: value for name, value in identity.items() if value}
    for name, value in given.items():
        setattr(reporter, name, value)
    if given:
        reporter.save(update_fields=list(given))
