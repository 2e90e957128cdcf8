"""Invented offices, people and tickets in any number, straight into the tables, to see what growth does."""

import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, models, transaction

from accounts.models import Duty, Institution, Lpse, Reporter, Role, User
from core.numbers import make_number
from escalation.tiers import LKPP_ZONE, Tier
from tickets.models import Application, Leg, NumberCounter, Subcategory, Ticket, TicketEvent

Kind, Status = TicketEvent.Kind, Ticket.Status
OPEN = [Status.NEW, Status.IN_PROGRESS, Status.AWAITING_CONFIRMATION]
CHUNK = 20_000  # tickets in one COPY
PER_LPSE, PER_REPORTER = 1_500, 6  # tickets
YEARS = timedelta(days=5 * 365)
FRESH = timedelta(days=6)  # so young a ticket may still be anywhere
# Per table the rows of one COPY; building an index once is quicker than feeding it row by row.
TABLES: tuple[tuple[type[models.Model], str], ...] = (
    (Ticket, "words_of_ticket"),
    (TicketEvent, "words_of_history"),
    (Reporter, "reporter_by_name"),
)
FIRST_NAMES = [
    "Wulan",
    "Bagus",
    "Dewi",
    "Intan",
    "Rahmat",
    "Siti",
    "Yohanes",
    "Made",
    "Putri",
    "Agus",
    "Lestari",
    "Togar",
    "Nurul",
    "Andi",
    "Kartika",
    "Bambang",
]
LAST_NAMES = [
    "Rekaan",
    "Contoh",
    "Khayal",
    "Misalnya",
    "Fiktif",
    "Andaian",
    "Umpama",
    "Bayangan",
    "Karangan",
    "Imajinasi",
    "Perumpamaan",
    "Ibarat",
]
BUSINESSES = [
    "Melati",
    "Anggrek",
    "Cendana",
    "Garuda",
    "Samudra",
    "Merapi",
    "Kencana",
    "Pelita",
    "Mutiara",
    "Bintang",
    "Rajawali",
    "Sentosa",
]
COLUMNS = {
    Ticket: "id number filing_key version tier status reporter_id lpse_id assignee_id application_id subcategory_id "
    "type title description package_code error_code spse_version filed_at entered_at changed_at reached_lkpp_at "
    "closed_at close_reason reopen_count",
    Leg: "ticket_id tier lpse_id assignee_id entered_at left_at outcome",
    TicketEvent: "ticket_id kind actor_id actor_role tier version is_public body data at",
}
Rows = dict[type[models.Model], list[tuple[Any, ...]]]


def cell(value: object) -> str:
    """Return a value as COPY reads it."""
    if value is None:
        return r"\N"
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", "\\n").replace("\r", "\\r")


