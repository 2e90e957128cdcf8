"""The waiting display: numbers and rooms, spoken once, and nothing about anybody."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import Role, User
from consultations.models import Room, Visit
from tests.consultations.rows import MINUTE, State, store, visit_row
from tests.test_pages_at_scale import queries_of

NOW = datetime(2026, 11, 23, 3, 42, tzinfo=UTC)  # Monday 10.42 WIB
NIGHT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # Friday 22.00 WIB
PAGE = "/layar-tunggu/"
Put = Callable[..., Visit]


@pytest.fixture
def put(vendor: User, make_user: Callable[..., User]) -> Put:
    """A visitor of today with this queue number; a room of the same number and its officer come with them."""

    def visit(serial: int, state: str, **fields: Any) -> Visit:
        officer = make_user(f"officer{serial}", (Role.CONSULTANT, None))
        room = Room.objects.create(name=f"Ruang {serial}", order=serial, officer=officer)
        at = fields.pop("at", NOW - 40 * MINUTE + serial * MINUTE)
        return store([visit_row(serial, state, reporter=vendor.own_reporter, at=at, room=room, **fields)])[0]

    return visit


def page(client: Client) -> str:
    return client.get(PAGE).content.decode()


def address(html: str) -> str:
    """Return what the page asks again by itself."""
    (found,) = re.findall(r'hx-get="([^"]+)"', html)
    return str(found).replace("&amp;", "&")


def poll(client: Client, html: str) -> Any:
    return client.get(address(html), headers={"HX-Request": "true"})


def numbers(html: str) -> list[str]:
    return re.findall(r"A-\d+", html.partition("suara")[0])


@time_machine.travel(NOW, tick=False)
def test_the_last_call_is_largest_then_who_is_served_and_who_comes_next(client: Client, put: Put) -> None:
    put(3, State.IN_SESSION)
    put(4, State.IN_SESSION)
    put(5, State.REGISTERED)
    put(6, State.DIRECTED)
    put(7, State.REGISTERED, is_vulnerable=True)
    put(2, State.FINISHED)
    put(1, State.LEFT)

    html = page(client)

    assert numbers(html) == ["A-006", "A-003", "A-004", "A-007", "A-005"]
    assert '<p class="board__num num mb-3">A-006</p>' in html
    assert "menuju Ruang 6" in html
    assert "Senin, 23 November 2026" in html
    assert "10.42 WIB" in html


@time_machine.travel(NOW, tick=False)
def test_whoever_else_is_called_stays_on_the_display_before_those_in_rooms(client: Client, put: Put) -> None:
    for serial in (1, 2, 3, 4):
        put(serial, State.IN_SESSION)
    for serial in (5, 6, 7):
        put(serial, State.DIRECTED)
    put(8, State.REGISTERED)
    put(9, State.REGISTERED)
    put(10, State.REGISTERED)

    assert numbers(page(client)) == ["A-007", "A-006", "A-005", "A-001", "A-008"]


@time_machine.travel(NOW, tick=False)
def test_the_display_tells_nothing_about_a_person(client: Client, put: Put, vendor: User) -> None:
    texts = {"problem": "Rahasia perusahaan", "email": "tamu@contoh.invalid", "organisation": "PT Rahasia Rekaan"}
    visits = [put(1, State.REGISTERED, **texts), put(2, State.DIRECTED, **texts), put(3, State.IN_SESSION, **texts)]
    html = page(client)
    html += poll(client, html.replace(re.findall(r"keadaan=(\w+)", html)[0], "lain")).content.decode()

    reporter = vendor.own_reporter
    secrets = [*texts.values(), reporter.name, reporter.phone, reporter.business_name, reporter.npwp]
    secrets += [visit.number for visit in visits] + [str(visit.officer) for visit in visits if visit.officer]
    assert not [secret for secret in secrets if escape(secret) in html]


def test_a_poll_is_answered_only_when_something_changed(client: Client, put: Put) -> None:
    with time_machine.travel(NOW, tick=False):
        put(1, State.REGISTERED)
        html = page(client)

        assert poll(client, html).status_code == 204
    with time_machine.travel(NOW + MINUTE, tick=False):
        answer = poll(client, html).content.decode()

        assert "10.43 WIB" in answer
        assert "A-001" not in answer
        put(2, State.DIRECTED)
        answer = poll(client, answer).content.decode()
        assert numbers(answer) == ["A-002", "A-001"]
        assert 'id="papan" hx-swap-oob="true"' in answer
        assert poll(client, answer).status_code == 204


@time_machine.travel(NOW, tick=False)
def test_a_call_is_spoken_once(client: Client, put: Put) -> None:
    html = page(client)
    assert re.search(r'<p class="visually-hidden" id="suara" aria-live="assertive"></p>', html)

    put(6, State.DIRECTED)
    first = poll(client, html).content.decode()
    put(7, State.REGISTERED)
    second = poll(client, first).content.decode()
    put(8, State.DIRECTED)
    put(9, State.DIRECTED)
    third = poll(client, second).content.decode()

    spoken = [
        re.findall(r"Nomor antrean A-\d+, silakan menuju Ruang \d+\.", answer) for answer in (first, second, third)
    ]
    assert spoken == [
        ["Nomor antrean A-006, silakan menuju Ruang 6."],
        [],
        ["Nomor antrean A-008, silakan menuju Ruang 8.", "Nomor antrean A-009, silakan menuju Ruang 9."],
    ]
    assert "#suara" not in second
    assert poll(client, page(client)).status_code == 204


@time_machine.travel(NOW, tick=False)
def test_a_number_that_is_called_again_is_spoken_again(client: Client, put: Put) -> None:
    visit = put(6, State.DIRECTED)
    html = page(client)
    Visit.objects.filter(pk=visit.pk).update(directed_at=NOW)

    assert "Nomor antrean A-006" in poll(client, html).content.decode()


@time_machine.travel(NOW, tick=False)
def test_a_new_release_is_fetched_by_itself(client: Client, put: Put) -> None:
    answer = client.get(f"{PAGE}?versi=lama&keadaan=x", headers={"HX-Request": "true"})

    assert answer["HX-Refresh"] == "true"
    assert answer.content == b""


@pytest.mark.parametrize("asked", ["", "?versi[]=1&keadaan=%", "?keadaan=" + "9" * 5000, "?panggilan=-&pukul=%F0%9F"])
@time_machine.travel(NOW, tick=False)
def test_a_poll_that_nobody_sends_does_no_harm(asked: str, client: Client, put: Put) -> None:
    assert client.get(PAGE + asked, headers={"HX-Request": "true"}).status_code == 200


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (NOW, "Belum ada nomor yang dipanggil"),
        (NIGHT, "Buka kembali Senin, 23 November 2026 pukul 07.30 WIB"),
        (NOW - timedelta(days=1), "Buka kembali Senin, 23 November 2026 pukul 07.30 WIB"),
    ],
)
def test_without_visitors_the_display_says_why(now: datetime, words: str, client: Client, db: None) -> None:
    with time_machine.travel(now, tick=False):
        html = page(client)

    assert words in html
    assert "Tidak ada tamu yang menunggu." in html


@time_machine.travel(NOW, tick=False)
def test_visitors_of_yesterday_are_not_shown(client: Client, put: Put) -> None:
    put(1, State.REGISTERED, at=NOW - timedelta(days=3))

    assert numbers(page(client)) == []


@time_machine.travel(NOW, tick=False)
def test_without_javascript_the_page_reloads_itself(client: Client, db: None) -> None:
    assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in page(client)


@pytest.mark.parametrize("count", [1, 12])
@time_machine.travel(NOW, tick=False)
def test_the_display_costs_one_question_however_many_wait(count: int, client: Client, put: Put) -> None:
    for serial in range(count):
        put(serial + 1, State.REGISTERED)
    html = page(client)
    stale = address(html).replace("keadaan=", "keadaan=x")

    assert queries_of(client, reverse("consultations:display")) == 2
    with time_machine.travel(NOW, tick=False):
        client.defaults["HTTP_HX_REQUEST"] = "true"
        assert queries_of(client, stale) == 1
