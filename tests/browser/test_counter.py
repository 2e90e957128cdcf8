"""The counter in a real browser: the front desk, the officer, the third tier, and a visitor without an account."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Lpse, Reporter, User
from consultations.models import Room, Visit
from consultations.services import excusing, sessions
from escalation.models import Clock, Entitlement
from escalation.services.sweep import sweep_clocks
from escalation.tiers import Tier
from notifications.services.relay import relay
from tests.browser.test_accessibility import faults_of
from tests.consultations import conftest as counter
from tests.consultations.places import facts_of_ticket, path_of_visit
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Open = Callable[..., Page]
MINUTE = timedelta(minutes=1)
make_visit, rooms, officers, purpose = counter.make_visit, counter.rooms, counter.officers, counter.purpose
newcomer, facts = counter.newcomer, counter.facts
PROBLEM = "Gagal masuk sejak kemarin.\nMuncul pesan User ID atau Password salah."
ANSWER = "Kata sandi sudah benar; akun terkunci pada sisi server."


@pytest.fixture
def room(consultant: User) -> Room:
    """The one room that is open today."""
    return Room.objects.create(name="Ruang 1", order=1, officer=consultant)


def register(desk: Page, name: str, phone: str, *, email: str = "", problem: str = "") -> None:
    """Write somebody nobody knows into the guest book."""
    desk.goto("/resepsionis/")
    desk.get_by_label("Nama", exact=True).fill(name)
    desk.get_by_label("Badan usaha atau instansi").fill("PT Awan Contoh Teknologi")
    desk.get_by_label("Nomor ponsel").fill(phone)
    desk.get_by_label("Surel").fill(email)
    desk.get_by_label("Keperluan").select_option(label="Akun")
    desk.get_by_text("Isi form permohonan").click()
    desk.get_by_label("Uraian permasalahan").fill(problem)
    desk.get_by_role("button", name="Simpan, cetak nomor").click()
    desk.wait_for_url("**/slip/")


def call(desk: Page, number: str) -> None:
    """Send a visitor to the room."""
    desk.goto("/resepsionis/")
    desk.locator(".line li", has_text=number).get_by_role("button", name="Panggil").click()
    expect(desk.get_by_text(f"{number} dipanggil ke Ruang 1.")).to_be_visible()


def begin(officer: Page, number: str) -> Visit:
    """Begin the consultation of the visitor who was called."""
    officer.goto("/mulai/")
    expect(officer.locator(".is-next .qn")).to_have_text(number)
    officer.get_by_role("button", name="Mulai Konsultasi").click()
    expect(officer.locator("#waktu .room__t")).to_have_text("0 dari 60 menit")
    return Visit.objects.get(state=Visit.State.IN_SESSION)


def write(officer: Page, lpse: Lpse) -> Ticket:
    """Write down the rest of question and answer, and make the ticket."""
    officer.get_by_label("Jawaban").fill(ANSWER)
    officer.get_by_label("LPSE tempat kejadian").select_option(label=lpse.name)
    officer.get_by_label("Aplikasi").select_option(label="SPSE")
    officer.get_by_label("Kategori").select_option(label="Gagal masuk")
    officer.get_by_role("button", name="Buat Tiket Konsultasi").click()
    expect(officer.get_by_text("Dilewati: konsultasi")).to_be_visible()
    return Ticket.objects.get()


def make_late(visit: Visit) -> None:
    """Let the hour of a session have run out a minute ago, and the sweep notice."""
    now = timezone.now()
    Clock.objects.filter(case=visit.number).update(due_at=now - MINUTE, next_at=now - MINUTE)
    assert sweep_clocks(now=now)["broken"] == 1


def letter_of(mailbox: list[Any], words: str) -> str:
    """Mail what waits, and return the last letter with these words."""
    relay(now=timezone.now())
    return next(letter.body for letter in reversed(mailbox) if words in letter.body)


@pytest.mark.standard("R20, R21, R22, R23, R24, R25, R26")
def test_a_visitor_without_account_is_served_passed_on_followed_and_first_the_next_time(
    open_browser: Open,
    complaints: list[str],
    mailoutbox: list[Any],
    receptionist: User,
    consultant: User,
    teknis: User,
    lpse: Lpse,
    room: Room,
) -> None:
    desk, officer, third = (open_browser(who) for who in (receptionist, consultant, teknis))
    guest = open_browser()

    # R20–R22: the guest book, a queue number, a room.
    register(desk, "Hasan Khayal", "0812-0000-0008", email="hasan@contoh.invalid", problem=PROBLEM)
    expect(desk.locator("main")).to_contain_text("A-001")
    call(desk, "A-001")

    # R23, R24: the officer begins with what the visitor wrote, and writes question and answer.
    visit = begin(officer, "A-001")
    expect(officer.get_by_label("Pertanyaan atau permasalahan")).to_have_value(PROBLEM)
    ticket = write(officer, lpse)
    make_late(visit)

    # R25: past Helpdesk Eproc to Helpdesk Teknis, and the number on paper.
    officer.get_by_role("link", name="Akhiri Konsultasi").click()
    officer.get_by_label(re.compile("^Eskalasi")).check()
    expect(officer.get_by_label("Hasil penyelesaian")).to_be_hidden()
    officer.get_by_label("Helpdesk Teknis", exact=True).check()
    officer.get_by_label("Catatan analisis").fill("Akun terkunci, perlu akses server.")
    officer.get_by_label("Keterangan untuk pelapor").fill("Helpdesk Teknis membuka akun Anda.")
    officer.get_by_role("button", name="Akhiri Konsultasi").click()
    expect(officer.get_by_role("heading", name="Tanda Terima Konsultasi")).to_be_visible()
    officer.get_by_role("button", name="Buat kode akses").click()
    number, code = officer.locator(".num-big").all_inner_texts()
    assert number == ticket.number
    assert code in letter_of(mailoutbox, "Dengan kode akses")
    officer.reload()
    expect(officer.locator("main")).to_contain_text("tidak dapat ditampilkan lagi")

    # R15: Helpdesk Teknis solves it.
    third.goto("/mulai/")
    third.get_by_role("button", name=f"Ambil {number}").click()
    third.get_by_role("link", name="Tandai Selesai").click()
    third.get_by_label("Hasil penyelesaian").fill("Akun sudah dibuka. Silakan masuk kembali.")
    third.locator("main").get_by_role("button", name="Tandai Selesai").click()

    # R26: the visitor follows it with number and code; with the code of a letter they confirm (R19).
    guest.goto("/lacak/")
    guest.get_by_label("Nomor", exact=True).fill(number.lower())
    guest.get_by_label("Kode akses").fill(code.lower())
    guest.locator("main form button[type=submit]").last.click()
    expect(guest.locator(".station--now .station__name")).to_have_text("Helpdesk Teknis")
    expect(guest.locator("main")).to_contain_text("Akun sudah dibuka. Silakan masuk kembali.")
    expect(guest.locator("main")).not_to_contain_text("Hasan Khayal")
    guest.get_by_role("button", name="Kirim kode sekali pakai").click()
    expect(guest.get_by_text("Kode sekali pakai kami kirim")).to_be_visible()
    letter = letter_of(mailoutbox, "kode sekali pakai")
    guest.get_by_label("Kode sekali pakai").fill(letter.split("Kode: ")[1].split()[0])
    guest.get_by_role("button", name="Lanjutkan").click()
    guest.get_by_role("button", name="Ya, tutup tiket").click()
    expect(guest.locator(".station--solved .station__name")).to_have_text("Helpdesk Teknis")

    # R39: the hour was too long, so the next visit goes before whoever came first.
    register(desk, "Sekar Fiktif", "0812-0000-0009")
    desk.goto("/resepsionis/")
    desk.get_by_label("Nomor ponsel").fill("0812-0000-0008")
    desk.locator("#dikenal").get_by_role("link", name=re.compile("Hasan Khayal")).click()
    expect(desk.get_by_text("Tamu ini didahulukan")).to_be_visible()
    desk.get_by_label("Keperluan").select_option(label="Akun")
    desk.get_by_role("button", name="Simpan, cetak nomor").click()
    desk.wait_for_url("**/slip/")
    desk.goto("/resepsionis/")
    expect(desk.locator(".is-next .qn")).to_have_text("A-003")
    expect(desk.locator(".is-next")).to_contain_text("Prioritas Kompensasi")
    call(desk, "A-003")
    begin(officer, "A-003")
    expect(officer.get_by_role("link", name="Gagal masuk sejak kemarin.")).to_be_visible()

    ticket.refresh_from_db()
    assert (ticket.status, ticket.close_reason) == (Ticket.Status.CLOSED, Ticket.CloseReason.CONFIRMED)
    assert [leg.tier for leg in ticket.legs.all()] == [Tier.EPROC, Tier.TEKNIS]
    assert Entitlement.objects.get().redeemed_case == Visit.objects.get(serial=3).number
    assert Reporter.objects.filter(is_visitor=True).count() == 2
    assert [fault for fault in complaints if "htmx" not in fault] == []  # it complains of what navigation cuts off


def test_nothing_the_officer_types_is_lost(
    open_browser: Open, complaints: list[str], receptionist: User, consultant: User, lpse: Lpse, room: Room
) -> None:
    desk, officer = open_browser(receptionist), open_browser(consultant)
    register(desk, "Hasan Khayal", "0812-0000-0008", problem=PROBLEM)
    call(desk, "A-001")
    begin(officer, "A-001")
    answer = officer.get_by_label("Jawaban")
    officer.wait_for_load_state()

    # The connection is cut while the officer types; the next key after it is back saves everything.
    with officer.expect_response("**/draf/simpan/**"):
        answer.fill("Kata sandi")
    officer.context.set_offline(True)
    answer.fill("Kata sandi sudah benar")
    with officer.expect_event("requestfailed"):
        answer.press("End")
        answer.press_sequentially("; ")
    expect(answer).to_have_value("Kata sandi sudah benar; ")
    officer.context.set_offline(False)
    with officer.expect_response("**/draf/simpan/**"):
        answer.press_sequentially("akun terkunci.")
    officer.reload()
    expect(answer).to_have_value("Kata sandi sudah benar; akun terkunci.")
    expect(officer.get_by_text("Tulisan Anda yang belum terkirim kami pulihkan.")).to_be_visible()

    # The session of the browser ends: after signing in again the words are there. No worker ever ran.
    officer.context.clear_cookies(name="sessionid")
    answer.press("Control+End")
    answer.press_sequentially(" Dibuka oleh Helpdesk Teknis.")
    officer.get_by_role("button", name="Buat Tiket Konsultasi").click()
    expect(officer.get_by_text("Tulisan dan berkas tersimpan")).to_be_visible()
    address = Visit.objects.get().get_absolute_url() + "konsultasi/"
    again = open_browser(consultant)
    again.goto(address)
    expect(again.get_by_label("Jawaban")).to_have_value(
        "Kata sandi sudah benar; akun terkunci. Dibuka oleh Helpdesk Teknis."
    )
    write(again, lpse)

    # The same for the words of the end.
    with again.expect_navigation():
        again.get_by_role("link", name="Akhiri Konsultasi").click()
    again.get_by_label(re.compile("^Selesai di tempat")).check()
    expect(again.get_by_label("Hasil penyelesaian")).to_have_value(ANSWER)
    with again.expect_response("**/draf/simpan/**"):
        again.get_by_label("Hasil penyelesaian").fill("Akun sudah dibuka.")
    again.reload()
    expect(again.get_by_label("Hasil penyelesaian")).to_have_value("Akun sudah dibuka.")
    again.get_by_label("Tamu menyatakan setuju tiket ditutup").check()
    again.get_by_role("button", name="Akhiri Konsultasi").click()
    expect(again.locator("main")).to_contain_text("Tiket ini ditutup dengan persetujuan Anda.")

    assert Ticket.objects.get().is_closed
    assert [fault for fault in complaints if "htmx" not in fault] == []


def test_the_officers_pages_are_accessible_and_fit(
    open_browser: Open,
    complaints: list[str],
    make_visit: Callable[..., Visit],
    officers: list[User],
    supervisor: User,
) -> None:
    now = timezone.now()
    make_visit(now=now)
    fresh, written, asked = (make_visit(Visit.State.IN_SESSION, room=room, now=now - 50 * MINUTE) for room in (1, 2, 3))
    for visit in (written, asked):
        sessions.file_ticket(visit.pk, by=visit.officer, now=now, key=uuid4(), facts=facts_of_ticket(), answer=ANSWER)
    make_late(asked)
    excusing.ask_excuse(asked.pk, by=asked.officer, now=now, excuse="documents", note="NIB tidak dibawa.")
    paths = {
        officers[0]: ["/ruang-konsultasi/", path_of_visit("consultations:session", fresh)],
        officers[1]: [path_of_visit(f"consultations:{name}", written) for name in ("session", "end", "receipt")],
        officers[2]: [path_of_visit(f"consultations:{name}", asked) for name in ("session", "ask_excuse")],
        supervisor: ["/ruang-konsultasi/", path_of_visit("consultations:agree_excuse", asked)],
    }

    faults = []
    for user, addresses in paths.items():
        page = open_browser(user, reduced_motion="reduce")
        faults += [fault for address in addresses for fault in faults_of(page, address)]

    assert faults == []
    assert [fault for fault in complaints if "htmx" not in fault] == []
