"""Moving a ticket among the staff: back down a tier, to another officer, and everything of an absent one."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from core.fsm import Conflict, require
from escalation.tiers import Desk, Tier, duty_at
from tickets.models import Attachment, Leg, Ticket, TicketEvent
from tickets.permissions import answers_for, duty_on, staff_on
from tickets.services.record import end_leg, keep, open_leg, record, require_duty, tell, tell_holders, tell_reporter

Kind = TicketEvent.Kind


def require_return(ticket: Ticket, by: User) -> Callable[[], None]:
    """Return the tier transition that leads down from here, for a person who may make it now (A11).

    Raises PermissionDenied for other units, Conflict at the first tier, when switched off, or out of turn.
    """
    require_duty(ticket, by)
    steps: dict[int, Callable[[], None]] = {
        Tier.TEKNIS: ticket.return_to_eproc,
        Tier.TIM_TEKNIS: ticket.return_to_teknis,
    }
    if not ticket.is_walk_in:  # what began at LKPP has no LPSE to go back to
        steps[Tier.EPROC] = ticket.return_to_lpse
    if not settings.TICKET_RETURN or ticket.tier not in steps:
        raise Conflict(_("Tiket tidak dapat dikembalikan ke tingkat sebelumnya."))
    require(ticket.enter_queue, by, reason=_("Tiket ini tidak sedang menunggu petugas."))
    return steps[ticket.tier]


@transaction.atomic
def return_ticket(pk: int, *, by: User, now: datetime, version: int, key: UUID, reason: str) -> Ticket:
    """Give the ticket back to the queue of the tier below, with a reason that staff and Penyelia read (A11)."""
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    step_down = require_return(ticket, by)
    role, origin = require_duty(ticket, by).role, ticket.tier
    end_leg(ticket, Leg.Outcome.RETURNED, now=now)
    step_down()
    ticket.enter_queue(now=now)
    keep(ticket, "tier", "status", "assignee", "entered_at", now=now)
    open_leg(ticket, now=now)
    record(ticket, Kind.NOTED, by=by, now=now, role=role, tier=origin, body=reason, public=False, key=key)
    record(ticket, Kind.RETURNED, by=by, now=now, role=role, tier=origin, to=ticket.tier)
    tell_reporter(ticket, "ticket_returned", now=now, to=str(Tier(ticket.tier).label))
    tell_holders(ticket, "ticket_arrived", by=by, now=now)
    return ticket


def require_reassignment(ticket: Ticket, by: User) -> str:
    """Return the role in which this person may change the officer: of the holding unit, or Penyelia.

    Raises PermissionDenied for others, Conflict for a ticket that nobody has or that is closed.
    """
    duty = duty_on(ticket, by)
    if answers_for(ticket, by) or not (duty or by.holds(Role.SUPERVISOR)):
        raise PermissionDenied
    if not ticket.assignee or ticket.is_closed:
        raise Conflict(_("Tiket ini belum mempunyai penanggung jawab."))
    return duty.role if duty else Role.SUPERVISOR


def candidates(ticket: Ticket) -> list[User]:
    """Return the officers of the holding unit who may become responsible instead."""
    people = staff_on(ticket).order_by("name")
    return [person for person in people if person != ticket.assignee and not answers_for(ticket, person)]


@transaction.atomic
def reassign_ticket(
    pk: int, *, by: User, now: datetime, version: int | None = None, key: UUID | None = None, officer: User, reason: str
) -> Ticket:
    """Make another officer of the same unit responsible; it is no response and no new turn (A01, A13).

    From a list there is no form of one ticket, so neither version nor key; the officer is checked under the lock.
    """
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    role = require_reassignment(ticket, by)
    if officer not in candidates(ticket):
        raise Conflict(_("Pilih petugas lain dari unit yang memegang tiket ini."))
    ticket.assignee = officer
    keep(ticket, "assignee", now=now)
    ticket.legs.filter(left_at=None).update(assignee=officer)
    # Words and files of the form are for staff, so they never belong to the line that the reporter reads.
    has_note = bool(reason) or Attachment.objects.filter(draft=key, draft__isnull=False).exists()
    if has_note:
        record(ticket, Kind.NOTED, by=by, now=now, role=role, body=reason, public=False, key=key)
    rest = None if has_note else key
    record(ticket, Kind.REASSIGNED, by=by, now=now, role=role, key=rest, to=officer.name)
    tell([officer], "ticket_assigned", ticket, now=now, sender=by.name)
    return ticket


def held_by(officer: User, desk: Desk) -> list[int]:
    """Return the keys of all open tickets an officer is responsible for at a desk, in the order locks are taken."""
    return list(Ticket.objects.at(desk).open().assigned_to(officer).order_by("pk").values_list("pk", flat=True))


def require_handover(desk: Desk, by: User) -> None:
    """Raise PermissionDenied for people of other units; the Penyelia may hand over at every desk."""
    if duty_at(by, desk.tier, desk.lpse.pk if desk.lpse else None) is None and not by.holds(Role.SUPERVISOR):
        raise PermissionDenied


@transaction.atomic
def hand_over(desk: Desk, *, by: User, now: datetime, absent: User, officer: User, reason: str) -> int:
    """Give everything of an absent officer at one desk to another; return how many tickets moved.

    Raises PermissionDenied for other units. A ticket on whose side the new officer stands stays where it is.
    """
    require_handover(desk, by)
    moved = 0
    for pk in held_by(absent, desk):
        ticket = Ticket.objects.lock(pk)
        if ticket.assignee == absent and officer in candidates(ticket) and not answers_for(ticket, by):
            reassign_ticket(pk, by=by, now=now, officer=officer, reason=reason)
            moved += 1
    return moved
