"""The Penyelia edits the calendar: nothing changes before it was shown, reasoned and approved."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Lpse, User
from audit.models import AuditEntry
from core.numbers import make_number
from escalation.models import Clock, Holiday, HoursPeriod, OfficeHours
from escalation.services import clocks
from tests.conftest import NOW
from tests.tickets.acts import reply, take
from tickets.models import Ticket

WIB = ZoneInfo("Asia/Jakarta")
ADD = "/kalender-kerja/hari-libur/tambah/"
USUAL = "/kalender-kerja/jam/"
PERIOD = "/kalender-kerja/periode/tambah/"
DAY_OFF = {"day": "19-11-2026", "name": "Hari libur uji", "kind": "national", "lpse": "", "source": "SKB contoh"}
WEEK = {f"day_{day}": "07.30–16.00" for day in range(4)} | {"day_4": "07.30-16.30", "day_5": "", "day_6": ""}
RAMADAN = WEEK | {"name": "Ramadan 1448 H", "first_day": "08-02-2027", "last_day": "09-03-2027"}
APPROVE = {"step": "approve", "reason": "SKB tiga menteri terbit."}


@pytest.fixture(autouse=True)
def _wednesday_morning() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(supervisor: User, sign_in: Callable[[User], Client]) -> Client:
    """The browser of the Penyelia."""
    return sign_in(supervisor)


def text_of(answer: Any) -> str:
    """Return the words of a page."""
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def hidden_of(answer: Any) -> dict[str, str]:
    """Return what a page carries on to the next step."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.content.decode())
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


@pytest.mark.standard("A03")
def test_a_holiday_tomorrow_is_shown_reasoned_approved_and_moves_what_runs_alone(
    page: Client, make_ticket: Callable[..., Ticket], helpdesk: User, supervisor: User
) -> None:
    running, answered = make_ticket(), make_ticket()
    take(answered, helpdesk)
    reply(Ticket.objects.get(pk=answered.pk), helpdesk)
    late = clocks.start_clock(
        "A02", case="UJI-1", url="/", reporter=None, lpse=None, now=datetime(2026, 11, 11, tzinfo=WIB)
    )
    clocks.record_breaches([late], now=NOW)
    still = list(Clock.objects.exclude(case=running.number).order_by("pk").values())

    shown = page.post(ADD, DAY_OFF)

    words = text_of(shown)
    assert "2 batas waktu yang berjalan akan bergeser." in words
    assert "Senin, 23 November 2026 pukul 16.00 WIB Sesudah Selasa, 24 November 2026 pukul 16.00 WIB" in words
    assert f'href="{running.get_absolute_url()}"' in shown.content.decode()
    assert answered.number not in words
    assert not Holiday.objects.filter(day="2026-11-19").exists()

    refused = page.post(ADD, hidden_of(shown) | {"step": "approve", "reason": " "})

    assert "Isi Alasan perubahan." in text_of(refused)
    assert not Holiday.objects.filter(day="2026-11-19").exists()

    answer = page.post(ADD, hidden_of(refused) | APPROVE, follow=True)

    assert "Kalender kerja berubah. 2 batas waktu bergeser." in text_of(answer)
    moved = Clock.objects.filter(case=running.number)
    assert {clock.due_at for clock in moved} == {datetime(2026, 11, 24, 16, tzinfo=WIB)}
    assert list(Clock.objects.exclude(case=running.number).order_by("pk").values()) == still
    entry = AuditEntry.objects.get(kind="calendar_changed")
    assert (entry.actor, entry.data["reason"], entry.data["moved"]) == (supervisor, "SKB tiga menteri terbit.", 2)


def test_a_change_that_moves_nothing_says_so_and_still_needs_a_reason(page: Client) -> None:
    shown = page.post(ADD, DAY_OFF)
    refused = page.post(ADD, hidden_of(shown) | {"step": "approve"})

    assert "Tidak ada batas waktu yang berubah." in text_of(shown)
    assert "Isi Alasan perubahan." in text_of(refused)

    page.post(ADD, hidden_of(shown) | APPROVE)

    assert Holiday.objects.get(day="2026-11-19").source == "SKB contoh"


def test_what_was_typed_is_carried_through_every_step(page: Client, lpse: Lpse) -> None:
    form = DAY_OFF | {"kind": "local", "lpse": lpse.pk, "is_tentative": "on"}

    shown = page.post(ADD, form)
    back = page.post(ADD, hidden_of(shown) | {"step": "back", "reason": "Belum selesai ditulis"})

    html = back.content.decode()
    assert 'value="19-11-2026"' in html
    assert f'value="{lpse.pk}" selected' in html
    assert re.search(r'name="is_tentative"[^>]*checked', html)
    again = page.post(ADD, form | hidden_of(back))
    assert "Belum selesai ditulis</textarea>" in again.content.decode()


