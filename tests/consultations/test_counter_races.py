"""Two desks at the same moment: every visitor has one number, one room and one officer (real PostgreSQL)."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from accounts.models import Reporter, Role, User
from consultations.models import QueueCounter, RequestDraft, Room, Visit
from consultations.models.visit import VisitQuerySet
from consultations.services import reception, sessions
from consultations.services.requests import make_request_draft
from core.fsm import AlreadyDone, Conflict
from escalation.models import Entitlement
from escalation.services.clocks import start_clock
from escalation.services.sweep import sweep_clocks
from tests.conftest import NOW
from tickets.models import Category

# Threads see committed rows only; the seeded catalogue is restored for every test.
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
State = Visit.State
ROUNDS = 5
CROWD = 12
Told = Visit | Exception
Call = Callable[[], Visit]


@pytest.fixture
def desks(receptionist: User, make_user: Callable[..., User]) -> list[User]:
    """Two receptionists."""
    return [receptionist, make_user("receptionist2", (Role.RECEPTIONIST, None))]


def at_once(calls: Iterable[Call]) -> list[Told]:
    """Run the calls in threads with connections of their own, and return what each person was told."""
    calls = list(calls)
    start = Barrier(len(calls), timeout=10)

    def run(call: Call) -> Told:
        try:
            connection.ensure_connection()
            start.wait()
            return call()
        except (Conflict, AlreadyDone, IntegrityError) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def winners(told: list[Told]) -> int:
    return sum(isinstance(answer, Visit) for answer in told)


def register(by: User, reporter: Reporter, purpose: Category, **changes: Any) -> Call:
    facts = {"phone": reporter.phone, "purpose": purpose}
    form = {"by": by, "now": NOW, "key": uuid4(), "reporter": reporter, "facts": facts}
    return partial(reception.register_visit, **form | changes)


def test_registering_at_once_leaves_no_gap_and_gives_no_number_twice(
    desks: list[User], newcomer: Callable[[], Reporter], purpose: Category
) -> None:
    told = at_once(register(desks[n % 2], newcomer(), purpose) for n in range(CROWD))

    assert winners(told) == CROWD
    assert sorted(Visit.objects.values_list("serial", flat=True)) == list(range(1, CROWD + 1))
    assert QueueCounter.objects.get().last == CROWD


def test_without_the_counter_two_desks_would_give_the_same_number(
    desks: list[User], newcomer: Callable[[], Reporter], purpose: Category, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Barrier(2, timeout=10)

    def guess(day: date) -> int:
        taken = Visit.objects.filter(day=day).count()
        read.wait()
        return taken + 1

    monkeypatch.setattr(QueueCounter, "take", guess)

    told = at_once([register(desk, newcomer(), purpose) for desk in desks])

    assert winners(told) == 1
    assert sum(isinstance(answer, IntegrityError) for answer in told) == 1


def test_a_form_sent_twice_at_once_registers_one_visitor_and_one_person(desks: list[User], purpose: Category) -> None:
    for n in range(ROUNDS):
        person = {"kind": "vendor", "name": f"Tamu {n}", "email": "", "phone": "+6281200000070"}
        facts = {"phone": person["phone"], "purpose": purpose}
        sent = partial(reception.register_newcomer, by=desks[0], now=NOW, key=uuid4(), person=person, facts=facts)

        told = at_once([sent, sent])

        assert winners(told) == 1
        assert [type(answer) for answer in told if not isinstance(answer, Visit)] == [AlreadyDone]
    assert Reporter.objects.count() == User.objects.filter(username__startswith="tamu-").count() == ROUNDS
    assert QueueCounter.objects.get().last == ROUNDS


def test_two_desks_register_the_same_person_once_and_use_one_priority(
    desks: list[User], visitor: Reporter, purpose: Category
) -> None:
    for number in ("TKT-2026-000901-0", "TKT-2026-000902-0"):
        start_clock("R33", case=number, url="/", reporter=visitor, lpse=None, now=NOW - timedelta(days=30))
    sweep_clocks(now=NOW)

    told = at_once(register(desk, visitor, purpose) for desk in desks)

    visit = Visit.objects.get()
    assert winners(told) == 1
    assert visit.is_compensated
    assert sorted(Entitlement.objects.values_list("redeemed_case", flat=True)) == ["", visit.number]


def test_two_desks_take_over_one_phone_form_once(
    desks: list[User], newcomer: Callable[[], Reporter], purpose: Category
) -> None:
    for _round in range(ROUNDS):
        code = make_request_draft(key=uuid4(), now=NOW, data={}).code

        told = at_once(register(desk, newcomer(), purpose, form_code=code) for desk in desks)

        assert winners(told) == 1
    assert Visit.objects.count() == RequestDraft.objects.exclude(visit=None).count() == ROUNDS


def direct(by: User, visit: Visit, room: Room) -> Call:
    return partial(reception.direct_visit, visit.pk, by=by, now=NOW, room=room.pk)


def test_two_desks_direct_one_visitor_once(
    desks: list[User], make_visit: Callable[..., Visit], rooms: list[Room]
) -> None:
    for _round in range(ROUNDS):
        visit = make_visit()

        told = at_once(direct(desk, visit, room) for desk, room in zip(desks, rooms, strict=False))

        visit.refresh_from_db()
        assert winners(told) == 1
        assert visit.events.filter(kind="directed").count() == 1
        assert visit.events.last().data["room"] == visit.room.name
        reception.leave(visit.pk, by=desks[0], now=NOW)


def test_without_the_lock_one_visitor_would_be_directed_twice(
    desks: list[User], make_visit: Callable[..., Visit], rooms: list[Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    visit, read = make_visit(), Barrier(2, timeout=10)

    def glance(rows: VisitQuerySet, pk: int) -> Visit:
        seen = rows.select_related("reporter__user").get(pk=pk)
        read.wait()
        return seen

    monkeypatch.setattr(VisitQuerySet, "lock", glance)

    told = at_once(direct(desk, visit, room) for desk, room in zip(desks, rooms, strict=False))

    assert winners(told) == 2
    assert visit.events.filter(kind="directed").count() == 2


def test_two_desks_give_one_room_once(desks: list[User], make_visit: Callable[..., Visit], rooms: list[Room]) -> None:
    for _round in range(ROUNDS):
        visits = [make_visit(), make_visit()]

        told = at_once(direct(desk, visit, rooms[0]) for desk, visit in zip(desks, visits, strict=True))

        assert winners(told) == 1
        assert sorted(Visit.objects.filter(pk__in=[visit.pk for visit in visits]).values_list("state", flat=True)) == [
            State.DIRECTED,
            State.REGISTERED,
        ]
        assert next(str(answer) for answer in told if isinstance(answer, Conflict)).startswith("Ruang itu tidak lagi")
        for visit in visits:
            reception.leave(visit.pk, by=desks[0], now=NOW)


def test_the_database_refuses_a_second_visitor_in_a_room_also_without_the_lock(
    desks: list[User], make_visit: Callable[..., Visit], rooms: list[Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    visits, read = [make_visit(), make_visit()], Barrier(2, timeout=10)

    def glance(rows: Any, **how: Any) -> Any:
        read.wait()
        return rows

    monkeypatch.setattr(type(Room.objects.all()), "select_for_update", glance)
    monkeypatch.setattr(Room.objects, "select_for_update", lambda **how: glance(Room.objects.all()), raising=False)

    told = at_once(direct(desk, visit, rooms[0]) for desk, visit in zip(desks, visits, strict=True))

    assert winners(told) == 1
    assert Visit.objects.active().filter(room=rooms[0]).count() == 1


def test_a_desk_and_an_officer_do_not_undo_each_other(
    desks: list[User], make_visit: Callable[..., Visit], rooms: list[Room]
) -> None:
    for _round in range(ROUNDS):
        visit = make_visit(State.DIRECTED)
        officer = rooms[0].officer

        told = at_once(
            [
                partial(reception.no_show, visit.pk, by=desks[0], now=NOW),
                partial(sessions.start_session, visit.pk, by=officer, now=NOW),
            ]
        )

        visit.refresh_from_db()
        assert winners(told) == 1
        assert visit.state in (State.NO_SHOW, State.IN_SESSION)
        if visit.is_in_session:
            break


def test_an_officer_who_stands_up_and_a_desk_that_directs_do_not_both_win(
    desks: list[User], make_visit: Callable[..., Visit], rooms: list[Room]
) -> None:
    officer = rooms[0].officer
    for _round in range(ROUNDS):
        visit = make_visit()

        at_once([direct(desks[0], visit, rooms[0]), partial(sessions.stand_up, by=officer)])

        visit.refresh_from_db()
        seated = Room.objects.get(pk=rooms[0].pk).officer
        assert (visit.state == Visit.State.DIRECTED) == (seated == officer)
        reception.leave(visit.pk, by=desks[0], now=NOW)
        sessions.sit_down(rooms[0].pk, by=officer, now=NOW)
