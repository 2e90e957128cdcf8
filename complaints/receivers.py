"""What the register does when the clock engine says that an answer is near its end, late or counted anew (R45)."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.dispatch import receiver

from accounts.models import User
from complaints.models import Complaint, ComplaintEvent
from complaints.services.record import record, tell_keepers
from core.dates import long_date
from escalation.models import Clock, ClockPoint
from escalation.signals import cases_needed, clock_breached, clock_warned, clocks_moved

if TYPE_CHECKING:
    from escalation.services.recount import Move

Kind = ComplaintEvent.Kind


def _complaints_of(cases: list[str]) -> dict[str, Complaint]:
    """Return the complaints behind these cases; none for a case of another door."""
    return {complaint.number: complaint for complaint in Complaint.objects.filter(number__in=cases)}


@receiver(clock_breached, dispatch_uid="complaints_are_late")
def complaints_are_late(clocks: list[Clock], now: datetime, **kwargs: Any) -> None:
    """Write the lateness into the histories; tell Penyelia and Pengelola, except anyone a complaint concerns."""
    found = _complaints_of([clock.case for clock in clocks])
    for clock in clocks:
        if complaint := found.get(clock.case):
            record(complaint, Kind.BREACHED, by=None, now=now, due=clock.due_at.isoformat())
            tell_keepers(complaint, "complaint_late", by=None, now=now, due=long_date(clock.due_at, clock.zone))


@receiver(clock_warned, dispatch_uid="complaints_are_due_soon")
def complaints_are_due_soon(points: list[ClockPoint], now: datetime, **kwargs: Any) -> None:
    """Warn Penyelia and Pengelola, except anyone a complaint concerns."""
    found = _complaints_of([point.clock.case for point in points])
    for point in points:
        if complaint := found.get(point.clock.case):
            due = long_date(point.clock.due_at, point.clock.zone)
            tell_keepers(complaint, "complaint_near", by=None, now=now, due=due)


@receiver(cases_needed, dispatch_uid="lock_complaints")
def lock_complaints(cases: list[str], **kwargs: Any) -> None:
    """Lock these complaints before their clocks are, in the one order of locks."""
    rows = Complaint.objects.filter(number__in=cases).order_by("pk").select_for_update(of=("self",), no_key=True)
    list(rows.values_list("pk", flat=True))


@receiver(clocks_moved, dispatch_uid="complaints_are_due_at_another_time")
def complaints_are_due_at_another_time(
    moves: list["Move"], by: User | None, reason: str, now: datetime, **kwargs: Any
) -> None:
    """Write the new due times into the histories."""
    found = _complaints_of([move.clock.case for move in moves])
    for move in moves:
        if complaint := found.get(move.clock.case):
            due = {"before": move.before.isoformat(), "after": move.after.isoformat()}
            record(complaint, Kind.RECOUNTED, by=by, now=now, body=reason, **due)