def test_an_earlier_due_time_is_marked_and_listed_first(page: Client, make_ticket: Callable[..., Ticket]) -> None:
    page.post(ADD, DAY_OFF | APPROVE)
    make_ticket()
    holiday = Holiday.objects.get(day="2026-11-19")

    shown = page.post(f"/kalender-kerja/hari-libur/{holiday.pk}/hapus/")

    words = text_of(shown)
    assert "2 di antaranya menjadi lebih awal." in words
    assert "Senin, 23 November 2026 pukul 16.00 WIB Lebih awal" in words


def test_a_due_time_that_would_be_over_at_once_is_marked(page: Client, make_ticket: Callable[..., Ticket]) -> None:
    page.post(ADD, DAY_OFF | APPROVE)
    make_ticket()
    holiday = Holiday.objects.get(day="2026-11-19")

    with time_machine.travel(datetime(2026, 11, 23, 17, tzinfo=WIB), tick=False):
        page.force_login(User.objects.get(username="supervisor"), "allauth.account.auth_backends.AuthenticationBackend")
        shown = page.post(f"/kalender-kerja/hari-libur/{holiday.pk}/hapus/")

    assert "Sudah lewat" in text_of(shown)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"day": "2026-11-19"}, "Tulis tanggal seperti 24-12-2026."),
        ({"day": "19-11-1899"}, "Tahun harus antara 2000 dan 2100."),
        ({"day": "25-12-2026"}, "Tanggal ini sudah tercatat:"),
        ({"kind": "local"}, "Pilih LPSE untuk hari libur daerah."),
        ({"source": ""}, "Isi Sumber."),
        ({"source": "paket holidays 0.1"}, "Tulis dari mana Anda mengetahuinya, bukan nama paket."),
        ({"kind": "lain"}, "bukan"),
    ],
)
def test_a_wrong_day_off_is_refused_beside_its_field(page: Client, typed: dict[str, str], says: str) -> None:
    answer = page.post(ADD, DAY_OFF | APPROVE | typed)

    assert says in text_of(answer)
    assert not Holiday.objects.filter(name="Hari libur uji").exists()


def test_a_national_holiday_has_no_lpse(page: Client, lpse: Lpse) -> None:
    answer = page.post(ADD, DAY_OFF | {"lpse": lpse.pk})

    assert "Kosongkan LPSE untuk hari libur nasional dan cuti bersama." in text_of(answer)


def test_an_edited_row_is_no_longer_the_imports(page: Client) -> None:
    holiday = Holiday.objects.get(day="2026-12-24")
    path = f"/kalender-kerja/hari-libur/{holiday.pk}/"
    form = {"day": "24-12-2026", "name": "Cuti bersama Natal", "kind": "joint_leave", "source": "SKB 3 Menteri"}

    assert holiday.source not in text_of(page.get(path))
    page.post(path, form | APPROVE)

    holiday.refresh_from_db()
    assert (holiday.name, holiday.source, holiday.is_tentative) == ("Cuti bersama Natal", "SKB 3 Menteri", False)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"day_0": "07.30-12.00, 11.00-16.00"}, "Rentang jam ini bertumpang-tindih."),
        ({"day_0": "16.00-07.30"}, "Jam tutup harus sesudah jam buka."),
        ({"day_0": "07.30-07.30"}, "Jam tutup harus sesudah jam buka."),
        ({"day_0": "pagi"}, "Tulis jam seperti 07.30–16.00"),
        ({"day_0": "25.00-26.00"}, "Tulis jam seperti 07.30–16.00"),
        (dict.fromkeys(WEEK, ""), "Isi jam kerja paling sedikit satu hari."),
    ],
)
def test_wrong_hours_are_refused_beside_their_day(page: Client, typed: dict[str, str], says: str) -> None:
    before = list(OfficeHours.objects.values())

    answer = page.post(USUAL, WEEK | APPROVE | typed)

    assert says in text_of(answer)
    assert list(OfficeHours.objects.values()) == before


def test_several_stretches_of_a_day_are_kept_in_order(page: Client) -> None:
    page.post(USUAL, WEEK | APPROVE | {"day_0": "13.00 – 16.00, 7:30-12.00"})

    monday = OfficeHours.objects.filter(weekday=0, lpse=None, period=None).values_list("opens", "closes")
    assert list(monday) == [(time(7, 30), time(12)), (time(13), time(16))]
    assert 'value="07.30–12.00, 13.00–16.00"' in page.get(USUAL).content.decode()


