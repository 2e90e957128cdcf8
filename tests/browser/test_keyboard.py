"""A day's work at a desk with both hands on the keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from escalation.tiers import Tier
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Status = Ticket.Status


def test_an_officer_takes_answers_solves_and_passes_on_by_keyboard_alone(
    open_browser: Callable[..., Page],
    complaints: list[str],
    make_ticket: Callable[..., Ticket],
    helpdesk: User,
) -> None:
    first, second = make_ticket(title="Gagal masuk pertama"), make_ticket(title="Gagal masuk kedua")
    page = open_browser(helpdesk)

    def press(key: str) -> None:
        """Strike a key once the page has read its scripts."""
        page.wait_for_load_state()
        page.keyboard.press(key)

    page.goto("/antrean/lpse-sukamaju/")
    press("j")
    expect(page.locator("tr.is-on")).to_contain_text(first.title)
    press("a")
    expect(page.get_by_role("heading", level=1)).to_have_text(first.title)
    press("r")
    expect(page.locator("#id_text")).to_be_focused()
    page.keyboard.type("Selamat pagi. Kami periksa.")
    press("Control+Enter")
    expect(page.locator(".tl")).to_contain_text("Selamat pagi. Kami periksa.")
    press("n")
    page.keyboard.type("Sudah dicek di log.")
    press("Control+Enter")
    expect(page.locator(".tl")).to_contain_text("Sudah dicek di log.")
    press("s")
    solution = page.get_by_label("Hasil penyelesaian")
    expect(solution).to_be_visible()
    solution.focus()
    page.keyboard.type("Akun dibuka kembali.")
    press("Control+Enter")
    expect(page.locator(".work__head .chip")).to_have_text("Menunggu Konfirmasi Pengguna")

    press("g")
    press("a")
    expect(page.get_by_role("heading", level=1)).to_have_text("Antrean LPSE Kabupaten Sukamaju Fiktif")
    row = page.locator("tr.is-on")
    press("j")
    if first.title in row.inner_text():
        press("j")
    expect(row).to_contain_text(second.title)
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(second.title)
    press("a")
    expect(page.locator("main")).to_contain_text("Anda penanggung jawab tiket ini")
    press("e")
    analysis = page.get_by_label("Catatan analisis")
    analysis.focus()
    page.keyboard.type("Perlu pemeriksaan ADP.")
    press("Tab")
    page.keyboard.type("Diteruskan ke Helpdesk Eproc.")
    press("Control+Enter")
    expect(page.locator(".station--now .station__name")).to_have_text("Helpdesk Eproc")
    press("/")
    expect(page.locator("#cari")).to_be_focused()
    page.keyboard.type(first.number)
    press("Enter")
    expect(page.locator("main")).to_contain_text(first.title)

    assert [Ticket.objects.get(pk=ticket.pk).status for ticket in (first, second)] == [
        Status.AWAITING_CONFIRMATION,
        Status.NEW,
    ]
    assert Ticket.objects.get(pk=second.pk).tier == Tier.EPROC
    assert complaints == []


def test_a_reporter_searches_by_slash_and_may_switch_the_keys_off(
    open_browser: Callable[..., Page], complaints: list[str], ticket: Ticket, vendor: User
) -> None:
    page = open_browser(vendor)
    page.goto("/tiket/")

    page.keyboard.press("/")
    expect(page.locator("#cari")).to_be_focused()
    page.keyboard.type("masuk")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(ticket.title)
    page.locator("summary", has_text="Akun").click()
    page.get_by_role("button", name="Pintasan papan tik").click()
    page.get_by_label("Pintasan aktif di peramban ini").uncheck()
    page.get_by_role("button", name="Tutup").click()
    page.keyboard.press("/")

    expect(page.locator("#cari")).not_to_be_focused()
    assert complaints == []
