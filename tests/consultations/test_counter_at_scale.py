"""The pages of the counter cost the same after 100,000 visits: as many questions, and each list by its index."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.models import Reporter, User
from accounts.services import add_visitor
from consultations.models import Room, Visit
from core.numbers import make_number
from tests.conftest import NOW
from tests.consultations.rows import HOUR, MINUTE, State, store, visit_row
from tests.test_pages_at_scale import plan_of, queries_of, reads
from tickets.models import Category

TABLE = "consultations_visit"
MIX = [State.FINISHED, State.FINISHED, State.LEFT, State.FINISHED, State.NO_SHOW]
BOOK = "/buku-tamu/"
QUERIES = {
    ("guest", "/layar-tunggu/"): 2,
    ("receptionist", BOOK): 9,
    ("receptionist", f"{BOOK}?masa=2026-11&keadaan=selesai"): 9,
    ("receptionist", f"{BOOK}?cari=Hasan"): 11,
    ("receptionist", f"{BOOK}?cari=BT-20261118-001"): 9,
    ("receptionist", "/kunjungan/{visit}/"): 9,
    ("consultant", "/kunjungan/{visit}/"): 9,
    ("supervisor", "/kunjungan/{visit}/"): 9,
}


def fill(count: int, rooms: list[Room], user: User) -> None:
    """Make visits of the last days, one for each hour, and one that waits now."""
    reporter = user.own_reporter
    assert reporter is not None
    rows = [
        visit_row(n + 2, MIX[n % len(MIX)], reporter=reporter, at=NOW - n * HOUR, room=rooms[n % 3])
        for n in range(count)
    ]
    store([*rows, visit_row(1, State.REGISTERED, reporter=reporter, at=NOW + MINUTE, room=None)])


@time_machine.travel(NOW + HOUR, tick=False)
@pytest.mark.parametrize("count", [20, 2000])
def test_every_page_asks_as_often_with_20_visits_as_with_2000(
    count: int,
    rooms: list[Room],
    vendor: User,
    request: pytest.FixtureRequest,
    sign_in: Callable[[User], Client],
) -> None:
    fill(count, rooms, vendor)
    visit = Visit.objects.filter(state=State.FINISHED).latest("arrived_at")
    browsers = {who: sign_in(request.getfixturevalue(who)) for who, _page in QUERIES if who != "guest"}
    browsers["guest"] = Client()

    asked = {(who, page): queries_of(browsers[who], page.format(visit=visit)) for who, page in QUERIES}

    assert asked == QUERIES


MANY_ROWS, PEOPLE = 100_000, 100
# One hundred visits a day, for ever more days.
MANY = """
INSERT INTO consultations_visit (number, day, serial, key, state, reporter_id, organisation, phone, email, purpose_id,
    problem, error_code, ticket_number, has_form, has_documents, is_vulnerable, is_compensated, arrived_at, ended_at,
    excuse, excuse_note)
SELECT 'BT-' || to_char(day, 'YYYYMMDD') || '-' || lpad(serial::text, 3, '0'), day, serial, gen_random_uuid(), 'left',
    %(first)s + (serial * 7 + ago * 13) %% %(people)s, 'PT Rekaan ' || md5((serial * ago)::text),
    '+62812' || lpad((serial * 1000 + ago)::text, 8, '0'), '', %(purpose)s, '', '',
    CASE WHEN serial = 1 THEN 'TKT-2026-' || lpad(ago::text, 6, '0') ELSE '' END, true, false, false, false,
    day::timestamp + serial * interval '6 minutes', day::timestamp + serial * interval '7 minutes', '', ''
FROM generate_series(1, %(days)s) AS ago, generate_series(1, 100) AS serial,
    LATERAL (SELECT %(today)s::date - ago AS day) AS calendar
"""
NUMBER = make_number("TKT", 2026, 42)
# By which index each list is read, and each search; what is rare is looked for where it is.
READS = {
    "": "guest_book",
    "masa=2026-10": "guest_book",
    "masa=2026-10&keadaan=pergi": "guest_book",
    "keadaan=pergi": "guest_book",
    "cari=BT-20261001-042": "consultations_visit_number",
    "cari=0812-0000-2048": "visits_by_phone",
    f"cari={NUMBER}": "visits_about_ticket",
}
# Names are compared faster one by one until there are many.
READS_OF_MANY = READS | dict.fromkeys(["cari=Hasan Khayal", "cari=Bahari Contoh"], "visits_by_organisation")


@pytest.mark.parametrize("count", [10_000, pytest.param(MANY_ROWS, marks=pytest.mark.faults)])
def test_many_visits_are_read_by_their_indexes(
    count: int, receptionist: User, sign_in: Callable[[User], Client]
) -> None:
    contact: dict[str, Any] = {"kind": Reporter.Kind.PPK, "email": "", "phone": "+6281300000000"}
    people = [add_visitor(name=f"Tamu {n}", **contact) for n in range(PEOPLE)]
    add_visitor(name="Hasan Khayal", **contact)
    given = {"first": people[0].pk, "purpose": Category.objects.get(name="Akun").pk, "today": NOW.date()}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # the product's is for pages
        cursor.execute(MANY, given | {"days": count // 100, "people": PEOPLE})
        cursor.execute("ANALYZE")
    browser, expected = sign_in(receptionist), READS_OF_MANY if count == MANY_ROWS else READS

    used = {query: set(reads(plan_of(browser, f"{BOOK}?{query}", TABLE), TABLE)) for query in expected}
    following = browser.get(BOOK).context["page"].next
    deep = plan_of(browser, f"{BOOK}?sesudah={following}", TABLE)

    assert Visit.objects.count() == count
    assert not {query: found for query, found in used.items() if "Seq Scan" in found}
    assert not {
        query: used[query] for query in used if not any(name.startswith(expected[query]) for name in used[query])
    }
    assert set(reads(deep, TABLE)) == {"guest_book"}
    assert "ROW(" in str(deep)
