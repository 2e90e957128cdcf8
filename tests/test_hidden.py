"""What is not yours looks like what does not exist, whatever it is and however it is asked for (reliability §4B)."""

import re
import statistics
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.models import User
from audit.models import AuditEntry
from core.numbers import make_number
from tests import test_who_may_open_what as table
from tests.conftest import NOW
from tests.consultations import conftest as counter
from tickets.models import Ticket

SignIn = Callable[[User], Client]
people, place, operator = table.people, table.place, table.operator
make_visit, rooms, officers, purpose = counter.make_visit, counter.rooms, counter.officers, counter.purpose
newcomer, facts = counter.newcomer, counter.facts
NUMBER = re.compile(r"([A-Z]+)-2026-\d{6}-\d")
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
# Way, address, what it is about and who asks; people and matters as in who_may_open_what.txt.
HIDDEN = [
    # Tickets, what is printed of them, and the acts on them.
    ("GET", "tickets:detail", "busy@1", "rep2"),
    ("GET", "tickets:detail", "busy@1", "lps2"),
    ("GET", "tickets:detail", "busy@1", "epro"),
    ("GET", "tickets:detail", "busy@3", "call"),
    ("GET", "tickets:result", "closed@3", "lps2"),
    ("GET", "tickets:promise", "busy@1", "rep2"),
    ("GET", "tickets:letters", "busy@1", "rep"),
    ("GET", "tickets:filed", "busy@1", "lpse"),
    ("GET", "tickets:escalate", "busy@1", "tekn"),
    ("POST", "tickets:escalate", "busy@1", "lps2"),
    ("POST", "tickets:reply", "busy@1", "rep2"),
    ("GET", "tickets:share", "busy@1", "mate"),
    ("GET", "tickets:provide_data", "asked@3", "rep2"),
    ("GET", "tickets:reassign", "busy@1", "tekn"),
    # Queues.
    ("GET", "tickets:queue", "desk@1", "lps2"),
    ("GET", "tickets:hand_over", "held@1", "lps2"),
    ("GET", "knowledge:texts", "desk@1", "lps2"),
    # Files.
    ("GET", "tickets:download", "reply@1", "rep2"),
    ("GET", "tickets:download", "note@1", "rep"),
    ("GET", "tickets:preview", "note@1", "rep"),
    ("GET", "tickets:download", "draft", "spv"),
    ("GET", "complaints:file", "complaint@busy", "tekn"),
    ("GET", "complaints:preview", "complaint@busy", "epro"),
    ("GET", "consultations:preview", "visit@finished", "rep"),
    # Complaints, rows of the guest book, calls, questions, messages.
    ("GET", "complaints:detail", "complaint@busy", "rep"),
    ("GET", "complaints:receipt", "complaint@busy", "oper"),
    ("GET", "consultations:visit", "visit@registered", "lpse"),
    ("GET", "consultations:slip", "visit@registered", "call"),
    ("GET", "consultations:receipt", "visit@finished", "tekn"),
    ("GET", "callcenter:entry", "call@done", "cons"),
    ("GET", "callcenter:confirmation", "call@asked", "recp"),
    ("POST", "notifications:follow", "message", "rep2"),
    # Pieces of pages, and what looks something up.
    ("POST", "tickets:presence", "busy@1", "lps2"),
    ("GET", "callcenter:of_ticket", "busy@1", "rep"),
    ("GET", "callcenter:timer", "call@running", "spv"),
    ("POST", "callcenter:look_up", "call@running", "spv"),
    ("POST", "consultations:people_found", "-", "lpse"),
    # Sheets and settings: there is nothing of this name.
    ("GET", "consultations:export", "-", "lpse"),
    ("GET", "callcenter:export", "-", "cons"),
    ("GET", "audit:export", "-", "spv2"),
    ("GET", "audit:entry", "entry", "lpse"),
    ("GET", "accounts:person", "officer", "rep"),
    ("GET", "notifications:sent", "-", "tekn"),
    ("GET", "admin:*", "-", "spv"),
]


def nothing_at(path: str) -> str:
    """Return an address as long as this one at which there is nothing."""
    other = NUMBER.sub(lambda found: make_number(found[1], 2026, 999_999), path)
    other = KEY.sub(str(uuid4()), other).replace("sukamaju", "sukamiju")
    other = re.sub(r"/(\d+)/", lambda found: f"/{'9' * len(found[1])}/", other)
    return other if other != path else f"{path[:-2]}q/"


def bare(answer: Any, path: str) -> str:
    """Return a page without what differs on every page: its one-time token and its own address."""
    text = re.sub(r"(csrfmiddlewaretoken\W+value=|X-CSRFToken\W+)\W?\w+", r"\1", answer.content.decode())
    return text.replace(path, "")


def is_ours(path: str) -> bool:
    try:
        return bool(resolve(path))
    except Resolver404:
        return False


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(("way", "address", "about", "heading"), HIDDEN)
def test_what_is_not_yours_looks_like_what_does_not_exist(
    way: str,
    address: str,
    about: str,
    heading: str,
    people: dict[str, User | None],
    make_user: Callable[..., User],
    place: Callable[..., tuple[str, Ticket | None]],
    sign_in: SignIn,
) -> None:
    path, ticket = place(address, about)
    nothing = nothing_at(path)
    person = people.get(heading) or make_user("siapa")
    browser, form = sign_in(person), table.form_for(address, ticket, person) if way == "POST" else {}

    missing, hidden = (getattr(browser, way.lower())(each, form) for each in (nothing, path))

    assert nothing != path
    assert len(nothing) == len(path)
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert bare(hidden, path) == bare(missing, nothing)
    assert len(hidden.content) == len(missing.content)
    assert hidden.headers.keys() == missing.headers.keys()
    refused = AuditEntry.objects.filter(kind="refused").order_by("pk").values_list("subject", "actor")
    assert list(refused) == [(each, person.pk) for each in (nothing, path) if is_ours(each)]


@pytest.mark.faults
def test_the_two_take_as_long(ticket: Ticket, other_vendor: User, sign_in: SignIn) -> None:
    path, browser = ticket.get_absolute_url(), sign_in(other_vendor)
    took: dict[str, list[float]] = {path: [], nothing_at(path): []}

    for _try in range(200):
        for each, times in took.items():
            began = time.perf_counter()
            browser.get(each)
            times.append(time.perf_counter() - began)

    hidden, missing = (statistics.median(times) for times in took.values())
    assert abs(hidden - missing) <= 0.1 * missing, (hidden, missing)
