"""The consultation itself: a room, an hour, a ticket, an end (R23–R25, R35). Case first: visit, ticket, then clocks."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from consultations.models import Room, Visit, VisitEvent
from consultations.models.queue import day_of
from consultations.services.telling import record
from core.fsm import AlreadyDone, Conflict, Stale, require
from escalation.models import Promise
from escalation.services import clocks
from escalation.tiers import Tier
from tickets.models import Ticket, TicketEvent
from tickets.services import counter, feedback, handling, tracking
from tickets.services.closing import confirm_in_presence
from tracking.services import generation_of

Kind = VisitEvent.Kind


class Outcome(models.TextChoices):
    """How a consultation ends for its ticket, as the officer chooses it."""

    SOLVED = "solved", gettext_lazy("Selesai di tempat")
    AWAITING_DATA = "awaiting_data", gettext_lazy("Menunggu data dari tamu")
    TEKNIS = "teknis", gettext_lazy("Eskalasi ke Helpdesk Teknis")
    TIM_TEKNIS = "tim_teknis", gettext_lazy("Eskalasi ke Tim Teknis")


# Where an officer sits


def require_consultant(by: User) -> None:
    if not by.holds(Role.CONSULTANT):
        raise PermissionDenied


def room_of(officer: User) -> Room | None:
    """Return the room in which this officer receives visitors now."""
    return Room.objects.filter(officer=officer).first()


def active_visit(officer: User) -> Visit | None:
    """Return who is on the way to this officer or sits with them."""
    return Visit.objects.active().filter(officer=officer).first()


@transaction.atomic
def sit_down(room_pk: int, *, by: User, now: datetime) -> Room:
    """Receive visitors in this room from now on, and no longer in another; whoever sits there idle leaves it.

    Raises Conflict when the room is closed or has a visitor, or while a visitor is with the officer elsewhere.
    """
    require_consultant(by)
    rooms = {room.pk: room for room in _lock_rooms(by, Q(pk=room_pk) | Q(officer=by))}
    room = rooms.pop(room_pk, None)
    if room is None or not room.is_open or Visit.objects.active().filter(room=room).exclude(officer=by).exists():
        raise Conflict(_("Ruang ini dipakai untuk konsultasi atau sedang ditutup. Pilih ruang lain."))
    for left in rooms.values():
        _leave(left, by)
    room.officer, room.seated_on = by, day_of(now)
    room.save(update_fields=["officer", "seated_on"])
    return room


@transaction.atomic
def stand_up(*, by: User) -> None:
    """Receive nobody for now; raises Conflict while a visitor is on the way or in the room."""
    require_consultant(by)
    for room in _lock_rooms(by, Q(officer=by)):
        _leave(room, by)


def _lock_rooms(by: User, which: Q) -> list[Room]:
    """Lock rooms, the officer first: in two tabs they must not sit down in two rooms."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    return list(Room.objects.filter(which).order_by("pk").select_for_update(of=("self",), no_key=True))


def _leave(room: Room, by: User) -> None:
    if active_visit(by):
        raise Conflict(_("Selesaikan dahulu konsultasi dengan tamu Anda."))
    _empty(room)


@transaction.atomic
def empty_rooms(*, now: datetime) -> int:
    """Let nobody be in a room since an earlier day but officers whose visitor is still there; return how many left."""
    forgotten = Room.objects.filter(officer__isnull=False, seated_on__lt=day_of(now)).order_by("pk")
    idle = [
        room
        for room in forgotten.select_for_update(of=("self",), no_key=True)
        if not Visit.objects.active().filter(room=room).exists()
    ]
    for room in idle:
        _empty(room)
    return len(idle)


def _empty(room: Room) -> None:
    room.officer = room.seated_on = None
    room.save(update_fields=["officer", "seated_on"])


# The session


def require_start(visit: Visit, by: User) -> None:
    """Raise PermissionDenied for all but the officer the visitor was directed to, Conflict when it has begun."""
    require(visit.start, by, reason=_("Konsultasi ini sudah dimulai, atau tamu tidak lagi diarahkan ke ruang Anda."))


@transaction.atomic
def start_session(pk: int, *, by: User, now: datetime) -> Visit:
    """Begin the hour (A19)."""
    visit = Visit.objects.lock(pk)
    require_start(visit, by)
    url, reporter = visit.get_absolute_url(), visit.reporter
    code = Promise.Code.CONSULTATION
    visit.clock = clocks.start_clock(code, case=visit.number, url=url, reporter=reporter, lpse=None, now=now)
    visit.start(now=now)
    visit.save(update_fields=["state", "started_at", "clock"])
    record(visit, Kind.STARTED, by=by, now=now)
    return visit


def require_session(visit: Visit, by: User) -> None:
    """Raise PermissionDenied for all but the officer of the session, Conflict before it begins and after its end."""
    require(visit.finish, by, reason=_("Konsultasi ini tidak sedang berlangsung."))


def require_filing(visit: Visit, by: User) -> None:
    """Raise as require_session does, and Conflict when there is a ticket already."""
    require_session(visit, by)
    if visit.ticket:
        raise Conflict(_("Tiket Konsultasi untuk kunjungan ini sudah dibuat: %(number)s.") % {"number": visit.ticket})


