"""What is written down about a visit, and what its reporter is told."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from consultations.models import Visit, VisitEvent
from notifications.models import Notification
from notifications.services import compose, notify_all
from tickets.services.record import about_for_reporter


def record(
    visit: Visit, kind: VisitEvent.Kind, *, by: User | None, now: datetime, body: str = "", **data: Any
) -> VisitEvent:
    """Write one line of a visit's history."""
    return visit.events.create(kind=kind, actor=by, at=now, body=body, data=data)


def compose_for_reporter(visit: Visit, kind: str, *, now: datetime, **context: Any) -> list[Notification]:
    """Return what the visitor is told, with an address they can open: their ticket, else where tickets are found."""
    reporter = visit.reporter
    if reporter.user is None:
        return []
    start = reverse("tracking:track" if reporter.is_visitor else "tickets:mine")
    url = about_for_reporter(visit.ticket)["url"] if visit.ticket else start
    return compose([reporter.user], kind, url=url, now=now, number=visit.number, **context)


def tell_reporter(visit: Visit, kind: str, *, now: datetime) -> None:
    notify_all(compose_for_reporter(visit, kind, now=now))
