"""What pages ask for by themselves costs next to nothing while nothing has changed, and is drawn once it has."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.conftest import NOW
from tickets.models import Ticket
from tickets.services import handling

QUEUE = "/antrean/lpse-sukamaju/"
MINUTE = timedelta(minutes=1)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def clock() -> Iterator[Any]:
    """An hour after the tickets were filed; it stands still until it is moved."""
    with time_machine.travel(NOW + 60 * MINUTE, tick=False) as clock:
        yield clock


@pytest.fixture
def desk(ticket: Ticket, clock: Any, helpdesk: User, sign_in: Callable[[User], Client]) -> Client:
    """An officer in front of the queue."""
    return sign_in(helpdesk)


def state_on(browser: Client, address: str = QUEUE) -> dict[str, str]:
    """Open a queue, and return what it asks with a minute later."""
    page = browser.get(address).content.decode()
    found = re.search(r'hx-get="([^"]+)" hx-vals=\'{"keadaan": "([0-9a-f]{8})"}\'', page)
    assert found
    assert found[1].replace("&amp;", "&").rstrip("?") == address
    return {"keadaan": found[2]}


def is_whole(answer: Any) -> bool:
    """Tell whether a poll brought the queue, or only the time."""
    assert answer.status_code == 200
    text = answer.content.decode()
    whole = 'id="antrean"' in text
    assert answer.headers.get("HX-Retarget", "") == ("" if whole else "#segarkan")
    assert 'id="segarkan"' in text
    return whole


def test_an_unchanged_queue_asks_one_question_and_brings_the_time(desk: Client, clock: Any) -> None:
    state = state_on(desk)
    clock.shift(MINUTE)

    with CaptureQueriesContext(connection) as queries:
        answer = desk.get(QUEUE, state, headers=HTMX)

    assert not is_whole(answer)
    assert "Diperbarui 10.13" in answer.content.decode()
    assert len(answer.content) < 600
    assert len(queries) == 3 + 1  # session, account and duties of whoever asks; then the rows


@pytest.mark.parametrize("address", ["?tampil=saya&urut=terbaru", "?tampil=ditutup", "?umur=1&petugas=tidak-ada"])
def test_every_view_of_a_queue_knows_its_own_state(desk: Client, address: str) -> None:
    state = state_on(desk, QUEUE + address)

    assert not is_whole(desk.get(QUEUE + address + "&keadaan=" + state["keadaan"], headers=HTMX))


def test_the_answer_asks_again_with_the_same_state(desk: Client) -> None:
    state = state_on(desk)

    text = desk.get(QUEUE, state, headers=HTMX).content.decode()

    assert f'hx-get="{QUEUE}?" hx-vals=\'{{"keadaan": "{state["keadaan"]}"}}\'' in text


@pytest.mark.parametrize("state", ["", "00000000", "9" * 5000, "' OR 1=1", "\ufffd"])
def test_a_state_that_is_not_ours_brings_the_whole_queue(desk: Client, state: str) -> None:
    assert is_whole(desk.get(QUEUE, {"keadaan": state}, headers=HTMX))


def test_without_htmx_the_state_is_passed_over(desk: Client) -> None:
    assert b"<html" in desk.get(QUEUE, state_on(desk)).content


def test_a_ticket_that_is_taken_arrives_or_goes_is_drawn(
    desk: Client, ticket: Ticket, helpdesk: User, verifier: User, make_ticket: Callable[..., Ticket], clock: Any
) -> None:
    now = NOW + 60 * MINUTE
    states = [state_on(desk)]
    handling.take_ticket(ticket.pk, by=verifier, now=now)
    drawn = [is_whole(desk.get(QUEUE, states[-1], headers=HTMX))]
    states.append(state_on(desk))
    arrived = make_ticket(now=now)
    drawn.append(is_whole(desk.get(QUEUE, states[-1], headers=HTMX)))
    states.append(state_on(desk))
    words = {"analysis": "Sudah diperiksa.", "line": "Diteruskan.", "version": arrived.version, "key": uuid4()}
    handling.escalate_ticket(arrived.pk, by=helpdesk, now=now, **words)

    drawn.append(is_whole(desk.get(QUEUE, states[-1], headers=HTMX)))

    assert drawn == [True, True, True]
    assert len({state["keadaan"] for state in states}) == 3


def test_a_ticket_that_becomes_late_is_drawn_at_once(desk: Client, ticket: Ticket, clock: Any) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(due_at=NOW + 60.5 * MINUTE)
    state = state_on(desk)
    clock.shift(MINUTE)

    assert is_whole(desk.get(QUEUE, state, headers=HTMX))


def test_words_of_time_are_drawn_anew_after_five_minutes(desk: Client, clock: Any) -> None:
    state = state_on(desk)
    clock.shift(5 * MINUTE)

    assert is_whole(desk.get(QUEUE, state, headers=HTMX))


@pytest.mark.parametrize(
    ("who", "way", "path", "queries", "size"),
    [
        ("helpdesk", "post", "/tiket/{number}/hadir/", 7, 10),
        ("call_agent", "get", "/panggilan/jawaban/?keadaan=", 4, 0),
        ("receptionist", "get", "/resepsionis/", 7, 2500),
        ("consultant", "get", "/ruang-konsultasi/", 10, 5000),
        ("supervisor", "get", "/pekerjaan-terjadwal/", 10, 12_000),
    ],
)
def test_every_other_poll_is_small_too(
    ticket: Ticket,
    sign_in: Callable[[User], Client],
    request: pytest.FixtureRequest,
    who: str,
    way: str,
    path: str,
    queries: int,
    size: int,
) -> None:
    browser = sign_in(request.getfixturevalue(who))
    address = path.format(number=ticket.number)
    getattr(browser, way)(address, headers=HTMX)

    with CaptureQueriesContext(connection) as asked:
        answer = getattr(browser, way)(address, headers=HTMX)

    assert answer.status_code == (200 if size else 204)
    assert len(answer.content) <= size
    assert len(asked) == queries
