"""How a ticket ends: the reporter confirms, rejects, withdraws, reopens, or never answers (R19, A06–A09)."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from core.fsm import Conflict, require
from escalation.models import Clock, ClockPoint
from escalation.services import clocks
from tickets.models import Leg, Ticket, TicketEvent
from tickets.permissions import is_reporter
from tickets.services.feedback import close_request
from tickets.services.record import (
    end_leg,
    end_wait,
    keep,
    open_leg,
    record,
    stop_clocks,
    tell_holders,
    tell_reporter,
)

Kind = TicketEvent.Kind
REOPEN_FOR = timedelta(days=30)
REMINDED_FOR = timedelta(days=1)  # nobody is closed out within a day of being reminded, whatever was late
SILENCES_AT_ONCE = 500
log = logging.getLogger(__name__)


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
    end_wait(ticket, now=now)
    record(ticket, Kind.CONFIRMED, by=by, now=now, body=comment, key=key)
    tell_holders(ticket, "ticket_confirmed", by=by, now=now)
    return ticket


def require_presence(ticket: Ticket, by: User) -> None:
    """Raise PermissionDenied for all but the counter of a visitor without an account, Conflict without a solution."""
    require(ticket.confirm_in_presence, by, reason=_("Tiket ini tidak sedang menunggu konfirmasi pelapor."))


@transaction.atomic
def confirm_in_presence(
    pk: int,
    *,
    by: User,
    now: datetime,
    version: int,
    key: UUID,
    comment: str = "",
    how: TicketEvent.Confirmation = TicketEvent.Confirmation.SPOKEN,
) -> Ticket:
    """Close the ticket of a visitor without an account, who says so before the officer; the history tells it (A07)."""
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    require_presence(ticket, by)
    ticket.confirm_in_presence(now=now)
    keep(ticket, "status", "closed_at", "close_reason", now=now)
    end_wait(ticket, now=now)
    said = {"role": Role.CONSULTANT, "body": comment, "how": str(how)}
    record(ticket, Kind.CONFIRMED_IN_PRESENCE, by=by, now=now, key=key, **said)
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
    end_wait(ticket, now=now)
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
    stop_clocks(ticket, now=now)
    if staffs_turn:
        end_leg(ticket, Leg.Outcome.WITHDRAWN, now=now)
    close_request(ticket, now=now)
    record(ticket, Kind.WITHDRAWN, by=by, now=now, body=reason, key=key)
    return ticket


def close_silences(*, now: datetime) -> dict[str, int]:
    """Close what its reporter has left unanswered for the whole wait and after both reminders (A06, A08).

    The worker's own verb. Each ticket in a transaction of its own, case first; one that cannot be closed is put off.
    """
    done = {"closed": 0, "postponed": 0}
    silent = Clock.objects.running().filter(binds_reporter=True, due_at__lt=now, parked_at=None, next_at=None)
    told_lately = ClockPoint.objects.filter(clock=OuterRef("pk"), passed_at__gt=now - REMINDED_FOR)
    for clock in silent.exclude(Exists(told_lately)).order_by("due_at", "pk")[:SILENCES_AT_ONCE]:
        try:
            done["closed"] += close_unanswered(clock.case, now=now)
        except SoftTimeLimitExceeded:
            raise
        except Exception as error:
            log.exception("Ticket %s could not be closed", clock.case)
            clocks.postpone(clock.pk, error, now=now)
            done["postponed"] += 1
    return done


@transaction.atomic
def close_unanswered(number: str, *, now: datetime) -> bool:
    """Close one ticket whose reporter said nothing, and say so to both sides; it can be reopened for 30 days.

    Return False and do nothing when the reporter has answered in the meantime.
    """
    ticket = Ticket.objects.lock(Ticket.objects.get(number=number).pk)
    if not Clock.objects.running().filter(case=number, binds_reporter=True, due_at__lt=now).exists():
        return False
    give_up = ticket.give_up_data if ticket.awaits_data else ticket.give_up_confirmation
    give_up(now=now)
    keep(ticket, "status", "closed_at", "close_reason", now=now)
    stop_clocks(ticket, now=now)
    close_request(ticket, now=now)
    record(ticket, Kind.CLOSED_UNANSWERED, by=None, now=now, reason=ticket.close_reason)
    tell_reporter(ticket, "ticket_closed_unanswered", now=now)
    tell_holders(ticket, "ticket_closed_unanswered", by=None, now=now)
    return True


def require_reopening(ticket: Ticket, by: User, now: datetime | None = None) -> None:
    """Raise PermissionDenied for anybody but the reporter, Conflict for an open ticket or 30 days after closing.

    A page that draws the button asks for the present moment.
    """
    require(ticket.reopen, by, reason=_("Tiket ini masih terbuka."))
    if ticket.redacted_at:
        raise Conflict(_("Isi tiket ini sudah dihapus. Silakan buat tiket baru."))
    if ticket.closed_at and (now or timezone.now()) - ticket.closed_at > REOPEN_FOR:
        raise Conflict(_("Tiket hanya dapat dibuka kembali dalam 30 hari setelah ditutup. Silakan buat tiket baru."))


@transaction.atomic
def reopen_ticket(pk: int, *, by: User, now: datetime, version: int, key: UUID, reason: str) -> Ticket:
    """Bring a closed ticket back to the queue of the tier where it was closed; from the counter to Helpdesk Eproc."""
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    require_reopening(ticket, by, now)
    ticket.reopen(now=now)
    fields = ["status", "closed_at", "close_reason", "rating", "assignee", "at_counter", "entered_at", "reopen_count"]
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
