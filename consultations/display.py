"""What the waiting display shows: queue numbers and rooms, and nothing about anybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zlib import crc32

from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import get_template
from django.utils.functional import cached_property

from consultations.models import Visit
from escalation.services.calendar import calendar_of
from escalation.working import ImpossibleCalendar, moment_after_working_time

TEMPLATE = "consultations/display.html"
ROWS = 5  # of these numbers fit beside the one that is called, readable from six metres
IN_ROOMS = 3  # of them at most on their way to a room or in one, so that there is always a next one
SECOND = timedelta(seconds=1)
State = Visit.State


@dataclass(frozen=True)
class Board:
    """Today's numbers that are not done yet: called to a room (the last call first), in a room, and waiting in turn."""

    called: list[Visit]
    served: list[Visit]
    waiting: list[Visit]
    now: datetime

    @property
    def call(self) -> Visit | None:
        """The number that everybody should see."""
        return self.called[0] if self.called else None

    @property
    def also_called(self) -> list[Visit]:
        return self.called[1 : IN_ROOMS + 1]

    @property
    def in_rooms(self) -> list[Visit]:
        return self.served[: IN_ROOMS - len(self.also_called)]

    @property
    def next(self) -> list[Visit]:
        """As many as there is room for; a heading of its own for who is also called takes the room of one number."""
        others = len(self.also_called) + len(self.in_rooms) + bool(self.also_called)
        return self.waiting[: ROWS - others]

    @cached_property
    def opens_at(self) -> datetime | None:
        """When the counter opens again; None while it is open, and while there is anybody to show."""
        if self.called or self.served or self.waiting:
            return None
        try:
            opens_at = moment_after_working_time(self.now, SECOND, calendar_of(None)) - SECOND
        except ImpossibleCalendar:
            return None
        return opens_at if opens_at > self.now else None

    @property
    def state(self) -> str:
        """Name what is shown, so that a page which shows it already need not be drawn again."""
        rows = [(visit.serial, visit.state, visit.room and visit.room.name) for visit in self.waiting + self.served]
        return _named((rows, self.calls, self.opens_at))

    @property
    def calls(self) -> str:
        """Name every call that stands, so that a page which has spoken it does not speak it again."""
        return "-".join(map(_call, self.called))

    def unheard(self, calls: str) -> list[Visit]:
        """Return, first to last, the numbers whose calls are not among these."""
        heard = calls.split("-")
        return [visit for visit in reversed(self.called) if _call(visit) not in heard]


def _call(visit: Visit) -> str:
    return _named((visit.serial, visit.room and visit.room.name, visit.directed_at))


def _named(facts: object) -> str:
    return f"{crc32(repr(facts).encode()):08x}"


def board_at(now: datetime) -> Board:
    """Read today's board in one query; outside opening hours in two more."""
    fields = ("serial", "state", "rank", "arrived_at", "directed_at", "started_at", "room__name")
    states = (State.REGISTERED, State.DIRECTED, State.IN_SESSION)
    visits = list(Visit.objects.today(now).filter(state__in=states).select_related("room").only(*fields))
    return Board(
        called=sorted(_in(visits, State.DIRECTED), key=lambda visit: (visit.directed_at, visit.pk), reverse=True),
        served=sorted(_in(visits, State.IN_SESSION), key=lambda visit: visit.serial),
        waiting=sorted(_in(visits, State.REGISTERED), key=lambda visit: (visit.rank, visit.arrived_at, visit.pk)),
        now=now,
    )


def _in(visits: list[Visit], state: str) -> list[Visit]:
    return [visit for visit in visits if visit.state == state]


@cache
def version() -> str:
    """Name this release of the page: its template and every static file."""
    source = get_template(TEMPLATE).template.source  # type: ignore[attr-defined]
    return _named((source, staticfiles_storage.manifest_hash))  # type: ignore[attr-defined]
