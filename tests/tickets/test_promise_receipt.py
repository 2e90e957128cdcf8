"""The promise before it is given, when it is given, and on paper: until when, and why then."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Lpse, User
from escalation.models import Holiday
from escalation.working import Day
from tests.conftest import NOW
from tests.tickets.pages import FILE, send, text_of
from tickets import promise
from tickets.models import Subcategory, Ticket
from tickets.views.promise import qr_of

Browse = Callable[[User], Client]
TicketIn = Callable[..., Ticket]
DUE = "Senin, 23 November 2026 pukul 16.00 WIB"  # of what begins at NOW


def at(moment: datetime) -> Any:
    return time_machine.travel(moment, tick=False)


# Before filing


@pytest.mark.standard("R33")
@pytest.mark.standard("A03")
@at(datetime(2026, 11, 20, 11, tzinfo=UTC))
def test_the_form_says_until_when_we_would_answer_and_how_that_is_counted(vendor: User, sign_in: Browse) -> None:
    page = text_of(sign_in(vendor).get(FILE))

    assert "Setelah dikirim sekarang, kami menanggapi paling lambat Rabu, 25 November 2026 pukul 16.00 WIB" in page
    assert "Jum 20 hari ini, hari masuk, tidak dihitung Sab 21 libur, tidak dihitung" in page
    assert "Sen 23 hari kerja ke-1" in page
    assert "Rab 25 batas, hari kerja ke-3" in page
    assert "3 hari kerja menurut jam kerja LPSE Kabupaten Sukamaju Fiktif" in page


@pytest.mark.standard("A04")
@at(NOW)
def test_choosing_another_lpse_draws_its_own_promise(vendor: User, other_lpse: Lpse, sign_in: Browse) -> None:
    Holiday.objects.create(day=date(2026, 11, 23), name="Hari Jadi Kota", kind="local", lpse=other_lpse)
    path = reverse("tickets:promise_preview")

    answer = sign_in(vendor).get(path, {"lpse": other_lpse.pk}, headers={"HX-Request": "true"})

    page = text_of(answer)
    assert "Selasa, 24 November 2026 pukul 16.00 WITA" in page
    assert "Hari Jadi Kota, tidak dihitung" in page
    assert {"janji", "janji-kirim"} <= set(re.findall(r'id="([\w-]+)"', answer.content.decode()))


@at(NOW)
def test_without_javascript_the_form_is_redrawn_for_the_lpse_in_it(
    vendor: User, subcategory: Subcategory, other_lpse: Lpse, sign_in: Browse
) -> None:
    page = text_of(send(sign_in(vendor), subcategory, other_lpse, tampilkan=""))

    assert "pukul 16.00 WITA" in page
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize("chosen", ["", "0", "abc", "9" * 30])
def test_without_an_lpse_there_is_no_date_yet(chosen: str, vendor: User, sign_in: Browse) -> None:
    path = reverse("tickets:promise_preview")

    page = text_of(sign_in(vendor).get(path, {"lpse": chosen}, headers={"HX-Request": "true"}))

    assert "Pilih LPSE tempat kejadian untuk melihat kapan kami menanggapi." in page
    assert "paling lambat" not in page


@at(NOW)
def test_what_the_form_promised_is_what_the_clock_promises(
    vendor: User, subcategory: Subcategory, lpse: Lpse, sign_in: Browse
) -> None:
    browser = sign_in(vendor)
    before = re.search(r"kami menanggapi paling lambat ([^.]+\.00 WIB)", text_of(browser.get(FILE)))

    receipt = text_of(browser.get(send(browser, subcategory, lpse)["Location"]))

    ticket = Ticket.objects.get()
    assert before
    assert before[1] == DUE
    assert f"dengan nomor {ticket.number} . Kami akan menanggapi paling lambat {DUE}" in receipt
    assert "Sen 23 batas, hari kerja ke-3" in receipt


# On paper


@pytest.mark.standard("R33")
@pytest.mark.standard("R02")
def test_the_promise_is_printed_day_by_day_with_clause_decree_and_a_way_back(
    make_ticket: TicketIn, vendor: User, helpdesk: User, settings: Any, sign_in: Browse
) -> None:
    settings.BASE_URL = "https://lpse-support.contoh.invalid"
    ticket = make_ticket(now=datetime(2026, 12, 22, 3, 0, tzinfo=UTC), title="Gagal kirim penawaran")

    with at(datetime(2026, 12, 23, 3, 42, tzinfo=UTC)):
        answers = [sign_in(user).get(reverse("tickets:promise", args=[ticket.number])) for user in (vendor, helpdesk)]

    page = text_of(answers[0])
    for words in (
        ticket.number,
        "Gagal kirim penawaran",
        "Wulan Rekaan, CV Rekaan 1",
        "Selasa, 22 Desember 2026 pukul 10.00 WIB",
        "Batas tanggap Selasa, 29 Desember 2026 pukul 16.00 WIB",
        "3 hari kerja sesudah hari penerimaan",
        "Jangka Waktu Pelayanan LPSE Support, Standar Pelayanan No. SK 26 TAHUN 2022",
        "Sel 22 Des hari masuk, tidak dihitung",
        "Rab 23 Des hari kerja ke-1",
        "Sab 26 Des libur, tidak dihitung",
        "Sel 29 Des hari kerja ke-3",
        "Dicetak Rabu, 23 Desember 2026 pukul 10.42 WIB",
    ):
        assert words in page
    assert re.search(r"Kam 24 Des [^,]*(Cuti|cuti)[^,]*, tidak dihitung", page)
    assert answers[1].status_code == 200
    assert f'<div role="img" aria-label="Kode QR untuk melacak {ticket.number}"><svg' in answers[0].content.decode()


def test_the_drawing_of_the_address_needs_neither_style_nor_script() -> None:
    drawing = qr_of("https://lpse-support.contoh.invalid/tiket/TKT-2026-000123-7/")

    assert drawing.startswith('<svg viewBox="0 0 ')
    assert 'class="qr"' in drawing
    assert not re.search(r"style=|<script|on\w+=|xmlns:", drawing)


# How a count is drawn


def test_a_long_count_shows_the_first_day_and_the_last_seven(make_ticket: TicketIn) -> None:
    ticket = make_ticket(now=datetime(2027, 3, 3, 2, tzinfo=UTC))
    clock = ticket.response_clock
    assert clock is not None

    cells = promise.cells_of(clock, ticket.filed_at)

    assert len(clock.count) == 14
    assert [cell.day and cell.day.day for cell in cells] == [3, None, 10, 11, 12, 13, 14, 15, 16]
    assert cells[1].words == "6 hari lainnya"
    assert (cells[0].css, cells[-1].css) == ("day--past day--now", "day--due")


@pytest.mark.parametrize(
    ("number", "why", "words"),
    [
        (0, "", "hari masuk, tidak dihitung"),
        (0, "Sabtu", "hari masuk, tidak dihitung"),
        (2, "", "hari kerja ke-2"),
        (None, "Sabtu", "libur, tidak dihitung"),
        (None, "Cuti bersama Natal", "Cuti bersama Natal, tidak dihitung"),
    ],
)
def test_every_day_says_what_it_is(number: int | None, why: str, words: str) -> None:
    day = Day(date(2026, 11, 21), number, why)

    assert promise.count_words(day) == words
