"""Two people send forms from the same page to two web processes at the same instant: one does it, the other is told.

Every race has a ticket of its own, and each ticket is looked at afterwards. A pair of verbs races 80 times; a race
costs about 0.07 s of processor time besides that of PostgreSQL. `RACES=1000 make faults` races a thousand times. The
100 forms of Buat Tiket are each sent ten times at once.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from threading import Barrier
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.core import signing
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from accounts.models import Lpse, Role, User
from core.numbers import make_number
from escalation.tiers import Tier
from tests.processes import Answer, Browser, Web, environment_of_processes
from tests.tickets.acts import assert_history_holds
from tickets.models import Application, Draft, NumberCounter, Subcategory, Ticket, TicketEvent
from tickets.services import sharing
from tickets.views.drafted import SALT

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Status = Ticket.Status
RACES = int(os.environ.get("RACES", "80"))  # of each pair
LOST = 50  # races of a pair without locks
FORMS, CLICKS = 100, 10
# Lines stay open between races; tickets may be given back, as an office may decide.
SETTINGS = {"GUNICORN_CMD_ARGS": "--keep-alive=60", "TICKET_RETURN": "yes"}

# Who stands against whom, on the same page of a ticket in this status.
PAIRS = [
    (Status.NEW, ("helpdesk", "take"), ("verifier", "take")),
    (Status.NEW, ("helpdesk", "take"), ("verifier", "escalate")),
    (Status.NEW, ("vendor", "reply"), ("helpdesk", "escalate")),
    (Status.IN_PROGRESS, ("vendor", "reply"), ("helpdesk", "resolve")),
    (Status.IN_PROGRESS, ("verifier", "request_data"), ("helpdesk", "resolve")),
    (Status.IN_PROGRESS, ("verifier", "escalate"), ("helpdesk", "resolve")),
    (Status.IN_PROGRESS, ("verifier", "escalate"), ("helpdesk", "escalate")),
    (Status.IN_PROGRESS, ("verifier", "reassign"), ("helpdesk", "resolve")),
    (Status.IN_PROGRESS, ("verifier", "reassign"), ("helpdesk", "escalate")),
    (Status.IN_PROGRESS, ("vendor", "withdraw"), ("helpdesk", "resolve")),
    (Status.IN_PROGRESS, ("vendor", "withdraw"), ("helpdesk", "escalate")),
    (Status.IN_PROGRESS, ("second_eproc", "return"), ("eproc", "escalate")),
    (Status.AWAITING_DATA, ("vendor", "provide_data"), ("colleague", "provide_data")),
    (Status.AWAITING_DATA, ("colleague", "provide_data"), ("vendor", "withdraw")),
    (Status.AWAITING_CONFIRMATION, ("vendor", "confirm"), ("vendor", "reject")),
    (Status.CLOSED, ("vendor", "reopen"), ("vendor", "reopen")),
]
# Of these, nothing but lock and version stands between two people and a success for both.
UNGUARDED = PAIRS[:3]
Side = tuple[str, str]


def each(pairs: list[tuple[Status, Side, Side]]) -> pytest.MarkDecorator:
    names = [f"{left[1]}-{right[1]}" for _status, left, right in pairs]
    return pytest.mark.parametrize(("status", "left", "right"), pairs, ids=names)


@dataclass(frozen=True)
class Sent:
    """One form, filled in and ready to go."""

    ticket: Ticket
    by: User
    verb: str
    key: UUID
    body: bytes

    @property
    def path(self) -> str:
        return reverse(f"tickets:{self.verb}", args=[self.ticket.number])

    def is_done(self) -> bool:
        """Whether the history holds what this form asked for."""
        if self.verb == "take":  # its button carries no key
            return self.ticket.events.filter(kind=TicketEvent.Kind.TAKEN, actor=self.by).exists()
        return self.ticket.events.filter(key=self.key).exists()

    def is_kept(self) -> bool:
        """Whether its words wait in a draft."""
        return Draft.objects.filter(key=self.key, owner=self.by).exists()


class Line:
    """A browser's open connection to one web process."""

    def __init__(self, user: User, web: Web) -> None:
        self.headers = {"Cookie": Browser(user).cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection = HTTPConnection("localhost", web.port, timeout=60)
        self.connection.connect()

    def post(self, path: str, body: bytes) -> Answer:
        self.connection.request("POST", path, body, self.headers)
        response = self.connection.getresponse()
        return Answer(response.status, response.getheader("Location") or "", response.read().decode())


def send_at_once(lines: Sequence[Line], *queues: Sequence[tuple[str, bytes]]) -> list[tuple[Answer, ...]]:
    """Send the first form of every queue at the same instant, each on its own line; then the second; and so on."""
    start = Barrier(len(lines), timeout=60)

    def run(line: Line, queue: Sequence[tuple[str, bytes]]) -> list[Answer]:
        answers = []
        try:
            for path, body in queue:
                start.wait()
                answers.append(line.post(path, body))
        except BaseException:
            start.abort()  # nobody waits for somebody who will not come
            raise
        return answers

    with ThreadPoolExecutor(len(lines)) as threads:
        return list(zip(*threads.map(run, lines, queues), strict=True))


@pytest.fixture(scope="module")
def run_webs(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., list[Web]]]:
    """Start two web processes once for all pairs."""
    started: list[Web] = []

    def start(application: str = "lpse_support.wsgi", **variables: str) -> list[Web]:
        folder = tmp_path_factory.mktemp("webs")
        environment = environment_of_processes() | SETTINGS | variables
        webs = [Web(environment, folder / f"{name}.log", application) for name in ("left", "right")]
        for web in webs:
            web.start()
            started.append(web)
        return webs

    yield start
    for web in started:
        web.stop()


