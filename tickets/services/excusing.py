"""Excusing a late ticket: the Penyelia says why it was not our fault, with evidence (A18)."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from core.fsm import Conflict
from escalation.models import Clock
from escalation.services import clocks
from tickets.models import Ticket, TicketEvent
from tickets.permissions import answers_for
from tickets.services.record import keep, record, tell_reporter

Kind = TicketEvent.Kind


def breaches_of(ticket: Ticket) -> list[Clock]:
    """Return the broken promises of a ticket, oldest first."""
    return list(
        Clock.objects.breached().filter(case=ticket.number).select_related("promise").order_by("breached_at", "pk")
    )


def require_excuse(ticket: Ticket, by: User) -> list[Clock]:
    """Return what may be excused; raise PermissionDenied for all but the Penyelia, Conflict when there is nothing."""
    if not by.holds(Role.SUPERVISOR) or answers_for(ticket, by):
        raise PermissionDenied
    breaches = [clock for clock in breaches_of(ticket) if not clock.is_excused]
    if not breaches:
        raise Conflict(_("Tiket ini tidak mempunyai keterlambatan yang dapat dikecualikan."))
    return breaches


@transaction.atomic
def excuse_breaches(pk: int, *, by: User, now: datetime, version: int, key: UUID, reason: str, evidence: str) -> Ticket:
    """Excuse what this ticket was late with: the breach stays in the history, an unused entitlement is withdrawn.

    The reporter reads the reason; the evidence and its files are for staff.
    """
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    breaches = require_excuse(ticket, by)
    for clock in breaches:
        clocks.excuse(clock.pk, by=by, now=now, reason=reason)
    keep(ticket, now=now)
    role = Role.SUPERVISOR
    record(ticket, Kind.NOTED, by=by, now=now, role=role, body=evidence, public=False, key=key)
    record(ticket, Kind.EXCUSED, by=by, now=now, role=role, body=reason, clocks=[clock.pk for clock in breaches])
    tell_reporter(ticket, "breach_excused", now=now)
    return ticket
