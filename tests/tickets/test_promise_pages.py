"""What both sides read of a promise on the pages of a ticket, while it runs and once it is broken."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Lpse, User
from escalation.services import changes, recount
from escalation.services.sweep import sweep_clocks
from escalation.tiers import Tier
from tests.conftest import NOW
from tests.tickets import acts
from tests.tickets.pages import FILE, text_of
from tickets import chain
from tickets.models import Leg, Ticket
from tickets.services import closing, sharing

Browse = Callable[[User], Client]
TicketIn = Callable[..., Ticket]
Status = Ticket.Status
DAY = timedelta(days=1)
DUE = "Senin, 23 November 2026 pukul 16.00 WIB"  # of what begins at NOW


def wib(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026."""
    return datetime(2026, 11, day, hour - 7, minute, tzinfo=UTC)


def at(moment: datetime) -> Any:
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def read(sign_in: Browse) -> Callable[..., str]:
    """The words of a ticket's page as this person reads them at a moment."""

    def words(ticket: Ticket, user: User, now: datetime) -> str:
        with at(now):
            return text_of(sign_in(user).get(ticket.get_absolute_url()))

    return words


def chain_of(sign_in: Browse, ticket: Ticket, user: User, now: datetime) -> tuple[str, list[str]]:
    """Return the state of the chain and of its four stations, as classes draw them."""
    with at(now):
        html = sign_in(user).get(ticket.get_absolute_url()).content.decode()
    (state,) = re.findall(r'class="chain chain--(\w+)"', html)
    return state, re.findall(r'class="station station--(\w+)"', html)


@pytest.mark.standard("R33")
def test_the_reporter_reads_the_date_first_and_the_days_left_beside_it(
    ticket: Ticket, vendor: User, read: Callable[..., str], sign_in: Browse
) -> None:
    page = read(ticket, vendor, wib(19, 10))

    assert f"Kami menanggapi paling lambat {DUE} ." in page
    assert f"Batas tanggap {DUE} Janji layanan: 3 hari kerja" in page
    assert "2 hari kerja tersisa" in page
    assert chain_of(sign_in, ticket, vendor, wib(19, 10)) == ("run", ["now", "ahead", "ahead", "ahead"])


def test_on_the_last_day_hours_are_left(
    ticket: Ticket, vendor: User, read: Callable[..., str], sign_in: Browse
) -> None:
    page = read(ticket, vendor, wib(23, 11))

    assert f"Batas tanggap hari ini {DUE}" in page
    assert "tersisa" in page
    assert re.search(r"\d jam tersisa", page)
    assert chain_of(sign_in, ticket, vendor, wib(23, 11))[0] == "near"


def test_the_last_day_is_that_of_the_unit(
    make_ticket: TicketIn, other_lpse: Lpse, vendor: User, sign_in: Browse
) -> None:
    ticket = make_ticket(lpse=other_lpse, now=NOW)

    states = [chain_of(sign_in, ticket, vendor, wib(22, 22, 59) + timedelta(minutes=minutes))[0] for minutes in (0, 2)]

    assert states == ["run", "near"]  # 23.00 WIB on Sunday is midnight in WITA


@pytest.mark.standard("R39")
def test_a_late_ticket_apologises_says_what_is_owed_and_stays_late(
    ticket: Ticket, vendor: User, helpdesk: User, read: Callable[..., str], sign_in: Browse
) -> None:
    sweep_clocks(now=wib(23, 17))

    late = read(ticket, vendor, wib(25, 10))
    staff = read(ticket, helpdesk, wib(25, 10))

    assert (
        "Mohon maaf, tanggapan kami melewati batas waktu. Anda memperoleh prioritas untuk pelayanan berikutnya." in late
    )
    assert f"Batas tanggap {DUE} telah lewat" in late
    assert "2 hari kerja terlambat" in late
    assert "Menghentikan jam yang sudah terlambat." in staff
    assert "Kompensasi Diberikan, belum dipakai" in staff
    assert chain_of(sign_in, ticket, vendor, wib(25, 10)) == ("late", ["now", "ahead", "ahead", "ahead"])

    acts.do("reply", ticket, helpdesk, wib(25, 11))

    answered = read(ticket, vendor, wib(26, 10))
    assert "Ditanggapi terlambat Rabu, 25 November 2026 pukul 11.00 WIB" in answered
    assert "Mohon maaf" in answered
    assert "Baru Terlambat" in answered
    assert chain_of(sign_in, ticket, vendor, wib(26, 10))[0] == "late"


def test_what_ran_out_is_late_before_anybody_has_written_it_down(
    ticket: Ticket, vendor: User, read: Callable[..., str]
) -> None:
    page = read(ticket, vendor, wib(23, 16) + timedelta(seconds=1))

    assert "kurang dari 1 hari kerja terlambat" in page
    assert "Mohon maaf" in page
    assert "memperoleh prioritas" not in page  # not yet


