"""What the reporter does with a solution (R19, A07, A09)."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.fsm import Conflict, require
from tickets.models import Ticket, TicketEvent
from tickets.permissions import is_reporter
from tickets.services.record import keep, open_leg, record, tell_holders

Kind = TicketEvent.Kind


def require_confirmation(ticket: Ticket, by: User) -> None:
    """Raise PermissionDenied for anybody but the reporter (A07), Conflict when no solution awaits an answer."""
    require(ticket.confirm, by, reason=_("Tiket ini tidak sedang menunggu konfirmasi Anda."))


@transaction.atomic
def confirm_closing(pk: int, *, by: User, now: datetime, version: int, key: UUID, comment: str = "") -> Ticket:
    """Close the ticket; only its reporter can (R19)."""
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    require_confirmation(ticket, by)
    ticket.confirm(now=now)
    keep(ticket, "status", "closed_at", now=now)
    record(ticket, Kind.CONFIRMED, by=by, now=now, body=comment, key=key)
    tell_holders(ticket, "ticket_confirmed", by=by, now=now)
    return ticket


def require_rejection(ticket: Ticket, by: User) -> None:
    """Raise as require_confirmation does: the same question, answered the other way."""
    require(ticket.reject, by, reason=_("Tiket ini tidak sedang menunggu konfirmasi Anda."))


@transaction.atomic
def reject_resolution(pk: int, *, by: User, now: datetime, version: int, key: UUID, reason: str) -> Ticket:
    """Say that the solution did not help: the officer who gave it has the next turn, at the same tier (A09)."""
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    require_rejection(ticket, by)
    ticket.reject(now=now)
    keep(ticket, "status", "entered_at", "reopen_count", now=now)
    open_leg(ticket, now=now)
    record(ticket, Kind.REJECTED, by=by, now=now, body=reason, key=key)
    tell_holders(ticket, "resolution_rejected", by=by, now=now)
    return ticket


def require_rating(ticket: Ticket, by: User) -> None:
    """Raise PermissionDenied for anybody but the reporter, Conflict before closing or after a first rating."""
    if not is_reporter(ticket, by):
        raise PermissionDenied
    if not ticket.is_closed or ticket.rating:
        raise Conflict(_("Penilaian diberikan satu kali, setelah tiket ditutup."))


@transaction.atomic
def rate_ticket(pk: int, *, by: User, now: datetime, rating: int) -> Ticket:
    """Keep the reporter's one-tap rating, 1 (worst) to 5."""
    ticket = Ticket.objects.lock(pk)
    require_rating(ticket, by)
    ticket.rating = rating
    keep(ticket, "rating", now=now)
    record(ticket, Kind.RATED, by=by, now=now, rating=rating)
    return ticket
