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
from escalation.models import Clock, ClockPoint, Entitlement
from escalation.tiers import LKPP_ZONE, Tier
from tickets.demo.promises import Case, Code, Given, Promises, Rows, Turn
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
# In the order in which they point at each other.
COLUMNS: dict[type[models.Model], str] = {
    Clock: "id promise_id reporter_id lpse_id case claim url limit unit binds_reporter earns_entitlement started_at "
    "due_at count next_at met_at stopped_at breached_at detected_at excuse attempts last_error",
    ClockPoint: "clock_id kind value at passed_at",
    Ticket: "id number filing_key version tier status channel at_counter came_from reporter_id lpse_id assignee_id "
    "application_id subcategory_id type title description package_code error_code spse_version filed_at entered_at "
    "changed_at reached_lkpp_at closed_at close_reason reopen_count response_clock_id promised_at due_at "
    "is_compensated",
    Leg: "ticket_id tier lpse_id assignee_id entered_at left_at outcome clock_id wait_id",
    TicketEvent: "ticket_id kind actor_id actor_role tier version is_public body data at",
}
ENTITLEMENT = "reporter_id clock_id case granted_at redeemed_at redeemed_case redeemed_url"


def cell(value: object) -> str:
    """Return a value as COPY reads it."""
    if value is None:
        return r"\N"
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", "\\n").replace("\r", "\\r")


