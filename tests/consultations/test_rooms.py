"""Where officers sit: one room each, and nobody overnight (R22)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from consultations.models import Room, Visit
from consultations.services import reception, sessions
from core.fsm import Conflict
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
State = Visit.State
Make = Callable[..., Visit]


def test_an_officer_sits_in_one_room_at_a_time(officers: list[User], rooms: list[Room]) -> None:
    sessions.sit_down(rooms[3].pk, by=officers[0], now=NOW)

    assert list(Room.objects.filter(officer=officers[0])) == [rooms[3]]


@pytest.mark.parametrize("fault", ["taken", "closed", "gone", "busy"])
def test_a_room_that_cannot_be_had_is_refused(
    fault: str, make_visit: Make, officers: list[User], rooms: list[Room]
) -> None:
    wanted = rooms[1].pk if fault == "taken" else rooms[3].pk
    if fault == "taken":
        make_visit(State.DIRECTED, room=2)
    if fault == "closed":
        Room.objects.filter(pk=wanted).update(is_open=False)
    if fault == "gone":
        rooms[3].delete()
    if fault == "busy":
        make_visit(State.DIRECTED)

    with pytest.raises(Conflict):
        sessions.sit_down(wanted, by=officers[0], now=NOW)

    assert list(Room.objects.filter(officer=officers[0])) == [rooms[0]]


def test_a_room_that_a_colleague_left_without_a_word_can_be_had(officers: list[User], rooms: list[Room]) -> None:
    sessions.sit_down(rooms[1].pk, by=officers[0], now=NOW)

    assert list(Room.objects.order_by("order").values_list("officer", flat=True)) == [
        None,
        officers[0].pk,
        officers[2].pk,
        None,
    ]


def test_a_room_in_which_an_officer_sat_yesterday_is_empty_unless_the_visitor_is_still_there(
    make_visit: Make, officers: list[User], rooms: list[Room]
) -> None:
    for room, officer, hours in ((rooms[0], officers[0], 0), (rooms[1], officers[1], 0), (rooms[2], officers[2], 24)):
        sessions.sit_down(room.pk, by=officer, now=NOW + timedelta(hours=hours))
    make_visit(State.IN_SESSION, room=2)

    done = [reception.end_day(now=NOW + timedelta(hours=hours))["rooms"] for hours in (12, 24, 25)]

    assert done == [0, 1, 0]
    seated = Room.objects.order_by("order").values_list("officer", flat=True)
    assert list(seated) == [None, officers[1].pk, officers[2].pk, None]


def test_an_officer_who_stands_up_is_sent_nobody(
    make_visit: Make, officers: list[User], rooms: list[Room], receptionist: User
) -> None:
    sessions.stand_up(by=officers[0])

    assert not Room.objects.filter(officer=officers[0]).exists()
    with pytest.raises(Conflict):
        reception.direct_visit(make_visit().pk, by=receptionist, now=NOW, room=rooms[0].pk)


def test_nobody_stands_up_while_a_visitor_is_on_the_way(make_visit: Make, officers: list[User]) -> None:
    make_visit(State.DIRECTED)

    with pytest.raises(Conflict):
        sessions.stand_up(by=officers[0])


def test_rooms_are_for_officers(rooms: list[Room], receptionist: User) -> None:
    for act in (
        lambda: sessions.sit_down(rooms[3].pk, by=receptionist, now=NOW),
        lambda: sessions.stand_up(by=receptionist),
    ):
        with pytest.raises(PermissionDenied):
            act()
