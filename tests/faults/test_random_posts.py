"""Random forms at every address that takes one: no answer of 500, no traceback, and every ticket stays whole.

It sends 8,000 by default: a post costs some 25 ms, so 100,000 would take two cores over 20 minutes.
RANDOM_POSTS=100000 sends them all. Each process draws its forms from a seed of its own, but what they meet depends on
the race between them; so a failure tells the post with all it carried.
"""

import logging
import multiprocessing
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.db.models import Q, QuerySet
from django.test import Client
from django.test.utils import teardown_test_environment
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from accounts.models import Duty, Institution, Reporter, User
from core.forms import DeskForm
from escalation.tiers import Tier, duty_at
from knowledge.models import CannedText
from notifications.models import Notification
from tests.tickets.acts import assert_history_holds
from tests.tickets.pages import PDF, archive, image
from tickets.models import (
    Application,
    Attachment,
    DocumentRequirement,
    RequestedItem,
    SavedView,
    Subcategory,
    Ticket,
    TicketEvent,
)
from tickets.views.drafted import ITEM, NEED, REDRAW, SALT, TOKEN

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
ENOUGH = 12_000  # for every verb to have succeeded now and then
POSTS = int(os.environ.get("RANDOM_POSTS", "8000"))
PROCESSES, SEED = 2, 18112026
FRESH = 50  # posts between two looks at what there is, so that versions are stale now and then
LONGEST_PART = 2000  # of an address: gunicorn refuses a request line above 4,094 characters

HOSTILE = [
    "",
    " ",
    "\0",
    "a\0b",
    "\x1b[31m\x07\x08",
    "a\r\nBcc: b@contoh.invalid",
    "\u202egnp.exe",
    "\u2066\u2069\u200f",
    "\u200b\u200c\u200d\ufeff",
    "\u3164\u2800",
    "z\u0300" + "\u0301\u0317" * 300,
    "😀👩‍👩‍👧🇮🇩",
    "\ud800",
    "\U0010ffff\ufffe",
    "a" * 201,
    "a" * 10_001,
    "😀" * 10_001,
    "-1",
    "0",
    "1.5",
    "1e400",
    "NaN",
    "9" * 19,
    str(2**31),
    str(2**63),
    "9" * 5000,
    "-" + "9" * 5000,
    "٣",
    "²",
    "１２",
    "../../etc/passwd",
    "..\\..\\windows",
    "/" * 300,
    "//jahat.example",
    "http://[::1",
    "javascript:alert(1)",
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "{{7*7}}{% now 'Y' %}{nama}{0}%s%(n)s",
    "' OR 1=1; --",
    "[]",
    '{"$ne":null}',
    "true",
    "None",
    "31-02-2026",
    "01-01-0001",
    "31-12-9999",
    "24.60",
    "0000-0-0",
    "00000000-0000-0000-0000-000000000000",
]
FORGED = {"status": "closed", "tier": "4", "assignee": "1", "is_staff": "on", "is_superuser": "1", "number": "TKT-1"}
OWN_NAMES = [TOKEN, REDRAW, "canned", "tiket", "query", "next", "theme"]
PARTS = [f"{moment}_{part}" for moment in ("occurred_at", "stage_deadline_at") for part in ("day", "hour")]
QUERIES = ["next", "untuk", "draf", "jenis", "data_dukung", "sesudah", "sebelum", "dari", "tampil", "urut"]
FORM = "application/x-www-form-urlencoded"
BODIES = ["application/json", "text/plain", "multipart/form-data; boundary=a", f"{FORM}; charset=utf-16"]
CONTENTS = [
    image(),
    image("JPEG"),
    PDF,
    archive("a.txt"),
    archive("../../a.php"),
    b"",
    b"MZ\x90",
    b"<html>",
    b"\xff\xfe",
]
CHOICES: dict[str, list[str]] = {
    "kind": ["reply", "note"],
    "type": list(Ticket.Type),
    "theme": ["light", "dark", "auto"],
    "business_form": list(Reporter.BusinessForm),
    "email": ["wulan@contoh.invalid"],
    "phone": ["0812-0000-0001"],
    "npwp": ["1" * 16],  # one business, so that tickets can be shared
    "nib": ["3" * 13],
    "nip": ["4" * 18],
    "package_code": ["", "12345678"],
    "occurred_at_day": ["", "17-11-2026"],
    "occurred_at_hour": ["09.10"],
    "stage_deadline_at_day": ["", "30-12-2026"],
    "stage_deadline_at_hour": ["16.00"],
    "query": ["tampil=saya&urut=terbaru", "sesudah=x"],
    "next": ["/tiket/", "/"],
    "of_unit": ["", "on"],
}
ROWS: dict[str, Callable[[], "QuerySet[Any]"]] = {
    "application": Application.objects.all,
    "subcategory": Subcategory.objects.all,
    "institution": Institution.objects.all,
    "colleague": lambda: Reporter.objects.filter(kind=Reporter.Kind.VENDOR),
    "officer": lambda: User.objects.filter(duties__isnull=False),
    "canned": CannedText.objects.all,
    "view": SavedView.objects.all,
    "message": lambda: Notification.objects.order_by("-pk"),
    "need": DocumentRequirement.objects.all,
    "item": lambda: RequestedItem.objects.order_by("-pk"),
}


