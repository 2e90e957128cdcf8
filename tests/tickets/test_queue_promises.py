"""A queue keeps time: what goes first, what is late, what is due next, and the words and badges that say so."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Lpse, User
from escalation.models import Clock, Entitlement
from escalation.services import clocks
from tests.conftest import NOW
from tests.tickets.pages import text_of
from tickets.models import Ticket
from tickets.services import excusing, handling

Browse = Callable[[User], Client]
Make = Callable[..., Ticket]
Status = Ticket.Status
QUEUE = "/antrean/lpse-sukamaju/"
DAY = timedelta(days=1)
# Three working days after NOW, Wednesday 18 November: Monday 23 November 16.00 WIB.
MONDAY_16_WIB = NOW.replace(day=23, hour=9, minute=0)


@pytest.fixture
def browser(helpdesk: User, sign_in: Browse) -> Client:
    """The helpdesk's browser."""
    return sign_in(helpdesk)


def lines(answer: HttpResponse) -> Iterator[str]:
    """The headings and tickets of a list, from top to bottom."""
    table = answer.content.decode().split("<thead>")[1]
    for heading, number in re.findall(
        r'scope="rowgroup">(.*?)</th>|<a class="queue__t" id="([^"]+)"', table, re.DOTALL
    ):
        yield number or " ".join(re.sub(r"<svg.*?</svg>", "", html.unescape(heading), flags=re.DOTALL).split())


def row_of(ticket: Ticket, answer: HttpResponse) -> str:
    """The words of one row."""
    (row,) = [row for row in answer.content.decode().split("<tr data-row>") if f'id="{ticket.number}"' in row]
    return " ".join(html.unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", row, flags=re.DOTALL)).split())


def compensate(ticket: Ticket) -> None:
    """Let a ticket go first, as if its reporter had been owed it."""
    Ticket.objects.filter(pk=ticket.pk).update(is_compensated=True)


def detect(ticket: Ticket, now: datetime) -> None:
    """Write down what this ticket is late with, as the sweep does."""
    for clock in Clock.objects.running().filter(case=ticket.number, due_at__lt=now):
        clocks.record_breaches([clock], now=now)


def excuse(ticket: Ticket, by: User, now: datetime) -> None:
    """Say why a late ticket was not our fault."""
    version = Ticket.objects.get(pk=ticket.pk).version
    excusing.excuse_breaches(
        ticket.pk, by=by, now=now, version=version, key=uuid4(), reason="Gangguan jaringan.", evidence="Berita acara."
    )


@pytest.mark.standard("R39")
@time_machine.travel(NOW, tick=False)
def test_a_queue_stands_under_headings_in_the_order_of_its_promises(ticket_in: Make, browser: Client) -> None:
    later = ticket_in()
    waiting = ticket_in(1, Status.AWAITING_DATA)
    answered = ticket_in()
    handling.reply_to_ticket(
        answered.pk, by=browser_user(browser), now=NOW, version=1, key=uuid4(), text="Mohon tunggu."
    )
    today = ticket_in(now=NOW - 5 * DAY)  # Friday
    late = ticket_in(now=NOW - 8 * DAY)
    urgent = ticket_in(stage_deadline_at=NOW + DAY)
    compensated = ticket_in()
    compensate(compensated)

    shown = list(lines(browser.get(QUEUE)))

    assert shown == [
        *("Didahulukan", urgent.number, compensated.number),
        *("Terlambat", late.number),
        *("Hari ini, Rabu, 18 November 2026", today.number),
        *("Senin, 23 November 2026", later.number),
        *("Sudah ditanggapi", answered.number),
        *("Menunggu pelapor", waiting.number),
    ]


def browser_user(browser: Client) -> User:
    return User.objects.get(pk=browser.session["_auth_user_id"])


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (NOW, "Sisa 3 hari kerja Sen 23 Nov 16.00"),
        (NOW + 2 * DAY, "Sisa 1 hari kerja Sen 23 Nov 16.00"),
        (MONDAY_16_WIB, "Hari ini 16.00 Sen 23 Nov 16.00"),
        (MONDAY_16_WIB + timedelta(seconds=1), "Terlambat kurang dari 1 hari kerja Sen 23 Nov 16.00"),
        (MONDAY_16_WIB + 2 * DAY, "Terlambat 2 hari kerja Sen 23 Nov 16.00"),
    ],
)
def test_the_clock_says_how_many_working_days_are_left_or_lost(
    now: datetime, words: str, ticket: Ticket, helpdesk: User, sign_in: Browse
) -> None:
    with time_machine.travel(now, tick=False):
        answer = sign_in(helpdesk).get(QUEUE)

    assert words in row_of(ticket, answer)


