"""What a visit does when its hour is nearly over, or was too long (R35, R39, A17), and when its visitor is merged."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.merging import move_rows
from accounts.models import Reporter, Role
from accounts.signals import merge_undone, reporters_merged
from consultations.models import Visit, VisitEvent
from consultations.services.telling import compose_for_reporter
from core.dates import long_date
from escalation.models import Clock, ClockPoint, Entitlement
from escalation.services.merging import hand_over
from escalation.signals import clock_breached, clock_warned
from escalation.tiers import people_with
from notifications.models import Notification
from notifications.services import compose, notify_all


def _visits_of(clocks: list[Clock]) -> list[tuple[Visit, Clock]]:
    """Return the visits behind these clocks with theirs, not locked; none for a case of another door."""
    given = {clock.pk: clock for clock in clocks}
    rows = Visit.objects.select_related("officer", "reporter__user", "ticket__reporter", "room")
    return [(visit, given[visit.clock_id or 0]) for visit in rows.filter(clock__in=given).order_by("pk")]


@receiver(clock_breached, dispatch_uid="visits_are_late")
def visits_are_late(clocks: list[Clock], now: datetime, **kwargs: Any) -> None:
    """Write it into the histories; apologise to the visitors, tell their officers and the Penyelia."""
    visits = _visits_of(clocks)
    if not visits:
        return
    numbers = [visit.number for visit, _clock in visits]
    owed = Entitlement.objects.filter(case__in=numbers, redeemed_at=None, withdrawn_at=None)
    owing, supervisors = set(owed.values_list("case", flat=True)), list(people_with(Role.SUPERVISOR))
    messages: list[Notification] = []
    for visit, clock in visits:
        apology = {"owed": visit.number in owing, "limit": clock.limit_words}
        messages += compose_for_reporter(visit, "visit_broken", now=now, **apology)
        staff = filter(None, dict.fromkeys([visit.officer, *supervisors]))
        messages += compose(staff, "visit_late", now=now, **_about(visit, clock))
    kind = VisitEvent.Kind.BREACHED
    VisitEvent.objects.bulk_create(VisitEvent(visit=visit, kind=kind, at=now) for visit, _clock in visits)
    notify_all(messages)


@receiver(clock_warned, dispatch_uid="visits_are_nearly_over")
def visits_are_nearly_over(points: list[ClockPoint], now: datetime, **kwargs: Any) -> None:
    """Tell the officers how much of the hour is left."""
    messages: list[Notification] = []
    for visit, clock in _visits_of([point.clock for point in points]):
        messages += compose(filter(None, [visit.officer]), "visit_near", now=now, **_about(visit, clock))
    notify_all(messages)


@receiver(reporters_merged, dispatch_uid="visits_of_the_merged")
def take_visits_over(kept: Reporter, merged: Reporter, **kwargs: Any) -> dict[str, Any]:
    """Two identities of one person are made one: the visits go along, with their promises."""
    visits = move_rows(Visit.objects.filter(reporter=merged), reporter=kept)
    hand_over(_numbers(visits), to=kept)
    return {"visits": visits}


@receiver(merge_undone, dispatch_uid="visits_of_two_again")
def give_visits_back(merged: Reporter, moved: dict[str, Any], **kwargs: Any) -> None:
    hand_over(_numbers(move_rows(Visit.objects.filter(pk__in=moved["visits"]), reporter=merged)), to=merged)


def _numbers(keys: list[int]) -> list[str]:
    return list(Visit.objects.filter(pk__in=keys).values_list("number", flat=True))


def _about(visit: Visit, clock: Clock) -> dict[str, str]:
    """Return what every message to staff about a visit carries."""
    return {
        "url": visit.get_absolute_url(),
        "number": visit.number,
        "queue": visit.queue_number,
        "name": visit.reporter.name,
        "room": str(visit.room),
        "due": long_date(clock.due_at, clock.zone),
    }
