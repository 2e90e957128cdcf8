"""The search box and the agent's screen cost the same however many tickets and callers there are (R28)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Lpse, Reporter, User
from callcenter.models import Call
from callcenter.services import calls, lookup
from tests.conftest import NOW
from tests.test_pages_at_scale import make_tickets, reads
from tickets.models import Ticket

Browse = Callable[[User], Client]
LARGE = ("tickets_ticket", "accounts_reporter", "callcenter_call")
# What an agent types, and how many questions the answer takes.
TEXTS = {
    "{number}": 5,
    "{short}": 5,
    "{wrong}": 6,
    "+6281200000077": 6,
    "Pelapor Ketujuh 77": 8,
    "Pelapor Ketujh": 8,
    "0000000000000077": 6,
    "p77@contoh.invalid": 6,
}
SCREEN = 21  # questions of the whole screen with a status to be read out


@pytest.fixture
def crowd(lpse: Lpse, other_lpse: Lpse, chain: dict[int, User]) -> Callable[[int], list[Ticket]]:
    """So many tickets of as many reporters, who have all called before."""

    def fill(count: int) -> list[Ticket]:
        facts = {"kind": "vendor", "business_form": "cv", "lpse": lpse}
        people = Reporter.objects.bulk_create(
            [
                Reporter(
                    name=f"Pelapor Ketujuh {n}" if n == 77 else f"Orang {n:x} Rekaan {n}",
                    phone=f"+62812{n:08}",
                    email=f"p{n}@contoh.invalid",
                    npwp=f"{n:016}",
                    business_name=f"CV Usaha {n}",
                    **facts,
                )
                for n in range(count)
            ],
            batch_size=2000,
        )
        tickets = make_tickets(count, people, [lpse, other_lpse], chain)
        done = {"agent": chain[2], "started_at": NOW, "ended_at": NOW, "duration_seconds": 9, "outcome": "dropped"}
        rows = [
            Call(number=f"CC-{n}", reporter=person, from_phone=person.phone, caller_name=person.name, **done)
            for n, person in enumerate(people)
        ]
        Call.objects.bulk_create(rows, batch_size=2000)
        return tickets

    return fill


@pytest.fixture
def call(make_call: Callable[..., Call], call_agent: User, ticket: Ticket, vendor: User) -> Call:
    """A running call about a ticket whose reporter calls."""
    pk = make_call().pk
    calls.identify(pk, by=call_agent, now=NOW, reporter=vendor.reporter)
    return lookup.look_up(pk, by=call_agent, now=NOW, number=ticket.number, address="")


def texts(ticket: Ticket) -> dict[str, str]:
    _prefix, year, serial, check = ticket.number.split("-")
    meant = {
        "number": ticket.number,
        "short": f"{int(serial)} {check}",
        "wrong": f"{year}{serial}{(int(check) + 1) % 10}",
    }
    return {shape: shape.format(**meant) for shape in TEXTS}


@time_machine.travel(NOW + timedelta(hours=1), tick=False)
@pytest.mark.parametrize("count", [100, 1000])
def test_the_screen_and_its_box_ask_as_often_with_100_as_with_1000(
    crowd: Callable[[int], list[Ticket]], call: Call, call_agent: User, sign_in: Browse, count: int
) -> None:
    ticket, browser = crowd(count)[80], sign_in(call_agent)

    asked = {shape: len(selects(browser, "find", {"cari": text})) for shape, text in texts(ticket).items()}
    screen = len(selects(browser, "desk", {}))

    assert asked == TEXTS
    assert screen == SCREEN


@time_machine.travel(NOW + timedelta(hours=1), tick=False)
def test_every_look_up_is_read_by_an_index(
    crowd: Callable[[int], list[Ticket]], call: Call, call_agent: User, sign_in: Browse
) -> None:
    ticket, browser = crowd(2000)[80], sign_in(call_agent)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few are faster read whole; shows which index would do

    asked = {text: selects(browser, "find", {"cari": text}) for text in texts(ticket).values()}
    asked["screen"] = selects(browser, "desk", {})

    read = {(text, table): ways for text, queries in asked.items() for table, ways in ways_of(queries)}
    assert not {place: ways for place, ways in read.items() if "Seq Scan" in ways}
    assert ("screen", "callcenter_call") in read


def selects(browser: Client, name: str, params: dict[str, str]) -> list[str]:
    headers: Any = {"HX-Request": "true"} if name == "find" else {}
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(reverse(f"callcenter:{name}"), params, headers=headers)
    assert answer.status_code == 200
    return [query["sql"] for query in queries]


def ways_of(queries: list[str]) -> list[tuple[str, set[str]]]:
    """Return by which indexes, or "Seq Scan", these questions read each large table."""
    found: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        for sql in queries:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
            plan = cursor.fetchone()[0][0]["Plan"]
            for table in LARGE:
                found.setdefault(table, set()).update(reads(plan, table))
    return [(table, ways) for table, ways in found.items() if ways]