def form_classes(parent: type[DeskForm] = DeskForm) -> Iterator[type[DeskForm]]:
    for child in parent.__subclasses__():
        yield child
        yield from form_classes(child)


def routes(patterns: Any, prefix: str = "/") -> Iterator[str]:
    """Walk every address but those of allauth, which are rate limited, and of the admin, which are Django's."""
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if not isinstance(entry, URLPattern):
            if entry.namespace != "admin":
                yield from routes(entry.url_patterns, route)
        elif not (entry.name or "").startswith("account_"):
            yield route


class Sender:
    """One process: people in their browsers, and a random form from one of them at a time."""

    def __init__(self, people: list[User], tickets: list[int], seed: int) -> None:
        self.random = random.Random(seed)
        self.people, self.tickets = people, tickets
        names = {name for form in form_classes() for name in form.base_fields}
        self.names = sorted(names.union(OWN_NAMES, PARTS))
        self.keys = [(UUID(int=self.random.getrandbits(128)), person.pk) for person in people]
        self.browsers = [Client(raise_request_exception=False, SERVER_NAME="localhost") for _ in range(len(people) + 1)]
        for browser, person in zip(self.browsers, people, strict=False):
            browser.force_login(person, backend=django_settings.AUTHENTICATION_BACKENDS[0])
        self.look()
        self.complaints = listen()
        self.routes = [route for route in routes(get_resolver().url_patterns) if self.takes_forms(route)]

    def takes_forms(self, route: str) -> bool:
        """Return whether the view behind this address reads a POST; the others answer 405 to everybody."""
        return self.browsers[0].post(self.fill_in(route, self.open[0], foreign=False)).status_code != 405

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def look(self) -> None:
        """Read what there is, as a person who opens pages does."""
        rows = Ticket.objects.select_related("lpse", "reporter__user")
        self.open = [*rows.filter(pk__in=self.tickets), *rows.order_by("-pk")[:20]]
        self.rows = {name: [str(row.pk) for row in found()[:60]] for name, found in ROWS.items()}
        self.files = [str(key) for key in Attachment.objects.order_by("-pk").values_list("key", flat=True)[:60]]

    def some(self, name: str) -> str:
        return self.random.choice(self.rows[name] or ["1"])

    def hostile(self) -> str:
        return self.random.choice(HOSTILE)

    def fill_in(self, route: str, ticket: Ticket, *, foreign: bool) -> str:
        """Return an address that exists, or one with something strange where a key should be."""
        view = "view" if "tampilan" in route else "canned" if "balasan" in route else "message"
        keys = {
            "<str:number>": ticket.number,
            "<slug:desk>": ticket.desk.slug,
            "<int:pk>": self.some("colleague" if "bagikan" in route else view),
            "<uuid:key>": self.random.choice(self.files or ["00000000-0000-0000-0000-000000000000"]),
        }
        for mark, key in keys.items():
            route = route.replace(mark, quote(self.hostile(), errors="replace") if foreign else key)
        return route

    def token(self, person: User) -> str:
        """Return the token of a form just drawn for this person or sent before by anybody, or nothing of the kind."""
        if self.chance(0.1):
            return self.hostile()
        key, owner = UUID(int=self.random.getrandbits(128)), person.pk
        if self.chance(0.2):
            key, owner = self.random.choice(self.keys)
        if self.chance(0.1):
            self.keys[self.random.randrange(len(self.keys))] = (key, owner)
        return signing.dumps([key.hex, owner], salt=SALT)

    def told(self, ticket: Ticket, person: User) -> dict[str, Any]:
        """Return what a person would put into each field, where not any words will do."""
        day = timezone.now().date() + timedelta(days=self.random.randrange(1, 9))
        return {name: self.some(name) for name in self.rows} | {
            **{name: self.random.choice(choices) for name, choices in CHOICES.items()},
            TOKEN: self.token(person),
            "version": ticket.version - self.chance(0.1),
            "reply_by": f"{day:%d-%m-%Y}",
            "tickets": [other.number for other in self.random.sample(self.open, 3)],
            "tiket": ticket.number,
            "lpse": str(ticket.lpse.pk),
            "absent": self.some("officer"),
            "rating": self.random.randrange(1, 6),
            "name": f"Tampilan {self.random.randrange(100)}",
            "title": f"Tombol {self.random.randrange(100)} tidak merespons",
        }

    def fields(self, ticket: Ticket, person: User) -> dict[str, Any]:
        """Return all the fields there are, for every form ignores those of the others; some missing, some hostile."""
        kept, told = self.random.choice([1, 1, 0.9, 0.5]), self.told(ticket, person)
        sent = {name: told.get(name, "Muncul 504.\nNIB") for name in self.names if self.chance(kept)}
        if not self.chance(0.05):
            sent.pop(REDRAW, None)
        sent |= {f"reason_{self.some('item')}": "Hilang.", f"need_{self.hostile()}": "x"} if self.chance(0.2) else {}
        sent |= FORGED if self.chance(0.2) else {}
        for _ in range(self.random.choice([0, 0, 1, 2, 5])):
            name = self.random.choice([*self.names, "version", TOKEN, self.hostile()])
            sent[name] = self.random.choice([self.hostile(), [self.hostile(), self.hostile()]])
        return sent

    def upload(self) -> dict[str, SimpleUploadedFile]:
        """Return a small file: under a name of any kind, true to it or not, for any input."""
        item, need = f"{ITEM}{self.some('item')}", f"{NEED}{self.some('need')}"
        field = self.random.choice(["files", "files", item, need, f"{NEED}{self.hostile()}", "title", TOKEN])
        name = self.random.choice(["a.png", "b.pdf", "c.txt", "d.zip", "e.exe", "f.docx", "g.mp4", self.hostile()])
        content = self.random.choice(CONTENTS) + self.random.randbytes(self.random.choice([0, 8]))
        name = as_sendable(name).rpartition("/")[2] or "x"  # the test client itself sends no folders
        return {as_sendable(field): SimpleUploadedFile(name, content)}

    def draw(self) -> tuple[int, dict[str, Any]]:
        """Return whose browser sends what where."""
        ticket = self.random.choice(self.open)
        concerned = [
            number
            for number, person in enumerate(self.people)
            if person == ticket.reporter.user or duty_at(person, ticket.tier, ticket.lpse_id)
        ]
        anybody = range(len(self.browsers))
        number = self.random.choice(concerned if concerned and self.chance(0.6) else anybody)
        sent = self.fields(ticket, self.people[min(number, len(self.people) - 1)])
        path = self.fill_in(self.random.choice(self.routes), ticket, foreign=self.chance(0.03))
        address = {"path": path[:LONGEST_PART]}
        if self.chance(0.2):
            value = self.random.choice([self.hostile(), f"/tiket/{ticket.number}/", "vendor", ticket.desk.slug])
            query = urlencode({self.random.choice(QUERIES): value}, errors="replace")
            address["query_string"] = query[:LONGEST_PART]
        headers = {"HTTP_HX_REQUEST": "true"} if self.chance(0.1) else {}
        if self.chance(0.05):
            plain = {as_sendable(name): as_sendable(value) for name, value in sent.items()}
            return number, address | headers | {"data": plain | self.upload()}
        kind = self.random.choice(BODIES) if self.chance(0.02) else FORM
        return number, address | headers | {"data": urlencode(sent, True, errors="surrogatepass"), "content_type": kind}

    def send(self, count: int) -> tuple[Counter[int], list[str]]:
        """Send so many posts; return how they were answered, and what went wrong."""
        answers: Counter[int] = Counter()
        wrong: list[str] = []
        for position in range(count):
            if position % FRESH == 0:
                self.look()
            number, post = self.draw()
            self.complaints.clear()
            answer = self.browsers[number].post(**post)
            answers[answer.status_code] += 1
            if answer.status_code >= 500 or self.complaints:
                said = "\n".join(self.complaints)
                wrong.append(f"{answer.status_code} to browser {number}: {post!r:.4000}\n{said}")
        return answers, wrong


