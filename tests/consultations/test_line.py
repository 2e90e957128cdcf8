"""The line: who comes first, which rooms are free, and what the desk shows and does (R22)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from consultations.desk import line_at
from consultations.models import Room, Visit
from consultations.services import reception
from core.fsm import Conflict
from tests.conftest import NOW
from tests.consultations.conftest import DESK, MINUTE
from tests.tickets.pages import text_of

State = Visit.State
Make = Callable[..., Visit]


def act(page: Client, visit: Visit, verb: str, *, htmx: bool = False, **words: Any) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    return page.post(f"/kunjungan/{visit.number}/{verb}/", words, headers=headers)


def numbers(line: list[Any]) -> list[str]:
    return [row.visit.queue_number for row in line]


@pytest.mark.standard("R22")
def test_vulnerable_and_compensated_visitors_come_first_then_everybody_by_arrival(make_visit: Make) -> None:
    for minute, priority in enumerate([{}, {}, {"is_vulnerable": True}, {"is_vulnerable": True}, {}]):
        make_visit(now=NOW + minute * MINUTE, **priority)

    line = line_at(NOW + 6 * MINUTE)

    assert numbers(line.waiting) == ["A-003", "A-004", "A-001", "A-002", "A-005"]
    assert [visit.queue_number for visit in Visit.objects.waiting()] == numbers(line.waiting)


def test_who_is_called_back_or_comes_late_waits_at_the_place_of_their_arrival(
    make_visit: Make, receptionist: User
) -> None:
    first, second, third = (make_visit(now=NOW + minute * MINUTE) for minute in range(3))
    later = NOW + 5 * MINUTE
    room = Room.objects.free()[0]

    reception.direct_visit(first.pk, by=receptionist, now=later, room=room.pk)
    reception.call_back(first.pk, by=receptionist, now=later)
    reception.direct_visit(second.pk, by=receptionist, now=later, room=room.pk)
    reception.no_show(second.pk, by=receptionist, now=later)
    reception.return_to_queue(second.pk, by=receptionist, now=later)

    assert list(Visit.objects.waiting()) == [first, second, third]


def test_a_number_of_another_day_does_not_come_back(make_visit: Make, receptionist: User) -> None:
    visit = make_visit(State.NO_SHOW)

    with pytest.raises(Conflict, match="berlaku satu hari"):
        reception.return_to_queue(visit.pk, by=receptionist, now=NOW + timedelta(days=1))


def test_only_staffed_rooms_without_a_visitor_are_free(make_visit: Make, rooms: list[Room]) -> None:
    make_visit(State.DIRECTED, room=1)
    make_visit(State.IN_SESSION, room=2)
    make_visit(State.FINISHED, room=3)

    assert list(Room.objects.free()) == [rooms[2]]  # nobody sits in the fourth
    Room.objects.filter(pk=rooms[2].pk).update(is_open=False)
    assert not Room.objects.free().exists()


@pytest.mark.standard("R22")
def test_a_visitor_is_directed_to_a_room_and_its_officer_becomes_responsible(
    make_visit: Make, rooms: list[Room], receptionist: User
) -> None:
    visit = reception.direct_visit(make_visit().pk, by=receptionist, now=NOW, room=rooms[1].pk)

    assert (visit.room, visit.officer, visit.directed_at) == (rooms[1], rooms[1].officer, NOW)
    assert visit.events.last().data == {"room": "Ruang 2", "officer": str(rooms[1].officer)}


def test_a_taken_closed_empty_or_unknown_room_is_refused(
    make_visit: Make, rooms: list[Room], receptionist: User
) -> None:
    make_visit(State.IN_SESSION, room=1)
    visit = make_visit()
    Room.objects.filter(pk=rooms[1].pk).update(is_open=False)

    for room in (rooms[0].pk, rooms[1].pk, rooms[3].pk, 0):
        with pytest.raises(Conflict, match="tidak lagi kosong"):
            reception.direct_visit(visit.pk, by=receptionist, now=NOW, room=room)

    visit.refresh_from_db()
    assert (visit.state, visit.room) == (State.REGISTERED, None)


# The page


@time_machine.travel(NOW, tick=False)
def test_each_visitor_is_offered_the_next_free_room(desk: Client, make_visit: Make) -> None:
    for minute in (14, 9, 3):
        make_visit(now=NOW - minute * MINUTE)
    make_visit(State.DIRECTED, room=2, now=NOW - 2 * MINUTE)

    page = desk.get(DESK).content.decode()

    selects = re.findall(r'<select class="form-select" id="ruang-(\d)".*?</select>', page, re.DOTALL)
    chosen = [
        re.findall(r"<option[^>]*>([^<]+)", found.group())
        for found in re.finditer(r'<select class="form-select" id="ruang-.*?</select>', page, re.DOTALL)
    ]
    assert selects == ["1", "2", "3"]
    assert chosen == [["Ruang 1", "Ruang 3"], ["Ruang 1", "Ruang 3"], ["Pilih ruang", "Ruang 1", "Ruang 3"]]
    assert len(re.findall(r"<option value=\"\d+\" selected", page.partition('id="antrean"')[2])) == 2
    assert "Urut prioritas, lalu kedatangan" in page


@time_machine.travel(NOW, tick=False)
def test_the_desk_counts_and_says_who_waits_how_long(desk: Client, make_visit: Make) -> None:
    make_visit(now=NOW - 14 * MINUTE)
    make_visit(now=NOW - 9 * MINUTE, is_vulnerable=True)
    make_visit(State.FINISHED, now=NOW - 70 * MINUTE)
    make_visit(State.NO_SHOW, now=NOW - 60 * MINUTE)
    make_visit(State.IN_SESSION, room=1, now=NOW - 50 * MINUTE)

    words = text_of(desk.get(DESK))

    assert "5 tamu 2 menunggu, paling lama 14 menit 2 dari 4 ruang kosong" in words
    for sentence in (
        "Rabu, 18 November 2026",
        "Menunggu 14 menit",
        "Kelompok Rentan",
        "Selesai di tempat",
        "Tidak hadir saat dipanggil",
        "48 menit",
        "Sisa 12 menit",
        "Simpan, cetak nomor A-006",
        "Belum ada form permohonan dan data dukung",
    ):
        assert sentence in words


@time_machine.travel(NOW, tick=False)
def test_an_empty_day_says_so(desk: Client) -> None:
    words = text_of(desk.get(DESK))

    assert "Tidak ada tamu yang menunggu." in words
    assert "Belum ada ruang." in words
    assert "0 tamu 0 menunggu 0 dari 0 ruang kosong" in words


@time_machine.travel(NOW, tick=False)
def test_the_verbs_of_the_line_lead_back_to_the_desk(desk: Client, make_visit: Make, rooms: list[Room]) -> None:
    visit = make_visit()
    steps = [
        ("panggil", State.DIRECTED),
        ("batal-panggil", State.REGISTERED),
        ("panggil", State.DIRECTED),
        ("tidak-hadir", State.NO_SHOW),
        ("kembali", State.REGISTERED),
        ("pergi", State.LEFT),
    ]

    for verb, state in steps:
        assert act(desk, visit, verb, room=rooms[0].pk).url == DESK
        assert Visit.objects.get().state == state

    assert act(desk, visit, "panggil", room=rooms[0].pk).status_code == 409


@time_machine.travel(NOW, tick=False)
def test_htmx_is_told_what_was_done_or_why_not_with_the_line_as_it_is_now(
    desk: Client, make_visit: Make, rooms: list[Room]
) -> None:
    visit = make_visit()

    done = act(desk, visit, "panggil", htmx=True, room=rooms[0].pk)
    late = act(desk, visit, "panggil", htmx=True, room=rooms[0].pk)

    assert (done.status_code, late.status_code) == (200, 200)
    assert "A-001 dipanggil ke Ruang 1." in text_of(done)
    assert "A-001 tidak lagi menunggu." in text_of(late)
    for part in ('id="antrean"', 'id="ruang" ', 'id="angka" hx-swap-oob="true"', 'id="nomor" hx-swap-oob="true"'):
        assert part in done.content.decode()
    assert "<html" not in done.content.decode()


@pytest.mark.parametrize("room", ["", "0", "-1", "abc", "9" * 40, "1.5", "²"])
def test_nonsense_is_no_room(room: str, desk: Client, make_visit: Make) -> None:
    visit = make_visit()

    assert act(desk, visit, "panggil", room=room).status_code == 409
    assert Visit.objects.get().state == State.REGISTERED


@pytest.mark.parametrize("verb", ["panggil", "batal-panggil", "pergi", "tidak-hadir", "kembali", "slip"])
@pytest.mark.parametrize("number", ["BT-20261118-999", "x", "BT-%20", "9" * 200])
def test_a_visit_that_does_not_exist_is_not_found(verb: str, number: str, desk: Client) -> None:
    ask = desk.get if verb == "slip" else desk.post

    assert ask(f"/kunjungan/{number}/{verb}/").status_code == 404


@time_machine.travel(NOW, tick=False)
def test_a_poll_draws_the_line_alone(desk: Client, make_visit: Make) -> None:
    make_visit()

    answer = desk.get(DESK, headers={"HX-Request": "true"}).content.decode()

    assert "A-001" in answer
    assert '<form method="post" action="/resepsionis/"' not in answer


@time_machine.travel(NOW, tick=False)
@pytest.mark.standard("R21")
def test_the_slip_names_the_number_and_how_many_come_first_but_not_the_person(desk: Client, make_visit: Make) -> None:
    make_visit(now=NOW - MINUTE)
    visit = make_visit()

    answer = desk.get(f"/kunjungan/{visit.number}/slip/")
    words = text_of(answer)

    assert "A-002" in words
    assert "1 tamu dilayani sebelum Anda." in words
    assert "<svg" in answer.content.decode()
    assert visit.reporter.name not in words
    assert "tidak dipungut biaya" in words


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("visitors", [3, 12])
def test_the_desk_asks_the_database_as_often_for_twelve_as_for_three(
    visitors: int, desk: Client, make_visit: Make, django_assert_max_num_queries: Any
) -> None:
    for minute in range(visitors):
        make_visit(now=NOW - minute * MINUTE)
    make_visit(State.IN_SESSION, room=1)
    desk.get(DESK)

    with django_assert_max_num_queries(20):
        desk.get(DESK)
    with django_assert_max_num_queries(12):
        desk.get(DESK, headers={"HX-Request": "true"})
