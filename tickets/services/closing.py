"""What the reporter does with a solution (R19, A07, A09)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.fsm import Conflict, require
from tickets.models import Leg, Ticket, TicketEvent
from tickets.permissions import is_reporter
from tickets.services.feedback import close_request
from tickets.services.record import end_leg, keep, open_leg, record, tell_holders

Kind = TicketEvent.Kind
REOPEN_FOR = timedelta(days=30)


def require_confirmation(ticket: Ticket, by: User) -> None:
    """Raise PermissionDenied for anybody but the reporter (A07), Conflict when no solution awaits an answer."""
    require(ticket.confirm, by, reason=_("Tiket ini tidak sedang menunggu konfirmasi Anda."))


@transaction.atomic
def confirm_closing(pk: int, *, by: User, now: datetime, version: int, key: UUID, comment: str = "") -> Ticket:
    """Close the ticket; only its reporter can (R19)."""
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    require_confirmation(ticket, by)
    ticket.confirm(now=now)
    keep(ticket, "status", "closed_at", "close_reason", now=now)
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


def require_withdrawal(ticket: Ticket, by: User) -> None:
    """Raise PermissionDenied for anybody but the reporter, Conflict once a solution was given or it is closed."""
    require(ticket.withdraw, by, reason=_("Tiket ini tidak dapat dibatalkan pada status saat ini."))


@transaction.atomic
def withdraw_ticket(pk: int, *, by: User, now: datetime, version: int, key: UUID, reason: str = "") -> Ticket:
    """Close the ticket because its reporter needs no help any more; it can be reopened for 30 days."""
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    require_withdrawal(ticket, by)
    tell_holders(ticket, "ticket_withdrawn", by=by, now=now)
    staffs_turn = not ticket.awaits_data
    ticket.withdraw(now=now)
    keep(ticket, "status", "closed_at", "close_reason", now=now)
    if staffs_turn:
        end_leg(ticket, Leg.Outcome.WITHDRAWN, now=now)
    close_request(ticket, now=now)
    record(ticket, Kind.WITHDRAWN, by=by, now=now, body=reason, key=key)
    return ticket


def require_reopening(ticket: Ticket, by: User, now: datetime | None = None) -> None:
    """Raise PermissionDenied for anybody but the reporter, Conflict for an open ticket or 30 days after closing.

    A page that draws the button asks for the present moment.
    """
    require(ticket.reopen, by, reason=_("Tiket ini masih terbuka."))
    if ticket.closed_at and (now or timezone.now()) - ticket.closed_at > REOPEN_FOR:
        raise Conflict(_("Tiket hanya dapat dibuka kembali dalam 30 hari setelah ditutup. Silakan buat tiket baru."))


@transaction.atomic
def reopen_ticket(pk: int, *, by: User, now: datetime, version: int, key: UUID, reason: str) -> Ticket:
    """Bring a closed ticket back to the queue of the tier where it was closed."""
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    require_reopening(ticket, by, now)
    ticket.reopen(now=now)
    fields = ["status", "closed_at", "close_reason", "rating", "assignee", "entered_at", "reopen_count"]
    keep(ticket, *fields, now=now)
    open_leg(ticket, now=now)
    record(ticket, Kind.REOPENED, by=by, now=now, body=reason, key=key)
    tell_holders(ticket, "ticket_reopened", by=by, now=now)
    return ticket


def require_rating(ticket: Ticket, by: User) -> None:
    """Raise PermissionDenied for anybody but the reporter, Conflict before closing or after a first rating."""
    if not is_reporter(ticket, by):
        raise PermissionDenied
    if not ticket.is_closed or ticket.rating or ticket.was_withdrawn:
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
