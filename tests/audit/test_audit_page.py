"""The audit trail as the Penyelia reads it: searched by whatever is known, opened entry by entry, taken as a sheet."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import COMPLAINT, AuditEntry
from audit.services import record, seal_entries
from audit.shown import Change, changes_of, facts_of
from complaints.models import Complaint
from tests.conftest import NOW
from tests.test_pages_at_scale import plan_of, queries_of, reads
from tests.tickets.pages import text_of

pytestmark = pytest.mark.django_db
Kind = AuditEntry.Kind
PAGE, HERE = "/jejak-audit/", "192.0.2.7"
DAY = timedelta(days=1)
Write = Callable[..., AuditEntry]
Browse = Callable[[User], Client]


@pytest.fixture
def browser(supervisor: User, sign_in: Browse) -> Client:
    """The Penyelia's, signed in; of that nothing stands in the trail."""
    browser = sign_in(supervisor)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE audit_auditentry; SET CONSTRAINTS ALL DEFERRED")
    return browser


@pytest.fixture
def write(browser: Client) -> Write:
    """Write an entry, by nobody at NOW unless said otherwise."""

    def write(
        kind: str = Kind.TRACKED, *, by: User | None = None, subject: str = "TKT-2026-000001-2", **facts: Any
    ) -> Any:
        given = {"address": HERE, "now": NOW} | facts
        return record(Kind(kind), by=by, subject=subject, **given)

    return write


@pytest.fixture
def found(browser: Client) -> Callable[..., list[AuditEntry]]:
    """What the list shows for these filters."""

    def find(**filters: Any) -> list[AuditEntry]:
        answer = browser.get(PAGE, filters)
        assert answer.status_code == 200
        return list(answer.context["page"].rows)

    return find


Find = Callable[..., list[AuditEntry]]


def test_the_newest_stand_first_and_pages_lead_to_the_oldest(write: Write, browser: Client) -> None:
    entries = [write(now=NOW + timedelta(minutes=n // 2)) for n in range(60)]

    seen, path = [], PAGE
    while path:
        answer = browser.get(path)
        seen += [entry.pk for entry in answer.context["page"].rows]
        following = re.search(r'rel="next" href="([^"]+)"', answer.content.decode())
        path = PAGE + following[1] if following else ""

    assert seen == [entry.pk for entry in reversed(entries)]


def test_every_filter_narrows_the_list(write: Write, found: Find, helpdesk: User, teknis: User) -> None:
    read = write(Kind.FILE_READ, by=helpdesk, subject="TKT-2026-000007-1 layar.png", now=NOW - DAY)
    came = write(Kind.SIGN_IN, by=teknis, subject="teknis", address="2001:db8::1")
    User.objects.filter(pk=teknis.pk).update(name="Gilang Rekaan")

    assert found() == [came, read]
    assert found(jenis="file_read") == [read]
    assert found(orang="gilang") == found(orang="TEKNIS") == [came]
    assert found(objek="000007-1") == found(objek="LAYAR.PNG") == [read]
    assert found(alamat="2001:DB8::1") == [came]
    assert found(dari="18-11-2026") == [came]
    assert found(sampai="17-11-2026") == [read]
    assert found(dari="17-11-2026", sampai="18-11-2026") == [came, read]
    assert found(jenis="sign_in", orang="helpdesk") == []


def test_a_day_begins_and_ends_at_midnight_wib(write: Write, found: Find) -> None:
    midnight = datetime(2026, 11, 17, 17, tzinfo=UTC)
    first, last = write(now=midnight), write(now=midnight + DAY - timedelta(seconds=1))
    write(now=midnight - timedelta(seconds=1))
    write(now=midnight + DAY)

    assert found(dari="18-11-2026", sampai="18-11-2026") == [last, first]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"jenis": "x"},
        {"orang": "x"},
        {"orang": "9" * 5000},
        {"objek": "TK"},
        {"dari": "2026-99-99"},
        {"dari": "31-12-9999"},
        {"sampai": "01-01-0001"},
        {"sampai": "31-12-99999"},
        {"alamat": "9" * 500},
        {"sesudah": "x"},
        {"sebelum": "9" * 500},
    ],
)
def test_nonsense_filters_nothing(write: Write, found: Find, nonsense: dict[str, str]) -> None:
    entry = write()

    assert found(**nonsense) == [entry]


def test_a_filter_that_makes_no_sense_is_said_beside_its_field(browser: Client) -> None:
    words = text_of(browser.get(PAGE, {"dari": "kemarin"}))

    assert "Dari : Tulis tanggal seperti 25-11-2026." in words