@time_machine.travel(NOW, tick=False)
def test_the_clock_of_what_waits_for_its_reporter_has_stopped(ticket_in: Make, browser: Client) -> None:
    asked, solved = ticket_in(1, Status.AWAITING_DATA), ticket_in(1, Status.AWAITING_CONFIRMATION)

    answer = browser.get(QUEUE)

    assert "Jam berhenti Ditunggu sampai 2 Des" in row_of(asked, answer)
    assert "Sudah ditanggapi Ditunggu sampai 2 Des" in row_of(solved, answer)


def test_days_are_those_of_the_desk(make_ticket: Make, other_lpse: Lpse, other_helpdesk: User, sign_in: Browse) -> None:
    make_ticket(lpse=other_lpse)  # due Monday 16.00 WITA
    midnight = MONDAY_16_WIB.replace(day=22, hour=16, minute=0)  # 23.00 WIB, but 00.00 WITA

    with time_machine.travel(midnight, tick=False):
        shown = list(lines(sign_in(other_helpdesk).get("/antrean/lpse-bahari/")))

    assert shown[0] == "Hari ini, Senin, 23 November 2026"


@time_machine.travel(NOW, tick=False)
def test_a_group_goes_on_over_the_end_of_a_page(
    make_ticket: Make, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.pagination.keyset_page.__defaults__", (2,))
    first, second, third = make_ticket(), make_ticket(), make_ticket()

    page = browser.get(QUEUE)
    following = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
    assert following

    day = "Senin, 23 November 2026"
    assert list(lines(page)) == [day, first.number, second.number]
    assert list(lines(browser.get(QUEUE + html.unescape(following[1])))) == [day, third.number]


@pytest.mark.parametrize("address", ["?urut=terlama", "?urut=terbaru", "?urut=tenggat", "?tampil=ditutup"])
def test_other_orders_have_no_headings(address: str, ticket_in: Make, browser: Client) -> None:
    ticket_in()
    ticket_in(1, Status.CLOSED)

    assert len(list(lines(browser.get(QUEUE + address)))) == 1


def test_what_goes_first_is_taken_first(make_ticket: Make, browser: Client) -> None:
    make_ticket(now=NOW - 8 * DAY)  # late
    compensated = make_ticket()
    compensate(compensated)

    taken = browser.post(f"{QUEUE}ambil/")

    assert taken["Location"] == compensated.get_absolute_url()


@time_machine.travel(NOW, tick=False)
def test_neighbours_follow_the_order_of_promises(make_ticket: Make, browser: Client) -> None:
    due_later, late, compensated = make_ticket(), make_ticket(now=NOW - 8 * DAY), make_ticket()
    compensate(compensated)

    page = browser.get(late.get_absolute_url(), {"dari": "lpse-sukamaju?tampil=semua"}).content.decode()

    assert re.search(rf'rel="prev" href="{compensated.get_absolute_url()}', page)
    assert re.search(rf'rel="next" href="{due_later.get_absolute_url()}', page)


# Late, for good


@pytest.mark.standard("R39")
def test_the_tab_of_late_tickets_counts_what_is_overdue_now(ticket_in: Make, helpdesk: User, sign_in: Browse) -> None:
    overdue, answered = ticket_in(), ticket_in()
    now = MONDAY_16_WIB + DAY
    version = Ticket.objects.get(pk=answered.pk).version
    handling.reply_to_ticket(answered.pk, by=helpdesk, now=now, version=version, key=uuid4(), text="Maaf, terlambat.")

    with time_machine.travel(now, tick=False):
        browser = sign_in(helpdesk)
        tab = browser.get(QUEUE, {"tampil": "terlambat"})
        filtered = browser.get(QUEUE, {"terlambat": "ya"})

    assert list(lines(tab)) == ["Terlambat", overdue.number]
    assert re.search(r'class="is-late".*?>Terlambat<b>1</b>', tab.content.decode())
    assert [line for line in lines(filtered) if line.startswith("TKT")] == [answered.number]
    assert row_of(answered, filtered).startswith("Pilih " + answered.number + " Sudah ditanggapi")
    assert row_of(answered, filtered).count("Terlambat") == row_of(overdue, tab).count("Terlambat") == 1


def test_an_excused_ticket_is_found_as_excused(
    ticket_in: Make, helpdesk: User, supervisor: User, browser: Client
) -> None:
    late, excused, _in_time = ticket_in(), ticket_in(), ticket_in(now=NOW + 5 * DAY)
    now = MONDAY_16_WIB + DAY
    detect(late, now)
    taken = handling.take_ticket(excused.pk, by=helpdesk, now=now)
    handling.reply_to_ticket(
        taken.pk, by=helpdesk, now=now, version=taken.version, key=uuid4(), text="Maaf, terlambat."
    )
    excuse(excused, supervisor, now)

    standing = browser.get(QUEUE, {"terlambat": "ya"})
    forgiven = browser.get(QUEUE, {"terlambat": "dikecualikan"})

    assert [line for line in lines(standing) if line.startswith("TKT")] == [late.number]
    assert [line for line in lines(forgiven) if line.startswith("TKT")] == [excused.number]
    assert "Dikecualikan" in row_of(excused, forgiven)


def test_badges_cost_no_question_per_row(make_ticket: Make, browser: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(QUEUE)
        return len(queries)

    detect(make_ticket(), MONDAY_16_WIB + DAY)
    browser.get(QUEUE)
    few = asked()
    for _number in range(9):
        ticket = make_ticket(stage_deadline_at=NOW + DAY)
        compensate(ticket)
        detect(ticket, MONDAY_16_WIB + DAY)

    assert asked() == few


# What the reporter reads


@pytest.mark.standard("R39")
def test_own_tickets_say_what_is_owed(make_ticket: Make, vendor: User, colleague: User, sign_in: Browse) -> None:
    late = make_ticket()
    now = MONDAY_16_WIB + DAY
    detect(late, now)
    promise = "Tiket berikutnya yang Anda buat akan didahulukan."

    with time_machine.travel(now, tick=False):
        page = text_of(sign_in(vendor).get("/tiket/"))
        other = text_of(sign_in(colleague).get("/tiket/"))
    Entitlement.objects.update(redeemed_at=now, redeemed_case="TKT-2026-000002-0")

    assert page.count(promise) == 1
    assert f"tanggapan kami untuk {late.number} melewati batas waktu" in page
    assert promise not in other
    assert promise not in text_of(sign_in(vendor).get("/tiket/"))


@pytest.mark.parametrize("path", ["/tiket/", "/cari/?q=masuk"])
def test_lists_of_the_reporter_say_dates_with_their_zone(
    path: str, make_ticket: Make, vendor: User, sign_in: Browse
) -> None:
    compensate(make_ticket())

    def at(now: datetime) -> str:
        with time_machine.travel(now, tick=False):
            return text_of(sign_in(vendor).get(path))

    assert "Prioritas Kompensasi Tidak dapat masuk ke SPSE" in at(NOW)
    assert "Paling lambat 23 Nov 2026 16.00 WIB" in at(NOW)
    assert "Hari ini 16.00 WIB" in at(MONDAY_16_WIB)
    assert "Terlambat" in at(MONDAY_16_WIB + DAY)


def test_a_search_shows_what_was_late(make_ticket: Make, browser: Client) -> None:
    ticket: Any = make_ticket()
    detect(ticket, MONDAY_16_WIB + DAY)

    assert "Terlambat" in text_of(browser.get("/cari/", {"q": ticket.number}))
