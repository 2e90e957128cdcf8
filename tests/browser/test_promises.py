"""A promise runs out, is apologised for and repaid with priority, as people see it in a browser (R33, R39)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect

from accounts.models import User
from escalation.models import Clock, Entitlement
from escalation.services.sweep import sweep_clocks
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
FRIDAY = datetime(2026, 11, 20, 3, 15, tzinfo=UTC)  # 10.15 WIB
DUE = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # Wednesday 16.00 WIB, after three working days
DUE_IN_WORDS = "Rabu, 25 November 2026 pukul 16.00 WIB"


def file(page: Page, title: str) -> Ticket:
    """File a problem as its reporter does; the page says until when an answer is owed before and after sending."""
    page.goto("/tiket/buat/")
    page.get_by_label("Aplikasi").select_option(label="SPSE")
    page.get_by_label("Kategori").select_option(label="Gagal masuk")
    page.get_by_label("Judul Tiket").fill(title)
    page.get_by_label("Deskripsi Permasalahan").fill("Muncul pesan User ID atau Password salah.")
    page.get_by_role("button", name="Kirim Tiket").click()
    expect(page.get_by_role("heading", name="Tiket Anda telah kami terima")).to_be_visible()
    return Ticket.objects.latest("pk")


@pytest.mark.standard("R33, R39")
def test_a_broken_promise_is_apologised_for_and_the_next_ticket_stands_on_top(
    open_browser: Callable[..., Page],
    complaints: list[str],
    make_ticket: Callable[..., Ticket],
    vendor: User,
    other_vendor: User,
    helpdesk: User,
) -> None:
    with time_machine.travel(FRIDAY) as time:
        reporter = open_browser(vendor)
        reporter.goto("/tiket/buat/")
        expect(reporter.locator("main")).to_contain_text(DUE_IN_WORDS)
        late = file(reporter, "Tidak dapat masuk ke SPSE")
        expect(reporter.locator("main")).to_contain_text(DUE_IN_WORDS)
        assert late.promised_at == DUE

        time.move_to(DUE + timedelta(minutes=1))
        sweep_clocks(now=DUE + timedelta(minutes=1))
        reporter = open_browser(vendor)
        reporter.goto(late.get_absolute_url())
        expect(reporter.locator("main")).to_contain_text("Mohon maaf, tanggapan kami melewati batas waktu.")
        expect(reporter.locator("main")).to_contain_text("Anda memperoleh prioritas untuk pelayanan berikutnya.")
        expect(reporter.locator(".chain--late")).to_have_count(1)

        earlier = make_ticket(by=other_vendor, now=DUE + timedelta(minutes=2), title="Ditulis lebih dahulu")
        time.move_to(DUE + timedelta(minutes=5))
        reporter.goto("/tiket/")
        expect(reporter.locator(".note--prio")).to_contain_text("didahulukan")
        repaid = file(reporter, "Paket tidak muncul")
        reporter.goto(repaid.get_absolute_url())
        expect(reporter.locator(".prio").first).to_have_text("Prioritas Kompensasi")
        assert Entitlement.objects.get().redeemed_case == repaid.number

        desk = open_browser(helpdesk)
        desk.goto("/mulai/")
        groups = desk.locator(".queue__group")
        expect(groups.first).to_contain_text("Didahulukan")
        expect(groups.nth(1)).to_contain_text("Terlambat")
        expect(desk.locator("[data-row] .queue__t")).to_have_text([repaid.title, late.title, earlier.title])
        expect(desk.locator("[data-row]").first.locator(".prio")).to_have_text("Prioritas Kompensasi")

    assert complaints == []


@pytest.mark.standard("R33, A01")
def test_an_answer_after_the_limit_but_before_the_sweep_is_late_all_the_same(
    open_browser: Callable[..., Page], make_ticket: Callable[..., Ticket], vendor: User, helpdesk: User
) -> None:
    ticket = make_ticket(now=FRIDAY)

    with time_machine.travel(DUE + timedelta(seconds=20)):
        desk = open_browser(helpdesk)
        desk.goto(ticket.get_absolute_url())
        desk.locator("#id_text").fill("Mohon maaf, kami baru memeriksa akun Anda.")
        desk.get_by_role("button", name="Kirim balasan").click()
        expect(desk.locator(".tl")).to_contain_text("kami baru memeriksa akun Anda")
        expect(desk.locator(".work__head")).to_contain_text("Terlambat")
        reporter = open_browser(vendor)
        reporter.goto(ticket.get_absolute_url())
        expect(reporter.locator("main")).to_contain_text("Mohon maaf, tanggapan kami melewati batas waktu.")

    promise = Clock.objects.get(pk=ticket.response_clock_id)
    assert promise.breached_at == DUE
    assert promise.met_at is not None
    assert promise.met_at > DUE
    assert sweep_clocks(now=DUE + timedelta(minutes=1))["broken"] == 0