@pytest.fixture(scope="module")
def webs(run_webs: Callable[..., list[Web]]) -> list[Web]:
    """Two web processes as they are delivered."""
    return run_webs()


@pytest.fixture(scope="module")
def webs_without_locks(run_webs: Callable[..., list[Web]]) -> list[Web]:
    """Two web processes that read tickets as if nobody else were there."""
    return run_webs("tests.broken", FAULT="no locks")


@pytest.fixture
def cast(
    helpdesk: User, verifier: User, vendor: User, colleague: User, eproc: User, make_user: Callable[..., User]
) -> dict[str, User]:
    people = [helpdesk, verifier, vendor, colleague, eproc, make_user("second_eproc", (Role.HELPDESK_EPROC, None))]
    return {person.username: person for person in people}


@pytest.fixture
def tickets_for(ticket_in: Callable[..., Ticket], cast: dict[str, User]) -> Callable[[str, Side, int], list[Ticket]]:
    """As many tickets in this status as asked for, where this side of a race works; the first one through services."""

    def make(status: str, side: Side, count: int) -> list[Ticket]:
        tier = Tier.EPROC if side[0].endswith("eproc") else Tier.LPSE
        filed_at = timezone.now() - timedelta(hours=8)
        first = ticket_in(tier, status, now=filed_at)
        sharing.share_ticket(first.pk, by=cast["vendor"], now=timezone.now(), colleague=cast["colleague"].reporter)
        first.refresh_from_db(fields=["version", "changed_at"])
        return [first, *copies(first, count - 1)]

    return make


def copy_of(row: Any, **changes: Any) -> Any:
    """Return the same row once more, not saved yet."""
    fields = [field for field in row._meta.concrete_fields if not field.generated and not field.primary_key]
    return type(row)(**{field.attname: getattr(row, field.attname) for field in fields} | changes)


def copies(ticket: Ticket, count: int) -> list[Ticket]:
    """Return copies of a ticket with all that belongs to it, straight into the tables."""
    last = Ticket.objects.count()
    numbers = [make_number("TKT", 2025, serial) for serial in range(last, last + count)]
    tickets = [copy_of(ticket, number=number, filing_key=uuid4()) for number in numbers]
    Ticket.objects.bulk_create(tickets)

    def multiply(rows: Sequence[Model], owner: str, owners: Sequence[Model]) -> list[Any]:
        new = [copy_of(row, **{f"{owner}_id": one.pk}) for one in owners for row in rows]
        return type(rows[0]).objects.bulk_create(new) if rows else []

    multiply(ticket.legs.all(), "ticket", tickets)
    multiply(ticket.shares.all(), "ticket", tickets)
    multiply(ticket.events.all(), "ticket", tickets)
    for asked in ticket.data_requests.all():
        events = TicketEvent.objects.filter(ticket__in=tickets, kind=TicketEvent.Kind.DATA_REQUESTED)
        requests = [copy_of(asked, ticket_id=event.ticket_id, event_id=event.pk) for event in events]
        type(asked).objects.bulk_create(requests)
        multiply(asked.items.all(), "request", requests)
    return tickets


def fill_in(ticket: Ticket, by: User, verb: str, cast: dict[str, User]) -> Sent:
    """Fill in the form of a verb on the page as it is now."""
    key, words = uuid4(), f"Ditulis oleh {by.name}."
    fields = {"csrfmiddlewaretoken": Browser.CSRF, "draf": signing.dumps([key.hex, by.pk], salt=SALT)}
    fields |= dict.fromkeys(["text", "analysis", "line", "solution", "reason", "comment"], words)
    soon = timezone.localdate() + timedelta(days=3)
    facts = {"version": ticket.version, "kind": "reply", "items": "NIB", "reply_by": f"{soon:%d-%m-%Y}"}
    facts |= {"officer": cast["verifier"].pk}
    return Sent(ticket, by, verb, key, urlencode(fields | facts).encode())


Forms = tuple[Sent, ...]
Answers = tuple[Answer, ...]