def test_an_empty_answer_offers_the_whole_list(browser: Client) -> None:
    words = text_of(browser.get(PAGE, {"orang": "tidak ada", "dari": "18-11-2026"}))

    assert "Tidak ada catatan yang cocok" in words
    assert "Orang tidak ada · Dari 18-11-2026" in words


@pytest.mark.parametrize("subject", ["{} bukti.pdf", "/register-pengaduan/{}/", "{}"])
def test_what_concerns_complaints_is_not_here(write: Write, found: Find, browser: Client, subject: str) -> None:
    """A complaint may be about the Penyelia."""
    entry = write(Kind.FILE_READ, subject=subject.format("PGD-2026-000001-1"))

    assert f"{Complaint.NUMBER_KIND}-" == COMPLAINT
    assert found() == found(objek="bukti") == []
    assert browser.get(f"{PAGE}{entry.pk}/").status_code == 404
    assert "PGD" not in cells_of(browser.get(reverse("audit:export")))


# One entry


def test_an_entry_shows_what_was_changed_before_and_after(write: Write, browser: Client, supervisor: User) -> None:
    before, after = {"limit": 3, "remind_days": [3, 7]}, {"limit": 4, "remind_days": [3, 7]}
    entry = write(Kind.PROMISE_CHANGED, by=supervisor, subject="R33", reason="SK baru", before=before, after=after)

    words = text_of(browser.get(f"{PAGE}{entry.pk}/"))

    assert "Janji layanan diubah Rabu, 18 November 2026 pukul 09.12 WIB , detik ke-00" in words
    assert "Batas Sebelum 3 Sesudah 4" in words
    assert "Pengingat bagi pelapor (hari kerja ke-) tetap Isi 3, 7" in words
    assert "Objek R33 Alasan SK baru" in words
    assert HERE in words


def test_an_entry_shows_its_place_in_the_chain(write: Write, browser: Client) -> None:
    entry = write()
    assert "disegel dalam satu menit" in text_of(browser.get(f"{PAGE}{entry.pk}/"))

    seal_entries(now=NOW)

    assert f"Urutan {entry.seal.position}" in text_of(browser.get(f"{PAGE}{entry.pk}/"))
    assert entry.seal.digest in text_of(browser.get(f"{PAGE}{entry.pk}/"))


@pytest.mark.parametrize("pk", ["0", "9" * 30])
def test_an_entry_that_is_none_is_not_found(browser: Client, pk: str) -> None:
    assert browser.get(f"{PAGE}{pk}/").status_code == 404


def test_what_was_typed_is_shown_as_text(write: Write, browser: Client) -> None:
    entry = write(subject="<b>tebal</b>", reason="<script>alert(1)</script>", before="<i>", after="x")

    html = browser.get(f"{PAGE}{entry.pk}/").content.decode()

    assert "<b>tebal" not in html
    assert "alert(1)</script>" not in html
    assert "&lt;i&gt;" in html


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (
            {"status": 404, "method": "GET"},
            [("Jawaban sistem", "Tidak ditemukan, atau bukan haknya"), ("Yang dicoba", "Membuka halaman")],
        ),
        ({"filters": {"masa": "2026-11"}, "rows": 12}, [("Saringan", "Masa: 2026-11"), ("Baris", "12")]),
        ({"day": "2026-11-18"}, [("Tanggal", "Rabu, 18 November 2026")]),
        ({"at": "2026-11-18T02:12:00+00:00"}, [("At", "18 Nov 2026 09.12 WIB")]),
        ({"day": "2026-99-18", "virus": ""}, [("Tanggal", "2026-99-18"), ("Virus", "–")]),
        ({"is_tentative": True, "lpse__code": None}, [("Perkiraan", "Ya"), ("LPSE", "–")]),
    ],
)
def test_data_is_told_in_words(data: dict[str, Any], shown: list[tuple[str, str]]) -> None:
    assert facts_of(data) == shown


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ({"reason": "x"}, []),
        ({"before": "Lama", "after": "Baru"}, [Change("Isi", "Lama", "Baru")]),
        ({"before": {}, "after": {"name": "Baru"}}, [Change("Nama", "–", "Baru")]),
        (
            {"before": [], "after": [{"weekday": 0, "opens": "08:00:00"}, {"weekday": 1, "opens": "08:00:00"}]},
            [Change("Isi", "–", "Hari: Senin · Buka: 08:00:00\nHari: Selasa · Buka: 08:00:00")],
        ),
    ],
)
def test_changes_are_told_in_words(data: dict[str, Any], shown: list[Change]) -> None:
    assert changes_of(data) == shown