def test_an_lpse_gets_hours_of_its_own_and_gives_them_up(page: Client, lpse: Lpse) -> None:
    path = f"/kalender-kerja/jam/{lpse.code}/"
    assert "memakai jam umum" in text_of(page.get("/kalender-kerja/", {"lpse": lpse.code}))

    page.post(path, WEEK | APPROVE | {"day_5": "08.00-12.00"})

    assert "Sabtu 08.00–12.00" in text_of(page.get("/kalender-kerja/", {"lpse": lpse.code}))
    assert not OfficeHours.objects.filter(lpse=None, weekday=5).exists()

    page.post(f"{path}hapus/", APPROVE)

    assert not OfficeHours.objects.filter(lpse=lpse).exists()
    assert page.post(f"{path}hapus/", APPROVE).status_code == 404


def test_a_period_is_added_changed_and_deleted(page: Client) -> None:
    page.post(PERIOD, RAMADAN | APPROVE)
    period = HoursPeriod.objects.get()
    path = f"/kalender-kerja/periode/{period.pk}/"
    assert period.hours.count() == 5
    assert 'value="08-02-2027"' in page.get(path).content.decode()

    page.post(path, RAMADAN | APPROVE | {"last_day": "10-03-2027", "day_4": ""})

    period.refresh_from_db()
    assert (period.last_day, period.hours.count()) == (date(2027, 3, 10), 4)

    page.post(f"{path}hapus/", APPROVE)

    assert not HoursPeriod.objects.exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"last_day": "07-02-2027"}, "Hari terakhir tidak boleh sebelum hari pertama."),
        ({"first_day": "01-03-2027"}, "Hari-hari ini bertumpang-tindih dengan Ramadan lama."),
        (dict.fromkeys(WEEK, ""), "Isi jam kerja paling sedikit satu hari."),
    ],
)
def test_a_wrong_period_is_refused(page: Client, typed: dict[str, str], says: str) -> None:
    HoursPeriod.objects.create(name="Ramadan lama", first_day=date(2027, 3, 9), last_day=date(2027, 3, 20))
    form = RAMADAN | {"last_day": "08-03-2027"} | APPROVE

    answer = page.post(PERIOD, form | ({"last_day": "09-03-2027"} if "first_day" in typed else {}) | typed)

    assert says in text_of(answer)
    assert HoursPeriod.objects.count() == 1


def test_the_last_national_holidays_cannot_all_go(page: Client) -> None:
    kept = Holiday.objects.latest("day")
    Holiday.objects.exclude(pk=kept.pk).delete()

    answer = page.post(f"/kalender-kerja/hari-libur/{kept.pk}/hapus/", APPROVE)

    assert answer.status_code == 409
    assert Holiday.objects.filter(pk=kept.pk).exists()


def test_the_page_warns_when_cuti_bersama_is_missing_or_dates_are_tentative(page: Client) -> None:
    Holiday.objects.filter(day__year=2027, kind="joint_leave").delete()
    Holiday.objects.filter(day__gte=NOW.date()).update(is_tentative=False)

    assert "Cuti bersama 2027 belum tercatat." in text_of(page.get("/kalender-kerja/"))
    assert "masih perkiraan" not in text_of(page.get("/kalender-kerja/"))

    Holiday.objects.filter(day="2026-12-25").update(is_tentative=True)

    assert "1 hari libur yang akan datang masih perkiraan." in text_of(page.get("/kalender-kerja/"))


@pytest.mark.parametrize("year", ["", "2027", "1", "abc", "9" * 30, "²"])
def test_any_year_shows_the_page(page: Client, year: str) -> None:
    words = text_of(page.get("/kalender-kerja/", {"tahun": year, "lpse": "tidak-ada"}))

    assert ("25 Desember 2027" in words) is (year == "2027")


@pytest.mark.parametrize("count", [1, 60])
def test_pages_ask_as_often_with_many_rows_as_with_few(count: int, page: Client) -> None:
    offices = Lpse.objects.bulk_create(Lpse(code=f"kota-{n}", name=f"LPSE Kota Contoh {n}") for n in range(count))
    for office in offices:
        Holiday.objects.create(day=date(2026, 3, 2), name="Hari jadi", kind="local", lpse=office, source="SK")
        OfficeHours.objects.create(lpse=office, weekday=0, opens=time(8), closes=time(15))
        number = make_number("TKT", 2025, office.pk)
        clocks.start_clock("R33", case=number, url=f"/{number}/", reporter=None, lpse=office, now=NOW)

    with CaptureQueriesContext(connection) as calendar:
        page.get("/kalender-kerja/", {"lpse": offices[0].code})
    with CaptureQueriesContext(connection) as preview:
        page.post(ADD, DAY_OFF)

    assert (len(calendar), len(preview)) == (15, 18)