def race(
    webs: list[Web], cast: dict[str, User], tickets: list[Ticket], *sides: Side
) -> Iterator[tuple[Forms, Answers]]:
    """Let both sides send their forms about every ticket; return for each ticket what was sent and answered."""
    forms = [tuple(fill_in(ticket, cast[name], verb, cast) for name, verb in sides) for ticket in tickets]
    lines = [Line(cast[name], web) for (name, _verb), web in zip(sides, webs, strict=True)]
    queues = ([(sent.path, sent.body) for sent in queue] for queue in zip(*forms, strict=True))
    return zip(forms, send_at_once(lines, *queues), strict=True)


def assert_one_won(forms: Forms, answers: Answers) -> None:
    """One was sent on to the ticket, and it is done; one was told, it is not done, and nothing typed is lost."""
    ticket = forms[0].ticket
    assert sorted(answer.status for answer in answers) == [302, 409]
    for sent, answer in zip(forms, answers, strict=True):
        won = answer.status == 302
        assert sent.is_done() == won
        if won:
            assert answer.location == ticket.get_absolute_url()
        if sent.verb != "take":
            assert sent.is_kept() != won
            assert won or f"Ditulis oleh {sent.by.name}." in answer.text
    assert Ticket.objects.get(pk=ticket.pk).version == ticket.version + 1
    assert_history_holds(ticket)


@pytest.mark.standard("R11", "R12", "R18", "R19")
@each(PAIRS)
def test_of_two_forms_from_the_same_page_one_wins_and_the_other_is_told(
    webs: list[Web],
    cast: dict[str, User],
    tickets_for: Callable[..., list[Ticket]],
    status: str,
    left: Side,
    right: Side,
) -> None:
    for forms, answers in race(webs, cast, tickets_for(status, left, RACES), left, right):
        assert_one_won(forms, answers)

    assert not any(web.complaints() for web in webs)


def test_a_form_that_comes_after_the_other_is_told_as_well(
    webs: list[Web], cast: dict[str, User], tickets_for: Callable[..., list[Ticket]]
) -> None:
    for status, *sides in PAIRS:
        for ticket, early in zip(tickets_for(status, sides[0], 2), sides, strict=True):
            late = sides[early == sides[0]]
            forms = [fill_in(ticket, cast[name], verb, cast) for name, verb in (early, late)]

            answers = [Line(sent.by, web).post(sent.path, sent.body) for sent, web in zip(forms, webs, strict=True)]

            assert [answer.status for answer in answers] == [302, 409], forms
            assert_one_won(tuple(forms), tuple(answers))


@each(UNGUARDED)
def test_without_locks_and_versions_both_are_told_that_they_won(
    webs_without_locks: list[Web],
    cast: dict[str, User],
    tickets_for: Callable[..., list[Ticket]],
    status: str,
    left: Side,
    right: Side,
) -> None:
    """The negative control: proves that the races above meet, and that a lost one would be seen."""
    tickets = tickets_for(status, left, LOST)

    told = [
        [answer.status for answer in answers] for _, answers in race(webs_without_locks, cast, tickets, left, right)
    ]

    assert told.count([302, 302]) >= 0.9 * LOST, told
    assert sum(map(is_broken, tickets)) >= 0.9 * LOST


def is_broken(ticket: Ticket) -> bool:
    try:
        assert_history_holds(ticket)
    except AssertionError:
        return True
    return False


@pytest.mark.standard("R10")
def test_a_form_sent_ten_times_at_once_files_one_ticket_and_numbers_have_no_gap(
    webs: list[Web], vendor: User, other_vendor: User, lpse: Lpse, subcategory: Subcategory
) -> None:
    """Two people file at the same time, so that they also meet at the counter."""
    facts = {"application": Application.objects.get(name="SPSE").pk, "subcategory": subcategory.pk, "lpse": lpse.pk}
    facts |= {"type": "problem", "title": "Tombol Kirim tidak merespons", "description": "Muncul 504 Gateway Timeout."}
    facts |= {"nib": "1234567890123", "csrfmiddlewaretoken": Browser.CSRF}
    path = reverse("tickets:file")

    def forms_of(user: User) -> list[tuple[str, bytes]]:
        tokens = [signing.dumps([uuid4().hex, user.pk], salt=SALT) for _ in range(FORMS // 2)]
        return [(path, urlencode(facts | {"draf": token}).encode()) for token in tokens]

    people = [vendor, other_vendor]
    lines = [Line(person, webs[click % 2]) for person in people for click in range(CLICKS)]
    forms = {person: forms_of(person) for person in people}

    answers = send_at_once(lines, *(forms[person] for person in people for _ in range(CLICKS)))

    told = [{(one.status, one.location) for one in half} for row in answers for half in (row[:CLICKS], row[CLICKS:])]
    numbers = set(Ticket.objects.values_list("number", flat=True))
    year = timezone.localdate().year
    assert all(len(same) == 1 for same in told), told
    assert {pair for same in told for pair in same} == {
        (302, reverse("tickets:filed", args=[number])) for number in numbers
    }
    assert numbers == {make_number("TKT", year, serial) for serial in range(1, FORMS + 1)}
    assert NumberCounter.objects.get().last == FORMS
    assert not any(web.complaints() for web in webs)