@transaction.atomic
def file_ticket(pk: int, *, by: User, now: datetime, key: UUID, facts: dict[str, Any], answer: str) -> Ticket:
    """Make the Tiket Konsultasi from question and answer, with the files scanned at reception (R23, R24).

    Raises AlreadyDone for the same form sent twice.
    """
    visit = Visit.objects.lock(pk)
    if visit.ticket and visit.ticket.filing_key == key:
        raise AlreadyDone
    require_filing(visit, by)
    visit.ticket = counter.file_consultation(
        by=by,
        key=key,
        now=now,
        reporter=visit.reporter,
        visit=visit.number,
        is_compensated=visit.is_compensated,
        facts=facts,
        answer=answer,
    )
    visit.save(update_fields=["ticket"])
    record(visit, Kind.TICKET_FILED, by=by, now=now, number=visit.ticket.number)
    return visit.ticket


def needs_outcome(ticket: Ticket) -> bool:
    """Whether the counter still has the ticket, so that the officer must say what becomes of it."""
    return ticket.at_counter and ticket.is_in_progress


def last_answer(ticket: Ticket) -> str:
    """Return what the visitor was last told in writing, or nothing."""
    said = ticket.events.filter(kind=TicketEvent.Kind.REPLIED).exclude(actor_role="").last()
    return said.body if said else ""


def require_end(visit: Visit, by: User) -> Ticket:
    """Return the ticket of the session; raise as require_session does, and Conflict while there is none."""
    require_session(visit, by)
    if visit.ticket is None:
        raise Conflict(_("Buat Tiket Konsultasi lebih dahulu. Setiap konsultasi dicatat sebagai tiket."))
    return visit.ticket


@transaction.atomic
def end_session(pk: int, *, by: User, now: datetime, version: int, key: UUID, outcome: str, **words: Any) -> Visit:
    """End the session with what becomes of its ticket; `words` are those of the ticket's own verb.

    Raises AlreadyDone for the same form sent twice, Stale when the ticket changed since the page was drawn.
    """
    visit, ticket = _lock_for_end(pk, by, key)
    if not needs_outcome(ticket):
        raise Stale(_("Tiket ini sudah ditindaklanjuti sejak Anda membuka halaman ini."))
    ACTS[Outcome(outcome)](ticket.pk, by=by, now=now, version=version, key=key, **words)
    return _finish(visit, by=by, now=now, key=key, outcome=outcome)


@transaction.atomic
def finish_session(pk: int, *, by: User, now: datetime, key: UUID) -> Visit:
    """End the session of a ticket that was solved or passed on through its own page.

    Raises AlreadyDone for the same form sent twice, Conflict while the counter still has the ticket.
    """
    visit, ticket = _lock_for_end(pk, by, key)
    if needs_outcome(ticket):
        raise Conflict(_("Pilih hasil konsultasi lebih dahulu."))
    return _finish(visit, by=by, now=now, key=key, outcome=outcome_of(ticket))


def outcome_of(ticket: Ticket) -> Outcome:
    """Return what became of a ticket that the counter no longer has to do anything about."""
    if ticket.awaits_data:
        return Outcome.AWAITING_DATA
    if ticket.is_closed or ticket.awaits_confirmation:
        return Outcome.SOLVED
    return Outcome.TIM_TEKNIS if ticket.tier == Tier.TIM_TEKNIS else Outcome.TEKNIS


def _lock_for_end(pk: int, by: User, key: UUID) -> tuple[Visit, Ticket]:
    visit = Visit.objects.lock(pk)
    if visit.events.filter(kind=Kind.FINISHED, data__key=str(key)).exists():
        raise AlreadyDone
    return visit, require_end(visit, by)


def _finish(visit: Visit, *, by: User, now: datetime, key: UUID, outcome: str) -> Visit:
    """The ticket was dealt with before; the hour ends last, broken first if it was too long."""
    clocks.meet(visit.clock_id, now=now)
    visit.finish(now=now)
    visit.save(update_fields=["state", "ended_at"])
    record(visit, Kind.FINISHED, by=by, now=now, key=str(key), outcome=outcome)
    return visit


def require_code(visit: Visit, by: User) -> Ticket:
    """Return the ticket whose access code may be handed over; raise PermissionDenied but for those at the counter."""
    if not by.holds(Role.RECEPTIONIST, Role.CONSULTANT) or visit.reporter.user_id == by.pk:
        raise PermissionDenied
    if visit.ticket is None:
        raise Conflict(_("Kunjungan ini belum mempunyai Tiket Konsultasi."))
    return visit.ticket


@transaction.atomic
def hand_over_code(pk: int, *, by: User, now: datetime, address: str, generation: int) -> str:
    """Return a new access code for the visitor who stands there, shown once, wherever their ticket is now (R26).

    Raises AlreadyDone when this is not the code after the one the page knew of: a page sent again must not make the
    code on paper worthless.
    """
    visit = Visit.objects.lock(pk)
    ticket = require_code(visit, by)
    if generation != generation_of(ticket.number):
        raise AlreadyDone
    return tracking.give_code(ticket, by=by, now=now, address=address)


def _solve(pk: int, *, by: User, now: datetime, version: int, key: UUID, solution: str, agreed: bool) -> None:
    """Give the solution; a person without account may agree to closing there and then (A07)."""
    solved = handling.resolve_ticket(pk, by=by, now=now, version=version, key=key, solution=solution)
    if agreed:
        confirm_in_presence(pk, by=by, now=now, version=solved.version, key=uuid4())


ACTS: dict[Outcome, Callable[..., object]] = {
    Outcome.SOLVED: _solve,
    Outcome.AWAITING_DATA: feedback.request_data,
    Outcome.TEKNIS: partial(handling.escalate_ticket, to=Tier.TEKNIS),
    Outcome.TIM_TEKNIS: partial(handling.escalate_ticket, to=Tier.TIM_TEKNIS),
}
