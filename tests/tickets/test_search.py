"""Searching: what is found, in which order, how it is marked, and what nobody learns through it."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Lpse, Reporter, User
from core.numbers import make_number
from escalation.tiers import Tier
from tests.tickets.acts import escalate, form
from tickets.models import Ticket, TicketEvent
from tickets.services import handling, sharing
from tickets.services.search import SHOWN, find, is_misread_number, pieces

SECRET = "Rahasia dapur zirkonium"
Make = Callable[..., Ticket]
Browse = Callable[[User], Client]


def titles(text: str, user: User) -> list[str]:
    return [hit.ticket.title for hit in find(text, user=user).hits]


def page(browser: Client, text: str) -> HttpResponse:
    return browser.get(reverse("tickets:search"), {"q": text})


def note(ticket: Ticket, by: User, text: str) -> None:
    handling.add_internal_note(ticket.pk, by=by, text=text, **form(ticket))


@pytest.mark.parametrize("shape", ["{0}", "tkt {1} {2} {3}", "{1}{2:06}{3}", " {1}-{2}-{3} ", "TKT-{1}-{2:06}-{3}"])
def test_a_number_is_found_in_any_notation_and_comes_first(make_ticket: Make, helpdesk: User, shape: str) -> None:
    ticket = make_ticket()
    make_ticket(title=f"Lanjutan {ticket.number}")
    _kind, year, serial, check = ticket.number.split("-")

    found = find(shape.format(ticket.number, year, int(serial), check), user=helpdesk)

    assert found.hits[0].ticket == ticket


@pytest.mark.parametrize(
    ("text", "is_misread"),
    [("TKT-2026-000001-1", True), ("2026 1 9", True), ("20260000019", True), ("paket 2026", False), ("504", False)],
)
def test_a_wrong_check_digit_is_said_in_words(sign_in: Browse, vendor: User, text: str, is_misread: bool) -> None:
    assert is_misread_number(text) is is_misread
    assert ("angka terakhirnya tidak cocok" in page(sign_in(vendor), text).content.decode()) is is_misread


def test_words_are_found_in_any_form_of_the_language(make_ticket: Make, vendor: User) -> None:
    make_ticket(title="Gagal mengunggah dokumen", description="Penawaran ditolak.")

    assert titles("unggahan", vendor) == ["Gagal mengunggah dokumen"]
    assert titles("tolak penawaran", vendor) == ["Gagal mengunggah dokumen"]
    assert titles("unggah -dokumen", vendor) == []


def test_a_title_comes_before_a_description_and_that_before_a_message(
    make_ticket: Make, vendor: User, helpdesk: User
) -> None:
    talk = make_ticket(title="Ketiga")
    handling.reply_to_ticket(talk.pk, by=helpdesk, text="Soal sertifikat.", **form(talk))
    make_ticket(title="Kedua", description="Tentang sertifikat.")
    make_ticket(title="Sertifikat pertama")

    assert titles("sertifikat", vendor) == ["Sertifikat pertama", "Kedua", "Ketiga"]


@pytest.mark.parametrize("text", ["88123456", "88123", "err-504", "ERR-504 Gateway"])
def test_codes_are_found_whole_or_by_their_beginning(make_ticket: Make, helpdesk: User, text: str) -> None:
    make_ticket(title="Ini", package_code="88123456", error_code="ERR-504 Gateway Timeout")
    make_ticket(title="Bukan", package_code="99123456", error_code="ERR-404")

    assert titles(text, helpdesk)[0] == "Ini"
    assert "Bukan" not in titles(text, helpdesk)


@pytest.mark.parametrize("text", ["Wulan Rekaan", "wulan", "Wulan Rekan", "Wullan", "CV Rekaan 1", "cv rekan"])
def test_staff_find_a_reporter_or_organisation_also_when_misspelt(ticket: Ticket, helpdesk: User, text: str) -> None:
    assert [hit.ticket for hit in find(text, user=helpdesk).hits] == [ticket]


def test_staff_find_an_institution_and_a_work_unit(make_ticket: Make, ppk: User, helpdesk: User) -> None:
    ticket = make_ticket(by=ppk)

    for text in ("Kabupaten Sukamajju", "Dinas Khayal"):
        assert [hit.ticket for hit in find(text, user=helpdesk).hits] == [ticket]


def test_a_name_spelt_right_comes_before_words_and_a_similar_one_after(
    make_ticket: Make, other_vendor: User, helpdesk: User
) -> None:
    make_ticket(title="Surat dari Bagus", description="Bagus menulis.")
    make_ticket(by=other_vendor, title="Tiket Bagus Contoh sendiri")
    make_ticket(by=other_vendor, title="Lain")

    assert titles("Bagus", helpdesk)[0] == "Lain"
    Reporter.objects.filter(user=other_vendor).update(name="Bagas Conto")
    assert titles("Bagus", helpdesk)[-1] == "Lain"


def test_nobody_finds_what_they_may_not_see(
    make_ticket: Make, vendor: User, other_vendor: User, other_helpdesk: User, eproc: User, receptionist: User
) -> None:
    ticket = make_ticket(title="Zirkonium", package_code="88123456", error_code="ERR-9")

    for person in (other_vendor, other_helpdesk, eproc, receptionist):
        for text in (ticket.number, "zirkonium", "88123456", "ERR-9", vendor.name, "CV Rekaan 1"):
            assert find(text, user=person).hits == [], (person, text)


def test_each_finds_what_they_may_see(
    make_ticket: Make, vendor: User, helpdesk: User, verifier: User, eproc: User, supervisor: User, lpse: Lpse
) -> None:
    ticket = escalate(make_ticket(title="Zirkonium"), helpdesk)
    colleague = Reporter.objects.get(user__username="vendor")
    assert ticket.reporter == colleague

    for person in (vendor, helpdesk, verifier, eproc, supervisor):
        assert [hit.ticket for hit in find("zirkonium", user=person).hits] == [ticket], person


def test_internal_notes_are_found_by_staff_only(
    make_ticket: Make, vendor: User, other_vendor: User, helpdesk: User, supervisor: User, sign_in: Browse
) -> None:
    Reporter.objects.filter(user=other_vendor).update(npwp=Reporter.objects.get(user=vendor).npwp)
    ticket = make_ticket(title="Biasa")
    note(ticket, helpdesk, f"{SECRET}. Kata biasa.")
    sharing.share_ticket(ticket.pk, by=vendor, now=form(ticket)["now"], colleague=other_vendor.own_reporter)

    for person in (helpdesk, supervisor):
        assert titles("zirkonium", person) == ["Biasa"]
        assert "zirkonium" in page(sign_in(person), "zirkonium").content.decode().split("<main")[1].split("<td")[1]
    for person in (vendor, other_vendor):
        assert titles("zirkonium", person) == []
        assert titles("biasa", person) == ["Biasa"]
        assert "dapur" not in page(sign_in(person), "biasa").content.decode()


def test_staff_find_no_notes_on_a_ticket_of_their_own(make_ticket: Make, author: User, helpdesk: User) -> None:
    ticket = make_ticket(by=author, title="Punya sendiri")
    note(ticket, helpdesk, SECRET)

    assert titles("zirkonium", helpdesk) == ["Punya sendiri"]
    assert titles("zirkonium", author) == []
    assert titles("sendiri", author) == ["Punya sendiri"]


def test_the_number_of_a_stranger_gives_the_page_of_one_that_does_not_exist(
    ticket: Ticket, other_vendor: User, sign_in: Browse
) -> None:
    missing = make_number("TKT", 2026, 999_999)

    def said(number: str) -> str:
        return page(sign_in(other_vendor), number).content.decode().replace(number, "")

    token = re.compile(r'"X-CSRFToken": "\w+"|name="csrfmiddlewaretoken" value="\w+"|value="TKT\S+"')
    assert ticket.number in page(sign_in(ticket.reporter.user), ticket.number).content.decode()
    assert token.sub("", said(ticket.number)) == token.sub("", said(missing))


def test_hits_are_marked_and_everything_else_is_escaped(make_ticket: Make, vendor: User, sign_in: Browse) -> None:
    make_ticket(title="<b>Token</b> & \x02token\x03", description="<script>alert(1)</script> token habis")

    html = page(sign_in(vendor), "token").content.decode()

    assert "<mark>Token</mark>" in html
    assert "<mark>token</mark> habis" in html
    assert "<script>alert" not in html
    assert "\x02" not in html


def test_marks_that_nobody_closed_do_no_harm() -> None:
    assert pieces("a \x02b\x03 c \x02d") == [("a ", False), ("b", True), (" c d", False)]


def test_more_hits_than_shown_are_said_to_be_more(make_ticket: Make, vendor: User, sign_in: Browse) -> None:
    for _place in range(SHOWN + 1):
        make_ticket()

    html = page(sign_in(vendor), "SPSE").content.decode()

    assert f"Lebih dari {SHOWN} tiket" in html
    assert html.count("data-row") == SHOWN


@pytest.mark.parametrize(
    "text",
    ["", " ", "&|!():*", "'\"", '"tidak tutup', "yang dan di", "-", "%", "\\", "a" * 200, "𝒳", "<->", "OR OR", "_" * 9],
)
def test_odd_text_gives_a_normal_page(ticket: Ticket, helpdesk: User, sign_in: Browse, text: str) -> None:
    assert page(sign_in(helpdesk), text).status_code == 200


def test_a_text_that_is_too_long_is_asked_to_be_shorter(helpdesk: User, sign_in: Browse) -> None:
    answer = page(sign_in(helpdesk), "kata " * 2_000)

    assert answer.status_code == 200
    assert "paling banyak 200 huruf" in answer.content.decode()


def test_nul_is_refused_before_it_is_searched(helpdesk: User, sign_in: Browse) -> None:
    assert page(sign_in(helpdesk), "a\0b").status_code == 400


def test_a_search_asks_the_database_the_same_number_of_questions(
    make_ticket: Make, helpdesk: User, sign_in: Browse
) -> None:
    browser = sign_in(helpdesk)

    def questions() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert page(browser, "masuk").status_code == 200
        return len(seen)

    make_ticket()
    one = questions()
    for _place in range(9):
        note(make_ticket(), helpdesk, "Sudah masuk antrean.")

    assert questions() == one


def test_a_redacted_message_is_found_no_more(ticket: Ticket, helpdesk: User) -> None:
    note(ticket, helpdesk, SECRET)
    assert titles("zirkonium", helpdesk)

    TicketEvent.objects.filter(body=SECRET).update(body="", redacted_at=ticket.filed_at)

    assert titles("zirkonium", helpdesk) == []


def test_the_workspace_shows_other_tickets_of_the_reporter_and_of_the_package(
    make_ticket: Make, other_vendor: User, helpdesk: User, sign_in: Browse
) -> None:
    ticket = make_ticket(package_code="88123456")
    for place in range(6):
        make_ticket(title=f"Terdahulu {place}")
    make_ticket(by=other_vendor, title="Paket yang sama", package_code="88123456")

    html = sign_in(helpdesk).get(ticket.get_absolute_url()).content.decode()

    box = html.split('aria-labelledby="terkait"')[1]
    assert re.findall(r"Terdahulu \d", box) == [f"Terdahulu {place}" for place in (5, 4, 3, 2, 1)]
    assert "Paket yang sama" in box


def test_the_workspace_shows_no_ticket_the_reader_may_not_see(
    make_ticket: Make, helpdesk: User, eproc: User, sign_in: Browse
) -> None:
    ticket = escalate(make_ticket(package_code="88123456"), helpdesk)
    make_ticket(title="Belum sampai LKPP", package_code="88123456")
    assert ticket.tier == Tier.EPROC

    seen: dict[str, Any] = {
        name: "Belum sampai LKPP" in sign_in(person).get(ticket.get_absolute_url()).content.decode()
        for name, person in {"helpdesk": helpdesk, "eproc": eproc}.items()
    }

    assert seen == {"helpdesk": True, "eproc": False}


def test_the_reporters_page_has_no_such_box(make_ticket: Make, vendor: User, sign_in: Browse) -> None:
    ticket = make_ticket()
    make_ticket(key=uuid4())

    assert "terkait" not in sign_in(vendor).get(ticket.get_absolute_url()).content.decode()
