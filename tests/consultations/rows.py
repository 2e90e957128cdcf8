"""Visits straight into the tables, where a test needs many, or a board in a state that takes long to reach."""

from datetime import datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import uuid4

from accounts.models import Reporter
from consultations.models import Room, Visit, VisitEvent
from consultations.models.queue import day_of
from escalation.models import Clock, Promise
from tickets.models import Category

State = Visit.State
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
IN_A_ROOM = (State.DIRECTED, State.IN_SESSION, State.FINISHED)
HAD_A_SESSION = (State.IN_SESSION, State.FINISHED)
OVER = (State.FINISHED, State.LEFT, State.NO_SHOW)


def visit_row(serial: int, state: str, *, reporter: Reporter, at: datetime, room: Room | None, **fields: Any) -> Visit:
    """Return a visit, not stored yet, that arrived then: called after 10 minutes, served after 15, done after 45."""
    day = day_of(at)
    here = room if state in IN_A_ROOM else None
    facts = {
        "number": f"BT-{day:%Y%m%d}-{serial:03}",
        "day": day,
        "serial": serial,
        "key": uuid4(),
        "state": state,
        "reporter": reporter,
        "organisation": reporter.organisation,
        "phone": reporter.phone,
        "purpose": Category.objects.first(),
        "arrived_at": at,
        "room": here,
        "officer": here and here.officer,
        "directed_at": at + 10 * MINUTE if here else None,
        "started_at": at + 15 * MINUTE if state in HAD_A_SESSION else None,
        "ended_at": at + 45 * MINUTE if state in OVER else None,
    }
    return Visit(**facts | fields)


def hour_of(visit: Visit, promise: Promise) -> Clock | None:
    """Return the clock of a session, not stored yet; broken when it took longer than the promise."""
    if visit.started_at is None:
        return None
    due_at = visit.started_at + promise.limit * MINUTE
    late = due_at if visit.ended_at and visit.ended_at > due_at else None
    return Clock(
        promise=promise,
        reporter=visit.reporter,
        case=visit.number,
        claim=visit.number,
        url=visit.get_absolute_url(),
        limit=promise.limit,
        unit=promise.unit,
        binds_reporter=False,
        earns_entitlement=True,
        started_at=visit.started_at,
        due_at=due_at,
        count=[],
        met_at=visit.ended_at,
        breached_at=late,
        detected_at=late,
    )


def store(visits: list[Visit]) -> list[Visit]:
    """Store visits with their clocks, and how each session ended: every second one solved on the spot."""
    promise = Promise.objects.get(code=Promise.Code.CONSULTATION)
    for visit in visits:
        visit.clock = hour_of(visit, promise)
    Clock.objects.bulk_create([visit.clock for visit in visits if visit.clock], batch_size=5000)
    stored = Visit.objects.bulk_create(visits, batch_size=5000)
    ended = [visit for visit in stored if visit.state == State.FINISHED]
    VisitEvent.objects.bulk_create(
        (
            VisitEvent(visit=visit, kind=VisitEvent.Kind.FINISHED, at=visit.ended_at, data={"outcome": outcome})
            for visit, outcome in zip(ended, cycle(["solved", "teknis"]), strict=False)
        ),
        batch_size=5000,
    )
    return stored
