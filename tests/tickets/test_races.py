"""Two people at the same moment: one does it, the other is told so politely, and the history holds."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection, transaction

from accounts.models import Lpse, Reporter, User
from core.fsm import AlreadyDone, Conflict
from core.numbers import make_number
from escalation.tiers import Desk, Tier
from tests.conftest import NOW
from tests.tickets.acts import ACTS, Act, assert_history_holds, form
from tests.tickets.copies import copies
from tickets.models import NumberCounter, Ticket
from tickets.models.queryset import TicketQuerySet
from tickets.services import handling

# Threads see committed rows only; the seeded catalogue is restored for every test.
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
Status = Ticket.Status
Told = Ticket | Exception
PAIRS = 10


def at_once(calls: Iterable[Callable[[], Told]]) -> list[Told]:
    """Run the calls in threads with connections of their own, and return what each person was told."""
    calls = list(calls)
    start = Barrier(len(calls), timeout=10)

    def run(call: Callable[[], Told]) -> Told:
        try:
            connection.ensure_connection()
            start.wait()
            return call()
        except (Conflict, AlreadyDone) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def has_one_winner(told: list[Told]) -> bool:
    return sum(isinstance(answer, Ticket) for answer in told) == 1


# Who stands against whom, on the same page of a ticket in this status.
RACES = [
    (Status.NEW, ("helpdesk", "take"), ("verifier", "take")),
    (Status.NEW, ("helpdesk", "escalate"), ("verifier", "escalate")),
    (Status.NEW, ("vendor", "reply"), ("helpdesk", "escalate")),
    (Status.NEW, ("vendor", "withdraw"), ("helpdesk", "take")),
    (Status.IN_PROGRESS, ("helpdesk", "escalate"), ("verifier", "resolve")),
    (Status.IN_PROGRESS, ("helpdesk", "resolve"), ("verifier", "resolve")),
    (Status.IN_PROGRESS, ("helpdesk", "resolve"), ("vendor", "reply")),
    (Status.IN_PROGRESS, ("helpdesk", "reply"), ("vendor", "reply")),
    (Status.IN_PROGRESS, ("helpdesk", "reassign"), ("verifier", "reassign")),
    (Status.IN_PROGRESS, ("helpdesk", "request_data"), ("verifier", "resolve")),
    (Status.IN_PROGRESS, ("helpdesk", "request_data"), ("verifier", "request_data")),
    (Status.IN_PROGRESS, ("vendor", "withdraw"), ("helpdesk", "resolve")),
    (Status.AWAITING_DATA, ("vendor", "provide_data"), ("vendor", "withdraw")),
    (Status.AWAITING_DATA, ("vendor", "provide_data"), ("helpdesk", "reassign")),
    (Status.AWAITING_DATA, ("vendor", "provide_data"), ("helpdesk", "reply")),
    (Status.AWAITING_CONFIRMATION, ("vendor", "confirm"), ("vendor", "reject")),
    (Status.AWAITING_CONFIRMATION, ("vendor", "confirm"), ("vendor", "confirm")),
    (Status.AWAITING_CONFIRMATION, ("vendor", "reject"), ("helpdesk", "reply")),
    (Status.CLOSED, ("vendor", "rate"), ("vendor", "rate")),
    (Status.CLOSED, ("vendor", "reopen"), ("vendor", "reopen")),
    (Status.CLOSED, ("vendor", "reopen"), ("vendor", "rate")),
]
RACES_AT_COUNTER = [
    (Status.IN_PROGRESS, ("consultant", "escalate"), ("walk_in", "withdraw")),
    (Status.AWAITING_DATA, ("consultant", "provide_data"), ("walk_in", "provide_data")),
    (Status.AWAITING_CONFIRMATION, ("consultant", "confirm_in_presence"), ("walk_in", "confirm")),
    (Status.AWAITING_CONFIRMATION, ("consultant", "confirm_in_presence"), ("walk_in", "reject")),
]
# Raced by themselves: two notes are both kept, sharing is no page's verb, a return starts above the LPSE, and only what
# is late is excused.
BY_THEMSELVES = {"note", "share", "unshare", "return", "excuse"}


def each(races: list[tuple[str, tuple[str, str], tuple[str, str]]]) -> pytest.MarkDecorator:
    names = [f"{left[1]}-{right[1]}" for _status, left, right in races]
    return pytest.mark.parametrize(("status", "left", "right"), races, ids=names)


def race(ticket: Ticket, cast: dict[str, User], *sides: tuple[str, str]) -> list[Told]:
    acts: list[tuple[Act, User]] = [(ACTS[verb], cast[name]) for name, verb in sides]
    return at_once([lambda act=act, by=by: act(ticket, by) for act, by in acts])


@pytest.fixture
def cast(helpdesk: User, verifier: User, vendor: User) -> dict[str, User]:
    return {"helpdesk": helpdesk, "verifier": verifier, "vendor": vendor}


def test_every_verb_runs_a_race() -> None:
    raced = {verb for _status, *sides in RACES + RACES_AT_COUNTER for _name, verb in sides}

    assert raced | BY_THEMSELVES == set(ACTS)


@each(RACES)
def test_of_two_acts_on_the_same_page_one_wins_and_the_other_is_told(
    ticket_in: Callable[..., Ticket], cast: dict[str, User], status: str, left: tuple[str, str], right: tuple[str, str]
) -> None:
    for ticket in copies(ticket_in(Tier.LPSE, status), PAIRS):
        events = ticket.events.filter(is_public=True).count()

        told = race(ticket, cast, left, right)

        assert has_one_winner(told), told
        assert ticket.events.filter(is_public=True).count() == events + 1
        assert_history_holds(ticket)


@each(RACES_AT_COUNTER)
def test_at_the_counter_too_one_of_two_wins(
    consultation_in: Callable[..., Ticket],
    consultant: User,
    walk_in: User,
    status: str,
    left: tuple[str, str],
    right: tuple[str, str],
) -> None:
    for ticket in copies(consultation_in(status), PAIRS):
        told = race(ticket, {"consultant": consultant, "walk_in": walk_in}, left, right)

        assert has_one_winner(told), told
        assert_history_holds(ticket)


@each(RACES[::5])  # one for each status
def test_without_locks_and_versions_the_same_races_are_lost(
    ticket_in: Callable[..., Ticket],
    cast: dict[str, User],
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    left: tuple[str, str],
    right: tuple[str, str],
) -> None:
    """The negative control: proves that the races above meet, and that something would be seen."""
    tickets = copies(ticket_in(Tier.LPSE, status), PAIRS)
    both_have_read = Barrier(2, timeout=10)

    def read_only(rows: TicketQuerySet, pk: int, **_ignored: Any) -> Ticket:
        ticket = rows.select_related("reporter", "lpse").get(pk=pk)
        both_have_read.wait()
        return ticket

    monkeypatch.setattr(TicketQuerySet, "lock", read_only)

    assert sum(is_lost(ticket, cast, left, right) for ticket in tickets) >= 9


def is_lost(ticket: Ticket, cast: dict[str, User], left: tuple[str, str], right: tuple[str, str]) -> bool:
    """Both were told that it is done, or one of them fell over what the other had already ended."""
    try:
        return not has_one_winner(race(ticket, cast, left, right))
    except (DatabaseError, ObjectDoesNotExist):
        return True


def test_two_notes_at_once_are_both_kept(ticket_in: Callable[..., Ticket], cast: dict[str, User]) -> None:
    for ticket in copies(ticket_in(), PAIRS):
        race(ticket, cast, ("helpdesk", "note"), ("verifier", "note"))

        assert ticket.events.filter(kind="noted").count() == 2
        assert_history_holds(ticket)


@pytest.mark.parametrize("service", ["reply_to_ticket", "add_internal_note"])
def test_a_double_click_writes_once(ticket_in: Callable[..., Ticket], helpdesk: User, service: str) -> None:
    for ticket in copies(ticket_in(), PAIRS):
        sent = form(ticket) | {"text": "Sekali saja."}
        click = lambda ticket=ticket, sent=sent: getattr(handling, service)(ticket.pk, by=helpdesk, **sent)  # noqa: E731

        told = at_once([click, click])

        assert has_one_winner(told), told
        assert ticket.events.filter(body="Sekali saja.").count() == 1


@pytest.mark.standard("R10")
def test_a_double_click_files_one_ticket(make_ticket: Callable[..., Ticket], vendor: User) -> None:
    for filed in range(1, PAIRS + 1):
        key = uuid4()

        told = at_once([lambda key=key: make_ticket(key=key)] * 2)

        assert has_one_winner(told), told
        assert Ticket.objects.count() == filed


@pytest.mark.standard("R11")
def test_two_officers_who_take_the_next_ticket_get_two_tickets(
    make_ticket: Callable[..., Ticket], lpse: Lpse, helpdesk: User, verifier: User
) -> None:
    for _ in range(PAIRS):
        waiting = {make_ticket(), make_ticket()}

        told = take_next_at_once(lpse, helpdesk, verifier)

        assert set(told) == waiting


@pytest.mark.standard("R11")
def test_the_last_waiting_ticket_is_given_to_one_officer(
    make_ticket: Callable[..., Ticket], lpse: Lpse, helpdesk: User, verifier: User
) -> None:
    for _ in range(PAIRS):
        ticket = make_ticket()

        told = take_next_at_once(lpse, helpdesk, verifier)

        assert has_one_winner(told), told
        assert_history_holds(ticket)


def test_taking_the_next_ticket_does_not_wait_for_somebody_who_is_busy_with_an_older_one(
    make_ticket: Callable[..., Ticket], lpse: Lpse, helpdesk: User
) -> None:
    busy, free = make_ticket(), make_ticket()

    with transaction.atomic():
        Ticket.objects.lock(busy.pk)
        told = take_next_at_once(lpse, helpdesk)

    assert told == [free]


def take_next_at_once(lpse: Lpse, *people: User) -> list[Told]:
    desk = Desk(Tier.LPSE, lpse)
    return at_once([lambda by=by: handling.take_next_ticket(desk, by=by, now=NOW) for by in people])


class Aborted(Exception):
    """Something failed after the number was taken."""


PEOPLE, FILINGS = 8, 200


def test_numbers_have_no_gap_and_no_duplicate_although_filings_fail(
    make_ticket: Callable[..., Ticket], make_user: Callable[..., User]
) -> None:
    file_at_once(make_ticket, make_user, FILINGS)


def file_at_once(make_ticket: Callable[..., Ticket], make_user: Callable[..., User], filings: int) -> None:
    """8 people file that many tickets at once; one in ten fails after its number was taken."""
    people = [make_user(f"orang{number}") for number in range(PEOPLE)]
    for person in people:
        Reporter.objects.create(user=person, kind=Reporter.Kind.AUDITOR, name=person.name, phone="+628120000000")

    def file_many(number: int, by: User) -> None:
        for turn in range(number, filings, PEOPLE):
            try:
                with transaction.atomic():
                    make_ticket(by=by)
                    if turn % 10 == 9:
                        raise Aborted
            except Aborted:
                continue

    at_once([lambda number=number, by=by: file_many(number, by) for number, by in enumerate(people)])

    numbers = Ticket.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [make_number("TKT", 2026, serial) for serial in range(1, filings * 9 // 10 + 1)]
    assert NumberCounter.objects.get().last == filings * 9 // 10
