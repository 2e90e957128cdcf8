"""One ticket, five people, four tiers, in a real browser."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.models import User
from tickets.models import Leg, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Status = Ticket.Status


def picture() -> bytes:
    """A small real PNG."""
    out = BytesIO()
    Image.new("RGB", (40, 20), "#06264d").save(out, "PNG")
    return out.getvalue()


def offers(page: Page, *, yes: list[str], no: list[str]) -> None:
    """Expect these buttons or links, and none of those."""
    main = page.locator("main")
    for name in yes:
        expect(main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first).to_be_visible()
    for name in no:
        expect(main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name))).to_have_count(0)


def lit(page: Page) -> str:
    """The name of the one lit station."""
    station = page.locator(".station--now")
    expect(station).to_have_count(1)
    return station.locator(".station__name").inner_text()


@pytest.mark.standard("R10, R11, R12, R13, R14, R15, R16, R17, R18, R19")
def test_five_people_walk_one_ticket_through_four_tiers_with_a_rejected_solution(
    open_browser: Callable[..., Page],
    complaints: list[str],
    vendor: User,
    other_vendor: User,
    helpdesk: User,
    eproc: User,
    teknis: User,
    tim_teknis: User,
) -> None:
    vendor.set_password("rahasia-untuk-uji-2026")
    vendor.save(update_fields=["password"])
    staff = {who.username: open_browser(who) for who in (helpdesk, eproc, teknis, tim_teknis)}
    reporter = open_browser()

    # R10: the vendor signs in and files a problem with data dukung.
    reporter.goto("/masuk/")
    reporter.get_by_label("Nama pengguna").fill("vendor")
    reporter.get_by_label("Kata sandi", exact=True).fill("rahasia-untuk-uji-2026")
    reporter.locator("main").get_by_role("button", name="Masuk").click()
    reporter.goto("/tiket/buat/")
    reporter.get_by_label("Aplikasi").select_option(label="SPSE")
    reporter.get_by_label("Kategori").select_option(label="Gagal masuk")
    reporter.get_by_label("Judul Tiket").fill("Tidak dapat masuk ke SPSE")
    reporter.get_by_label("Deskripsi Permasalahan").fill("Muncul pesan User ID atau Password salah.")
    reporter.locator("input[type=file][name=files]").set_input_files(
        {"name": "layar.png", "mimeType": "image/png", "buffer": picture()}
    )
    reporter.get_by_role("button", name="Kirim Tiket").click()
    expect(reporter.get_by_role("heading", name="Tiket Anda telah kami terima")).to_be_visible()
    ticket = Ticket.objects.get()
    expect(reporter.get_by_role("textbox", name="Nomor Tiket")).to_have_value(ticket.number)
    address = ticket.get_absolute_url()

    # R11: the LPSE sees it, takes it from the list and answers; LKPP and strangers do not see it yet.
    for page in (staff["eproc"], staff["teknis"], staff["tim_teknis"], open_browser(other_vendor)):
        assert page.goto(address).status == 404
    desk = staff["helpdesk"]
    desk.goto("/mulai/")
    desk.get_by_role("button", name=f"Ambil {ticket.number}").click()
    expect(desk).to_have_url(desk.url.split("/tiket/")[0] + address)
    expect(desk.locator("main")).to_contain_text("layar.png")
    offers(desk, yes=["Tandai Selesai", "Eskalasi ke Helpdesk Eproc", "Kirim balasan"], no=["Ambil Tiket"])
    desk.locator("#id_text").fill("Selamat pagi. Kami sedang memeriksa akun Anda.")
    desk.get_by_role("button", name="Kirim balasan").click()
    reporter.goto(address)
    assert lit(reporter) == "LPSE"
    expect(reporter.locator(".tl")).to_contain_text("Kami sedang memeriksa akun Anda.")
    offers(reporter, yes=["Kirim balasan"], no=["Ambil Tiket", "Tandai Selesai", "Eskalasi", "Ya, tutup tiket"])

    # R12: the LPSE passes it on; its analysis is for staff, its line for the reporter.
    desk.get_by_role("link", name="Eskalasi ke Helpdesk Eproc").click()
    desk.get_by_label("Catatan analisis").fill("Akun terkunci pada sisi ADP.")
    desk.get_by_label("Keterangan untuk pelapor").fill("Perlu pemeriksaan Helpdesk Eproc.")
    desk.locator("main").get_by_role("button", name="Eskalasi ke Helpdesk Eproc").click()
    offers(desk, yes=[], no=["Ambil Tiket", "Tandai Selesai", "Eskalasi", "Kirim balasan"])
    reporter.goto(address)
    assert lit(reporter) == "Helpdesk Eproc"
    expect(reporter.locator(".tl")).to_contain_text("Perlu pemeriksaan Helpdesk Eproc.")
    expect(reporter.locator("main")).not_to_contain_text("Akun terkunci pada sisi ADP.")

    # R13, R14: Helpdesk Eproc takes it, writes a note for colleagues, passes it on.
    desk = staff["eproc"]
    desk.goto(address)
    expect(desk.locator(".tl")).to_contain_text("Akun terkunci pada sisi ADP.")
    offers(desk, yes=["Ambil Tiket", "Eskalasi ke Helpdesk Teknis"], no=["Tandai Selesai", "Ya, tutup tiket"])
    desk.get_by_role("button", name="Ambil Tiket").click()
    desk.locator("label[for=jenis-catatan]").click()
    desk.locator("#id_text").fill("Catatan hanya untuk petugas.")
    desk.get_by_role("button", name="Simpan catatan").click()
    desk.get_by_role("link", name="Eskalasi ke Helpdesk Teknis").click()
    desk.get_by_label("Catatan analisis").fill("Basis data perlu diperiksa.")
    desk.get_by_label("Keterangan untuk pelapor").fill("Diteruskan ke Helpdesk Teknis.")
    desk.locator("main").get_by_role("button", name="Eskalasi ke Helpdesk Teknis").click()

    # R15, R16: Helpdesk Teknis passes it on at once.
    desk = staff["teknis"]
    desk.goto(address)
    offers(desk, yes=["Ambil Tiket", "Eskalasi ke Tim Teknis"], no=["Tandai Selesai"])
    desk.get_by_role("link", name="Eskalasi ke Tim Teknis").click()
    desk.get_by_label("Catatan analisis").fill("Cacat pada aplikasi.")
    desk.get_by_label("Keterangan untuk pelapor").fill("Diteruskan ke Tim Teknis.")
    desk.locator("main").get_by_role("button", name="Eskalasi ke Tim Teknis").click()

    # R17: Tim Teknis is the end of the chain, and solves it.
    desk = staff["tim_teknis"]
    desk.goto(address)
    offers(desk, yes=["Ambil Tiket"], no=["Eskalasi", "Tandai Selesai"])
    desk.get_by_role("button", name="Ambil Tiket").click()
    offers(desk, yes=["Tandai Selesai"], no=["Eskalasi", "Ambil Tiket"])
    desk.get_by_role("link", name="Tandai Selesai").click()
    desk.get_by_label("Hasil penyelesaian").fill("Akun sudah dibuka. Silakan masuk kembali.")
    desk.locator("main").get_by_role("button", name="Tandai Selesai").click()
    offers(desk, yes=["Kirim balasan"], no=["Tandai Selesai", "Ya, tutup tiket", "Belum selesai"])

    # A09: the vendor says that it is not solved; the same officer has the next turn.
    reporter.goto(address)
    offers(reporter, yes=["Ya, tutup tiket", "Belum selesai"], no=["Kirim balasan"])
    expect(reporter.locator("main")).not_to_contain_text("Catatan hanya untuk petugas.")
    reporter.get_by_role("link", name="Belum selesai").click()
    reporter.get_by_label("Apa yang belum selesai?").fill("Masih muncul pesan yang sama.")
    reporter.locator("main").get_by_role("button", name="Kirim", exact=True).click()
    assert lit(reporter) == "Tim Teknis"
    desk.goto(address)
    expect(desk.locator(".tl")).to_contain_text("Masih muncul pesan yang sama.")
    desk.get_by_role("link", name="Tandai Selesai").click()
    desk.get_by_label("Hasil penyelesaian").fill("Tembolok dibersihkan. Silakan masuk kembali.")
    desk.locator("main").get_by_role("button", name="Tandai Selesai").click()

    # R19: only the reporter closes it; then one tap, and the printed solution (R41).
    reporter.goto("/tiket/")
    expect(reporter.locator(".queue__group").first).to_contain_text("Menunggu tindakan Anda")
    reporter.get_by_role("link", name="Tidak dapat masuk ke SPSE").click()
    reporter.get_by_role("button", name="Ya, tutup tiket").click()
    expect(reporter.locator(".station--now")).to_have_count(0)
    expect(reporter.locator(".station--solved .station__name")).to_have_text("Tim Teknis")
    reporter.get_by_role("button", name="Sangat baik").click()
    offers(reporter, yes=[], no=["Sangat baik", "Ya, tutup tiket", "Belum selesai", "Kirim balasan"])
    reporter.get_by_role("link", name="Cetak hasil penyelesaian").click()
    expect(reporter.locator("main")).to_contain_text("Tembolok dibersihkan.")

    ticket.refresh_from_db()
    assert (ticket.status, ticket.rating, ticket.reopen_count) == (Status.CLOSED, 5, 1)
    tiers = [(leg.tier, leg.outcome) for leg in ticket.legs.all()]
    resolved, escalated = Leg.Outcome.RESOLVED, Leg.Outcome.ESCALATED
    assert tiers == [(1, escalated), (2, escalated), (3, escalated), (4, resolved), (4, resolved)]
    assert complaints == []