def as_sendable(value: Any) -> Any:
    """Return a value as a form with files can carry it: no half of a letter."""
    if isinstance(value, list):
        return [as_sendable(part) for part in value]
    return str(value).replace("\ud800", "?")


def listen() -> list[str]:
    """Return the list to which every logged error is added from now on; nothing else is logged."""
    errors: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            errors.append(logging.Formatter().format(record))

    logging.getLogger().handlers = [Listener(logging.ERROR)]
    return errors


def process(people: list[User], tickets: list[int], seed: int, count: int) -> tuple[Counter[int], list[str]]:
    """Send from a process forked off the test, with a connection of its own and without the spies of the tests."""
    teardown_test_environment()
    return Sender(people, tickets, seed).send(count)


@pytest.fixture
def people(request: pytest.FixtureRequest, settings: Any) -> list[User]:
    """Everybody there is; tickets may also go back a tier."""
    settings.TICKET_RETURN = True
    settings.ALLOWED_HOSTS = ["localhost"]
    names = "vendor other_vendor colleague ppk author helpdesk verifier other_helpdesk eproc teknis tim_teknis"
    return [request.getfixturevalue(name) for name in f"{names} supervisor receptionist".split()]


@pytest.fixture
def tickets(people: list[User], ticket_in: Callable[..., Ticket]) -> list[int]:
    """One ticket in every state at every tier, of either reporter."""
    return [ticket_in(tier, status, by=person).pk for tier in Tier for status in Ticket.Status for person in people[:2]]


def test_no_random_form_breaks_anything(people: list[User], tickets: list[int]) -> None:
    duties = list(Duty.objects.order_by("pk").values())
    connections.close_all()

    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        shares = [(people, tickets, SEED + number, POSTS // PROCESSES) for number in range(PROCESSES)]
        outcomes = pool.starmap(process, shares)

    wrong = [post for _answers, posts in outcomes for post in posts]
    print(*(answers for answers, _posts in outcomes))  # by status
    assert not wrong, f"{len(wrong)} posts went wrong, among them\n" + "\n\n".join(wrong[:10])
    for ticket in Ticket.objects.all():
        assert_history_holds(ticket)
    assert list(Duty.objects.order_by("pk").values()) == duties
    assert not User.objects.filter(Q(is_staff=True) | Q(is_superuser=True)).exists()
    # The forms were random, yet sensible enough to do everything there is to do.
    assert POSTS < ENOUGH or set(TicketEvent.Kind) == set(TicketEvent.objects.values_list("kind", flat=True))
