"""What every verb does besides its transition: keep the row, write the history, turn the legs, tell people."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied

from accounts.models import Duty, User
from escalation.tiers import Tier, duty_at, staff_of
from notifications.services import notify
from tickets.models import Draft, Leg, Ticket, TicketEvent
from tickets.services.uploads import require_room


def require_duty(ticket: Ticket, by: User) -> Duty:
    """Return the duty by which this person works at the holding unit; raise PermissionDenied without one."""
    duty = duty_at(by, ticket.tier, ticket.lpse_id)
    if duty is None:
        raise PermissionDenied
    return duty


def keep(ticket: Ticket, *fields: str, now: datetime) -> None:
    """Save the named fields; every public change raises the version, so older forms are told."""
    ticket.version += 1
    ticket.changed_at = now
    ticket.save(update_fields=[*fields, "version", "changed_at"])


def record(
    ticket: Ticket,
    kind: TicketEvent.Kind,
    *,
    by: User,
    now: datetime,
    role: str = "",
    tier: int | None = None,
    body: str = "",
    public: bool = True,
    key: UUID | None = None,
    **data: Any,
) -> TicketEvent:
    """Write one line of history, with the files of the draft that carries the same key.

    An empty `role` means the reporter wrote it; `tier` defaults to where the ticket is now.
    """
    event = ticket.events.create(
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
    if key:
        # Locked, so that the twin of a double click cannot add a file to a draft that is being sent.
        draft = Draft.objects.visible_to(by).select_for_update().filter(key=key).first()
        if draft:
            require_room(ticket, draft)
            draft.attachments.update(event=event, draft=None)
            draft.delete()
    return event


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
    words += [to for event in events if isinstance(to := event.data.get("to"), str)]
    for asked in ticket.data_requests.filter(event__in=events):
        words += [str(asked.reply_by), *asked.items.values_list("name", flat=True)]
    for answered in ticket.data_requests.filter(
        pk__in=[event.data["request"] for event in events if "request" in event.data]
    ):
        words += answered.items.values_list("reason", flat=True)
    return words_of(words)


def open_leg(ticket: Ticket, *, now: datetime) -> None:
    """Begin a turn of the staff where the ticket is now."""
    lpse = ticket.lpse if ticket.tier == Tier.LPSE else None
    ticket.legs.create(tier=ticket.tier, lpse=lpse, assignee=ticket.assignee, entered_at=now)


def end_leg(ticket: Ticket, outcome: Leg.Outcome, *, now: datetime) -> None:
    """End the present turn of the staff; there must be exactly one."""
    leg = ticket.legs.get(left_at=None)
    leg.left_at = now
    leg.outcome = outcome
    leg.save(update_fields=["left_at", "outcome"])


def tell(people: Iterable[User], kind: str, ticket: Ticket, *, now: datetime, **context: Any) -> None:
    """Notify people about a ticket."""
    url = ticket.get_absolute_url()
    notify(people, kind, url=url, now=now, number=ticket.number, title=ticket.title, **context)


def tell_reporter(ticket: Ticket, kind: str, *, now: datetime, **context: Any) -> None:
    """Notify the reporter, if they have an account to read it in."""
    if ticket.reporter.user:
        tell([ticket.reporter.user], kind, ticket, now=now, **context)


def tell_holders(ticket: Ticket, kind: str, *, by: User, now: datetime, **context: Any) -> None:
    """Notify the officer responsible, else everybody of the holding unit, but not whoever did it."""
    people = [ticket.assignee] if ticket.assignee else staff_of(ticket.tier, ticket.lpse_id)
    tell([person for person in people if person != by], kind, ticket, now=now, **context)
