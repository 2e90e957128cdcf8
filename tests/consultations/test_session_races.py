"""One officer in two tabs, two officers and the sweep at the same moment: everything happens once (real PostgreSQL)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from consultations.models import Room, Visit, VisitEvent
from consultations.services import sessions
from consultations.services.sessions import Outcome
from escalation.models import Clock, Entitlement
from escalation.services.sweep import sweep_clocks
from tests.conftest import NOW
from tests.consultations.test_counter_races import at_once
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
Kind, State = VisitEvent.Kind, Visit.State
ROUNDS = 4
MINUTE = timedelta(minutes=1)
LATE = NOW + 63 * MINUTE
Make = Callable[..., Visit]


def file(visit: Visit, facts: dict[str, Any], **sent: Any) -> Callable[[], Ticket]:
    form = {"by": visit.officer, "now": NOW + 5 * MINUTE, "key": uuid4(), "facts": facts, "answer": "Sudah."}
    return partial(sessions.file_ticket, visit.pk, **form | sent)


def end(visit: Visit, version: int, **sent: Any) -> Callable[[], Visit]:
    words = {"outcome": Outcome.TEKNIS, "analysis": "Cacat.", "line": "Diteruskan."}
    form = {"by": visit.officer, "now": LATE, "version": version, "key": uuid4()}
    return partial(sessions.end_session, visit.pk, **form | words | sent)


def test_start_pressed_twice_begins_one_hour(make_visit: Make) -> None:
    visit = make_visit(State.DIRECTED)
    start = partial(sessions.start_session, visit.pk, by=visit.officer, now=NOW)

    at_once([start] * ROUNDS)

    assert Clock.objects.filter(case=visit.number).count() == 1
    assert visit.events.filter(kind=Kind.STARTED).count() == 1


@pytest.mark.parametrize("same_form", [True, False])
def test_one_visit_gets_one_ticket(same_form: bool, make_visit: Make, facts: dict[str, Any]) -> None:
    visit, key = make_visit(State.IN_SESSION), uuid4()

    at_once(file(visit, facts, key=key if same_form else uuid4()) for _ in range(ROUNDS))

    ticket = Ticket.objects.get()
    assert Visit.objects.get(pk=visit.pk).ticket == ticket
    assert visit.events.filter(kind=Kind.TICKET_FILED).count() == 1


@pytest.mark.parametrize("same_form", [True, False])
def test_one_session_ends_once(same_form: bool, make_visit: Make, facts: dict[str, Any]) -> None:
    visit, key = make_visit(State.IN_SESSION), uuid4()
    ticket = file(visit, facts)()

    at_once(end(visit, ticket.version, key=key if same_form else uuid4()) for _ in range(ROUNDS))

    assert ticket.events.filter(kind="escalated").count() == 1
    assert visit.events.filter(kind=Kind.FINISHED).count() == 1


def test_ending_late_beside_the_sweep_breaks_the_promise_once(make_visit: Make, facts: dict[str, Any]) -> None:
    for n in range(ROUNDS):
        visit = make_visit(State.IN_SESSION, room=n % 3 + 1)
        ticket = file(visit, facts)()

        at_once([end(visit, ticket.version), partial(sweep_clocks, now=LATE), partial(sweep_clocks, now=LATE)])

        clock = Clock.objects.get(case=visit.number)
        assert (clock.is_breached, clock.met_at) == (True, LATE)
        assert visit.events.filter(kind=Kind.BREACHED).count() == 1
        assert Entitlement.objects.filter(case=visit.number).count() == 1


def test_an_officer_in_two_tabs_sits_in_one_room(officers: list[User], rooms: list[Room]) -> None:
    free = Room.objects.create(name="Ruang 5", order=5)

    at_once(partial(sessions.sit_down, room.pk, by=officers[0], now=NOW) for room in (rooms[3], free))

    assert Room.objects.filter(officer=officers[0]).count() == 1


def test_of_two_officers_one_gets_the_room(officers: list[User], rooms: list[Room]) -> None:
    at_once(partial(sessions.sit_down, rooms[3].pk, by=officer, now=NOW) for officer in officers)

    seated = list(Room.objects.exclude(officer=None).values_list("officer", flat=True))
    assert len(seated) == len(set(seated))
    assert Room.objects.get(pk=rooms[3].pk).officer in officers
