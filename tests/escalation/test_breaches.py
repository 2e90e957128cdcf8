"""What was not kept, on one page for the Penyelia: every row, found by its filters, and the totals of a month."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Lpse, User
from escalation.models import Clock, Entitlement
from escalation.services import clocks
from tests.conftest import NOW
from tests.tickets.pages import text_of

PAGE = "/keterlambatan/"
DUE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # Monday 16.00 WIB, three working days after NOW
DAY = timedelta(days=1)
Break = Callable[..., Clock]
Browse = Callable[[User], Client]


@pytest.fixture
def broken(vendor: User, lpse: Lpse) -> Break:
    """A promise of the LPSE to the vendor, given at NOW and noticed to be late when the day was over."""

    def make(case: str = "TKT-2026-000001-0", code: str = "R33", now: datetime = NOW, **facts: Any) -> Clock:
        base = {"url": f"/tiket/{case}/", "reporter": vendor.reporter, "lpse": lpse}
        clock = clocks.start_clock(code, case=case, now=now, **base | facts)
        clocks.record_breaches([clock], now=clock.due_at + timedelta(minutes=1))
        return clock

    return make


@pytest.fixture
def page(supervisor: User, sign_in: Browse) -> Callable[..., HttpResponse]:
    """What the Penyelia sees two working days after the vendor's promise ran out."""

    def show(**params: str) -> HttpResponse:
        with time_machine.travel(DUE + 2 * DAY, tick=False):
            return sign_in(supervisor).get(PAGE, params)

    return show


def cases(answer: HttpResponse) -> list[str]:
    assert answer.status_code == 200
    return re.findall(r'class="queue__t num" href="/tiket/([^/]+)/"', answer.content.decode())


def totals(answer: HttpResponse) -> str:
    """The month and its numbers, as they are read."""
    return text_of(answer).split("setelah dikecualikan. ")[1].split(" Keadaan ")[0]


@pytest.mark.standard("R39")
def test_a_row_says_what_was_promised_when_it_was_answered_and_how_late(broken: Break, page: Any) -> None:
    clock = broken()
    clocks.meet(clock.pk, now=DUE + DAY)

    said = text_of(page())

    assert "TKT-2026-000001-0 LPSE Kabupaten Sukamaju Fiktif R33 Waktu tanggap tiket 3 hari kerja" in said
    assert "23 Nov 2026 16.00 WIB Tercatat 23 Nov 2026 16.01 WIB" in said
    assert "Terlambat 1 hari kerja 24 Nov 2026 16.00 WIB Kecualikan TKT-2026-000001-0" in said


@pytest.mark.standard("R35")
def test_a_promise_in_minutes_is_late_by_minutes_also_after_hours(broken: Break, page: Any) -> None:
    evening = NOW.replace(hour=9, minute=50)  # 16.50 WIB, ten minutes before the counter closes
    clock = broken("BT-20261118-001", "R35", now=evening, url="/kunjungan/BT-20261118-001/")
    clocks.meet(clock.pk, now=clock.due_at + timedelta(minutes=12))

    assert "Terlambat 12 menit 18 Nov 2026 18.02 WIB" in text_of(page())


@pytest.mark.standard("A18")
@pytest.mark.parametrize(("code", "offers"), [("R33", True), ("A02", True), ("R35", True), ("R37", False)])
def test_what_earns_a_priority_is_excused_on_the_page_of_its_case(
    broken: Break, page: Any, code: str, offers: bool
) -> None:
    broken("BT-20261118-001", code, url="/kunjungan/BT-20261118-001/")

    assert ('href="/kunjungan/BT-20261118-001/kecualikan/"' in page().content.decode()) == offers


@pytest.mark.standard("A02")
def test_a_visit_and_its_ticket_are_counted_as_one_service(broken: Break, page: Any) -> None:
    broken("BT-20261118-001", "R35", now=DUE)
    broken("TKT-2026-000001-0", claim="BT-20261118-001")

    assert "November 2026 Janji terlewati 2 dari 1 layanan" in totals(page())