def copy(model: type[models.Model], columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows into the table of a model by COPY."""
    text = io.StringIO("".join("\t".join(map(cell, row)) + "\n" for row in rows))
    with connection.cursor() as cursor:
        names = ", ".join(map(connection.ops.quote_name, columns.split()))
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

    def zone_of(self, lpse: int) -> str:
        return Lpse.Zone.values[(lpse - self.lpses.start) % 4]


def load_people(tickets: int) -> Cast:
    """Make the offices, three officers in each, those of LKPP, and reporters with accounts."""
    offices, reporters = max(tickets // PER_LPSE, 3), max(tickets // PER_REPORTER, 10)
    lpse, user, reporter, zones = next_id(Lpse), next_id(User), next_id(Reporter), Lpse.Zone.values
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
    facts = "id user_id is_visitor kind name email phone spse_user_id "
    facts += "business_name business_form npwp nib work_unit nip lpse_id"
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
    return pk, account, False, "vendor", person(account), email, phone, f"V{pk}", name, "cv", npwp, "", "", "", lpse


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

    def tell_of_breach(self, clock: Given, tier: int, *, public: bool) -> None:
        """Write what the sweep found into its place; it leaves the version alone."""
        at = clock.detected_at
        place = sum(event[-1] <= at for event in self.events)
        version = self.events[place - 1][5]
        data = json.dumps({"clock": clock.pk, "promise": clock.code, "due": clock.due_at.isoformat()})
        row = (self.pk, Kind.BREACHED, None, "", tier.real, version, public, "", data, at)
        self.events.insert(place, row)


class Tickets:
    """Tells the stories of many tickets, the same ones for the same number and time."""

    def __init__(self, cast: Cast, count: int, now: datetime) -> None:
        self.cast, self.count, self.now = cast, count, now
        self.first, self.promises = next_id(Ticket), Promises(next_id(Clock), now)
        self.chance = random.Random(self.first)  # nosec B311 # an example, the same each time
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
        rows: Rows = {model: [] for model in COLUMNS}
        for place in range(start, stop):
            self.add(rows, self.first + place, self.now - YEARS * (1 - (place + 1) / (self.count + 1)))
        return rows

    def add(self, rows: Rows, pk: int, filed_at: datetime) -> None:
        """Add one ticket with its legs and events."""
        chance, cast = self.chance, self.cast
        n = int(chance.random() ** 2 * len(cast.reporters))  # some people come often
        account, reporter, lpse = cast.first_account + n, cast.reporters[n], cast.lpses[n % len(cast.lpses)]
        top = chance.choices(list(Tier), [60, 25, 10, 5])[0]
        is_fresh = self.now - filed_at < FRESH
        is_open = is_fresh or chance.random() < 0.004
        status = chance.choice(OPEN if is_fresh else OPEN[:2]) if is_open else Status.CLOSED  # silence would have ended
        case = self.promises.case(self.number(filed_at), reporter, lpse, cast.zone_of(lpse))
        told = chance.choice(self.told)
        description = f"{told['description']} Kejadian pada paket {pk % 90_000 + 10_000}."
        story = Story(pk, filed_at, self.now, chance)
        story.tell(Kind.FILED, account, "", Tier.LPSE, description)
        turns = self.walk(story, lpse, top, status)
        if status == Status.CLOSED:
            story.later()
            story.tell(Kind.CONFIRMED, account, "", top)
        closed_at = story.at if status == Status.CLOSED else None
        promises = self.promise(rows, story, case, turns, closed_at)
        rows[TicketEvent] += story.events
        code = f"{10_000_000 + chance.randrange(self.count * 3)}" if pk % 3 else ""
        error = f"E{chance.randrange(900):03} {told['title'][:20]}" if pk % 5 == 0 else ""
        key, reason = UUID(int=chance.getrandbits(128)), "confirmed" if closed_at else ""
        facts = (
            "web",
            False,
            "",
            reporter,
            lpse,
            turns[-1].officer,
            self.application,
            chance.choice(self.subcategories),
            told["type"],
        )
        words = (f"{told['title'][:100]} ({pk})", description, code, error, "4.5")
        reached = turns[1].entered_at if top > Tier.LPSE else None
        times = (filed_at, turns[-1].entered_at, story.at, reached, closed_at, reason, 0)
        head = (pk, case.number, key, story.version, top.real, status)
        rows[Ticket].append((*head, *facts, *words, *times, *promises))

    def walk(self, story: Story, lpse: int, top: int, status: str) -> list[Turn]:
        """Pass the ticket up the chain; return the turns of the staff."""
        chance, texts, turns = story.chance, self.texts, list[Turn]()
        for tier in range(Tier.LPSE, top + 1):
            officer, role = self.cast.officers[tier](lpse)
            turn = Turn(tier, lpse if tier == Tier.LPSE else None, None, story.at)
            turns.append(turn)
            if tier == top and status == Status.NEW:
                break
            story.later()
            story.tell(Kind.TAKEN, officer, role, tier)
            turn.officer = officer
            if chance.random() < 0.4:
                story.later()
                story.tell(Kind.REPLIED, officer, role, tier, chance.choice(texts["text"]))
                turn.answered_at = story.at
            if tier == top and status == Status.IN_PROGRESS:
                break
            story.later()
            if tier < top:
                story.tell(Kind.ANALYSED, officer, role, tier, chance.choice(texts["analysis"]))
                story.tell(Kind.ESCALATED, officer, role, tier, chance.choice(texts["line"]), to=tier + 1)
            else:
                story.tell(Kind.RESOLVED, officer, role, tier, chance.choice(texts["solution"]))
                turn.answered_at = turn.answered_at or story.at
            turn.left_at = story.at
            turn.outcome = Leg.Outcome.ESCALATED if tier < top else Leg.Outcome.RESOLVED
        return turns

    def promise(
        self, rows: Rows, story: Story, case: Case, turns: list[Turn], closed_at: datetime | None
    ) -> tuple[Any, ...]:
        """Add the clocks and turns of one ticket; return what the ticket says of them."""
        give, filed_at = self.promises.give, turns[0].entered_at
        is_first = self.promises.redeem(case, filed_at)
        answered_at = next((turn.answered_at for turn in turns if turn.answered_at), None)
        first = give(rows, case, Code.FIRST_RESPONSE, at=filed_at, met_at=answered_at, here=True)
        given = [(first, turns[0].tier)]
        for turn in turns:
            met_at, here, wait = turn.answered_at or turn.left_at, turn.lpse is not None, None
            clock = give(rows, case, Code.TURN, at=turn.entered_at, met_at=met_at, here=here)
            given.append((clock, turn.tier))
            if turn.left_at and turn.outcome == Leg.Outcome.RESOLVED:
                wait = give(rows, case, Code.CONFIRMATION_WAIT, at=turn.left_at, met_at=closed_at, here=True).pk
            where = (story.pk, turn.tier, turn.lpse, turn.officer, turn.entered_at, turn.left_at, turn.outcome)
            rows[Leg].append((*where, clock.pk, wait))
        broken = [(clock, tier) for clock, tier in given if clock.detected_at]
        for clock, tier in broken:
            is_echo = clock is not first and first.detected_at and clock.due_at == first.due_at
            story.tell_of_breach(clock, tier, public=not is_echo)
        self.promises.earn(case, [clock for clock, _tier in broken])
        due_at = min((clock.due_at for clock, _tier in given if clock.is_running), default=None)
        return first.pk, first.due_at, due_at, is_first

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
    copy(Entitlement, ENTITLEMENT, map(tuple, tickets.promises.entitlements))
    with connection.cursor() as cursor:
        for model in (Lpse, User, Reporter, Ticket, Clock):
            table = model._meta.db_table
            sql = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # nosec B608 # ours
            cursor.execute(sql)
    analyse(Lpse, User, Duty, Institution, Reporter, Entitlement, *COLUMNS)


def analyse(*tables: type[models.Model]) -> None:
    """Tell the planner what the tables hold now."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in tables)}")  # nosemgrep: no-words-in-sql
