"""The guest book: who reads it, how visits are found and counted, and the sheet that is written down."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Reporter, User
from audit.models import AuditEntry
from consultations.guest_book import figures_of, matching
from consultations.models import Room, Visit
from tests.conftest import NOW
from tests.consultations.rows import HOUR, MINUTE, State, store, visit_row
from tests.core.test_sheets import cells_of
from tickets.models import Ticket

BOOK = "/buku-tamu/"
Make = Callable[..., Visit]
Browse = Callable[[User], Client]
DAY = timedelta(days=1)


@pytest.fixture
def desk(receptionist: User, sign_in: Browse) -> Client:
    """The browser of the front desk."""
    return sign_in(receptionist)


def shown(html: str) -> list[str]:
    """Return the queue numbers of the rows, first to last."""
    return re.findall(r"<b>(A-\d+)</b>", html)


def find(text: str) -> list[str]:
    return [visit.queue_number for visit in matching(Visit.objects.all(), text).order_by("serial")]


@pytest.mark.parametrize("address", [BOOK, f"{BOOK}unduh/"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("receptionist", 200),
        ("consultant", 200),
        ("supervisor", 200),
        *((who, 404) for who in ("vendor", "helpdesk", "eproc", "teknis", "call_agent", "complaint_officer")),
    ],
)
def test_reception_officers_and_the_penyelia_read_it_and_nobody_else(
    address: str, who: str, status: int, request: pytest.FixtureRequest, sign_in: Browse
) -> None:
    assert sign_in(request.getfixturevalue(who)).get(address).status_code == status
    assert Client().get(address).status_code == 302


@time_machine.travel(NOW + 2 * HOUR, tick=False)
def test_the_newest_visit_comes_first_and_filters_narrow_the_list(
    desk: Client, make_visit: Make, rooms: list[Room]
) -> None:
    make_visit(State.FINISHED, room=1, now=NOW - DAY)
    make_visit(State.LEFT, now=NOW)
    make_visit(State.IN_SESSION, room=2, now=NOW + MINUTE)
    make_visit(State.REGISTERED, now=NOW + 2 * MINUTE)

    def rows(query: str = "") -> list[str]:
        return shown(desk.get(f"{BOOK}?{query}").content.decode())

    assert rows() == ["A-003", "A-002", "A-001", "A-001"]
    assert rows("masa=2026-11-18") == ["A-003", "A-002", "A-001"]
    assert rows("masa=2026-11-17") == ["A-001"]
    assert rows("masa=7-hari&keadaan=pergi") == ["A-001"]
    assert rows(f"ruang={rooms[1].pk}") == ["A-002"]
    assert rows(f"petugas={rooms[0].officer_id}") == ["A-001"]
    assert rows("keadaan=menunggu&cari=A-003") == ["A-003"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hasan", True),
        ("hassan khayal", True),
        ("awan contoh", True),
        ("Teknologi Awan", True),
        ("PT Lain Fiktif", False),
        ("0812-0000-0008", True),
        ("+62 812 0000 0008", True),
        ("081200000009", False),
        ("A-001", True),
        ("a1", True),
        ("A-002", False),
        ("BT-20261118-001", True),
        ("bt 20261118 1", True),
        ("BT-20261119-001", False),
        ("{about}", True),
        ("{made}", True),
        ("TKT-2026-000999-1", False),
        ("Ha", False),
        ("%", False),
        ("'; --", False),
        ("9" * 60, False),
        ("A-99999", False),
    ],
)
def test_visits_are_found_by_person_organisation_phone_and_every_number(
    text: str, found: bool, make_visit: Make, visitor: Reporter, ticket: Ticket
) -> None:
    visit = make_visit(State.FINISHED, reporter=visitor, ticket_number=ticket.number)

    assert find(text.format(about=ticket.number, made=visit.ticket)) == (["A-001"] if found else [])


def test_a_visitor_is_found_by_what_they_gave_that_day_too(make_visit: Make, visitor: Reporter) -> None:
    make_visit(reporter=visitor, organisation="Dinas Khayal Kota Rekaan", phone="+6281399990000")

    assert find("Dinas Kayal") == find("0813 9999 0000") == find("Hasan") == ["A-001"]


def spans(*pairs: tuple[int, int]) -> list[dict[str, Any]]:
    """Return the moments of sessions by minutes of waiting and of talking."""
    return [
        {"started_at": NOW + wait * MINUTE, "ended_at": NOW + (wait + talk) * MINUTE, "directed_at": NOW}
        for wait, talk in pairs
    ]


@pytest.mark.standard("R35, A19")
def test_a_period_is_counted(visitor: Reporter, rooms: list[Room]) -> None:
    times = spans((2, 10), (4, 20), (6, 30), (8, 72))
    rows = [
        visit_row(serial, State.FINISHED, reporter=visitor, at=NOW, room=rooms[0], **moments)
        for serial, moments in enumerate(times, start=1)
    ]
    states = [State.REGISTERED, State.LEFT, State.LEFT, State.NO_SHOW]
    rows += [visit_row(9 + n, state, reporter=visitor, at=NOW, room=None) for n, state in enumerate(states)]
    store(rows)

    figures = figures_of(Visit.objects.all())

    assert (figures.waited, figures.waited_90) == (5 * MINUTE, timedelta(minutes=7, seconds=24))
    assert (figures.lasted, figures.lasted_90) == (25 * MINUTE, timedelta(minutes=59, seconds=24))
    assert (figures.visits, figures.solved, figures.left, figures.missed) == (8, 2, 2, 1)
    assert (figures.late, figures.excused) == (1, 0)


def test_nothing_is_counted_of_a_day_without_visits(desk: Client) -> None:
    html = desk.get(BOOK).content.decode()

    assert "Hari ini" in html
    assert "Buku tamu masih kosong" in html
    assert figures_of(Visit.objects.none()).waited is None


@time_machine.travel(NOW + HOUR, tick=False)
def test_the_numbers_are_of_today_unless_a_period_is_chosen(desk: Client, make_visit: Make) -> None:
    make_visit(State.LEFT, now=NOW - DAY)
    make_visit(State.REGISTERED, now=NOW)

    today, yesterday, searched = (desk.get(f"{BOOK}?{q}").context for q in ("", "masa=2026-11-17", "cari=nobody"))

    assert (today["figures"].visits, today["figures"].left) == (1, 0)
    assert (yesterday["figures"].visits, yesterday["figures"].left) == (1, 1)
    assert searched["figures"].visits == 1


NONSENSE = [
    "masa=1-1-1",
    "masa=9999999999999999999999",
    "keadaan=hilang&ruang=x&petugas=99999999999999999999999999",
    "cari=" + "x" * 5000,
    "cari=%F0%9F%98%80",
    "sesudah=" + "A" * 300,
    "sebelum=%0A",
]


@pytest.mark.parametrize("query", NONSENSE)
@pytest.mark.parametrize("address", [BOOK, f"{BOOK}unduh/"])
def test_what_makes_no_sense_filters_nothing(query: str, address: str, desk: Client) -> None:
    assert desk.get(f"{address}?{query}").status_code == 200


@time_machine.travel(NOW + HOUR, tick=False)
def test_the_sheet_holds_what_is_shown_and_nothing_in_it_computes(
    desk: Client, receptionist: User, make_visit: Make, visitor: Reporter
) -> None:
    make_visit(State.FINISHED, reporter=visitor, organisation='=HYPERLINK("https://contoh.invalid")')
    make_visit(State.LEFT, now=NOW - DAY)

    answer = desk.get(f"{BOOK}unduh/?masa=2026-11-18&cari=Hasan")

    headings, row = cells_of(answer.content)
    cells = [text for _kind, text in row]
    assert len(headings) == 16
    assert cells[:5] == [
        "BT-20261118-001",
        "A-001",
        "18 Nov 2026 09.12 WIB",
        "Hasan Khayal",
        '=HYPERLINK("https://contoh.invalid")',
    ]
    assert {kind for kind, text in row if text.startswith("=")} == {"inlineStr"}
    assert "Selesai di tempat" in cells
    assert answer["Content-Disposition"] == 'attachment; filename="buku-tamu-2026-11-18.xlsx"'
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.LIST_EXPORTED)
    assert (entry.actor, entry.subject) == (receptionist, f"{BOOK}unduh/")
    assert entry.data == {"filters": {"masa": "2026-11-18", "cari": "Hasan"}, "rows": 1}


def test_a_refused_sheet_is_not_written_down_as_taken(helpdesk: User, sign_in: Browse) -> None:
    sign_in(helpdesk).get(f"{BOOK}unduh/")

    assert not AuditEntry.objects.filter(kind=AuditEntry.Kind.LIST_EXPORTED).exists()
