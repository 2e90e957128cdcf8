"""Filing a ticket in a browser (R05, R10)."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Lpse, Reporter, User
from core.numbers import read_number
from tests.tickets.pages import FILE, PDF, image, send, token_in, upload, words
from tickets.models import Application, Attachment, Draft, Subcategory, Ticket

Browse = Callable[[User], Client]


def kind(category: str, name: str) -> Subcategory:
    return Subcategory.objects.get(category__name=category, name=name)


def text_of(response: Any) -> str:
    """The words of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.standard("R10")
def test_a_vendor_files_a_ticket_and_gets_its_number(vendor: User, lpse: Lpse, sign_in: Browse) -> None:
    browser = sign_in(vendor)

    response = send(browser, kind("Akun", "Gagal masuk"), lpse, error_code="504")

    ticket = Ticket.objects.get()
    assert response["Location"] == reverse("tickets:filed", args=[ticket.number])
    assert read_number(ticket.number, "TKT") == ticket.number
    assert (ticket.reporter.user, ticket.lpse, ticket.tier, ticket.status) == (vendor, lpse, 1, "new")
    assert (ticket.title, ticket.error_code) == ("Tombol Kirim Penawaran tidak merespons", "504")
    page = browser.get(response["Location"])
    assert f'value="{ticket.number}"' in page.content.decode()
    assert "Kami akan menanggapi paling lambat" in text_of(page)


@pytest.mark.standard("R10")
def test_a_procurement_officer_files_a_ticket(ppk: User, lpse: Lpse, sign_in: Browse) -> None:
    send(sign_in(ppk), kind("Tender", "Jadwal"), lpse, package_code="10012345000")

    assert Ticket.objects.get().package_code == "10012345000"


@pytest.mark.standard("A15")
def test_staff_of_an_lpse_file_at_their_own_lpse_whatever_they_post(
    author: User, lpse: Lpse, other_lpse: Lpse, sign_in: Browse
) -> None:
    browser = sign_in(author)
    assert 'name="lpse"' not in browser.get(FILE).content.decode()

    send(browser, kind("Akun", "Gagal masuk"), other_lpse)

    assert Ticket.objects.get().lpse == lpse


def test_a_person_without_an_identity_is_sent_to_give_one(helpdesk: User, sign_in: Browse) -> None:
    response = sign_in(helpdesk).get(FILE)

    assert response["Location"] == f"{reverse('accounts:profile')}?next=%2Ftiket%2Fbuat%2F"


def test_the_page_asks_a_guest_to_sign_in(client: Client, db: None) -> None:
    assert client.get(FILE)["Location"] == f"{reverse('account_login')}?next={FILE}"


NEEDS = [
    ("vendor", "Penawaran", "Gagal kirim", "package_code", "Kode Tender/Paket/RUP", "10012345000"),
    ("vendor", "Verifikasi", "Perubahan email", "nib", "NIB", "1234567890123"),
    ("ppk", "Akun", "Pembuatan/perubahan peran", "nip", "NIP", "198001012005011001"),
    ("author", "Infrastruktur", "Kapasitas", "spse_version", "Versi SPSE", "4.5u20240101"),
]


@pytest.mark.standard("R05")
@pytest.mark.parametrize(("who", "category", "name", "field", "label", "value"), NEEDS)
def test_a_category_requires_its_own_facts_and_says_so(
    request: Any, lpse: Lpse, sign_in: Browse, who: str, category: str, name: str, field: str, label: str, value: str
) -> None:
    browser = sign_in(request.getfixturevalue(who))

    refused = send(browser, kind(category, name), lpse)

    assert f"{label} wajib diisi untuk kategori {category}." in text_of(refused)
    assert "Galat:" in text_of(refused)
    assert "Muncul 504 Gateway Timeout" in refused.content.decode()
    assert not Ticket.objects.exists()

    assert send(browser, kind(category, name), lpse, **{field: value}).status_code == 302


