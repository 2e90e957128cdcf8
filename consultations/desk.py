"""What the front desk sees: who waits in which order, who was called, which rooms are free, who is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from django.utils.functional import cached_property

from consultations.models import QueueCounter, Room, Visit
from consultations.models.queue import day_of
from consultations.rooms import Place, places

LONG_WAIT = timedelta(minutes=10)
SHOWN = 10  # of those who are done; the guest book has them all
State = Visit.State


@dataclass(frozen=True)
class Waiting:
    """One visitor in the line, and the free room that is offered for them first, if any is left."""

    visit: Visit
    room: Room | None
    span: timedelta

    @property
    def is_new(self) -> bool:
        return self.span < timedelta(minutes=1)

    @property
    def is_long(self) -> bool:
        return self.span >= LONG_WAIT


@dataclass(frozen=True)
class Line:
    """The counter at one moment."""

    visits: list[Visit]  # of today
    places: list[Place]
    now: datetime

    @cached_property
    def free(self) -> list[Room]:
        return [place.room for place in self.places if place.is_free]

    @cached_property
    def waiting(self) -> list[Waiting]:
        """The line in its order; the first visitor is offered the first free room, the second the next."""
        inside = sorted(self._in(State.REGISTERED), key=lambda visit: (visit.rank, visit.arrived_at, visit.pk))
        rows = zip_longest(inside, self.free[: len(inside)])
        return [Waiting(visit, room, self.now - visit.arrived_at) for visit, room in rows]

    @property
    def called(self) -> list[Visit]:
        return sorted(self._in(State.DIRECTED), key=lambda visit: (visit.directed_at, visit.pk))

    @property
    def over(self) -> list[Visit]:
        done = self._in(State.FINISHED, State.LEFT, State.NO_SHOW)
        return sorted(done, key=lambda visit: (visit.ended_at, visit.pk), reverse=True)[:SHOWN]

    @property
    def longest(self) -> timedelta | None:
        return max((row.span for row in self.waiting), default=None)

    @property
    def next_number(self) -> str:
        """What the next visitor gets, unless another desk is faster."""
        return Visit(serial=QueueCounter.next(day_of(self.now))).queue_number

    def _in(self, *states: str) -> list[Visit]:
        return [visit for visit in self.visits if visit.state in states]


def line_at(now: datetime) -> Line:
    return Line(list(Visit.objects.today(now).for_lists().prefetch_related("clock__points")), places(now), now)
