"""The board of the counter: every room with its officer, who is in it or on the way, and for how long."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Role, User
from consultations.models import Room, Visit
from consultations.timer import Timer, timer_of
from escalation.tiers import people_with


@dataclass(frozen=True)
class Place:
    """One room now; without a visit it is free, without an officer nobody receives there."""

    room: Room
    visit: Visit | None
    timer: Timer | None

    @property
    def is_free(self) -> bool:
        return self.room.officer_id is not None and self.visit is None


def places(now: datetime) -> list[Place]:
    """Return every open room, in order."""
    active = Visit.objects.active().select_related("reporter", "clock").prefetch_related("clock__points")
    visits = {visit.room_id: visit for visit in active}
    return [_place(room, visits.get(room.pk), now) for room in Room.objects.open().select_related("officer")]


def _place(room: Room, visit: Visit | None, now: datetime) -> Place:
    return Place(room, visit, timer_of(visit, now) if visit else None)


def officers_elsewhere(board: list[Place]) -> list[User]:
    """Return the Petugas Konsultasi who sit in no room now."""
    seated = [place.room.officer_id for place in board if place.room.officer_id]
    return list(people_with(Role.CONSULTANT).exclude(pk__in=seated).order_by("name"))
