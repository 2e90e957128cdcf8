"""What every verb does besides its transition: keep the row, write the history, turn the legs, tell people."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.urls import reverse

from accounts.models import Duty, Lpse, User
from escalation.models import Clock, Promise
from escalation.services import clocks
from notifications.services import notify
from tickets.models import Draft, Leg, Ticket, TicketEvent
from tickets.permissions import duty_on, staff_on
from tickets.services.uploads import require_room


def require_duty(ticket: Ticket, by: User) -> Duty:
    """Return the duty by which this person works at the holding unit; raise PermissionDenied without one."""
    duty = duty_on(ticket, by)
    if duty is None:
        raise PermissionDenied
    return duty


def keep(ticket: Ticket, *fields: str, now: datetime) -> None:
    """Save the named fields; every public change raises the version, so older forms are told."""
    ticket.version += 1
    ticket.changed_at = now
    ticket.save(update_fields=[*fields, "version", "changed_at"])


def line_of(
    ticket: Ticket,
    kind: TicketEvent.Kind,
    *,
    by: User | None,
    now: datetime,
    role: str = "",
    tier: int | None = None,
    body: str = "",
    public: bool = True,
    key: UUID | None = None,
    **data: Any,
) -> TicketEvent:
    """Return one line of history, unsaved.

    No `role` means the reporter wrote it, or the worker when `by` is None; `tier` defaults to where the ticket is.
    """
    return TicketEvent(
        ticket=ticket,
        kind=kind,
        key=key,
        actor=by,
        actor_role=role,
        tier=tier or ticket.tier,
        version=ticket.version,
        is_public=public,
        body=body,
        data=data,
        at=now,
    )


def record(
    ticket: Ticket, kind: TicketEvent.Kind, *, by: User | None, key: UUID | None = None, **facts: Any
) -> TicketEvent:
    """Write one line of history as `line_of` says it, with the files of the draft that carries the same key."""
    event = line_of(ticket, kind, by=by, key=key, **facts)
    event.save()
    if key and by:
        # Locked, so that the twin of a double click cannot add a file to a draft that is being sent.
        draft = Draft.objects.visible_to(by).select_for_update().filter(key=key).first()
        if draft:
            take_files(event, draft)
    return event


def take_files(event: TicketEvent, draft: Draft) -> None:
    """Let the files of a locked draft belong to a line of history, and end the draft; raise Conflict for too many."""
    require_room(event.ticket, draft)
    draft.attachments.update(event=event, draft=None)
    draft.delete()


def words_of(value: Any) -> set[str]:
    """Return every text that a form's value holds, empty ones left out."""
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return set[str]().union(*map(words_of, value))
    return {str(value)} - {""}


def words_sent(ticket: Ticket, key: UUID) -> set[str]:
    """Return every text that the form with this key has written into the history; none if it was not sent."""
    sent = ticket.events.filter(key=key).first()
    if sent is None:
        return set()
    events = list(ticket.events.filter(actor=sent.actor, at=sent.at))
    words: list[Any] = [event.body for event in events]
    words += [fact for event in events for fact in event.data.values() if isinstance(fact, str)]
    for asked in ticket.data_requests.filter(event__in=events):
        words += [str(asked.reply_by), *asked.items.values_list("name", flat=True)]
    for answered in ticket.data_requests.filter(
        pk__in=[event.data["request"] for event in events if "request" in event.data]
    ):
        words += answered.items.values_list("reason", flat=True)
    return words_of(words)


def _start_clock(ticket: Ticket, code: Promise.Code, *, lpse: Lpse | None, now: datetime) -> Clock:
    facts = {"case": ticket.number, "claim": ticket.claim, "url": ticket.get_absolute_url()}
    return clocks.start_clock(code, reporter=ticket.reporter, lpse=lpse, now=now, **facts)


def promise_response(ticket: Ticket, *, now: datetime) -> Clock:
    """Promise the reporter a first response, on the calendar of the unit that has it first, wherever it goes (A04)."""
    clock = ticket.response_clock = _start_clock(ticket, Promise.Code.FIRST_RESPONSE, lpse=ticket.desk.lpse, now=now)
    ticket.save(update_fields=["response_clock"])
    return clock