def copy(model: type[models.Model], columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows into the table of a model by COPY."""
    text = io.StringIO("".join("\t".join(map(cell, row)) + "\n" for row in rows))
    with connection.cursor() as cursor:
        names = ", ".join(columns.split())
        cursor.copy_expert(f"COPY {model._meta.db_table} ({names}) FROM STDIN", text)


def next_id(model: type[models.Model]) -> int:
    return int(model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1


@dataclass
class Cast:
    """Whom the tickets are about, by id: the officers of each tier, the account and the reporter of each reporter."""

    lpses: range
    reporters: range
    first_account: int
    officers: dict[int, Callable[[int], tuple[int, str]]]


def load_people(tickets: int) -> Cast:
    """Make the offices, three officers in each, those of LKPP, and reporters with accounts."""
    offices, reporters = max(tickets // PER_LPSE, 3), max(tickets // PER_REPORTER, 10)
    lpse, user, reporter = next_id(Lpse), next_id(User), next_id(Reporter)
    zones = Lpse.Zone.values
    names = [(lpse + n, f"lpse-{lpse + n}", f"LPSE Daerah {lpse + n} Contoh", zones[n % 4]) for n in range(offices)]
    copy(Lpse, "id code name time_zone spse_version", [(*name, "4.5") for name in names])
    copy(
        Institution, "name kind", [(f"Pemerintah Daerah {lpse + n} Contoh", "local_government") for n in range(offices)]
    )
    local = [Role.HELPDESK_LPSE, Role.ADMIN_PPE, Role.VERIFIER]
    central = [Role.HELPDESK_EPROC, Role.HELPDESK_TEKNIS, Role.TIM_TEKNIS] * 5 + [Role.SUPERVISOR]
    duties = [(role, lpse + n) for n in range(offices) for role in local] + [(role, None) for role in central]
    copy_accounts(user, "petugas", len(duties))
    copy(Duty, "user_id role lpse_id", [(user + n, *duty) for n, duty in enumerate(duties)])
    first = user + len(duties)
    copy_accounts(first, "pelapor", reporters)
    facts = "id user_id kind name email phone spse_user_id business_name business_form npwp nib work_unit nip lpse_id"
    copy(Reporter, facts, (vendor(reporter + n, first + n, lpse + n % offices) for n in range(reporters)))
    center = user + len(local) * offices
    officers: dict[int, Callable[[int], tuple[int, str]]] = {
        Tier.LPSE: lambda pk: (user + (pk - lpse) * 3, Role.HELPDESK_LPSE.value),
        Tier.EPROC: lambda pk: (center + pk % 5 * 3, Role.HELPDESK_EPROC.value),
        Tier.TEKNIS: lambda pk: (center + pk % 5 * 3 + 1, Role.HELPDESK_TEKNIS.value),
        Tier.TIM_TEKNIS: lambda pk: (center + pk % 5 * 3 + 2, Role.TIM_TEKNIS.value),
    }
    return Cast(range(lpse, lpse + offices), range(reporter, reporter + reporters), first, officers)


def person(pk: int) -> str:
    """Return an invented name; far more people than names, as in life."""
    return f"{FIRST_NAMES[pk % 16]} {LAST_NAMES[pk // 16 % 12]}"


def copy_accounts(first: int, word: str, count: int) -> None:
    """Make accounts nobody can sign in to: a password that no hash gives."""
    columns = "id password is_superuser username email is_staff is_active date_joined name"
    accounts = (
        (pk, "!", "f", f"{word}-{pk}", f"{word}-{pk}@contoh.invalid", "f", "t", "2020-01-01", person(pk))
        for pk in range(first, first + count)
    )
    copy(User, columns, accounts)


def vendor(pk: int, account: int, lpse: int) -> tuple[Any, ...]:
    """Return one row of Reporter; one business in four has two people."""
    business = pk - pk % 2 if pk % 8 < 2 else pk
    name = f"CV {BUSINESSES[business % 12]} {LAST_NAMES[business // 12 % 12]} {business // 144}"
    email, phone, npwp = f"pelapor-{account}@contoh.invalid", f"+62899{pk:09}", f"{business:016}"
    return pk, account, "vendor", person(account), email, phone, f"V{pk}", name, "cv", npwp, "", "", "", lpse


@dataclass
class Story:
    """What happened to one ticket, as rows."""

    pk: int
    at: datetime
    until: datetime
    chance: random.Random
    version: int = 0
    events: list[tuple[Any, ...]] = field(default_factory=list)

    def later(self) -> None:
        self.at = min(self.at + timedelta(minutes=self.chance.randint(20, 900)), self.until)

    def tell(self, kind: str, actor: int, role: str, tier: int, body: str = "", **data: int) -> None:
        """Write one line of history; every public one raises the version."""
        public = kind != Kind.ANALYSED
        self.version += public
        version = self.version + (not public)  # of the escalation that follows
        row = (kind, actor, role, tier.real, version, public, body, json.dumps(data), self.at)
        self.events.append((self.pk, *row))


class Tickets:
    """Tells the stories of many tickets, the same ones for the same number and time."""

    def __init__(self, cast: Cast, count: int, now: datetime) -> None:
        self.cast, self.count, self.now = cast, count, now
        self.first = next_id(Ticket)
        self.chance = random.Random(self.first)
        self.serials = Counter(dict(NumberCounter.objects.filter(kind=Ticket.NUMBER_KIND).values_list("year", "last")))
        self.subcategories = list(Subcategory.objects.values_list("pk", flat=True))
        self.application = Application.objects.values_list("pk", flat=True)[0]
        self.told = json.loads(Path(__file__).with_name("tickets.json").read_text(encoding="utf-8"))
        steps = [step for ticket in self.told for step in ticket["story"]]
        self.texts = {
            name: [step[name] for step in steps if name in step] for name in ("text", "analysis", "line", "solution")
        }

    def rows(self, start: int, stop: int) -> Rows:
        """Return the rows of the tickets from start up to stop, as many as one COPY takes."""
        rows: Rows = {Ticket: [], Leg: [], TicketEvent: []}
        for place in range(start, stop):
            self.add(rows, self.first + place, self.now - YEARS * (1 - (place + 1) / (self.count + 1)))
        return rows

    def add(self, rows: Rows, pk: int, filed_at: datetime) -> None:
        """Add one ticket with its legs and events."""
        chance, cast = self.chance, self.cast
        n = int(chance.random() ** 2 * len(cast.reporters))  # some people come often
        account, reporter, lpse = cast.first_account + n, cast.reporters[n], cast.lpses[n % len(cast.lpses)]
        top = chance.choices(list(Tier), [60, 25, 10, 5])[0]
        is_open = self.now - filed_at < FRESH or chance.random() < 0.004
        status = chance.choice(OPEN) if is_open else Status.CLOSED
        told = chance.choice(self.told)
        description = f"{told['description']} Kejadian pada paket {pk % 90_000 + 10_000}."
        story = Story(pk, filed_at, self.now, chance)
        story.tell(Kind.FILED, account, "", Tier.LPSE, description)
        entered, reached, officer = self.walk(rows, story, lpse, top, status)
        if status == Status.CLOSED:
            story.later()
            story.tell(Kind.CONFIRMED, account, "", top)
        rows[TicketEvent] += story.events
        closed_at = story.at if status == Status.CLOSED else None
        code = f"{10_000_000 + chance.randrange(self.count * 3)}" if pk % 3 else ""
        error = f"E{chance.randrange(900):03} {told['title'][:20]}" if pk % 5 == 0 else ""
        key, reason = UUID(int=chance.getrandbits(128)), "confirmed" if closed_at else ""
        facts = (reporter, lpse, officer, self.application, chance.choice(self.subcategories), told["type"])
        words = (f"{told['title'][:100]} ({pk})", description, code, error, "4.5")
        times = (filed_at, entered, story.at, reached, closed_at, reason, 0)
        rows[Ticket].append((pk, self.number(filed_at), key, story.version, top.real, status, *facts, *words, *times))

    def walk(
        self, rows: Rows, story: Story, lpse: int, top: int, status: str
    ) -> tuple[datetime, datetime | None, int | None]:
        """Pass the ticket up the chain; return when it entered its last tier and reached LKPP, and who has it."""
        chance, texts, reached = story.chance, self.texts, None
        for tier in range(Tier.LPSE, top + 1):
            entered, office = story.at, lpse if tier == Tier.LPSE else None
            officer, role = self.cast.officers[tier](lpse)
            if tier == top and status == Status.NEW:
                rows[Leg].append((story.pk, tier, office, None, entered, None, ""))
                return entered, reached, None
            story.later()
            story.tell(Kind.TAKEN, officer, role, tier)
            if chance.random() < 0.4:
                story.later()
                story.tell(Kind.REPLIED, officer, role, tier, chance.choice(texts["text"]))
            if tier == top and status == Status.IN_PROGRESS:
                rows[Leg].append((story.pk, tier, office, officer, entered, None, ""))
                return entered, reached, officer
            story.later()
            if tier < top:
                story.tell(Kind.ANALYSED, officer, role, tier, chance.choice(texts["analysis"]))
                story.tell(Kind.ESCALATED, officer, role, tier, chance.choice(texts["line"]), to=tier + 1)
                reached = reached or story.at
            else:
                story.tell(Kind.RESOLVED, officer, role, tier, chance.choice(texts["solution"]))
            outcome = Leg.Outcome.ESCALATED if tier < top else Leg.Outcome.RESOLVED
            rows[Leg].append((story.pk, tier, office, officer, entered, story.at, outcome))
        return entered, reached, officer

    def number(self, filed_at: datetime) -> str:
        """Return the next number of its year."""
        year = filed_at.astimezone(ZoneInfo(LKPP_ZONE)).year
        self.serials[year] += 1
        return make_number(Ticket.NUMBER_KIND, year, self.serials[year])


def load(count: int, *, now: datetime) -> Iterator[int]:
    """Add this many tickets and the people they need; yield how many are there. All of it or nothing."""
    indexes = [(model, next(i for i in model._meta.indexes if i.name == name)) for model, name in TABLES]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '512MB'")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # checked with each COPY, not remembered by the million
        with connection.schema_editor() as editor:
            for model, index in indexes:
                editor.remove_index(model, index)
        tickets = Tickets(load_people(count), count, now)
        analyse(Lpse, User, Reporter)  # their keys are looked up for every ticket
        yield from fill(tickets)
        with connection.schema_editor() as editor:
            for model, index in indexes:
                editor.add_index(model, index)
        finish(tickets)


def fill(tickets: Tickets) -> Iterator[int]:
    """Write the tickets, telling the stories of the next chunk while PostgreSQL takes the last."""
    chunks = [(start, min(start + CHUNK, tickets.count)) for start in range(0, tickets.count, CHUNK)]
    with ThreadPoolExecutor(1) as writer:
        coming = writer.submit(tickets.rows, *chunks[0])
        for chunk, following in zip_longest(chunks, chunks[1:]):
            rows = coming.result()
            if following:
                coming = writer.submit(tickets.rows, *following)
            for model, columns in COLUMNS.items():
                copy(model, columns, rows[model])
            yield chunk[1]


def finish(tickets: Tickets) -> None:
    """Let ids and numbers go on after the last one."""
    for year, last in tickets.serials.items():
        NumberCounter.objects.update_or_create(kind=Ticket.NUMBER_KIND, year=year, defaults={"last": last})
    with connection.cursor() as cursor:
        for model in (Lpse, User, Reporter, Ticket):
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
    analyse(Lpse, User, Duty, Institution, Reporter, Ticket, Leg, TicketEvent)


def analyse(*tables: type[models.Model]) -> None:
    """Tell the planner what the tables hold now."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in tables)}")