# The sheet


def cells_of(answer: HttpResponse) -> str:
    with ZipFile(BytesIO(answer.content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def test_the_sheet_holds_what_the_list_shows_and_taking_it_is_written_down(
    write: Write, browser: Client, supervisor: User, helpdesk: User
) -> None:
    write(Kind.SIGN_IN, by=helpdesk, subject='=HYPERLINK("http://jahat.invalid")')
    write(Kind.TRACKED)

    with time_machine.travel(NOW, tick=False):
        cells = cells_of(browser.get(reverse("audit:export"), {"jenis": "sign_in"}))

    taken = AuditEntry.objects.get(kind=Kind.LIST_EXPORTED)
    assert "jahat.invalid" in cells
    assert "<f>" not in cells
    assert "TKT-2026-000001-2" not in cells
    assert (taken.actor, taken.subject, taken.at) == (supervisor, "/jejak-audit/unduh/", NOW)
    assert taken.data == {"filters": {"jenis": "sign_in"}, "rows": 1}


def test_the_operator_still_reads_the_whole_trail_in_the_admin(make_user: Callable[..., User], sign_in: Browse) -> None:
    operator = make_user("operator", is_staff=True, is_superuser=True)
    record(Kind.FILE_READ, by=None, subject="PGD-2026-000001-1 bukti.pdf", address="", now=NOW)

    assert "bukti.pdf" in sign_in(operator).get("/admin/audit/auditentry/").content.decode()


# Many entries

# Kinds in turn, the rare ones every thousandth; 400 addresses; every hundredth by the first person, most by nobody.
MANY = """
INSERT INTO audit_auditentry (at, kind, actor_id, subject, address, data)
SELECT %(now)s - n * interval '1 minute',
    CASE WHEN n %% 997 = 0 THEN 'standard_changed' ELSE (ARRAY['tracked', 'sign_in', 'file_read'])[1 + n %% 3] END,
    CASE WHEN n %% 97 = 0 THEN %(person)s::bigint END, 'TKT-2025-' || lpad(n::text, 7, '0') || ' layar.png',
    '198.51.' || n %% 100 || '.' || n %% 251, '{"status": 404}'
FROM generate_series(%(first)s, %(last)s) AS n
"""
BATCH = 100_000
READS = {
    "": {"trail_newest_first"},
    "dari=01-11-2026&sampai=01-11-2026": {"trail_newest_first"},
    "jenis=standard_changed": {"trail_by_kind"},
    "orang=teknis": {"trail_by_person"},
    "alamat=198.51.42.42": {"trail_by_address"},
    "objek=0000420": {"trail_by_subject"},
}


def fill(count: int, person: User) -> None:
    with connection.cursor() as cursor:
        for first in range(1, count + 1, BATCH):
            last = min(first + BATCH - 1, count)
            cursor.execute(MANY, {"first": first, "last": last, "now": NOW, "person": person.pk})
        cursor.execute("SELECT gin_clean_pending_list('trail_by_subject')")  # as vacuum does
        cursor.execute("ANALYZE audit_auditentry")


@pytest.mark.parametrize("count", [20, 2000])
def test_the_list_asks_as_often_with_20_entries_as_with_2000(count: int, teknis: User, browser: Client) -> None:
    fill(count, teknis)
    entry = AuditEntry.objects.latest("pk")

    assert queries_of(browser, PAGE) == 6
    assert queries_of(browser, f"{PAGE}?orang=teknis&objek=layar&alamat=192.0.2.1") == 7
    assert queries_of(browser, f"{PAGE}{entry.pk}/") == 6
    assert queries_of(browser, f"{PAGE}unduh/") == 8  # three of them ask whether it was confirmed who this is


@pytest.mark.parametrize("count", [20_000, pytest.param(1_000_000, marks=pytest.mark.faults)])
def test_many_entries_are_read_by_their_indexes(count: int, teknis: User, browser: Client) -> None:
    fill(count, teknis)

    plans = {query: plan_of(browser, f"{PAGE}?{query}", "audit_auditentry") for query in READS}
    following = browser.get(PAGE).context["page"].next
    deep = plan_of(browser, f"{PAGE}?sesudah={following}", "audit_auditentry")

    assert {query: set(reads(plan, "audit_auditentry")) for query, plan in plans.items()} == READS
    assert set(reads(deep, "audit_auditentry")) == {"trail_newest_first"}
    assert "ROW(" in str(deep)