def open_leg(ticket: Ticket, *, now: datetime) -> None:
    """Begin a turn of the staff where the ticket is now, and its clock on the calendar of that unit (A02, A04)."""
    lpse = ticket.desk.lpse
    clock = _start_clock(ticket, Promise.Code.TURN, lpse=lpse, now=now)
    ticket.legs.create(tier=ticket.tier, lpse=lpse, assignee=ticket.assignee, entered_at=now, clock=clock)
    show_due([ticket.number])


def respond(ticket: Ticket, *, now: datetime) -> None:
    """The reporter has an answer of a person: that keeps the first promise, and that of the present turn (A01)."""
    clocks.meet(ticket.response_clock_id, now=now)
    for clock in ticket.legs.filter(left_at=None).values_list("clock", flat=True):
        clocks.meet(clock, now=now)
    show_due([ticket.number])


def end_leg(ticket: Ticket, outcome: Leg.Outcome, *, now: datetime) -> Leg:
    """End the present turn of the staff, and with it its clock; there must be exactly one.

    What comes next says what is due then: `open_leg`, or whatever has ended the other clocks.
    """
    leg = ticket.legs.get(left_at=None)
    leg.left_at = now
    leg.outcome = outcome
    leg.save(update_fields=["left_at", "outcome"])
    clocks.meet(leg.clock_id, now=now)
    return leg


def await_reporter(ticket: Ticket, outcome: Leg.Outcome, code: Promise.Code, *, now: datetime) -> None:
    """Answer, end the turn of the staff and begin that of the reporter, counted where the reporter is (A05, A08)."""
    respond(ticket, now=now)
    leg = end_leg(ticket, outcome, now=now)
    leg.wait = _start_clock(ticket, code, lpse=ticket.lpse, now=now)
    leg.save(update_fields=["wait"])


def end_wait(ticket: Ticket, *, now: datetime) -> None:
    """The reporter has answered: their clock is met."""
    for clock in ticket.legs.order_by("-pk").values_list("wait", flat=True)[:1]:
        clocks.meet(clock, now=now)


def stop_clocks(ticket: Ticket, *, now: datetime) -> None:
    """Nobody owes anything about this ticket any more."""
    for clock in Clock.objects.running().filter(case=ticket.number).order_by("pk").values_list("pk", flat=True):
        clocks.stop(clock, now=now)
    show_due([ticket.number])


def show_due(numbers: list[str]) -> None:
    """Copy onto these tickets what their clocks say: the first promise, and what is due now."""
    running = Clock.objects.running().filter(case=OuterRef("number"), binds_reporter=False).order_by("due_at")
    promised = Clock.objects.filter(pk=OuterRef("response_clock"))
    Ticket.objects.filter(number__in=numbers).update(
        due_at=Subquery(running.values("due_at")[:1]), promised_at=Subquery(promised.values("due_at"))
    )


def tell(people: Iterable[User], kind: str, ticket: Ticket, *, now: datetime, **context: Any) -> None:
    """Notify people about a ticket."""
    notify(people, kind, now=now, **about(ticket), **context)


def about(ticket: Ticket) -> dict[str, str]:
    """Return what every message about a ticket carries."""
    return {"url": ticket.get_absolute_url(), "number": ticket.number, "title": ticket.title}


def about_for_reporter(ticket: Ticket) -> dict[str, str]:
    """Return what every message to the reporter carries; without an account they open their ticket by its code."""
    if not ticket.reporter.is_visitor:
        return about(ticket)
    return about(ticket) | {"url": reverse("tickets:tracked", args=[ticket.number])}


def tell_reporter(ticket: Ticket, kind: str, *, now: datetime, **context: Any) -> None:
    """Notify the reporter."""
    if ticket.reporter.user:
        notify([ticket.reporter.user], kind, now=now, **about_for_reporter(ticket), **context)


def tell_holders(ticket: Ticket, kind: str, *, by: User | None, now: datetime, **context: Any) -> None:
    """Notify the officer responsible, else everybody of the holding unit, but not whoever did it."""
    people = [ticket.assignee] if ticket.assignee else staff_on(ticket)
    tell([person for person in people if person != by], kind, ticket, now=now, **context)