def test_what_a_category_asked_about_a_person_is_not_asked_again(vendor: User, lpse: Lpse, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    send(browser, kind("Verifikasi", "Perubahan email"), lpse, nib="1234567890123")

    assert Reporter.objects.get(user=vendor).nib == "1234567890123"
    assert 'name="nib"' not in browser.get(FILE).content.decode()
    assert send(browser, kind("Verifikasi", "Perubahan email"), lpse).status_code == 302


@pytest.mark.parametrize(("field", "value"), [("nib", "123"), ("nib", "١٢٣٤٥٦٧٨٩٠١٢٣"), ("package_code", "9" * 31)])
def test_a_wrong_number_is_refused_with_the_words_kept(
    vendor: User, lpse: Lpse, sign_in: Browse, field: str, value: str
) -> None:
    response = send(sign_in(vendor), kind("Verifikasi", "Perubahan email"), lpse, **{"nib": "1" * 13, field: value})

    assert response.status_code == 200
    assert f'value="{value}"' in response.content.decode()
    assert not Ticket.objects.exists()


def test_times_are_read_on_the_wall_clock_of_the_lpse(vendor: User, other_lpse: Lpse, sign_in: Browse) -> None:
    times = {"occurred_at_day": "23-11-2020", "occurred_at_hour": "09.10", "stage_deadline_at_day": "24-11-2020"}

    send(sign_in(vendor), kind("Akun", "Gagal masuk"), other_lpse, **times, stage_deadline_at_hour="15.00")

    ticket = Ticket.objects.get()
    assert ticket.occurred_at == datetime(2020, 11, 23, 1, 10, tzinfo=UTC)  # 09.10 WITA
    assert ticket.stage_deadline_at == datetime(2020, 11, 24, 7, 0, tzinfo=UTC)


def test_a_problem_cannot_have_happened_tomorrow(vendor: User, lpse: Lpse, sign_in: Browse) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    times = {"occurred_at_day": f"{tomorrow:%d-%m-%Y}", "occurred_at_hour": "09.10"}

    response = send(sign_in(vendor), kind("Akun", "Gagal masuk"), lpse, **times)

    assert "Waktu kejadian belum terjadi" in text_of(response)


def test_the_version_of_spse_is_that_of_the_lpse_unless_given(vendor: User, lpse: Lpse, sign_in: Browse) -> None:
    Lpse.objects.update(spse_version="4.5u20240101")

    send(sign_in(vendor), kind("Akun", "Gagal masuk"), lpse)

    assert Ticket.objects.get().spse_version == "4.5u20240101"


def test_posted_fields_that_no_form_has_change_nothing(
    vendor: User, lpse: Lpse, helpdesk: User, sign_in: Browse
) -> None:
    forged = {"tier": 4, "status": "closed", "assignee": helpdesk.pk, "number": "TKT-1", "rating": 5, "version": 9}

    send(sign_in(vendor), kind("Akun", "Gagal masuk"), lpse, **forged)

    ticket = Ticket.objects.get()
    assert (ticket.tier, ticket.status, ticket.assignee, ticket.rating, ticket.version) == (1, "new", None, None, 1)


@pytest.mark.parametrize("bad", ["abc", "0", "9" * 30, "1 OR 1=1", "-1", "²"])
def test_a_category_that_does_not_exist_is_a_mistake_in_the_form(
    vendor: User, lpse: Lpse, sign_in: Browse, bad: str
) -> None:
    response = send(sign_in(vendor), kind("Akun", "Gagal masuk"), lpse, subcategory=bad)

    assert response.status_code == 200
    assert not Ticket.objects.exists()


# What the category needs


@pytest.mark.standard("R05")
def test_choosing_a_category_shows_its_data_dukung_and_who_looks_first(vendor: User, sign_in: Browse) -> None:
    chosen = kind("Verifikasi", "Perubahan email")

    response = sign_in(vendor).get(
        reverse("tickets:requirements"),
        {"subcategory": chosen.pk, "package_code": "77"},
        headers={"HX-Request": "true"},
    )

    page = response.content.decode()
    for requirement in chosen.requirements.all():
        assert f'name="need_{requirement.pk}"' in page
        assert requirement.name in page
    assert "Biasanya ditangani oleh Verifikator" in text_of(response)
    assert 'value="77"' in page
    assert 'name="nib"' in page
    assert "(tidak wajib)" not in page[page.index('for="id_nib"') :]
    assert "<html" not in page


def test_without_javascript_a_button_shows_the_data_dukung_and_judges_nothing(vendor: User, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    chosen = kind("Penawaran", "Gagal kirim")
    form = words(browser.get(FILE), chosen, None, title="", tampilkan="")

    response = browser.post(FILE, form | {"files": upload("a.png", image())})

    assert chosen.requirements.all()[0].name in text_of(response)
    assert "wajib diisi" not in text_of(response)
    assert "Galat:" not in text_of(response)
    assert "a.png" in text_of(response)
    assert "Muncul 504 Gateway Timeout" in response.content.decode()


@pytest.mark.standard("R05")
def test_missing_data_dukung_is_named_but_never_blocks(vendor: User, lpse: Lpse, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    chosen = kind("Akun", "Gagal masuk")
    first, *others = chosen.requirements.all()

    response = send(browser, chosen, lpse, **{f"need_{first.pk}": upload("layar.png", image())})

    page = text_of(browser.get(response["Location"]))
    assert Attachment.objects.get().requirement == first
    assert first.name not in page
    assert all(requirement.name in page for requirement in others)
    assert "Susulkan melalui balasan" in page


# Once, whatever happens


@pytest.mark.standard("R10")
def test_a_form_sent_again_files_nothing_and_leads_to_the_same_ticket(
    vendor: User, lpse: Lpse, sign_in: Browse
) -> None:
    browser = sign_in(vendor)
    form = words(browser.get(FILE), kind("Akun", "Gagal masuk"), lpse)

    first = browser.post(FILE, form | {"files": upload("a.pdf", PDF)})
    second = browser.post(FILE, form | {"files": upload("a.pdf", PDF)})

    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == 1
    assert Attachment.objects.count() == 1
    assert not Draft.objects.exists()


def test_a_form_changed_after_it_was_sent_is_shown_again_and_can_become_a_second_ticket(
    vendor: User, lpse: Lpse, sign_in: Browse
) -> None:
    browser = sign_in(vendor)
    form = words(browser.get(FILE), kind("Akun", "Gagal masuk"), lpse)
    browser.post(FILE, form)
    first = Ticket.objects.get()

    again = browser.post(FILE, form | {"title": "Hal yang lain", "files": upload("b.pdf", PDF)})

    assert f"sudah terkirim sebagai {first.number}" in text_of(again)
    assert 'value="Hal yang lain"' in again.content.decode()
    assert "b.pdf" in text_of(again)
    assert Ticket.objects.count() == 1

    browser.post(FILE, form | {"title": "Hal yang lain", "draf": token_in(again)})
    assert Ticket.objects.count() == 2
    assert Attachment.objects.get().event.ticket.title == "Hal yang lain"


@pytest.mark.standard("R10")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_ten_clicks_at_once_file_one_ticket_with_each_file_once(vendor: User, lpse: Lpse, sign_in: Browse) -> None:
    form = words(sign_in(vendor).get(FILE), kind("Akun", "Gagal masuk"), lpse)
    browsers = [sign_in(vendor) for _ in range(10)]
    barrier = Barrier(10)

    def click(browser: Client) -> str:
        try:
            barrier.wait()
            while (answer := browser.post(FILE, form | {"files": upload("a.pdf", PDF)})).status_code == 409:
                pass  # who waits for two seconds is told, and sends again
            return answer["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(click, browsers))

    ticket = Ticket.objects.get()
    assert answers == {reverse("tickets:filed", args=[ticket.number])}
    assert Attachment.objects.get().event.ticket == ticket
    assert not Draft.objects.exists()


def test_the_receipt_is_for_the_reporter_alone(
    vendor: User, other_vendor: User, helpdesk: User, lpse: Lpse, sign_in: Browse
) -> None:
    address = send(sign_in(vendor), kind("Akun", "Gagal masuk"), lpse)["Location"]

    assert sign_in(vendor).get(address).status_code == 200
    assert sign_in(other_vendor).get(address).status_code == 404
    assert sign_in(helpdesk).get(address).status_code == 404


@pytest.mark.parametrize("field", ["title", "description", "package_code", "error_code"])
@pytest.mark.parametrize("bad", ["\0", "\u200b\u200d", "   "])
def test_text_that_nobody_can_read_is_a_mistake_and_no_crash(
    vendor: User, lpse: Lpse, sign_in: Browse, field: str, bad: str
) -> None:
    response = send(sign_in(vendor), kind("Penawaran", "Gagal kirim"), lpse, **{"package_code": "1", field: bad})

    assert response.status_code in (200, 302)
    assert Ticket.objects.exists() == (response.status_code == 302)
    assert Application.objects.exists()
