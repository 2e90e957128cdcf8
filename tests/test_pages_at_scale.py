"""Every page asks the database a fixed number of questions, however much there is, and every list uses its index."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Lpse, Reporter, User
from core.numbers import make_number
from escalation.models import Clock, Promise
from escalation.tiers import Tier
from notifications.models import Notification
from tests.conftest import NOW
from tickets.models import Application, Attachment, Leg, Subcategory, Ticket, TicketEvent

Status = Ticket.Status
Kind = TicketEvent.Kind
# Of every 35 tickets four are at each tier and open, and 19 are closed, most of them at an LPSE.
OPEN = [(tier, status) for tier in Tier for status in Status if status != Status.CLOSED]
OUTCOMES = {
    Status.AWAITING_DATA: Leg.Outcome.DATA_REQUESTED,
    Status.AWAITING_CONFIRMATION: Leg.Outcome.RESOLVED,
    Status.CLOSED: Leg.Outcome.RESOLVED,
}
LIMIT = timedelta(minutes=30)
MIX = [*OPEN, *[(Tier.LPSE, Status.CLOSED)] * 11, *[(Tier.TEKNIS, Status.CLOSED)] * 8]


def make_tickets(count: int, reporters: list[Reporter], lpses: list[Lpse], officers: dict[int, User]) -> list[Ticket]:
    """Make tickets straight into the table, one for each hour before now."""
    subcategories = list(Subcategory.objects.select_related("category"))
    application = Application.objects.first()
    shapes = zip(range(count), cycle(MIX), cycle(reporters), cycle(lpses), cycle(subcategories), strict=False)
    tickets = []
    for serial, (tier, status), reporter, lpse, subcategory in shapes:
        at = NOW - timedelta(hours=serial + 1)
        ticket = Ticket(
            number=make_number("TKT", 2025, serial + 1),
            filing_key=uuid4(),
            tier=tier,
            status=status,
            reporter=reporter,
            lpse=lpse,
            assignee=None if status == Status.NEW else officers[tier],
            application=application,
            subcategory=subcategory,
            type=Ticket.Type.PROBLEM,
            title=f"Permasalahan {serial}",
            description="Uraian.",
            filed_at=at,
            entered_at=at,
            changed_at=at,
            reached_lkpp_at=at if tier > Tier.LPSE else None,
            promised_at=at + LIMIT,
            due_at=None if status in OUTCOMES else at + LIMIT,
            closed_at=at if status == Status.CLOSED else None,
            close_reason=Ticket.CloseReason.CONFIRMED if status == Status.CLOSED else "",
        )
        tickets.append(ticket)
    return Ticket.objects.bulk_create(tickets, batch_size=2000)


def fill(count: int, *people_and_places: Any) -> None:
    """Make tickets, each with a leg and its clock, a first event and a message to its reporter."""
    tickets = make_tickets(count, *people_and_places)
    promise = Promise.objects.get(code="A02")
    clocks = Clock.objects.bulk_create([_clock(ticket, promise) for ticket in tickets], batch_size=2000)
    Leg.objects.bulk_create(map(_leg, tickets, clocks), batch_size=2000)
    TicketEvent.objects.bulk_create([_filed(ticket) for ticket in tickets], batch_size=2000)
    Notification.objects.bulk_create(
        [
            Notification(
                recipient=ticket.reporter.user,
                kind="ticket_received",
                url=ticket.get_absolute_url(),
                context={"number": ticket.number, "title": ticket.title},
                at=ticket.filed_at,
            )
            for ticket in tickets
        ],
        batch_size=2000,
    )


def _clock(ticket: Ticket, promise: Promise) -> Clock:
    """The clock of the present turn; what nobody has answered in time is late."""
    due = ticket.filed_at + LIMIT
    late = due if ticket.due_at and due < NOW else None
    return Clock(
        promise=promise,
        reporter=ticket.reporter,
        lpse=ticket.desk.lpse,
        case=ticket.number,
        claim=ticket.number,
        url=ticket.get_absolute_url(),
        limit=promise.limit,
        unit=promise.unit,
        binds_reporter=False,
        earns_entitlement=False,
        started_at=ticket.filed_at,
        due_at=due,
        count=[],
        met_at=None if ticket.due_at else ticket.entered_at,
        breached_at=late,
        detected_at=late,
    )


def _leg(ticket: Ticket, clock: Clock) -> Leg:
    outcome = OUTCOMES.get(ticket.status, "")
    return Leg(
        ticket=ticket,
        tier=ticket.tier,
        lpse=ticket.desk.lpse,
        assignee=ticket.assignee,
        entered_at=ticket.entered_at,
        left_at=ticket.entered_at if outcome else None,
        outcome=outcome,
        clock=clock,
    )


def _filed(ticket: Ticket) -> TicketEvent:
    facts = {"kind": Kind.FILED, "actor": ticket.reporter.user, "body": ticket.description, "at": ticket.filed_at}
    return TicketEvent(ticket=ticket, tier=Tier.LPSE, version=1, is_public=True, **facts)


def talk(ticket: Ticket, count: int, by: User) -> None:
    """Add replies with a file each, straight into the tables."""
    facts = {"kind": Kind.REPLIED, "actor": by, "actor_role": "helpdesk_lpse", "body": "Mohon tunggu.", "at": NOW}
    events = TicketEvent.objects.bulk_create(
        TicketEvent(ticket=ticket, tier=ticket.tier, version=ticket.version, is_public=True, **facts)
        for _ in range(count)
    )
    Attachment.objects.bulk_create(
        Attachment(event=event, uploader=by, file="x", name="a.png", media_type="image/png", size=1, uploaded_at=NOW)
        for event in events
    )


# Who opens which page, and how many questions it asks the database. {busy}, {asked} … are tickets of the vendor.
QUERIES = {
    ("guest", "/"): 4,
    ("guest", "/masuk/"): 1,
    ("guest", "/kata-sandi/lupa/"): 1,
    ("vendor", "/"): 9,
    ("vendor", "/tiket/"): 8,
    ("vendor", "/tiket/?tampil=dibagikan"): 8,
    ("vendor", "/tiket/buat/"): 16,
    ("vendor", "/tiket/{busy}/"): 16,
    ("vendor", "/tiket/{asked}/"): 17,
    ("vendor", "/tiket/{solved}/"): 15,
    ("vendor", "/tiket/{closed}/"): 15,
    ("vendor", "/tiket/{busy}/terkirim/"): 8,
    ("vendor", "/tiket/{asked}/kirim-data/"): 11,
    ("vendor", "/tiket/{solved}/konfirmasi/"): 9,
    ("vendor", "/tiket/{solved}/belum-selesai/"): 9,
    ("vendor", "/tiket/{solved}/hasil/"): 6,
    ("vendor", "/tiket/{busy}/janji/"): 5,
    ("vendor", "/tiket/{busy}/batalkan/"): 9,
    ("vendor", "/tiket/{closed}/buka-kembali/"): 9,
    ("vendor", "/tiket/{busy}/bagikan/"): 9,
    ("vendor", "/cari/?q=Permasalahan"): 11,
    ("vendor", "/pemberitahuan/"): 8,
    ("vendor", "/profil/"): 8,
    ("vendor", "/data-saya/"): 25,
    ("vendor", "/kata-sandi/ubah/"): 6,
    ("helpdesk", "/antrean/lpse-sukamaju/"): 19,
    ("helpdesk", "/antrean/lpse-sukamaju/?urut=terbaru"): 19,
    ("helpdesk", "/antrean/lpse-sukamaju/?urut=tenggat"): 19,
    ("helpdesk", "/antrean/lpse-sukamaju/?tampil=belum-diambil"): 19,
    ("helpdesk", "/antrean/lpse-sukamaju/?tampil=saya"): 19,
    ("helpdesk", "/antrean/lpse-sukamaju/?tampil=menunggu-data"): 19,
    ("helpdesk", "/antrean/lpse-sukamaju/?tampil=menunggu-konfirmasi"): 19,
    ("helpdesk", "/antrean/lpse-sukamaju/?tampil=dieskalasi"): 19,
    ("helpdesk", "/antrean/lpse-sukamaju/?tampil=ditutup"): 17,
    ("helpdesk", "/antrean/lpse-sukamaju/?tampil=terlambat"): 19,
    ("helpdesk", "/antrean/lpse-sukamaju/?terlambat=ya"): 12,
    ("helpdesk", "/antrean/lpse-sukamaju/?umur=1&petugas=tidak-ada"): 12,
    ("helpdesk", "/antrean/lpse-sukamaju/serah-terima/"): 8,
    ("helpdesk", "/balasan/lpse-sukamaju/"): 6,
    ("helpdesk", "/cari/?q=Permasalahan"): 10,
    ("helpdesk", "/tiket/{new}/"): 20,
    ("helpdesk", "/tiket/{busy}/"): 20,
    ("helpdesk", "/tiket/{asked}/"): 21,
    ("helpdesk", "/tiket/{solved}/"): 20,
    ("helpdesk", "/tiket/{closed}/"): 18,
    ("helpdesk", "/tiket/{busy}/minta-data/"): 10,
    ("helpdesk", "/tiket/{busy}/eskalasi/"): 8,
    ("helpdesk", "/tiket/{busy}/alihkan/"): 9,
    ("helpdesk", "/tiket/{busy}/selesai/"): 8,
    ("helpdesk", "/tiket/{solved}/hasil/"): 6,
    ("helpdesk", "/pemberitahuan/"): 7,
    ("helpdesk", "/profil/"): 7,
    ("teknis", "/antrean/teknis/"): 19,
    ("teknis", "/antrean/teknis/?tampil=dieskalasi"): 19,
    ("teknis", "/antrean/teknis/?tampil=ditutup"): 17,
    ("teknis", "/tiket/{far}/"): 22,
    ("supervisor", "/pengaturan/"): 5,
    ("supervisor", "/pengaturan/lpse/"): 6,
    ("supervisor", "/pengaturan/instansi/?nama=a"): 6,
    ("supervisor", "/pengaturan/kantor/"): 6,
    ("supervisor", "/pengaturan/gabung/"): 6,
    ("supervisor", "/pengaturan/kategori/"): 8,
    ("supervisor", "/pengaturan/tugas/"): 6,
    ("supervisor", "/pengaturan/tugas/beri/"): 9,
    ("supervisor", "/pengaturan/petugas/tambah/"): 9,
    ("supervisor", "/antrean/eproc/"): 19,
    ("supervisor", "/antrean/lpse-sukamaju/"): 20,
    ("supervisor", "/keterlambatan/"): 10,
    ("supervisor", "/keterlambatan/?keadaan=belum-ditanggapi&bulan=2026-11&lpse=sukamaju"): 10,
    ("supervisor", "/jejak-audit/"): 6,
    ("supervisor", "/jejak-audit/?jenis=tracked&orang=wulan&objek=TKT&alamat=192.0.2.1&dari=01-11-2026"): 7,
    ("supervisor", "/surat-terkirim/"): 6,
    ("supervisor", "/surat-terkirim/?keadaan=sent&orang=wulan&nomor={far}"): 7,
    ("supervisor", "/surat-terkirim/alamat-menolak/"): 6,
    ("supervisor", "/tiket/{far}/surat/"): 7,
    ("supervisor", "/cari/?q=Permasalahan"): 10,
    ("supervisor", "/tiket/{far}/"): 21,
}


@pytest.fixture
def numbers(ticket_in: Callable[..., Ticket]) -> dict[str, str]:
    """One ticket of the vendor in each state, made by the services."""
    shapes = {
        "new": (Tier.LPSE, Status.NEW),
        "busy": (Tier.LPSE, Status.IN_PROGRESS),
        "asked": (Tier.LPSE, Status.AWAITING_DATA),
        "solved": (Tier.LPSE, Status.AWAITING_CONFIRMATION),
        "closed": (Tier.LPSE, Status.CLOSED),
        "far": (Tier.TEKNIS, Status.IN_PROGRESS),
    }
    return {name: ticket_in(*shape).number for name, shape in shapes.items()}


@time_machine.travel(NOW + timedelta(days=1), tick=False)
@pytest.mark.parametrize("count", [20, 2000])
def test_every_page_asks_as_often_with_20_tickets_as_with_2000(
    count: int,
    numbers: dict[str, str],
    crowd: tuple[Any, ...],
    request: pytest.FixtureRequest,
    sign_in: Callable[[User], Client],
) -> None:
    fill(count, *crowd)
    people = {who for who, _address in QUERIES if who != "guest"}
    browsers = {who: sign_in(request.getfixturevalue(who)) for who in people} | {"guest": Client()}

    asked = {(who, page): queries_of(browsers[who], page.format(**numbers)) for who, page in QUERIES}

    assert asked == QUERIES


def queries_of(browser: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(path)
    assert answer.status_code == 200, path
    return len(queries)


@pytest.fixture
def crowd(vendor: User, other_vendor: User, lpse: Lpse, other_lpse: Lpse, chain: dict[int, User]) -> tuple[Any, ...]:
    """Who files the many tickets, where, and who takes them."""
    return [vendor.own_reporter, other_vendor.own_reporter], [lpse, other_lpse], chain


@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.parametrize(("who", "expected"), [("vendor", 16), ("helpdesk", 20)])
def test_a_ticket_asks_as_often_with_3_replies_and_files_as_with_60(
    count: int,
    who: str,
    expected: int,
    numbers: dict[str, str],
    helpdesk: User,
    request: pytest.FixtureRequest,
    sign_in: Callable[[User], Client],
) -> None:
    talk(Ticket.objects.get(number=numbers["busy"]), count, helpdesk)
    browser = sign_in(request.getfixturevalue(who))

    assert queries_of(browser, f"/tiket/{numbers['busy']}/") == expected


def test_one_page_of_history_leads_to_the_next(
    numbers: dict[str, str], helpdesk: User, vendor: User, sign_in: Callable[[User], Client]
) -> None:
    talk(Ticket.objects.get(number=numbers["busy"]), 60, helpdesk)
    browser, path, seen = sign_in(vendor), f"/tiket/{numbers['busy']}/", []

    html = browser.get(path).content.decode()
    seen += re.findall(r'id="peristiwa-(\d+)"', html)
    older = re.search(r'href="(\?sebelum=\d+)#riwayat"', html)
    assert older
    seen += re.findall(r'id="peristiwa-(\d+)"', browser.get(path + older[1]).content.decode())

    public = TicketEvent.objects.filter(ticket__number=numbers["busy"]).order_by("-pk").values_list("pk", flat=True)
    assert seen == [str(pk) for pk in public]


# A list that holds few of the rows of its unit may be picked out of any index of that unit.
INDEXES = {
    ("vendor", "/tiket/"): {"own_tickets"},
    ("helpdesk", "/antrean/lpse-sukamaju/"): {"promises_of_lpse"},
    ("helpdesk", "/antrean/lpse-sukamaju/?urut=terlama"): {"queue_of_lpse"},
    ("helpdesk", "/antrean/lpse-sukamaju/?tampil=terlambat"): {"promises_of_lpse"},
    ("helpdesk", "/antrean/lpse-sukamaju/?urut=terbaru"): {"queue_of_lpse"},
    ("helpdesk", "/antrean/lpse-sukamaju/?tampil=belum-diambil"): {"promises_of_lpse", "queue_of_lpse", "due_at_lpse"},
    ("helpdesk", "/antrean/lpse-sukamaju/?tampil=saya"): {
        "promises_of_lpse",
        "queue_of_lpse",
        "due_at_lpse",
        "queue_of_one",
    },
    ("helpdesk", "/antrean/lpse-sukamaju/?urut=tenggat"): {"due_at_lpse"},
    ("helpdesk", "/antrean/lpse-sukamaju/?tampil=dieskalasi"): {"promises_of_lpse", "queue_of_lpse", "due_at_lpse"},
    ("helpdesk", "/antrean/lpse-sukamaju/?tampil=ditutup"): {"closed_at_lpse"},
    ("teknis", "/antrean/teknis/"): {"promises_of_tier"},
    ("teknis", "/antrean/teknis/?urut=tenggat"): {"due_at_tier"},
    ("teknis", "/antrean/teknis/?tampil=saya"): {"promises_of_tier", "queue_of_tier", "queue_of_one"},
    ("teknis", "/antrean/teknis/?tampil=ditutup"): {"closed_at_tier"},
    ("supervisor", "/antrean/eproc/"): {"promises_of_tier"},
    ("supervisor", "/antrean/lpse-sukamaju/"): {"promises_of_lpse"},
}


# Every order is read on from any place in its index, so that the last page costs what the first does.
DEEP = {
    ("teknis", "/antrean/teknis/?urut=batas"): "promises_of_tier",
    ("teknis", "/antrean/teknis/?urut=terlama"): "queue_of_tier",
    ("teknis", "/antrean/teknis/?urut=tenggat"): "due_at_tier",
    ("teknis", "/antrean/teknis/?tampil=ditutup"): "closed_at_tier",
}


def test_lists_of_10_000_tickets_are_read_by_their_indexes(
    vendor: User, lpse: Lpse, chain: dict[int, User], request: pytest.FixtureRequest, sign_in: Callable[[User], Client]
) -> None:
    others = [
        Reporter(kind="auditor", name=f"Pelapor {n}", email="a@contoh.invalid", phone="+6281200") for n in range(99)
    ]
    reporters = [vendor.own_reporter, *Reporter.objects.bulk_create(others)]
    # An office with many tickets: few are as soon sorted as found in their order.
    offices = [Lpse(code=f"kota-{n}", name=f"LPSE Kota Contoh {n}") for n in range(9)]
    make_tickets(10_000, reporters, [lpse, *Lpse.objects.bulk_create(offices)], chain)
    with connection.cursor() as cursor:
        # An index is chosen by its size too, which must not tell of rows that other tests took back.
        cursor.execute("REINDEX TABLE tickets_ticket; ANALYZE")

    used = {(who, page): reads_of(sign_in(request.getfixturevalue(who)), page) for who, page in INDEXES}

    assert not {place: reads for place, reads in used.items() if "Seq Scan" in reads or not reads & INDEXES[place]}
    for (who, page), index in DEEP.items():
        browser = sign_in(request.getfixturevalue(who))
        following = browser.get(page).context["page"].next
        deep = plan_of(browser, f"{page}&sesudah={following}")
        assert index in set(reads(deep))
        assert "ROW(" in str(deep)


def reads_of(browser: Client, path: str) -> set[str]:
    """Return by which indexes, or "Seq Scan", PostgreSQL reads tickets for the rows of this list."""
    return set(reads(plan_of(browser, path)))


def plan_of(browser: Client, path: str, table: str = "tickets_ticket") -> dict[str, Any]:
    """Return how PostgreSQL reads the rows of this list, which stand in this table."""
    with CaptureQueriesContext(connection) as queries:
        browser.get(path)
    (rows,) = [query["sql"] for query in queries if query["sql"].startswith(f'SELECT "{table}"."id"')]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {rows}")
        plan: dict[str, Any] = cursor.fetchone()[0][0]["Plan"]
    return plan


def reads(node: dict[str, Any], table: str = "tickets_ticket") -> Iterator[str]:
    """Find how each node of a plan reads this table."""
    if node.get("Relation Name") == table and node["Node Type"] != "Bitmap Heap Scan":
        yield node.get("Index Name", node["Node Type"])
    if node["Node Type"] == "Bitmap Index Scan":
        yield node["Index Name"]
    for child in node.get("Plans", []):
        yield from reads(child, table)