def test_what_nobody_has_answered_grows_later_in_the_working_time_of_its_unit(broken: Break, page: Any) -> None:
    broken()
    broken("KON-2026-000001-0", "R35", now=DUE + 2 * DAY - timedelta(hours=4), lpse=None)

    said = text_of(page())

    assert "Terlambat 2 hari kerja Belum ditanggapi" in said
    assert "LKPP R35 Konsultasi tatap muka 60 menit" in said
    assert "Terlambat 3 jam Belum ditanggapi" in said


@pytest.mark.standard("A18")
def test_an_excuse_says_by_whom_and_why(broken: Break, page: Any, supervisor: User) -> None:
    clocks.excuse(broken().pk, by=supervisor, now=DUE + DAY, reason="Gangguan jaringan nasional.")

    said = page()

    assert f"Gangguan jaringan nasional. {supervisor.name}, 24 Nov 2026 16.00 WIB" in text_of(said)
    assert "kecualikan/" not in said.content.decode()


def test_only_tickets_lead_to_their_page_for_excusing(broken: Break, page: Any) -> None:
    broken()
    broken("PGD-2026-000001-0", "R45")

    assert re.findall(r'href="([^"]+kecualikan/)"', page().content.decode()) == ["/tiket/TKT-2026-000001-0/kecualikan/"]


def test_each_filter_keeps_what_matches(broken: Break, page: Any, supervisor: User, other_lpse: Lpse) -> None:
    answered, excused, other = broken("A"), broken("B", "R37"), broken("C", lpse=other_lpse)
    old = broken("D", now=NOW - 30 * DAY)
    clocks.meet(answered.pk, now=DUE + DAY)
    clocks.excuse(excused.pk, by=supervisor, now=DUE + DAY, reason="Gangguan.")

    assert set(cases(page())) == {"A", "B", "C", "D"}
    assert set(cases(page(keadaan="berlaku"))) == {"A", "C", "D"}
    assert cases(page(keadaan="dikecualikan")) == ["B"]
    assert set(cases(page(keadaan="belum-ditanggapi"))) == {"B", "C", "D"}
    assert cases(page(janji=str(excused.promise_id))) == ["B"]
    assert cases(page(lpse="bahari")) == [other.case]
    assert cases(page(bulan="2026-10")) == [old.case]
    assert cases(page(bulan="2026-10", keadaan="dikecualikan")) == []
    assert "Tidak ada keterlambatan yang cocok" in text_of(page(bulan="2026-09"))


@pytest.mark.parametrize("name", ["keadaan", "janji", "bulan", "lpse", "sesudah", "sebelum"])
@pytest.mark.parametrize("value", ["-1", "9" * 500, "2026-13", "'; --", "%", "x\ny"])
def test_garbage_in_a_filter_is_passed_over(name: str, value: str, broken: Break, page: Any) -> None:
    broken("A")

    answer = page(**{name: value})

    assert answer.status_code == 200
    if name != "lpse":
        assert cases(answer) == ["A"]


@pytest.mark.standard("R39")
def test_totals_are_of_one_month_and_follow_the_other_filters(
    broken: Break, page: Any, supervisor: User, other_lpse: Lpse
) -> None:
    answered, excused, _other = broken("A"), broken("B"), broken("C", lpse=other_lpse)
    broken("A", "A02")
    broken("D", now=NOW - 30 * DAY)
    clocks.meet(answered.pk, now=DUE + DAY)
    clocks.excuse(excused.pk, by=supervisor, now=DUE + DAY, reason="Gangguan.")
    Entitlement.objects.filter(case="A").update(redeemed_at=DUE + DAY, redeemed_case="E")

    assert totals(page()) == (
        "November 2026 Janji terlewati 4 dari 3 layanan; 1 dikecualikan Ditanggapi terlambat 1 Belum ditanggapi 3 "
        "Prioritas belum digunakan 1 1 sudah digunakan, 1 ditarik"
    )
    assert totals(page(lpse="bahari")).startswith("November 2026 Janji terlewati 1 dari 1 layanan; 0 dikecualikan")
    assert totals(page(bulan="2026-10")).startswith("Oktober 2026 Janji terlewati 1 dari 1 layanan; 0 dikecualikan")
    assert totals(page(keadaan="dikecualikan")) == totals(page())


