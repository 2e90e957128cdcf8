"""Many tickets alike, straight into the tables: through the services they would take too long."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.db.models import Model

from core.numbers import make_number
from escalation.models import Clock, ClockPoint
from tickets.models import Leg, Ticket, TicketEvent


def copy_of(row: Any, **changes: Any) -> Any:
    """Return the same row once more, not saved yet."""
    fields = [field for field in row._meta.concrete_fields if not field.generated and not field.primary_key]
    return type(row)(**{field.attname: getattr(row, field.attname) for field in fields} | changes)


def copies(ticket: Ticket, count: int) -> list[Ticket]:
    """Return copies of a ticket with all that belongs to it, straight into the tables."""
    last = Ticket.objects.count()
    numbers = [make_number("TKT", 2025, serial) for serial in range(last, last + count)]
    originals = list(Clock.objects.filter(case=ticket.number))
    clocks = {
        (clock.pk, number): copy_of(clock, case=number, claim=number) for number in numbers for clock in originals
    }
    Clock.objects.bulk_create(clocks.values())
    points = list(ClockPoint.objects.filter(clock__in=originals))
    ClockPoint.objects.bulk_create(
        copy_of(point, clock_id=clocks[point.clock_id, number].pk) for number in numbers for point in points
    )

    def of(number: str, **original: int | None) -> dict[str, int | None]:
        return {f"{name}_id": clocks[pk, number].pk if pk else None for name, pk in original.items()}

    tickets = [
        copy_of(ticket, number=number, filing_key=uuid4(), **of(number, response_clock=ticket.response_clock_id))
        for number in numbers
    ]
    Ticket.objects.bulk_create(tickets)
    Leg.objects.bulk_create(
        copy_of(leg, ticket_id=one.pk, **of(one.number, clock=leg.clock_id, wait=leg.wait_id))
        for one in tickets
        for leg in ticket.legs.all()
    )

    def multiply(rows: Sequence[Model], owner: str, owners: Sequence[Model]) -> list[Any]:
        new = [copy_of(row, **{f"{owner}_id": one.pk}) for one in owners for row in rows]
        return type(rows[0]).objects.bulk_create(new) if rows else []

    multiply(ticket.shares.all(), "ticket", tickets)
    multiply(ticket.events.all(), "ticket", tickets)
    for asked in ticket.data_requests.all():
        events = TicketEvent.objects.filter(ticket__in=tickets, kind=TicketEvent.Kind.DATA_REQUESTED)
        requests = [copy_of(asked, ticket_id=event.ticket_id, event_id=event.pk) for event in events]
        type(asked).objects.bulk_create(requests)
        multiply(asked.items.all(), "request", requests)
    return tickets