@pytest.mark.standard("A16")
def test_the_ticket_that_uses_a_priority_says_from_which_case_and_the_late_one_says_where_it_went(
    ticket: Ticket, make_ticket: TicketIn, vendor: User, helpdesk: User, read: Callable[..., str], sign_in: Browse
) -> None:
    sweep_clocks(now=wib(23, 17))
    with at(wib(24, 9)):
        form = text_of(sign_in(vendor).get(FILE))
    following = make_ticket(now=wib(24, 10))

    own, staff = (read(following, user, wib(24, 11)) for user in (vendor, helpdesk))

    assert "Anda memiliki Prioritas Kompensasi. Tiket ini akan didahulukan dalam antrean" in form
    assert f"karena tanggapan kami pada {ticket.number} terlambat." in form
    assert f"Tiket ini didahulukan dalam setiap antrean karena tanggapan kami pada {ticket.number} terlambat." in own
    assert "Prioritas Kompensasi" in staff
    assert f"Didahulukan karena {ticket.number}" in staff
    late = read(ticket, vendor, wib(24, 11))
    assert f"Prioritas sebagai kompensasi telah dipakai pada {following.number}" in late
    assert "Anda memperoleh prioritas" not in late


def test_a_colleague_is_not_told_that_the_priority_is_theirs(
    ticket: Ticket, vendor: User, colleague: User, read: Callable[..., str]
) -> None:
    sharing.share_ticket(ticket.pk, by=vendor, now=NOW, colleague=colleague.reporter)
    sweep_clocks(now=wib(23, 17))

    page = read(Ticket.objects.get(pk=ticket.pk), colleague, wib(25, 10))

    assert "Pelapor memperoleh prioritas" in page
    assert "Anda memperoleh prioritas" not in page


@pytest.mark.standard("A02")
def test_above_the_lpse_the_reporter_reads_the_promise_and_staff_what_is_due_first_and_then(
    ticket: Ticket, vendor: User, helpdesk: User, eproc: User, read: Callable[..., str]
) -> None:
    acts.do("escalate", ticket, helpdesk, wib(20, 10))

    own, staff = (read(ticket, user, wib(20, 11)) for user in (vendor, eproc))

    assert f"Batas tanggap {DUE}" in own
    assert "25 November" not in own
    assert f"Batas tanggap {DUE} Batas tingkat ini: 25 Nov 2026 16.00 WIB." in staff

    acts.do("reply", ticket, eproc, wib(20, 13))
    acts.do("escalate", ticket, eproc, wib(24, 10))

    own = read(ticket, vendor, wib(24, 11))
    assert "Batas tanggap tingkat ini Jumat, 27 November 2026 pukul 16.30 WIB" in own


@pytest.mark.standard("A02")
def test_a_tier_that_was_left_late_stays_red_whatever_follows(
    ticket: Ticket, vendor: User, helpdesk: User, eproc: User, read: Callable[..., str], sign_in: Browse
) -> None:
    acts.do("escalate", ticket, helpdesk, wib(24, 10))
    acts.do("reply", ticket, eproc, wib(24, 14))

    page = read(ticket, eproc, wib(25, 9))

    assert "4 hari kerja LPSE LPSE Kabupaten Sukamaju Fiktif Terlambat 1 hari kerja" in page
    assert "3 hari kerja lebih cepat dari batas" in page
    assert chain_of(sign_in, ticket, eproc, wib(25, 9)) == ("met", ["late", "now", "ahead", "ahead"])
    # To the reporter the same answer was the late one.
    assert chain_of(sign_in, ticket, vendor, wib(25, 9))[0] == "late"


@pytest.mark.standard("A05")
def test_while_data_are_awaited_our_clock_stands_still_and_both_sides_read_until_when(
    ticket: Ticket, vendor: User, helpdesk: User, read: Callable[..., str], sign_in: Browse
) -> None:
    acts.do("take", ticket, helpdesk, wib(18, 10))
    acts.do("request_data", ticket, helpdesk, wib(18, 11))

    own, staff = (read(ticket, user, wib(19, 9)) for user in (vendor, helpdesk))

    assert "Jam kami berhenti sejak Rabu, 18 November 2026 pukul 11.00 WIB" in own
    assert "Giliran Anda: paling lambat Rabu, 2 Desember 2026" in own
    assert "9 hari kerja waktu melengkapi" in own
    assert "Tanpa jawaban sampai Rabu, 2 Desember 2026 pukul 16.00 WIB, tiket ditutup otomatis." in own
    assert "Menunggu data dari pelapor sampai Rabu, 2 Desember 2026" in staff
    assert "Memenuhi batas tanggap." not in staff
    assert chain_of(sign_in, ticket, vendor, wib(19, 9))[0] == "paused"


@pytest.mark.standard("A08")
def test_a_solution_says_when_silence_closes_the_ticket(
    ticket_in: TicketIn, vendor: User, read: Callable[..., str], sign_in: Browse
) -> None:
    ticket = ticket_in(Tier.LPSE, Status.AWAITING_CONFIRMATION)

    page = read(ticket, vendor, wib(19, 9))

    assert "Menunggu konfirmasi Anda paling lambat Rabu, 2 Desember 2026 pukul 16.00 WIB" in page
    assert "9 hari kerja lalu ditutup otomatis" in page
    assert chain_of(sign_in, ticket, vendor, wib(19, 9))[0] == "confirm"


