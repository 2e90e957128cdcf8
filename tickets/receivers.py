"""What a ticket does when the clock engine says that a promise is near its end, broken or counted anew (A02, R39)."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from accounts.models import Lpse, Role, User
from accounts.signals import office_closes
from core.dates import long_date
from core.fsm import Conflict
from escalation.models import Clock, ClockPoint, Entitlement, Promise
from escalation.signals import cases_needed, clock_breached, clock_warned, clocks_moved
from escalation.tiers import Desk, people_with
from notifications.models import Notification
from notifications.services import compose, notify_all
from tickets.models import Ticket, TicketEvent
from tickets.permissions import staff_on
from tickets.services.record import about, about_for_reporter, line_of, show_due

if TYPE_CHECKING:
    from escalation.services.recount import Move

Kind = TicketEvent.Kind
Code = Promise.Code
OURS = (Code.FIRST_RESPONSE, Code.TURN)


def _tickets_of(cases: list[str]) -> list[Ticket]:
    """Return the tickets behind these cases, not locked; none for a case of another door."""
    rows = Ticket.objects.select_related("reporter__user", "lpse", "assignee", "response_clock")
    return list(rows.filter(number__in=cases).defer("description", "response_clock__count"))


def _is_echo(clock: Clock, ticket: Ticket) -> bool:
    """Whether the turn at the first tier says what the promise to the reporter says too, while that one still runs."""
    first = ticket.response_clock
    return (
        clock.promise.code == Code.TURN
        and first is not None
        and first.due_at == clock.due_at
        and (first.is_running or first.is_breached)
    )


class Round:
    """Lines of history and messages about many tickets, written together."""

    def __init__(self, cases: list[str], now: datetime) -> None:
        self.now, self.tickets = now, {ticket.number: ticket for ticket in _tickets_of(cases)}
        self.lines: list[TicketEvent] = []
        self.messages: list[Notification] = []
        self.units: dict[tuple[bool, Desk], list[User]] = {}

    def record(self, ticket: Ticket, kind: Kind, *, by: User | None = None, **facts: Any) -> None:
        self.lines.append(line_of(ticket, kind, by=by, now=self.now, **facts))

    def tell(self, people: Iterable[User], kind: str, ticket: Ticket, **context: Any) -> None:
        self.messages += compose(people, kind, now=self.now, **about(ticket), **context)

    def tell_reporter(self, ticket: Ticket, kind: str, **context: Any) -> None:
        people = filter(None, [ticket.reporter.user])
        self.messages += compose(people, kind, now=self.now, **about_for_reporter(ticket), **context)

    def tell_staff(self, ticket: Ticket, kind: str, **context: Any) -> None:
        """Tell whoever has the ticket, else everybody of the holding unit, and the Penyelia."""
        self.tell(dict.fromkeys([*self.holders(ticket), *self.supervisors]), kind, ticket, **context)

    @cached_property
    def supervisors(self) -> list[User]:
        return list(people_with(Role.SUPERVISOR))

    def holders(self, ticket: Ticket) -> list[User]:
        if ticket.assignee:
            return [ticket.assignee]
        unit = (ticket.at_counter, ticket.desk)
        if unit not in self.units:
            self.units[unit] = list(staff_on(ticket))
        return self.units[unit]

    def write(self) -> None:
        TicketEvent.objects.bulk_create(self.lines)
        notify_all(self.messages)


@receiver(office_closes, dispatch_uid="tickets_need_their_office")
def tickets_need_their_office(lpse: Lpse, **kwargs: Any) -> None:
    """Keep an LPSE open while a ticket there is."""
    if Ticket.objects.open().filter(lpse=lpse).exists():
        raise Conflict(_("Masih ada tiket terbuka di LPSE ini. Tunggu sampai semuanya ditutup."))


@receiver(clock_breached, dispatch_uid="tickets_are_late")
def tickets_are_late(clocks: list[Clock], now: datetime, **kwargs: Any) -> None:
    """Write the breaches into the histories; apologise to the reporters, tell the Penyelia and the holding units.

    At the first tier both promises run out at the same moment: that is one lateness, told once.
    """
    turn = Round([clock.case for clock in clocks], now)
    claims = {clock.claim for clock in clocks}
    owed = Entitlement.objects.filter(case__in=claims, redeemed_at=None, withdrawn_at=None)
    owing = set(owed.values_list("case", flat=True))
    for clock in clocks:
        ticket = turn.tickets.get(clock.case)
        if ticket is None:
            continue
        is_echo, code = _is_echo(clock, ticket), clock.promise.code
        facts: dict[str, Any] = {"clock": clock.pk, "promise": code, "due": clock.due_at.isoformat()}
        turn.record(ticket, Kind.BREACHED, public=not is_echo, **facts)
        if not is_echo:
            due = long_date(clock.due_at, clock.zone)
            turn.tell_reporter(ticket, "promise_broken", owed=clock.claim in owing, due=due)
            turn.tell_staff(ticket, "ticket_late", due=due)
    turn.write()


@receiver(clock_warned, dispatch_uid="tickets_are_due_soon")
def tickets_are_due_soon(points: list[ClockPoint], now: datetime, **kwargs: Any) -> None:
    """Warn whoever has the tickets, and the Penyelia; or remind the reporters, and write that down (A06, A08)."""
    turn = Round([point.clock.case for point in points], now)
    for point in points:
        clock = point.clock
        ticket = turn.tickets.get(clock.case)
        if ticket is None:
            continue
        due = long_date(clock.due_at, clock.zone)
        if clock.promise.code not in OURS:
            turn.record(ticket, Kind.REMINDED, day=point.value)
            turn.tell_reporter(ticket, "data_reminder" if ticket.awaits_data else "confirmation_reminder", due=due)
        elif not _is_echo(clock, ticket):
            turn.tell_staff(ticket, "deadline_near", due=due)
    turn.write()


@receiver(cases_needed, dispatch_uid="lock_tickets")
def lock_tickets(cases: list[str], **kwargs: Any) -> None:
    """Lock these tickets before their clocks are, in the one order of locks."""
    rows = Ticket.objects.filter(number__in=cases).order_by("pk").select_for_update(of=("self",), no_key=True)
    list(rows.values_list("pk", flat=True))


@receiver(clocks_moved, dispatch_uid="tickets_are_due_at_another_time")
def tickets_are_due_at_another_time(
    moves: list["Move"], by: User | None, reason: str, now: datetime, **kwargs: Any
) -> None:
    """Copy the new due times onto the tickets and write them into their histories, once for each promise."""
    turn = Round([move.clock.case for move in moves], now)
    show_due(list(turn.tickets))
    role = Role.SUPERVISOR if by else ""
    for move in moves:
        ticket = turn.tickets.get(move.clock.case)
        if ticket is None or _is_echo(move.clock, ticket):
            continue
        due: dict[str, Any] = {
            "before": move.before.isoformat(),
            "after": move.after.isoformat(),
            "promise": move.clock.promise.code,
        }
        turn.record(ticket, Kind.RECOUNTED, by=by, role=role, body=reason, **due)
        if move.clock.promise.code == Code.FIRST_RESPONSE:
            turn.tell_reporter(ticket, "promise_moved", due=long_date(move.after, move.clock.zone))
    turn.write()
