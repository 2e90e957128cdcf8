"""What the page behind number and code shows, and what it does not (A22, R26, R36)."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from escalation.tiers import Tier
from tests.conftest import NOW
from tests.tickets.acts import attach_text
from tests.tickets.pages import text_of
from tickets.models import Ticket
from tickets.services import handling
from tracking.services import make_access_code

pytestmark = [pytest.mark.django_db, pytest.mark.standard("A22"), pytest.mark.standard("R26")]
Status = Ticket.Status
SECRETS = ("Wulan Rekaan", "CV Rekaan 1", "Tidak dapat masuk", "Muncul pesan User ID", "Catatan rahasia", "vendor@")


def page_of(ticket: Ticket) -> Any:
    """Return the tracking page of a ticket as somebody with its code gets it."""
    browser = Client()
    code = make_access_code(ticket.number, by=None, now=NOW)
    return browser.post(reverse("tracking:track"), {"nomor": ticket.number.lower(), "kode": code}, follow=True)


@pytest.mark.parametrize(
    ("tier", "status", "said"),
    [
        (Tier.LPSE, Status.NEW, ["Baru", "Belum ada jawaban", "LPSE Kabupaten Sukamaju Fiktif"]),
        (Tier.TEKNIS, Status.IN_PROGRESS, ["Diproses", "Helpdesk Teknis"]),
        (Tier.EPROC, Status.AWAITING_DATA, ["Menunggu Data Pendukung", "NIB", "Tangkapan layar", "paling lambat"]),
        (Tier.LPSE, Status.AWAITING_CONFIRMATION, ["Menunggu Konfirmasi Pengguna", "Silakan coba lagi."]),
        (Tier.LPSE, Status.CLOSED, ["Ditutup", "Silakan coba lagi."]),
    ],
)
def test_it_shows_status_position_dates_promise_and_answers_and_nobodys_name(
    ticket_in: Callable[..., Ticket], chain: dict[int, User], tier: int, status: str, said: list[str]
) -> None:
    ticket = ticket_in(tier, status)
    if status != Status.CLOSED:
        note = {"version": ticket.version, "key": uuid4(), "text": "Catatan rahasia petugas."}
        if status != Status.NEW:
            handling.add_internal_note(ticket.pk, by=chain[tier], now=NOW, **note)

    User.objects.filter(duties__isnull=False).update(name="Sari Petugas")

    page = page_of(ticket)

    text = text_of(page)
    assert [word for word in said if word not in text] == []
    assert ticket.number in text
    assert "Diperbarui Rabu, 18 November 2026" in text
    assert [word for word in [*SECRETS, "Sari Petugas"] if word in page.content.decode()] == []


@pytest.mark.standard("R41")
@pytest.mark.parametrize("status", [Status.AWAITING_CONFIRMATION, Status.CLOSED])
def test_the_result_is_printed_without_an_account_and_without_names(
    ticket_in: Callable[..., Ticket], chain: dict[int, User], status: str
) -> None:
    ticket = ticket_in(Tier.EPROC, status)
    User.objects.filter(duties__isnull=False).update(name="Sari Petugas")
    tracked = page_of(ticket)
    path = reverse("tickets:tracked_result", args=[ticket.number])

    page = tracked.client.get(path)

    text = text_of(page)
    assert path in tracked.content.decode()
    for words in ("Hasil Penyelesaian Permasalahan", ticket.number, "Silakan coba lagi.", "Helpdesk Eproc"):
        assert words in text
    assert [word for word in [*SECRETS, "Sari Petugas", "Sudah diperiksa."] if word in page.content.decode()] == []
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow")
    assert Client().get(path)["Location"] == f"/lacak/?nomor={ticket.number}"


@pytest.mark.standard("R41")
def test_before_there_is_a_solution_nothing_can_be_printed(ticket: Ticket) -> None:
    tracked = page_of(ticket)
    path = reverse("tickets:tracked_result", args=[ticket.number])

    assert path not in tracked.content.decode()
    assert tracked.client.get(path).status_code == 404


def test_nothing_that_the_reporter_wrote_or_sent_is_shown(make_ticket: Callable[..., Ticket], vendor: User) -> None:
    ticket = make_ticket(title="Judul pelapor", description="Uraian pelapor")
    key = uuid4()
    attach_text(key, vendor, ticket)
    handling.reply_to_ticket(ticket.pk, by=vendor, now=NOW, version=ticket.version, key=key, text="Balasan pelapor")

    page = page_of(ticket).content.decode()

    assert [word for word in ("Judul", "Uraian", "Balasan", "catatan.txt", "/berkas/") if word in page] == []


def test_it_is_stored_nowhere_indexed_nowhere_and_tells_no_other_site(ticket: Ticket) -> None:
    page = page_of(ticket)

    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "same-origin"
    assert page["X-Robots-Tag"] == "noindex, nofollow"


def test_without_the_code_there_is_only_the_door(ticket: Ticket, client: Client) -> None:
    answer = client.get(reverse("tickets:tracked", args=[ticket.number]))

    assert answer.status_code == 302
    assert answer["Location"] == f"/lacak/?nomor={ticket.number}"


def test_the_door_knows_the_number_from_the_qr_code(client: Client) -> None:
    page = client.get(reverse("tracking:track"), {"nomor": "TKT-2026-000001-8"})

    assert 'value="TKT-2026-000001-8"' in page.content.decode()


def test_a_code_of_one_ticket_opens_no_other(make_ticket: Callable[..., Ticket]) -> None:
    ticket, other = make_ticket(), make_ticket()
    browser = Client()
    code = make_access_code(ticket.number, by=None, now=NOW)
    browser.post(reverse("tracking:track"), {"nomor": ticket.number, "kode": code})

    assert browser.get(reverse("tickets:tracked", args=[other.number])).status_code == 302


def test_a_reporter_with_an_account_is_asked_to_sign_in_to_act(ticket: Ticket) -> None:
    text = text_of(page_of(ticket))

    assert "masuklah dengan akun pelapor" in text
    assert "Kirim kode sekali pakai" not in text


def test_reading_takes_the_same_number_of_queries_however_much_was_said(
    ticket: Ticket, helpdesk: User, django_assert_num_queries: Any
) -> None:
    handling.take_ticket(ticket.pk, by=helpdesk, now=NOW)
    browser = Client()
    code = make_access_code(ticket.number, by=None, now=NOW)
    browser.post(reverse("tracking:track"), {"nomor": ticket.number, "kode": code})
    path = reverse("tickets:tracked", args=[ticket.number])
    counts = []
    for _round in range(2):
        for _reply in range(3):
            fresh = Ticket.objects.get(pk=ticket.pk)
            handling.reply_to_ticket(
                ticket.pk, by=helpdesk, now=NOW, version=fresh.version, key=uuid4(), text="Kami periksa."
            )
        with django_assert_num_queries(9) as counted:
            browser.get(path)
        counts.append(len(counted))

    assert counts[0] == counts[1]
