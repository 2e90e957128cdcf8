"""The life of a visit as one table: state × act × person. What the table does not allow is refused."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django_fsm import TransitionNotAllowed

from accounts.models import Reporter, User
from consultations.models import Room, Visit, VisitEvent
from consultations.services import reception, sessions
from core.fsm import Conflict
from tests.conftest import NOW
from tests.consultations.conftest import finish_session
from tickets.models import Category

State = Visit.State
LATER = NOW + timedelta(hours=1)
Make = Callable[..., Visit]

# From each state: what the reception may do next, what the officer of the room may.
ALLOWED = {
    State.REGISTERED: ("direct leave", ""),
    State.DIRECTED: ("call_back leave miss", "call_back miss start"),
    State.IN_SESSION: ("", "finish"),
    State.FINISHED: ("", ""),
    State.LEFT: ("", ""),
    State.NO_SHOW: ("return_to_queue", ""),
}
# What only the worker does, when the day is over.
BY_THE_WORKER = {"end_with_day": {State.REGISTERED, State.DIRECTED}}
LEADS_TO = {
    "direct": State.DIRECTED,
    "call_back": State.REGISTERED,
    "start": State.IN_SESSION,
    "finish": State.FINISHED,
    "leave": State.LEFT,
    "miss": State.NO_SHOW,
    "return_to_queue": State.REGISTERED,
}
OF_RECEPTION = {"direct", "call_back", "leave", "miss", "return_to_queue"}
OF_OFFICER = {"call_back", "miss", "start", "finish"}


@pytest.fixture
def act(rooms: list[Room], facts: dict[str, Any]) -> dict[str, Callable[[Visit, User], Any]]:
    """Each transition as the service that makes it."""

    def finish(visit: Visit, by: User) -> None:
        if visit.is_in_session and by == visit.officer:
            finish_session(visit, LATER, facts)
        else:
            sessions.finish_session(visit.pk, by=by, now=LATER, key=uuid4())

    return {
        "direct": lambda visit, by: reception.direct_visit(visit.pk, by=by, now=LATER, room=rooms[1].pk),
        "call_back": lambda visit, by: reception.call_back(visit.pk, by=by, now=LATER),
        "leave": lambda visit, by: reception.leave(visit.pk, by=by, now=LATER),
        "miss": lambda visit, by: reception.no_show(visit.pk, by=by, now=LATER),
        "return_to_queue": lambda visit, by: reception.return_to_queue(visit.pk, by=by, now=LATER),
        "start": lambda visit, by: sessions.start_session(visit.pk, by=by, now=LATER),
        "finish": finish,
    }


def expected(visit: Visit, name: str, role: str) -> str:
    """Who comes before what state: the wrong person is told nothing about the state."""
    is_officer = role == "officer" or (role == "other" and visit.officer is None)
    allowed = dict(zip(("receptionist", "officer"), ALLOWED[State(visit.state)], strict=True))
    if name in allowed.get(role, "").split():
        return "yes"
    may = (role == "receptionist" and name in OF_RECEPTION) or (is_officer and name in OF_OFFICER)
    return "409" if may else "403"


def test_every_state_and_every_transition_is_in_the_table() -> None:
    field = Visit._meta.get_field("state")
    found = {(move.source, move.name): move.target for move in field.get_all_transitions(Visit)}

    told = {(state, name) for state, (ours, theirs) in ALLOWED.items() for name in f"{ours} {theirs}".split()}
    told |= {(state, name) for name, states in BY_THE_WORKER.items() for state in states}

    assert set(ALLOWED) == set(State)
    assert set(found) == told
    assert all(found[state, name] == LEADS_TO.get(name, State.LEFT) for state, name in told)


@pytest.mark.standard("R22")
@pytest.mark.parametrize("state", State)
def test_what_the_table_does_not_allow_is_refused(
    state: str,
    act: dict[str, Callable[[Visit, User], Any]],
    make_visit: Make,
    receptionist: User,
    officers: list[User],
    supervisor: User,
    eproc: User,
) -> None:
    visit = make_visit(state)
    people = {"receptionist": receptionist, "officer": officers[0], "other": officers[2], "spv": supervisor} | {
        "t2": eproc
    }
    told, awaited = {}, {}

    for name, role in product(act, people):
        with transaction.atomic():
            told[name, role] = answer_of(act[name], Visit.objects.get(pk=visit.pk), people[role])
            after = Visit.objects.get(pk=visit.pk).state
            transaction.set_rollback(True)
        awaited[name, role] = expected(visit, name, role)
        assert after == (LEADS_TO[name] if told[name, role] == "yes" else state), (name, role)

    assert told == awaited


def answer_of(do: Callable[[Visit, User], Any], visit: Visit, by: User) -> str:
    try:
        do(visit, by)
    except PermissionDenied:
        return "403"
    except Conflict:
        return "409"
    return "yes"


def test_nobody_consults_themselves(
    make_visit: Make, receptionist: User, officers: list[User], rooms: list[Room], lpse: Any
) -> None:
    own = Reporter.objects.create(user=officers[0], kind="ppk", name="Petugas", phone="+6281200000077", lpse=lpse)
    visit = make_visit(reporter=own)

    with pytest.raises(Conflict):
        reception.direct_visit(visit.pk, by=receptionist, now=LATER, room=rooms[0].pk)

    reception.direct_visit(visit.pk, by=receptionist, now=LATER, room=rooms[1].pk)
    with pytest.raises(PermissionDenied):
        sessions.start_session(visit.pk, by=officers[0], now=LATER)


def test_the_whole_life_is_written_down(make_visit: Make) -> None:
    visit = make_visit(State.FINISHED)

    assert list(visit.events.values_list("kind", flat=True)) == [
        "registered",
        "directed",
        "started",
        "ticket_filed",
        "finished",
    ]


def test_history_is_never_changed_or_removed(make_visit: Make) -> None:
    visit = make_visit()
    event = VisitEvent.objects.filter(visit=visit)

    for change in (lambda: event.update(at=LATER), lambda: event.update(body="Lain."), event.delete, visit.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    event.update(body="", redacted_at=LATER)  # erasure of personal data needs this


def test_the_state_is_not_set_by_hand(make_visit: Make) -> None:
    visit = make_visit(State.FINISHED)

    with pytest.raises(AttributeError):
        visit.state = State.REGISTERED
    with pytest.raises(TransitionNotAllowed):
        visit.start(now=LATER)


WRONG_ROWS: list[dict[str, Any]] = [
    {"room": None},
    {"officer": None},
    {"directed_at": None},
    {"started_at": None},
    {"clock": None},
    {"ended_at": NOW},
    {"excuse": "documents"},
]


@pytest.mark.parametrize("wrong", WRONG_ROWS, ids=[next(iter(row)) for row in WRONG_ROWS])
def test_the_database_refuses_a_visit_that_cannot_be(wrong: dict[str, Any], make_visit: Make) -> None:
    visit = make_visit(State.IN_SESSION)

    with pytest.raises(DatabaseError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(**wrong)


def test_a_room_and_an_officer_have_one_visitor_at_a_time(make_visit: Make, purpose: Category) -> None:
    first, second = make_visit(State.DIRECTED), make_visit(State.DIRECTED, room=2)

    for taken in ({"room": first.room}, {"officer": first.officer}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Visit.objects.filter(pk=second.pk).update(**taken)
