"""Two people send forms from the same page to two web processes at the same instant: one does it, the other is told.

Every race has a ticket of its own, and each ticket is looked at afterwards. Every two verbs that can meet race 20
times; `RACES=1000 make faults` races a thousand times. A race costs about 0.06 s of processor time besides that of
PostgreSQL. The 100 forms of Buat Tiket (FORMS) are each sent ten times at once.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from itertools import chain, combinations_with_replacement, product
from threading import Barrier
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Lpse, Role, User
from core.numbers import make_number
from escalation.tiers import Tier
from tests.processes import Answer, Browser, Web, environment_of_processes
from tests.tickets.acts import assert_history_holds
from tests.tickets.copies import copies
from tickets.models import Application, Draft, NumberCounter, Subcategory, Ticket, TicketEvent
from tickets.services import sharing
from tickets.services.verbs import verbs_for
from tickets.views.drafted import SALT

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Status = Ticket.Status
RACES = int(os.environ.get("RACES", "20"))  # of each pair
LANES = 3  # races at a time, so that no process idles while another finishes
LOST = 50  # races of a pair without locks
NOTES = 5  # races of a note with another verb
FORMS, CLICKS = int(os.environ.get("FORMS", "100")), 10
# Lines stay open between races; tickets may be given back, as an office may decide.
SETTINGS = {"GUNICORN_CMD_ARGS": "--keep-alive=60", "TICKET_RETURN": "yes"}

# What the staff, and what the reporter, can do with a page of the second tier in this status.
VERBS = {
    Status.NEW: (["take", "reply", "escalate", "return"], ["reply", "withdraw"]),
    Status.IN_PROGRESS: (
        ["reply", "request_data", "escalate", "return", "resolve", "reassign"],
        ["reply", "withdraw"],
    ),
    Status.AWAITING_DATA: (["reply", "reassign"], ["provide_data", "withdraw"]),
    Status.AWAITING_CONFIRMATION: (["reply", "reassign"], ["confirm", "reject"]),
    Status.CLOSED: ([], ["reopen"]),
}
COLLEAGUES_DO = ("reply", "provide_data")  # what nobody else may do, the reporter does in two windows
UNVERSIONED = {"note", "rate", "share"}  # whoever does these changes nothing that others wait for
Side = tuple[str, str]


Pair = tuple[Side, Side]


def pairs_in(status: Status) -> Iterator[Pair]:
    """Yield every two people who can stand against each other, with their verbs."""
    staff, reporter = VERBS[status]
    for left, right in product(reporter, staff):
        yield ("vendor", left), ("eproc", right)
    for left, right in combinations_with_replacement(staff, 2):
        yield ("second_eproc", left), ("eproc", right)
    for left, right in combinations_with_replacement(reporter, 2):
        yield ("colleague" if left in COLLEAGUES_DO else "vendor", left), ("vendor", right)


def all_pairs() -> dict[Status, list[Pair]]:
    """Return the pairs by status; verbs that can meet in several statuses meet in the first of them."""
    pairs, met = {}, set()
    for status in VERBS:
        fresh = {frozenset(verb for _name, verb in pair): pair for pair in reversed(list(pairs_in(status)))}
        pairs[status] = [pair for verbs, pair in fresh.items() if verbs not in met]
        met |= set(fresh)
    return pairs


PAIRS = all_pairs()
# Of these, nothing but lock and version stands between two people and a success for both.
UNGUARDED = [(("second_eproc", "take"), ("eproc", verb)) for verb in ("take", "reply")]
UNGUARDED += [(("vendor", "reply"), ("eproc", "escalate"))]
each_status = pytest.mark.parametrize("status", PAIRS)


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
        verb = "reply" if self.verb == "note" else self.verb  # one form writes both
        return reverse(f"tickets:{verb}", args=[self.ticket.number])

    @property
    def mark(self) -> tuple[int, int, UUID | None]:
        """What its event carries; the button that takes a ticket has no key."""
        return self.ticket.pk, self.by.pk, None if self.verb == "take" else self.key


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
def cast(vendor: User, colleague: User, eproc: User, make_user: Callable[..., User]) -> dict[str, User]:
    people = [vendor, colleague, eproc, make_user("second_eproc", (Role.HELPDESK_EPROC, None))]
    return {person.username: person for person in people}


@pytest.fixture
def tickets_in(ticket_in: Callable[..., Ticket], cast: dict[str, User]) -> Callable[[str, int], list[Ticket]]:
    """As many tickets in this status as asked for; the first one through services."""

    def make(status: str, count: int) -> list[Ticket]:
        first = ticket_in(Tier.EPROC, status, now=timezone.now() - timedelta(hours=8))
        sharing.share_ticket(first.pk, by=cast["vendor"], now=timezone.now(), colleague=cast["colleague"].reporter)
        first.refresh_from_db(fields=["version", "changed_at"])
        return [first, *copies(first, count - 1)]

    return make


def fill_in(ticket: Ticket, by: User, verb: str, cast: dict[str, User]) -> Sent:
    """Fill in the form of a verb on the page as it is now."""
    key, words = uuid4(), f"Ditulis oleh {by.name}."
    fields = {"csrfmiddlewaretoken": Browser.CSRF, "draf": signing.dumps([key.hex, by.pk], salt=SALT)}
    fields |= dict.fromkeys(["text", "analysis", "line", "solution", "reason", "comment"], words)
    soon = timezone.localdate() + timedelta(days=3)
    kind = "note" if verb == "note" else "reply"
    facts = {"version": ticket.version, "kind": kind, "items": "NIB", "reply_by": f"{soon:%d-%m-%Y}"}
    facts |= {"officer": cast["second_eproc"].pk}
    return Sent(ticket, by, verb, key, urlencode(fields | facts).encode())


Forms = tuple[Sent, ...]
Answers = tuple[Answer, ...]


def race(webs: list[Web], cast: dict[str, User], tickets: list[Ticket], *sides: Side) -> list[tuple[Forms, Answers]]:
    """Let both sides send their forms about every ticket; return for each ticket what was sent and answered."""
    forms = [tuple(fill_in(ticket, cast[name], verb, cast) for name, verb in sides) for ticket in tickets]
    lanes = [forms[lane::LANES] for lane in range(LANES)]
    lines = [[Line(cast[name], web) for (name, _verb), web in zip(sides, webs, strict=True)] for _lane in lanes]

    def run(lane: list[Forms], lines: list[Line]) -> list[tuple[Forms, Answers]]:
        queues = ([(sent.path, sent.body) for sent in queue] for queue in zip(*lane, strict=True))
        return list(zip(lane, send_at_once(lines, *queues), strict=True))

    with ThreadPoolExecutor(LANES) as threads:
        return list(chain.from_iterable(threads.map(run, lanes, lines)))


def assert_told_truly(races: Sequence[tuple[Forms, Answers]]) -> list[int]:
    """Who was sent on to the ticket has done it; who was told has not, and nothing typed is lost.

    Return how many were sent on in each race.
    """
    tickets = [forms[0].ticket for forms, _answers in races]
    marked = TicketEvent.objects.filter(Q(key__isnull=False) | Q(kind=TicketEvent.Kind.TAKEN), ticket__in=tickets)
    done = set(marked.values_list("ticket", "actor", "key"))
    kept = set(Draft.objects.values_list("key", flat=True))
    for sent, answer in (told for race in races for told in zip(*race, strict=True)):
        won = answer.status == 302
        assert won or answer.status == 409, (sent, answer.status)
        assert (sent.mark in done) == won, sent
        assert not won or answer.location == sent.ticket.get_absolute_url()
        if sent.verb != "take":
            assert (sent.key in kept) != won, sent
            assert won or f"Ditulis oleh {sent.by.name}." in answer.text
    assert_history_holds(*tickets)
    return [sum(answer.status == 302 for answer in answers) for _forms, answers in races]


def assert_one_won(races: Sequence[tuple[Forms, Answers]]) -> None:
    assert set(assert_told_truly(races)) == {1}
    versions = dict(Ticket.objects.values_list("pk", "version"))
    assert all(versions[forms[0].ticket.pk] == forms[0].ticket.version + 1 for forms, _answers in races)


@each_status
def test_every_verb_of_a_page_races(
    tickets_in: Callable[..., list[Ticket]], cast: dict[str, User], settings: Any, status: str
) -> None:
    settings.TICKET_RETURN = True
    ticket = tickets_in(status, 1)[0]

    for name, verbs in zip(("eproc", "vendor"), VERBS[status], strict=True):
        assert set(verbs_for(ticket, cast[name])) - UNVERSIONED == set(verbs)


@pytest.mark.standard("R11", "R12", "R18", "R19")
@each_status
def test_of_two_forms_from_the_same_page_one_wins_and_the_other_is_told(
    webs: list[Web], cast: dict[str, User], tickets_in: Callable[..., list[Ticket]], status: str
) -> None:
    for pair in PAIRS[status]:
        assert_one_won(race(webs, cast, tickets_in(status, RACES), *pair))

    assert not any(web.complaints() for web in webs)


@each_status
def test_a_form_that_comes_after_the_other_is_told_as_well(
    webs: list[Web], cast: dict[str, User], tickets_in: Callable[..., list[Ticket]], status: str
) -> None:
    orders = [order for pair in PAIRS[status] for order in (pair, pair[::-1])]

    for ticket, sides in zip(tickets_in(status, len(orders)), orders, strict=True):
        forms = tuple(fill_in(ticket, cast[name], verb, cast) for name, verb in sides)
        answers = tuple(Line(sent.by, web).post(sent.path, sent.body) for sent, web in zip(forms, webs, strict=True))

        assert [answer.status for answer in answers] == [302, 409], sides
        assert_one_won([(forms, answers)])


def test_a_note_never_stops_another_and_is_kept_or_told(
    webs: list[Web], cast: dict[str, User], tickets_in: Callable[..., list[Ticket]]
) -> None:
    for status, (staff, reporter) in list(VERBS.items())[:-1]:
        others = [("vendor", verb) for verb in reporter] + [("eproc", verb) for verb in [*staff, "note"]]
        for other in others:
            races = race(webs, cast, tickets_in(status, NOTES), ("second_eproc", "note"), other)

            assert_told_truly(races)
            assert {answers[1].status for _forms, answers in races} == {302}, (status, other)


@pytest.mark.parametrize(("left", "right"), UNGUARDED)
def test_without_locks_and_versions_both_are_told_that_they_won(
    webs_without_locks: list[Web],
    cast: dict[str, User],
    tickets_in: Callable[..., list[Ticket]],
    left: Side,
    right: Side,
) -> None:
    """The negative control: proves that the races above meet, and that a lost one would be seen."""
    tickets = tickets_in(Status.NEW, LOST)

    races = race(webs_without_locks, cast, tickets, left, right)

    told = [tuple(answer.status for answer in answers) for _forms, answers in races]
    assert told.count((302, 302)) >= 0.9 * LOST, told
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