@pytest.mark.parametrize(("month", "found"), [("2026-11", ["A"]), ("2026-10", ["B"])])
def test_a_month_begins_when_it_begins_in_jakarta(month: str, found: list[str], broken: Break, page: Any) -> None:
    november = datetime(2026, 10, 31, 17, 0, tzinfo=UTC)
    facts = {"promise": broken("C", now=NOW - 90 * DAY).promise, "limit": 3, "unit": "working_days", "count": []}
    facts |= {"binds_reporter": False, "earns_entitlement": False, "started_at": NOW - 40 * DAY, "detected_at": NOW}
    for case, due in (("A", november), ("B", november - timedelta(seconds=1))):
        Clock.objects.create(case=case, url=f"/tiket/{case}/", due_at=due, breached_at=due, **facts)

    assert cases(page(bulan=month)) == found


def test_good_news_is_said(page: Any) -> None:
    assert "Tidak ada keterlambatan Semua janji layanan ditepati." in text_of(page())


def test_pages_lead_on_and_keep_the_filter(broken: Break, page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.pagination.keyset_page.__defaults__", (2,))
    for case in "ABC":
        broken(case)

    first = page(keadaan="berlaku")
    following = re.search(r'rel="next" href="\?([^"]+)"', first.content.decode())
    assert following
    params = dict(part.split("=") for part in unescape(following[1]).split("&"))

    assert cases(first) == ["C", "B"]
    assert params["keadaan"] == "berlaku"
    assert cases(page(**{name: value.replace("%3A", ":") for name, value in params.items()})) == ["A"]


def test_the_page_asks_as_often_with_one_breach_as_with_a_page_of_units(
    broken: Break, supervisor: User, sign_in: Browse
) -> None:
    broken("A")
    browser = sign_in(supervisor)
    browser.get(PAGE)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(PAGE)
        return len(queries)

    few = asked()
    for number in range(20):
        broken(f"B{number}", lpse=Lpse.objects.create(code=f"kota-{number}", name=f"LPSE Kota {number}"))

    assert asked() == few


def test_5000_breaches_are_read_from_their_index_page_by_page_and_month_by_month(
    broken: Break, supervisor: User, sign_in: Browse
) -> None:
    clock = broken()
    facts = {name: getattr(clock, name) for name in ("promise", "url", "limit", "unit", "binds_reporter", "count")}
    facts |= {"earns_entitlement": False, "started_at": clock.started_at, "detected_at": DUE + DAY}
    hours = [DUE - timedelta(hours=n) for n in range(5000)]
    Clock.objects.bulk_create(Clock(case=f"A{n}", due_at=at, breached_at=at, **facts) for n, at in enumerate(hours))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE escalation_clock")

    with time_machine.travel(DUE + DAY, tick=False), CaptureQueriesContext(connection) as queries:
        browser = sign_in(supervisor)
        following = browser.get(PAGE).context["page"].next
        browser.get(PAGE, {"sesudah": following})

    asked = [query["sql"] for query in queries if 'FROM "escalation_clock"' in query["sql"]]
    first, totals, second, _totals = map(plan_of, asked)
    assert [plan for plan in (totals, first, second) if "breaches_newest_first" not in plan] == []
    assert "Sort" not in first + second
    assert re.search(r"Index Cond:.*ROW\(.+\) < ROW\(", second)


def plan_of(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {query}")
        return "\n".join(line for (line,) in cursor.fetchall())
