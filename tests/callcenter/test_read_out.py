"""What is read aloud: whole sentences for every state, in words that need no eyes (R28, A21)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from callcenter.read_out import ReadOut, read_out, shortened, without_ids
from escalation.services.sweep import sweep_clocks
from escalation.tiers import Tier
from tests.conftest import NOW
from tickets.journey import Journey
from tickets.models import Ticket
from tickets.services import closing, handling

pytestmark = pytest.mark.standard("R28, A21")
Status = Ticket.Status
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOTHING_TO_DO = "Saat ini tidak ada yang perlu Bapak/Ibu lakukan."
DUE = "Kami menanggapi paling lambat hari Senin, 23 November 2026 pukul 16.00 Waktu Indonesia Barat."


def told(ticket: Ticket, now: datetime = NOW + DAY / 2) -> ReadOut:
    fresh = Ticket.objects.select_related("lpse", "reporter", "response_clock").get(pk=ticket.pk)
    return read_out(Journey(fresh, fresh.zone, own=False, now=now))


def test_a_new_ticket_at_its_lpse_waits_there_and_the_caller_may_ask_there(ticket: Ticket) -> None:
    words = told(ticket)

    assert words.status == (
        "saat ini berada di LPSE Kabupaten Sukamaju Fiktif sejak hari Rabu, 18 November 2026 "
        "dan menunggu diambil petugas."
    )
    assert words.promise == DUE
    assert words.expected == (
        "Tindak lanjutnya dapat Bapak/Ibu tanyakan langsung kepada LPSE Kabupaten Sukamaju Fiktif."
    )


@pytest.mark.parametrize(
    ("tier", "holder"),
    [(Tier.EPROC, "Helpdesk Eproc LKPP"), (Tier.TEKNIS, "Helpdesk Teknis LKPP"), (Tier.TIM_TEKNIS, "Tim Teknis LKPP")],
)
def test_in_progress_at_lkpp_it_says_who_has_it_since_when_and_until_when(
    ticket_in: Callable[..., Ticket], tier: int, holder: str
) -> None:
    words = told(ticket_in(tier, Status.IN_PROGRESS))

    assert words.status == f"saat ini ditangani {holder} sejak hari Rabu, 18 November 2026."
    assert words.promise == DUE
    assert words.expected == NOTHING_TO_DO


def test_times_are_those_of_the_reporter(make_ticket: Callable[..., Ticket], other_lpse: Any) -> None:
    assert "pukul 16.00 Waktu Indonesia Tengah" in told(make_ticket(lpse=other_lpse)).promise


def test_after_an_answer_the_last_one_is_told(ticket_in: Callable[..., Ticket], teknis: User) -> None:
    ticket = ticket_in(Tier.TEKNIS, Status.IN_PROGRESS)
    text = "Data terverifikasi. Kami sedang membandingkan. Mohon tunggu kabar kami."
    form = {"by": teknis, "now": NOW + 5 * HOUR, "version": ticket.version, "key": uuid4()}
    handling.reply_to_ticket(ticket.pk, text=text, **form)

    words = told(ticket, NOW + DAY)

    assert words.promise == "Kami telah menanggapi pada hari Rabu, 18 November 2026, dan penanganannya berlanjut."
    assert words.answer_words == "Data terverifikasi. Kami sedang membandingkan."


def test_awaiting_data_says_what_to_send_where_and_until_when(ticket_in: Callable[..., Ticket]) -> None:
    words = told(ticket_in(Tier.LPSE, Status.AWAITING_DATA))

    assert words.status == (
        "menunggu kelengkapan data dari Bapak/Ibu sejak hari Rabu, 18 November 2026, "
        "atas permintaan LPSE Kabupaten Sukamaju Fiktif."
    )
    assert words.promise == ""
    assert words.expected == (
        "Mohon lengkapi NIB dan Tangkapan layar melalui halaman tiket di LPSE Support, paling lambat hari Kamis, "
        "19 November 2026. Tanpa jawaban sampai hari Rabu, 2 Desember 2026 pukul 16.00 Waktu Indonesia Barat, "
        "tiket ditutup otomatis."
    )


def test_awaiting_confirmation_says_how_to_confirm_and_what_silence_does(ticket_in: Callable[..., Ticket]) -> None:
    words = told(ticket_in(Tier.TEKNIS, Status.AWAITING_CONFIRMATION))

    assert words.status == (
        "telah diberi solusi oleh Helpdesk Teknis LKPP pada hari Rabu, 18 November 2026 "
        "dan menunggu konfirmasi Bapak/Ibu."
    )
    assert words.expected == (
        "Mohon periksa solusinya, lalu konfirmasi penutupan tiket atau nyatakan belum selesai melalui halaman tiket di "
        "LPSE Support. Tanpa konfirmasi sampai hari Rabu, 2 Desember 2026 pukul 16.00 Waktu Indonesia Barat, "
        "tiket ditutup otomatis."
    )
    assert words.answer_words == "Silakan coba lagi."


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (
            "confirmed",
            "telah ditutup pada hari Rabu, 18 November 2026 setelah Bapak/Ibu mengonfirmasi penyelesaiannya.",
        ),
        (
            "unconfirmed",
            "telah ditutup otomatis pada hari Rabu, 18 November 2026 karena solusinya tidak dikonfirmasi.",
        ),
        ("no_data", "telah ditutup pada hari Rabu, 18 November 2026 karena data yang diminta tidak dilengkapi."),
        ("withdrawn", "telah dibatalkan pada hari Rabu, 18 November 2026 atas permintaan Bapak/Ibu."),
    ],
)
def test_a_closed_ticket_says_how_and_until_when_it_can_be_reopened(
    ticket_in: Callable[..., Ticket], reason: str, words: str
) -> None:
    ticket = ticket_in(Tier.LPSE, Status.CLOSED)
    Ticket.objects.filter(pk=ticket.pk).update(close_reason=reason)

    now, later = told(ticket), told(ticket, NOW + 31 * DAY)

    assert now.status == words
    assert now.expected == (
        "Bila permasalahan belum selesai, tiket dapat dibuka kembali melalui halaman tiket di LPSE Support "
        "sampai hari Jumat, 18 Desember 2026."
    )
    assert later.expected == "Bila permasalahan muncul lagi, silakan membuat tiket baru."


@pytest.mark.standard("R39")
def test_a_late_ticket_says_sorry_and_what_is_owed(ticket_in: Callable[..., Ticket]) -> None:
    ticket = ticket_in(Tier.LPSE, Status.IN_PROGRESS)
    late = NOW + 7 * DAY
    sweep_clocks(now=late)

    assert told(ticket, late).promise == (
        "Mohon maaf, batas tanggap kami, hari Senin, 23 November 2026 pukul 16.00 Waktu Indonesia Barat, telah lewat. "
        "Bapak/Ibu memperoleh prioritas untuk pelayanan berikutnya."
    )


@pytest.mark.standard("R39")
def test_lateness_is_owned_up_to_after_the_answer(ticket_in: Callable[..., Ticket], helpdesk: User) -> None:
    ticket = ticket_in(Tier.LPSE, Status.IN_PROGRESS)
    late = NOW + 7 * DAY
    sweep_clocks(now=late)
    form = {"by": helpdesk, "now": late, "version": ticket.version, "key": uuid4()}
    handling.reply_to_ticket(ticket.pk, text="Sudah kami perbaiki.", **form)

    words = told(ticket, late + HOUR).promise

    assert words.endswith(
        "Mohon maaf, tanggapan kami melewati batas waktu. Bapak/Ibu memperoleh prioritas untuk pelayanan berikutnya."
    )


@pytest.mark.standard("R26, R36")
def test_a_consultation_ticket_is_at_the_counter_and_followed_with_its_code(
    consultation_in: Callable[..., Ticket],
) -> None:
    here, solved = told(consultation_in()), told(consultation_in(Status.AWAITING_CONFIRMATION))

    assert here.status.startswith("saat ini ditangani Petugas Konsultasi LKPP sejak")
    assert "kepada Petugas Konsultasi atau melalui halaman Lacak Tiket" in solved.expected


def test_a_visitor_whose_ticket_left_the_counter_is_sent_to_lacak(
    consultation_in: Callable[..., Ticket], walk_in: User
) -> None:
    ticket = consultation_in(Status.CLOSED)
    form = {"by": walk_in, "now": NOW + 3 * HOUR, "version": Ticket.objects.get(pk=ticket.pk).version, "key": uuid4()}
    closing.reopen_ticket(ticket.pk, reason="Muncul lagi.", **form)

    words = told(ticket)

    assert words.status.startswith("saat ini berada di Helpdesk Eproc LKPP sejak")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Satu. Dua! Tiga?", "Satu. Dua!"),
        ("Salam,\n\nMohon tunggu.\nTerima kasih.", "Salam, Mohon tunggu."),
        ("NPWP Anda 01.234.567.8-901.000 sudah benar.", "NPWP Anda •••• sudah benar."),
        ("NIK 3201010101010001", "NIK ••••"),
        ("kata " * 100, f"{('kata ' * 60).strip()} …"),
        ("Pukul 16.00 selesai. Terima kasih.", "Pukul 16.00 selesai. Terima kasih."),
    ],
)
def test_an_answer_is_short_and_says_no_identity_number(text: str, shown: str) -> None:
    assert shortened(text) == shown


@pytest.mark.parametrize("text", ["TKT-2026-000123-8", "Kode tender 12345678", "0812-0000-0001", "25 November 2026"])
def test_other_numbers_stay(text: str) -> None:
    assert without_ids(text) == text
