"""Four calls as agent, officer and caller see them in a browser (R27–R32)."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from playwright.sync_api import Page, expect

from accounts.models import User
from callcenter.models import Call, CallLink, ConfirmationRequest
from escalation.tiers import Tier
from tickets.models import Ticket

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.standard("R29, R30, R31, R32"),
]
WEDNESDAY = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)  # 10.00 WIB
Open = Callable[..., Page]
QUESTION = "Mohon perkiraan tindak lanjut, batas kualifikasi 30 November."
SENTENCE = "Perbaikan selesai hari ini pukul 15.00 Waktu Indonesia Barat."


def write(page: Page, label: str, words: str) -> None:
    """Type into a field of the notes and wait until they are kept."""
    with page.expect_response("**/catatan/"):
        page.get_by_label(label).fill(words)


def begin(page: Page, name: str, question: str, *, business: str = "") -> None:
    """Pick up the phone, and write down who calls about what."""
    page.goto("/panggilan/")
    with page.expect_navigation():  # to its end: what is typed before the scripts run is kept with the next key only
        page.get_by_role("button", name="Mulai panggilan").click()
    write(page, "Nama penelepon", name)
    if business:
        write(page, "Nama badan usaha", business)
    write(page, "Pertanyaan atau permasalahan", question)


def end(page: Page, outcome: str) -> None:
    """Choose the outcome, which ends the call."""
    page.locator("#cara").get_by_role("button", name=outcome).click()
    expect(page.get_by_role("status").filter(has_text="tercatat")).to_be_visible()


def look_up(page: Page, ticket: Ticket) -> None:
    """Open the ticket whose number the caller reads, as it was typed without its prefix."""
    page.get_by_label("Cari tiket atau penelepon").fill(" ".join(ticket.number.split("-")[1:]))
    page.locator("#temuan").get_by_role("button").first.click()
    expect(page.locator("#baca")).to_contain_text("Bacakan kepada penelepon")


def test_an_unknown_caller_is_answered_at_once(open_browser: Open, call_agent: User, complaints: list[str]) -> None:
    page = open_browser(call_agent)
    begin(page, "Yanti Fiktif", "Lupa User ID SPSE.", business="CV Khayal")
    write(page, "Jawaban yang diberikan", "Menu Lupa Password, surel terdaftar.")
    with page.expect_response("**/catatan/"):
        page.get_by_label("Kategori").select_option(label="Akun")

    end(page, "Dijawab langsung")

    call = Call.objects.get()
    assert (call.outcome, call.caller_name, call.category.name) == (Call.Outcome.ANSWERED, "Yanti Fiktif", "Akun")
    assert complaints == []


def test_a_caller_whose_ticket_is_at_an_lpse_is_referred_to_it(
    open_browser: Open, call_agent: User, ticket_in: Callable[..., Ticket], complaints: list[str]
) -> None:
    ticket = ticket_in(Tier.LPSE, Ticket.Status.IN_PROGRESS)
    page = open_browser(call_agent)
    begin(page, "Wulan Rekaan", "Menanyakan tindak lanjut.", business="CV Rekaan 1")
    look_up(page, ticket)
    expect(page.locator("#tanya")).to_be_empty()  # nobody at LKPP has it

    end(page, "Dirujuk ke LPSE")

    assert Call.objects.get().ticket == ticket
    assert complaints == []


def test_what_an_officer_answers_comes_to_the_agents_screen_without_a_reload(
    open_browser: Open, call_agent: User, teknis: User, ticket_in: Callable[..., Ticket], complaints: list[str]
) -> None:
    ticket = ticket_in(Tier.TEKNIS, Ticket.Status.IN_PROGRESS)
    page = open_browser(call_agent)
    begin(page, "Wulan Rekaan", "Menanyakan tindak lanjut.", business="CV Rekaan 1")
    look_up(page, ticket)
    page.get_by_label("Yang ditanyakan").fill(QUESTION)
    page.get_by_role("button", name="Kirim permintaan").click()
    expect(page.locator("#jawaban")).to_contain_text("Menunggu jawaban Teknis")
    write(page, "Jawaban yang diberikan", "Menunggu")  # typed, and still there when the answer comes

    officer = open_browser(teknis)
    officer.goto(ticket.get_absolute_url())
    officer.get_by_role("link", name="Jawab", exact=True).click()
    officer.get_by_label("Jawaban untuk dibacakan").fill(SENTENCE)
    officer.get_by_role("button", name="Kirim jawaban").click()
    expect(officer.get_by_role("status").filter(has_text="sampai di layar")).to_be_visible()

    expect(page.locator("#jawaban")).to_contain_text(SENTENCE)
    expect(page.get_by_label("Jawaban yang diberikan")).to_have_value("Menunggu")
    page.get_by_role("button", name="Sudah dibacakan").click()
    expect(page.locator("#jawaban")).not_to_contain_text(SENTENCE)
    end(page, "Minta konfirmasi")
    asked = ConfirmationRequest.objects.get()
    assert (asked.answered_by, asked.read_at is not None) == (teknis, True)
    assert Call.objects.get().outcome == Call.Outcome.CONFIRMATION
    assert complaints == []


@time_machine.travel(WEDNESDAY)
def test_a_directed_caller_completes_the_draft_and_the_ticket_knows_the_call(
    open_browser: Open, call_agent: User, vendor: User, complaints: list[str]
) -> None:
    page = open_browser(call_agent)
    begin(page, "Wulan Rekaan", "Unggahan jadwal selalu ditolak.", business="CV Rekaan 1")
    page.get_by_role("link", name="Diarahkan membuat tiket").click()
    page.get_by_label("Kategori").select_option(label="Gagal masuk")
    page.get_by_label("Surel penelepon").fill(vendor.email)
    page.get_by_role("button", name="Buat tautan").click()
    expect(page.locator("main")).to_contain_text("Bacakan kepada penelepon")
    page.get_by_role("link", name="Kembali ke panggilan").click()
    end(page, "Diarahkan membuat tiket")

    caller = open_browser(vendor)
    caller.goto(CallLink.objects.get().get_absolute_url())
    caller.get_by_role("button", name="Lanjutkan ke Buat Tiket").click()
    expect(caller.get_by_label("Deskripsi Permasalahan")).to_have_value("Unggahan jadwal selalu ditolak.")
    caller.get_by_label("Aplikasi").select_option(label="SPSE")
    caller.get_by_label("Judul Tiket").fill("Unggahan jadwal ditolak")
    caller.get_by_role("button", name="Kirim Tiket").click()
    expect(caller.get_by_role("heading", name="Tiket Anda telah kami terima")).to_be_visible()

    ticket, call = Ticket.objects.get(), Call.objects.get()
    assert ticket.came_from == call.number
    page.goto(call.get_absolute_url())
    expect(page.locator("main")).to_contain_text(ticket.number)
    assert complaints == []