@pytest.mark.standard("A06")
@pytest.mark.standard("A08")
@pytest.mark.parametrize(
    ("status", "label", "station"),
    [
        (Status.AWAITING_CONFIRMATION, "Ditutup Otomatis", "solved"),
        (Status.AWAITING_DATA, "Ditutup – Data Tidak Dilengkapi", "done"),
    ],
)
def test_a_ticket_closed_by_silence_says_so_with_reminders_by_the_system(
    status: str, label: str, station: str, ticket_in: TicketIn, vendor: User, read: Callable[..., str], sign_in: Browse
) -> None:
    ticket, now = ticket_in(Tier.LPSE, status), NOW
    for day in range(20):
        now = NOW + day * DAY
        sweep_clocks(now=now)
        closing.close_silences(now=now)

    page = read(ticket, vendor, now)

    assert f"{label} {ticket.number}" in page
    assert page.count("Sistem mengingatkan pelapor") == 2
    assert "Sistem menutup tiket tanpa jawaban pelapor" in page
    assert "Terima kasih telah mengonfirmasi" not in page
    assert chain_of(sign_in, ticket, vendor, now) == ("closed", [station, "ahead", "ahead", "ahead"])


@pytest.mark.standard("R19")
def test_a_confirmed_ticket_says_how_long_it_took(ticket_in: TicketIn, vendor: User, read: Callable[..., str]) -> None:
    page = read(ticket_in(Tier.EPROC, Status.CLOSED), vendor, wib(20, 9))

    assert "Ditutup Dikonfirmasi pelapor Rabu, 18 November 2026 pukul 13.12 WIB" in page
    assert "3 jam dari dibuat sampai solusi" in page


def test_the_composer_tells_staff_what_a_reply_does_to_the_clock(
    ticket: Ticket, helpdesk: User, read: Callable[..., str]
) -> None:
    running = read(ticket, helpdesk, wib(19, 9))
    acts.do("reply", ticket, helpdesk, wib(19, 10))

    answered = read(ticket, helpdesk, wib(19, 11))

    assert "Terlihat oleh Wulan Rekaan. Memenuhi batas tanggap." in running
    assert "Hanya terlihat petugas. Tidak memenuhi batas tanggap." in running
    assert "Terlihat oleh Wulan Rekaan. Hanya terlihat petugas." in answered


@pytest.mark.standard("A02")
def test_at_the_first_tier_the_reporter_reads_one_lateness_where_staff_read_two(
    ticket: Ticket, vendor: User, helpdesk: User, read: Callable[..., str]
) -> None:
    sweep_clocks(now=wib(24, 9))

    own, staff = (read(ticket, user, wib(24, 10)) for user in (vendor, helpdesk))

    assert (own.count("terlewati di LPSE"), staff.count("terlewati di LPSE")) == (1, 2)
    assert "Batas tanggap pertama terlewati di LPSE 23 Nov 2026 16.00 WIB" in own
    assert "Tercatat 24 Nov 2026 09.00 WIB." in staff


def test_a_changed_calendar_is_told_with_before_and_after(
    ticket: Ticket, vendor: User, supervisor: User, read: Callable[..., str]
) -> None:
    facts = {"day": date(2026, 11, 20), "name": "Pilkada", "kind": "national", "source": "Keppres"}
    change = changes.add_holiday(facts | {"lpse": None, "is_tentative": False})
    recount.apply(change, by=supervisor, reason="Hari pemungutan suara.", now=wib(18, 12))

    page = read(ticket, vendor, wib(19, 9))

    assert "menghitung ulang batas tanggap: 23 Nov 2026 16.00 WIB → 24 Nov 2026 16.00 WIB" in page
    assert "“Hari pemungutan suara.”" in page
    assert "Batas tanggap Selasa, 24 November 2026 pukul 16.00 WIB" in page
    assert "Pilkada, tidak dihitung" in page


@pytest.mark.parametrize("status", Status.values)
def test_a_ticket_from_before_clocks_is_read_as_it_was(
    status: str, ticket_in: TicketIn, vendor: User, helpdesk: User, supervisor: User, sign_in: Browse
) -> None:
    ticket = ticket_in(Tier.LPSE, status)
    Leg.objects.update(clock=None, wait=None)
    Ticket.objects.update(response_clock=None, promised_at=None, due_at=None)

    with at(wib(19, 9)):
        answers = [sign_in(user).get(ticket.get_absolute_url()) for user in (vendor, helpdesk, supervisor)]
        paper = sign_in(vendor).get(reverse("tickets:promise", args=[ticket.number]))
        receipt = sign_in(vendor).get(reverse("tickets:filed", args=[ticket.number]))

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert not any("Cetak tanda terima" in text_of(answer) for answer in [*answers, receipt])
    assert paper.status_code == 404


def test_the_mini_chain_shows_where_a_ticket_is_late(ticket: Ticket) -> None:
    ticket.refresh_from_db()

    assert [chain.mini(ticket, moment) for moment in (wib(23, 16), wib(23, 17))] == ["caaa", "laaa"]
