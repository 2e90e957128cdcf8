"""Complaints in a real browser: public form, register, a letter from e-Office, and those who never learn of it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts.models import Lpse, Role, User
from complaints.models import Complaint
from escalation.services.sweep import sweep_clocks
from notifications.models import Notification
from notifications.services.relay import relay
from tests.tickets.pages import image

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Open = Callable[..., Page]
State = Complaint.State
FRIDAY = datetime(2026, 11, 20, 3, 15, tzinfo=UTC)  # 10.15 WIB
DUE = datetime(2026, 11, 25, 3, 15, tzinfo=UTC)  # three times 24 hours on working days later
DUE_IN_WORDS = "Rabu, 25 November 2026 pukul 10.15 WIB"
TITLE = "Permohonan perbaikan hasil evaluasi belum ditanggapi"
SUBSTANCE = "Permohonan dikirim 16 November 2026.\nSampai 19 November 2026 belum ada tanggapan."
ANSWER = "Permohonan sudah kami proses dan hasil evaluasi sudah diperbaiki."


@pytest.fixture(autouse=True)
def forget_limits() -> None:
    """Browsers of other tests have the same address, and five complaints an hour."""
    cache.clear()


def picture(name: str, width: int = 40) -> dict[str, Any]:
    """A small real file as a browser picks it."""
    return {"name": name, "mimeType": "image/png", "buffer": image(width=width)}


def write(page: Page, *, email: str = "made@contoh.invalid") -> None:
    """Say who complains about what, in the form for everybody or that of the register."""
    page.get_by_label("Perihal").fill(TITLE)
    page.get_by_label("Substansi").fill(SUBSTANCE)
    page.get_by_label("Nama", exact=True).fill("Made Contoh")
    page.get_by_label(re.compile("^Surel")).fill(email)


def open_entry(desk: Page) -> None:
    """Go from the register to the form for letters, and on until its scripts keep what is typed."""
    desk.goto("/register-pengaduan/")
    with desk.expect_navigation():
        desk.locator("main").get_by_role("link", name="Catat pengaduan").click()


def enter_letter(desk: Page) -> Complaint:
    """Send the form of the register, and return what it made."""
    desk.get_by_role("button", name="Catat", exact=True).click()
    expect(desk.get_by_text("Pengaduan tercatat dengan nomor")).to_be_visible()
    return Complaint.objects.latest("pk")


def do(desk: Page, verb: str, **words: str) -> None:
    """Use a verb of the rail: open its page, fill it in, send it."""
    with desk.expect_navigation():
        desk.locator(".rail").get_by_role("link", name=verb).click()
    for label, text in words.items():
        desk.get_by_label(label).fill(text)
    desk.locator("main").get_by_role("button", name=verb).click()


def hand_over(desk: Page) -> str:
    """Make the access code on the receipt of the complaint that is open, and return it."""
    with desk.expect_navigation():
        desk.locator(".rail").get_by_role("link", name="Cetak Tanda Terima").click()
    desk.get_by_role("button", name="Buat kode akses").click()
    expect(desk.locator(".num-big")).to_have_count(2)
    code = desk.locator(".num-big").last.inner_text()
    with desk.expect_navigation():
        desk.get_by_role("link", name="Kembali").click()
    return code


def follow(guest: Page, number: str, code: str) -> None:
    """Give number and code where every case is asked for."""
    guest.goto("/lacak/")
    guest.get_by_label("Nomor", exact=True).fill(number.lower())
    guest.get_by_label("Kode akses").fill(code.lower())
    guest.get_by_role("button", name="Lacak", exact=True).click()
    expect(guest.get_by_role("heading", name="Perkembangan pengaduan")).to_be_visible()


def letters_to(mailbox: list[Any], address: str) -> list[str]:
    """Mail what waits, and return what was written to this address."""
    relay(now=datetime.now(UTC))
    return [letter.body for letter in mailbox if letter.to == [address]]


@pytest.mark.standard("R42, R43, R44, R45")
def test_a_complaint_with_evidence_goes_from_the_form_of_a_stranger_to_answer_and_closing(
    open_browser: Open, complaints: list[str], complaint_officer: User, mailoutbox: list[Any]
) -> None:
    with time_machine.travel(FRIDAY) as time:
        guest, desk = open_browser(), open_browser(complaint_officer)
        # Somebody without an account finds the form, and is told how long an answer takes.
        guest.goto("/pengaduan/")
        expect(guest.get_by_role("link", name="Buka e-Office LKPP")).to_have_attribute(
            "href", "https://eoffice.lkpp.go.id/persuratan"
        )
        guest.get_by_role("link", name="Isi formulir").click()
        write(guest)
        guest.get_by_label("Bukti (wajib").set_input_files(picture("jadwal.png"))
        guest.get_by_role("button", name="Kirim", exact=True).click()
        expect(guest.get_by_role("heading", name="Pengaduan Anda telah kami terima")).to_be_visible()
        expect(guest.locator("main")).to_contain_text(DUE_IN_WORDS)
        number, code = guest.locator(".num-big").all_inner_texts()

        # The register has it on top with its limit.
        time.move_to(FRIDAY + timedelta(hours=1))
        desk.goto("/mulai/")
        desk.get_by_role("navigation", name="Menu petugas").get_by_role("link", name="Register pengaduan").click()
        expect(desk.locator("[data-row]")).to_contain_text(number)
        with desk.expect_navigation():
            desk.get_by_role("link", name=TITLE).click()
        expect(desk.locator("main")).to_contain_text(DUE_IN_WORDS)
        expect(desk.locator("main")).to_contain_text("71 jam")
        expect(desk.locator("main")).to_contain_text("jadwal.png")

        # The answer is a letter with number, date, text and a file.
        desk.get_by_label("Nomor surat tanggapan").fill("B-9/LKPP/XI/2026")
        desk.get_by_label("Tanggapan", exact=True).fill(ANSWER)
        desk.get_by_label("Penanda tangan").fill("Direktur Contoh")
        desk.get_by_text("Lampirkan berkas").click()
        desk.locator("input[type=file][name=files]").set_input_files(picture("hasil.png", 41))
        expect(desk.get_by_text("hasil.png terunggah.")).to_be_visible()
        desk.get_by_role("button", name="Kirim tanggapan").click()
        expect(desk.get_by_text("Tanggapan terkirim.")).to_be_visible()
        expect(desk.locator(".chain--met")).to_contain_text("Ditanggapi tepat waktu")

        # The complainant is told by mail, and reads it with number and code; with its file.
        told = letters_to(mailoutbox, "made@contoh.invalid")
        assert any(f"Pengaduan {number} telah kami tanggapi" in body for body in told)
        follow(guest, number, code)
        expect(guest.locator("main")).to_contain_text("Surat nomor B-9/LKPP/XI/2026, Jumat, 20 November 2026")
        expect(guest.locator("main")).to_contain_text(ANSWER)
        with guest.expect_download() as download:
            guest.get_by_role("link", name="hasil.png").click()
        assert download.value.suggested_filename == "hasil.png"
        letter = guest.request.get(guest.get_by_role("link", name="Cetak surat").get_attribute("href"))
        assert letter.body().startswith(b"%PDF")

        do(desk, "Selesaikan", Catatan="Pengadu menerima jawaban.")
        expect(desk.get_by_text("Pengaduan selesai.")).to_be_visible()
        guest.reload()
        expect(guest.locator(".work__head .chip").last).to_have_text("Selesai")

    complaint = Complaint.objects.get()
    assert complaint.state == State.CLOSED
    assert complaint.clock.met_at < DUE < complaint.clock.due_at < DUE + timedelta(minutes=1)
    assert complaints == []


@pytest.mark.standard("R44")
def test_a_complaint_without_evidence_is_refused_on_the_form_and_nothing_typed_is_lost(
    open_browser: Open, complaints: list[str]
) -> None:
    guest = open_browser()
    guest.goto("/pengaduan/kirim/")
    write(guest)
    guest.get_by_label("Tempat kejadian").fill("Jakarta")

    guest.get_by_role("button", name="Kirim", exact=True).click()

    expect(guest.get_by_role("alert")).to_contain_text("harus disertai bukti")
    expect(guest.get_by_role("alert")).to_be_focused()
    assert not Complaint.objects.exists()
    for label, words in (("Perihal", TITLE), ("Substansi", SUBSTANCE), ("Tempat kejadian", "Jakarta")):
        expect(guest.get_by_label(label)).to_have_value(words)
    guest.get_by_label("Bukti (wajib").set_input_files(picture("jadwal.png"))
    guest.get_by_role("button", name="Kirim", exact=True).click()
    expect(guest.get_by_role("heading", name="Pengaduan Anda telah kami terima")).to_be_visible()
    assert Complaint.objects.get().state == State.REGISTERED
    assert complaints == []


@pytest.mark.standard("R44, R45, A23")
def test_a_letter_without_evidence_is_sent_back_and_the_clock_starts_when_the_complainant_completes_it(
    open_browser: Open, complaints: list[str], complaint_officer: User, mailoutbox: list[Any]
) -> None:
    with time_machine.travel(FRIDAY - timedelta(days=2)) as time:
        desk, guest = open_browser(complaint_officer), open_browser()
        open_entry(desk)
        write(desk)
        desk.get_by_label("Nomor surat").fill("B-114/UKPBJ/XI/2026")
        desk.get_by_label("Pindaian surat").set_input_files(picture("surat-pindaian.png"))
        expect(desk.get_by_text("surat-pindaian.png terunggah.")).to_be_visible()
        complaint = enter_letter(desk)
        expect(desk.locator(".chain--paused")).to_contain_text("Jam belum berjalan")
        do(desk, "Minta bukti", **{"Bukti yang diminta": "Mohon salinan permohonan 16 November."})
        expect(desk.get_by_text("Permintaan bukti dikirim")).to_be_visible()
        expect(desk.locator(".chain--paused")).to_contain_text("menunggu bukti")
        code = hand_over(desk)
        assert any("Mohon kirim bukti" in body for body in letters_to(mailoutbox, "made@contoh.invalid"))

        time.move_to(FRIDAY)
        follow(guest, complaint.number, code)
        expect(guest.locator(".note--warn")).to_contain_text("Mohon salinan permohonan 16 November.")
        guest.get_by_label("Tambahkan bukti").set_input_files(picture("permohonan.png"))
        guest.get_by_role("button", name="Kirim bukti").click()
        expect(guest.get_by_text("Bukti kami terima.")).to_be_visible()
        expect(guest.locator(".promise__due")).to_have_text(DUE_IN_WORDS)

        later = open_browser(complaint_officer)  # a session does not last for days
        later.goto(complaint.get_absolute_url())
        expect(later.locator(".promise__due")).to_have_text(DUE_IN_WORDS)
        expect(later.locator("main")).to_contain_text("permohonan.png")

    complaint.refresh_from_db()
    assert (complaint.state, complaint.complete_at.replace(second=0, microsecond=0)) == (State.REGISTERED, FRIDAY)
    assert complaints == []


@pytest.mark.standard("R42, A25")
def test_a_letter_from_e_office_is_entered_with_number_date_addressee_and_scan(
    open_browser: Open, complaints: list[str], complaint_officer: User
) -> None:
    with time_machine.travel(FRIDAY + timedelta(hours=4)):
        desk = open_browser(complaint_officer)
        open_entry(desk)
        write(desk, email="")
        desk.get_by_label("Nomor surat").fill("B-114/UKPBJ/XI/2026")
        desk.get_by_label("Tanggal surat").fill("19-11-2026")
        desk.get_by_label("Tujuan surat").fill("Direktur Pengembangan SPSE")
        desk.get_by_role("group", name="Diterima Direktorat").get_by_role("textbox").last.fill("12.15")
        desk.get_by_label("Zona waktu").select_option(label="WIT")
        desk.get_by_label("Pindaian surat").set_input_files(picture("surat-pindaian.png"))
        expect(desk.get_by_text("surat-pindaian.png terunggah.")).to_be_visible()
        desk.locator("input[type=file][name=files]").set_input_files(picture("jadwal.png", 41))
        expect(desk.get_by_text("jadwal.png terunggah.")).to_be_visible()

        complaint = enter_letter(desk)

        expect(desk.locator(".promise__due")).to_have_text(DUE_IN_WORDS)  # 12.15 WIT is 10.15 WIB
        facts = desk.locator("main aside")
        for words in ("B-114/UKPBJ/XI/2026", "Kamis, 19 November 2026", "Direktur Pengembangan SPSE", "Surat e-Office"):
            expect(facts).to_contain_text(words)
        for name in ("jadwal.png", "surat-pindaian.png"):
            expect(desk.locator("main")).to_contain_text(name)
        code = hand_over(desk)
        guest = open_browser()
        follow(guest, complaint.number, code)
        expect(guest.locator(".promise__due")).to_have_text(DUE_IN_WORDS)

    assert complaint.received_at == FRIDAY
    assert complaints == []


def finds(page: Page, complaint: Complaint) -> dict[str, bool]:
    """Return by which ways a person of the register comes upon a complaint, each on a page that was drawn."""
    found, main = {}, page.locator("main")

    def shows(path: str, heading: str) -> bool:
        page.goto(path)
        expect(main.get_by_role("heading", level=1)).to_have_text(heading)
        return complaint.number in main.inner_text()

    found["list"] = shows("/register-pengaduan/", "Register pengaduan")
    found["counters"] = main.locator(".views b").all_inner_texts() != ["0", "0"]
    for words in (complaint.number, "Made", "B-114"):
        page.get_by_label("Cari", exact=True).fill(words)
        page.get_by_role("button", name="Terapkan").click()
        page.wait_for_url("**cari=**")
        found[f"search {words[:4]}"] = main.locator("[data-row]").count() > 0
    found["inbox"] = shows("/pemberitahuan/", "Pemberitahuan")
    found["bell"] = page.locator(".bell[href]").last.get_attribute("aria-label") != "Pemberitahuan, 0 belum dibaca"
    answer = page.goto(complaint.get_absolute_url())
    found["address"] = answer is not None and answer.status != 404
    answer = page.goto(f"{complaint.get_absolute_url()}tanda-terima.pdf") if not found["address"] else None
    found["receipt"] = answer is None or answer.status != 404
    return found


@pytest.fixture
def named_by_letter(complaint_officer: User, supervisor: User) -> Callable[[Page, str, str], Complaint]:
    """Enter a letter that names somebody, answered too late."""

    def enter(desk: Page, label: str, party: str) -> Complaint:
        open_entry(desk)
        write(desk)
        desk.get_by_label("Nomor surat").fill("B-114/UKPBJ/XI/2026")
        field = desk.get_by_label(label)
        field.select_option(label=party) if label.startswith("Unit") else field.fill(party)
        desk.locator("input[type=file][name=files]").set_input_files(picture("surat.png"))
        expect(desk.get_by_text("surat.png terunggah.")).to_be_visible()
        complaint = enter_letter(desk)
        sweep_clocks(now=complaint.clock.due_at + timedelta(minutes=1))
        return complaint

    return enter


@pytest.mark.standard("A25")
def test_an_officer_who_is_named_finds_nothing_anywhere(
    open_browser: Open,
    supervisor: User,
    complaint_officer: User,
    named_by_letter: Callable[[Page, str, str], Complaint],
) -> None:
    desk, named = open_browser(complaint_officer), open_browser(supervisor)

    complaint = named_by_letter(desk, "Petugas yang diadukan", supervisor.email)

    everywhere, nowhere = finds(desk, complaint), finds(named, complaint)
    assert set(everywhere.values()) == {True}, everywhere
    assert set(nowhere.values()) == {False}, nowhere
    named.goto("/keterlambatan/")
    expect(named.locator("main")).not_to_contain_text(complaint.number)
    assert not Notification.objects.filter(recipient=supervisor).exists()


@pytest.mark.standard("A25")
def test_those_who_only_work_in_a_unit_that_is_named_find_nothing_anywhere(
    open_browser: Open,
    supervisor: User,
    complaint_officer: User,
    named_by_letter: Callable[[Page, str, str], Complaint],
) -> None:
    desk, named = open_browser(supervisor), open_browser(complaint_officer)

    complaint = named_by_letter(desk, "Unit di LKPP yang diadukan", str(Role.COMPLAINT_OFFICER.label))

    everywhere, nowhere = finds(desk, complaint), finds(named, complaint)
    assert set(everywhere.values()) == {True}, everywhere
    assert set(nowhere.values()) == {False}, nowhere
    assert not Notification.objects.filter(recipient=complaint_officer).exists()


@pytest.mark.standard("A25")
def test_the_staff_of_a_named_office_find_nothing_by_search_address_or_inbox(
    open_browser: Open, lpse: Lpse, helpdesk: User, supervisor: User, complaint_officer: User
) -> None:
    guest, named = open_browser(), open_browser(helpdesk)
    guest.goto("/pengaduan/kirim/")
    write(guest)
    guest.get_by_label("LPSE yang diadukan").select_option(label=lpse.name)
    guest.get_by_label("Bukti (wajib").set_input_files(picture("jadwal.png"))
    guest.get_by_role("button", name="Kirim", exact=True).click()
    expect(guest.get_by_role("heading", name="Pengaduan Anda telah kami terima")).to_be_visible()
    complaint = Complaint.objects.get()
    sweep_clocks(now=complaint.clock.due_at + timedelta(minutes=1))

    closed = [named.goto(path) for path in ("/register-pengaduan/", complaint.get_absolute_url())]

    assert [answer.status for answer in closed if answer] == [404, 404]
    for path in ("/mulai/", "/pemberitahuan/", f"/cari/?q={complaint.number}", "/cari/?q=Made"):
        assert named.goto(path).status == 200
        expect(named.locator("main")).not_to_contain_text(complaint.number)
        expect(named.get_by_role("link", name="Register pengaduan")).to_have_count(0)
    assert not Notification.objects.filter(recipient=helpdesk).exists()
    told = set(Notification.objects.exclude(address="made@contoh.invalid").values_list("recipient", flat=True))
    assert told == {supervisor.pk, complaint_officer.pk}
