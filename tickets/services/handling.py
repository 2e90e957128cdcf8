"""What the staff of the holding unit do with a ticket (R11–R17); replies belong to both sides."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.fsm import Conflict, require
from escalation.models import Promise
from escalation.tiers import Desk, Tier, duty_at
from tickets.models import Leg, Ticket, TicketEvent
from tickets.permissions import answers_for, serves_here
from tickets.services.record import (
    await_reporter,
    end_leg,
    keep,
    open_leg,
    record,
    require_duty,
    respond,
    tell_holders,
    tell_reporter,
)

Kind = TicketEvent.Kind


def require_take(ticket: Ticket, by: User) -> None:
    """Raise PermissionDenied for other units, Conflict when somebody has it already."""
    if ticket.assignee and ticket.is_in_progress:
        reason = _("Tiket ini sudah diambil oleh %(name)s.") % {"name": ticket.assignee}
    else:
        reason = _("Tiket ini tidak sedang menunggu diambil.")
    require(ticket.take, by, reason=reason)


@transaction.atomic
def take_ticket(pk: int, *, by: User, now: datetime, version: int | None = None) -> Ticket:
    """Make this officer responsible (R11). Taking is not a response (A01).

    Raises PermissionDenied for other units, Conflict when somebody was faster, Stale when the page was older.
    """
    ticket = Ticket.objects.lock(pk, version=version)
    require_take(ticket, by)
    ticket.take(officer=by)
    keep(ticket, "status", "assignee", now=now)
    ticket.legs.filter(left_at=None).update(assignee=by)
    record(ticket, Kind.TAKEN, by=by, now=now, role=require_duty(ticket, by).role)
    return ticket


@transaction.atomic
def take_next_ticket(desk: Desk, *, by: User, now: datetime) -> Ticket:
    """Take what stands first at this desk; two officers at once get two tickets.

    Raises PermissionDenied for other units, Conflict when nothing waits.
    """
    if duty_at(by, desk.tier, desk.lpse.pk if desk.lpse else None) is None:
        raise PermissionDenied
    waiting = Ticket.objects.at(desk).unassigned().exclude(reporter__user=by).order_by("queue_rank", "queue_due", "pk")
    first = waiting.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if first is None:
        raise Conflict(_("Tidak ada tiket yang menunggu diambil."))
    return take_ticket(first.pk, by=by, now=now)


def require_reply(ticket: Ticket, by: User) -> str:
    """Return the role in which this person may reply now, empty for the reporter.

    Raises PermissionDenied for others, Conflict when the ticket is closed or awaits the reporter's confirmation.
    """
    role = "" if answers_for(ticket, by) else require_duty(ticket, by).role
    if ticket.is_closed:
        raise Conflict(_("Tiket ini sudah ditutup."))
    if not role and ticket.awaits_data:
        raise Conflict(_("Petugas menunggu data dari Anda. Balas melalui jawaban permintaan data."))
    if not role and ticket.awaits_confirmation:
        raise Conflict(_("Solusi sudah diberikan. Silakan konfirmasi penutupan atau nyatakan belum selesai."))
    return role


@transaction.atomic
def reply_to_ticket(pk: int, *, by: User, now: datetime, version: int, key: UUID, text: str) -> Ticket:
    """Say something that both sides read."""
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    role = require_reply(ticket, by)
    keep(ticket, now=now)
    record(ticket, Kind.REPLIED, by=by, now=now, role=role, body=text, key=key)
    if role:
        respond(ticket, now=now)
        tell_reporter(ticket, "ticket_replied", now=now, sender=by.name)
    else:
        tell_holders(ticket, "reporter_replied", by=by, now=now, sender=by.name)
    return ticket


def require_note(ticket: Ticket, by: User) -> str:
    """Return the role in which this person may write an internal note now.

    Raises PermissionDenied for others and for the reporter (A15), Conflict when the ticket is closed.
    """
    if not serves_here(ticket, by):
        raise PermissionDenied
    if ticket.is_closed:
        raise Conflict(_("Tiket ini sudah ditutup."))
    return require_duty(ticket, by).role


@transaction.atomic
def add_internal_note(pk: int, *, by: User, now: datetime, version: int, key: UUID, text: str) -> Ticket:
    """Write something that only staff read; it never counts as a response (A01)."""
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    role = require_note(ticket, by)
    record(ticket, Kind.NOTED, by=by, now=now, role=role, body=text, public=False, key=key)
    return ticket


def require_escalation(ticket: Ticket, by: User, to: Tier | None = None) -> Callable[..., None]:
    """Return the tier transition that leads up from here, for a person who may make it now.

    `to` is for the counter, from where two lead up (R25); everywhere else there is one. Raises PermissionDenied for
    other units, Conflict for another tier, when staff are not awaited or at the end of the chain (R17).
    """
    require_duty(ticket, by)
    steps: dict[tuple[int, Tier | None], Callable[..., None]] = {
        (Tier.LPSE, Tier.EPROC): ticket.pass_to_eproc,
        (Tier.EPROC, Tier.TEKNIS): ticket.pass_to_teknis,
        (Tier.TEKNIS, Tier.TIM_TEKNIS): ticket.pass_to_tim_teknis,
    }
    if ticket.at_counter:
        steps[Tier.EPROC, Tier.TIM_TEKNIS] = ticket.pass_to_tim_teknis_from_counter
    if ticket.tier == Tier.TIM_TEKNIS:
        raise Conflict(_("Tim Teknis adalah tingkat terakhir. Tiket tidak dapat diteruskan lagi."))
    step = steps.get((ticket.tier, to or ticket.next_tier))
    if step is None:
        raise Conflict(_("Tiket ini tidak dapat diteruskan langsung ke tingkat tersebut."))
    require(
        ticket.enter_queue, by, reason=_("Tiket ini tidak sedang menunggu petugas, sehingga tidak dapat diteruskan.")
    )
    return step


@transaction.atomic
def escalate_ticket(
    pk: int, *, by: User, now: datetime, version: int, key: UUID, analysis: str, line: str, to: Tier | None = None
) -> Ticket:
    """Pass the ticket one tier up with everything it carries (R12, R14, R16, A12); from the counter `to` one of two.

    `analysis` is for staff, `line` for the reporter. Raises Conflict at the last tier or when staff are not awaited.
    """
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    pass_on = require_escalation(ticket, by, to)
    role, origin = require_duty(ticket, by).role, ticket.tier
    if ticket.at_counter:
        respond(ticket, now=now)  # the officer has spoken with the visitor
    end_leg(ticket, Leg.Outcome.ESCALATED, now=now)  # first: if it ends late, it was late where the ticket was
    pass_on(now=now)
    ticket.enter_queue(now=now)
    keep(ticket, "tier", "status", "assignee", "at_counter", "entered_at", "reached_lkpp_at", now=now)
    open_leg(ticket, now=now)
    chosen: dict[str, Any] = {"chosen": str(to.value)} if to else {}
    record(ticket, Kind.ANALYSED, by=by, now=now, role=role, tier=origin, body=analysis, public=False, key=key)
    record(ticket, Kind.ESCALATED, by=by, now=now, role=role, tier=origin, body=line, to=ticket.tier, **chosen)
    tell_reporter(ticket, "ticket_escalated", now=now, to=str(Tier(ticket.tier).label))
    tell_holders(ticket, "ticket_arrived", by=by, now=now)
    return ticket


def require_resolution(ticket: Ticket, by: User) -> None:
    """Raise PermissionDenied for other units and for the reporter (A15), Conflict unless it is in progress."""
    require(ticket.resolve, by, reason=_("Ambil tiket ini lebih dahulu sebelum memberikan solusi."))


@transaction.atomic
def resolve_ticket(pk: int, *, by: User, now: datetime, version: int, key: UUID, solution: str) -> Ticket:
    """Give the solution, which is the product of the service (R41), and ask the reporter to confirm (R19)."""
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    require_resolution(ticket, by)
    ticket.resolve()
    keep(ticket, "status", now=now)
    await_reporter(ticket, Leg.Outcome.RESOLVED, Promise.Code.CONFIRMATION_WAIT, now=now)
    record(ticket, Kind.RESOLVED, by=by, now=now, role=require_duty(ticket, by).role, body=solution, key=key)
    tell_reporter(ticket, "ticket_resolved", now=now)
    return ticket
