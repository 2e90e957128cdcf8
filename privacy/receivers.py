"""What happens when the clock engine says that a request about data is near its end, late or counted anew."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.dispatch import receiver

from accounts.models import User
from core.dates import long_date
from escalation.models import Clock, ClockPoint
from escalation.signals import cases_needed, clock_breached, clock_warned, clocks_moved
from privacy.models import DataClaim, DataClaimEvent
from privacy.services.claims import record, tell_person, tell_supervisors

if TYPE_CHECKING:
    from escalation.services.recount import Move

Kind = DataClaimEvent.Kind


def _claims_of(cases: list[str]) -> dict[str, DataClaim]:
    """Return the requests behind these cases; none for a case of another door."""
    return {row.number: row for row in DataClaim.objects.filter(number__in=cases).select_related("person")}


@receiver(clock_breached, dispatch_uid="claims_are_late")
def claims_are_late(clocks: list[Clock], now: datetime, **kwargs: Any) -> None:
    """Write the lateness into the histories; apologise to the person, tell the Penyelia."""
    found = _claims_of([clock.case for clock in clocks])
    for clock in clocks:
        if claim := found.get(clock.case):
            due = long_date(clock.due_at, clock.zone)
            record(claim, Kind.BREACHED, by=None, now=now, due=clock.due_at.isoformat())
            tell_person(claim, "claim_late", now=now, due=due)
            tell_supervisors(claim, "claim_overdue", now=now, due=due)


@receiver(clock_warned, dispatch_uid="claims_are_due_soon")
def claims_are_due_soon(points: list[ClockPoint], now: datetime, **kwargs: Any) -> None:
    """Warn the Penyelia."""
    found = _claims_of([point.clock.case for point in points])
    for point in points:
        if claim := found.get(point.clock.case):
            tell_supervisors(claim, "claim_near", now=now, due=long_date(point.clock.due_at, point.clock.zone))


@receiver(cases_needed, dispatch_uid="lock_claims")
def lock_claims(cases: list[str], **kwargs: Any) -> None:
    """Lock these requests before their clocks are, in the one order of locks."""
    rows = DataClaim.objects.filter(number__in=cases).order_by("pk").select_for_update(of=("self",), no_key=True)
    list(rows.values_list("pk", flat=True))


@receiver(clocks_moved, dispatch_uid="claims_are_due_at_another_time")
def claims_are_due_at_another_time(
    moves: list["Move"], by: User | None, reason: str, now: datetime, **kwargs: Any
) -> None:
    """Write the new due times into the histories, and onto the requests."""
    found = _claims_of([move.clock.case for move in moves])
    for move in moves:
        if claim := found.get(move.clock.case):
            DataClaim.objects.filter(pk=claim.pk).update(due_at=move.after)
            due = {"before": move.before.isoformat(), "after": move.after.isoformat()}
            record(claim, Kind.RECOUNTED, by=by, now=now, body=reason, **due)
