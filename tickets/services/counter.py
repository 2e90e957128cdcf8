"""Tickets of the counter: a visitor's question, written down by the Petugas Konsultasi (R23, R24)."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Reporter, Role, User
from core.dates import long_date
from core.fsm import AlreadyDone
from escalation.tiers import Tier
from tickets.models import Draft, Ticket, TicketEvent
from tickets.services.filing import create_ticket, take_number
from tickets.services.handling import reply_to_ticket
from tickets.services.record import open_leg, promise_response, record, take_files, tell_reporter


@transaction.atomic
def file_consultation(
    *,
    by: User,
    key: UUID,
    now: datetime,
    reporter: Reporter,
    visit: str,
    is_compensated: bool,
    facts: dict[str, Any],
    answer: str = "",
) -> Ticket:
    """Write down a visitor's question as a ticket that this officer has at the counter (R23).

    The files kept for the visit go along; visit and ticket earn one priority between them. `answer` is what was said
    on the spot, as the first reply. Raises PermissionDenied for other roles and for a problem of the officer's own
    (A15), AlreadyDone for a form sent before.
    """
    if not by.holds(Role.CONSULTANT) or reporter.user_id == by.pk:
        raise PermissionDenied
    reporter = Reporter.objects.standing(reporter.pk)
    if Ticket.objects.filter(filing_key=key).exists():
        raise AlreadyDone
    where: dict[str, Any] = {"tier": Tier.EPROC, "status": Ticket.Status.IN_PROGRESS, "at_counter": True}
    origin = {"channel": Ticket.Channel.WALK_IN, "came_from": visit, "reached_lkpp_at": now, "assignee": by}
    ticket = create_ticket(
        take_number(now), key, reporter, now=now, is_compensated=is_compensated, **where, **origin, **facts
    )
    promised = promise_response(ticket, now=now)
    open_leg(ticket, now=now)
    filed = record(
        ticket, TicketEvent.Kind.FILED, by=by, now=now, role=Role.CONSULTANT, body=ticket.description, key=key
    )
    for draft in Draft.objects.select_for_update().filter(case=visit).order_by("changed_at"):
        take_files(filed, draft)
    if answer:
        return reply_to_ticket(ticket.pk, by=by, now=now, version=ticket.version, key=uuid4(), text=answer)
    tell_reporter(ticket, "ticket_received", now=now, due=long_date(promised.due_at, ticket.zone))
    return ticket
