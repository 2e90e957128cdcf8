"""Who may open what: every address and every role in one table. An address without rows in it fails the build."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib import admin
from django.core import signing
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from accounts.models import Duty, User
from audit.models import AuditEntry
from core.numbers import make_number
from notifications.models import Notification
from tests.conftest import NOW
from tests.tickets.pages import image, upload
from tickets.models import Application, Attachment, Subcategory, Ticket, TicketEvent
from tickets.services import handling, uploads
from tickets.views.drafted import SALT, TOKEN

Browse = Callable[[User], Client]
Place = Callable[[str, str], tuple[str, Ticket | None]]
# The heading of each column, and the fixture of the person who sits in it.
PEOPLE = {
    "anon": "",
    "rep": "vendor",
    "rep2": "other_vendor",
    "lpse": "helpdesk",
    "lps2": "other_helpdesk",
    "epro": "eproc",
    "tekn": "teknis",
    "timt": "tim_teknis",
    "recp": "receptionist",
    "cons": "consultant",
    "call": "call_agent",
    "spv": "supervisor",
    "comp": "complaint_officer",
    "oper": "operator",
}
# A ticket stands here as status@tier; one at tier 1 never reached LKPP, one at tier 3 did. Every POST carries a whole
# and valid form, so what is refused is the person (403, 404) or the state (409). 302 for "anon" leads to sign-in.
TABLE = """
address                              way  about    anon rep  rep2 lpse lps2 epro tekn timt recp cons call spv  comp oper
home                                 GET  -        200  200  200  200  200  200  200  200  200  200  200  200  200  200
start                                GET  -        302  302  302  302  302  302  302  302  302  302  302  302  302  302
theme                                POST -        302  302  302  302  302  302  302  302  302  302  302  302  302  302
account_login                        GET  -        200  302  302  302  302  302  302  302  302  302  302  302  302  302
account_login                        POST -        200  302  302  302  302  302  302  302  302  302  302  302  302  302
account_logout                       GET  -        302  200  200  200  200  200  200  200  200  200  200  200  200  200
account_logout                       POST -        302  302  302  302  302  302  302  302  302  302  302  302  302  302
account_signup                       GET  -        200  302  302  302  302  302  302  302  302  302  302  302  302  302
account_signup                       POST -        200  302  302  302  302  302  302  302  302  302  302  302  302  302
account_inactive                     GET  -        200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_reauthenticate               GET  -        302  200  200  200  200  200  200  200  200  200  200  200  200  200
account_reauthenticate               POST -        302  200  200  200  200  200  200  200  200  200  200  200  200  200
account_change_password              GET  -        302  200  200  200  200  200  200  200  200  200  200  200  200  200
account_change_password              POST -        302  200  200  200  200  200  200  200  200  200  200  200  200  200
account_reset_password               GET  -        200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_reset_password               POST -        200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_reset_password_done          GET  -        200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_reset_password_from_key      GET  link     200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_reset_password_from_key      POST link     200  200  200  200  200  200  200  200  200  200  200  200  200  200
account_reset_password_from_key_done GET  -        200  200  200  200  200  200  200  200  200  200  200  200  200  200
accounts:profile                     GET  -        302  200  200  200  200  200  200  200  200  200  200  200  200  200
accounts:profile                     POST -        302  200  200  200  200  200  200  200  200  200  200  200  200  200
notifications:inbox                  GET  -        302  200  200  200  200  200  200  200  200  200  200  200  200  200
notifications:follow                 POST message  302  302  404  404  404  404  404  404  404  404  404  404  404  404
notifications:read_all               POST -        302  302  302  302  302  302  302  302  302  302  302  302  302  302
tickets:file                         GET  -        302  200  200  302  302  302  302  302  302  302  302  302  302  302
tickets:file                         POST -        302  302  302  302  302  302  302  302  302  302  302  302  302  302
tickets:requirements                 GET  htmx     302  200  200  302  302  302  302  302  302  302  302  302  302  302
tickets:filed                        GET  new@1    302  200  404  404  404  404  404  404  404  404  404  404  404  404
tickets:filed                        GET  new@3    302  200  404  404  404  404  404  404  404  404  404  404  404  404
tickets:mine                         GET  -        302  200  200  200  200  200  200  200  200  200  200  200  200  200
tickets:queue                        GET  desk@1   302  404  404  200  404  404  404  404  404  404  404  200  404  404
tickets:queue                        GET  desk@3   302  404  404  404  404  404  200  404  404  404  404  200  404  404
tickets:take_next                    POST desk@1   302  404  404  302  404  404  404  404  404  404  404  404  404  404
tickets:take_next                    POST desk@3   302  404  404  404  404  404  302  404  404  404  404  403  404  404
tickets:detail                       GET  new@1    302  200  404  200  404  404  404  404  404  404  404  200  404  404
tickets:detail                       GET  new@3    302  200  404  200  404  200  200  200  404  404  404  200  404  404
tickets:detail                       GET  closed@3 302  200  404  200  404  200  200  200  404  404  404  200  404  404
tickets:take                         POST new@1    302  403  404  302  404  404  404  404  404  404  404  403  404  404
tickets:take                         POST new@3    302  403  404  403  404  403  302  403  404  404  404  403  404  404
tickets:take                         POST busy@1   302  403  404  409  404  404  404  404  404  404  404  403  404  404
tickets:reply                        GET  busy@1   302  302  404  302  404  404  404  404  404  404  404  302  404  404
tickets:reply                        POST busy@1   302  302  404  302  404  404  404  404  404  404  404  403  404  404
tickets:reply                        POST busy@3   302  302  404  403  404  403  302  403  404  404  404  403  404  404
tickets:reply                        POST closed@1 302  409  404  409  404  404  404  404  404  404  404  403  404  404
tickets:escalate                     GET  busy@1   302  403  404  200  404  404  404  404  404  404  404  403  404  404
tickets:escalate                     GET  busy@3   302  403  404  403  404  403  200  403  404  404  404  403  404  404
tickets:escalate                     GET  busy@4   302  403  404  403  404  403  403  409  404  404  404  403  404  404
tickets:escalate                     POST busy@1   302  403  404  302  404  404  404  404  404  404  404  403  404  404
tickets:escalate                     POST busy@3   302  403  404  403  404  403  302  403  404  404  404  403  404  404
tickets:escalate                     POST busy@4   302  403  404  403  404  403  403  409  404  404  404  403  404  404
tickets:resolve                      GET  busy@1   302  403  404  200  404  404  404  404  404  404  404  403  404  404
tickets:resolve                      GET  busy@3   302  403  404  403  404  403  200  403  404  404  404  403  404  404
tickets:resolve                      GET  new@1    302  403  404  409  404  404  404  404  404  404  404  403  404  404
tickets:resolve                      POST busy@1   302  403  404  302  404  404  404  404  404  404  404  403  404  404
tickets:resolve                      POST busy@3   302  403  404  403  404  403  302  403  404  404  404  403  404  404
tickets:resolve                      POST new@1    302  403  404  409  404  404  404  404  404  404  404  403  404  404
tickets:confirm                      GET  solved@1 302  200  404  403  404  404  404  404  404  404  404  403  404  404
tickets:confirm                      GET  solved@3 302  200  404  403  404  403  403  403  404  404  404  403  404  404
tickets:confirm                      GET  busy@1   302  409  404  403  404  404  404  404  404  404  404  403  404  404
tickets:confirm                      POST solved@1 302  302  404  403  404  404  404  404  404  404  404  403  404  404
tickets:confirm                      POST solved@3 302  302  404  403  404  403  403  403  404  404  404  403  404  404
tickets:confirm                      POST busy@1   302  409  404  403  404  404  404  404  404  404  404  403  404  404
tickets:reject                       GET  solved@1 302  200  404  403  404  404  404  404  404  404  404  403  404  404
tickets:reject                       GET  solved@3 302  200  404  403  404  403  403  403  404  404  404  403  404  404
tickets:reject                       GET  busy@1   302  409  404  403  404  404  404  404  404  404  404  403  404  404
tickets:reject                       POST solved@1 302  302  404  403  404  404  404  404  404  404  404  403  404  404
tickets:reject                       POST solved@3 302  302  404  403  404  403  403  403  404  404  404  403  404  404
tickets:reject                       POST busy@1   302  409  404  403  404  404  404  404  404  404  404  403  404  404
tickets:rate                         POST closed@1 302  302  404  403  404  404  404  404  404  404  404  403  404  404
tickets:rate                         POST closed@3 302  302  404  403  404  403  403  403  404  404  404  403  404  404
tickets:rate                         POST busy@1   302  409  404  403  404  404  404  404  404  404  404  403  404  404
tickets:result                       GET  solved@1 302  200  404  200  404  404  404  404  404  404  404  200  404  404
tickets:result                       GET  solved@3 302  200  404  200  404  200  200  200  404  404  404  200  404  404
tickets:result                       GET  busy@1   302  404  404  404  404  404  404  404  404  404  404  404  404  404
tickets:download                     GET  reply@1  302  200  404  200  404  404  404  404  404  404  404  200  404  404
tickets:download                     GET  reply@3  302  200  404  200  404  200  200  200  404  404  404  200  404  404
tickets:download                     GET  note@1   302  404  404  200  404  404  404  404  404  404  404  200  404  404
tickets:download                     GET  note@3   302  404  404  200  404  200  200  200  404  404  404  200  404  404
tickets:download                     GET  draft    302  200  404  404  404  404  404  404  404  404  404  404  404  404
tickets:preview                      GET  reply@1  302  200  404  200  404  404  404  404  404  404  404  200  404  404
tickets:preview                      GET  note@1   302  404  404  200  404  404  404  404  404  404  404  200  404  404
tickets:remove_file                  POST draft    302  302  404  404  404  404  404  404  404  404  404  404  404  404
tickets:remove_file                  POST reply@1  302  404  404  404  404  404  404  404  404  404  404  404  404  404
admin:*                              GET  -        302  302  302  302  302  302  302  302  302  302  302  302  302  200
"""
HEADINGS, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
STATUSES = {
    "new": Ticket.Status.NEW,
    "busy": Ticket.Status.IN_PROGRESS,
    "solved": Ticket.Status.AWAITING_CONFIRMATION,
    "closed": Ticket.Status.CLOSED,
}
FORMS: dict[str, dict[str, Any]] = {
    "tickets:reply": {"kind": "reply", "text": "Sudah saya coba, belum berhasil."},
    "tickets:escalate": {"analysis": "Log server sudah diperiksa.", "line": "Kami teruskan."},
    "tickets:resolve": {"solution": "Kosongkan tembolok, lalu masuk kembali."},
    "tickets:reject": {"reason": "Pesan yang sama masih muncul."},
    "tickets:rate": {"rating": "4"},
}


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    """Runs the installation; holds no duty, so no ticket is theirs to read."""
    return make_user("operator", is_staff=True, is_superuser=True)


@pytest.fixture
def people(request: pytest.FixtureRequest) -> dict[str, User | None]:
    """One person for each column."""
    return {heading: request.getfixturevalue(name) if name else None for heading, name in PEOPLE.items()}


@pytest.fixture
def place(ticket_in: Callable[..., Ticket], vendor: User) -> Place:
    """The path of an address for what the column "about" says, and the ticket it belongs to."""

    def find(address: str, about: str) -> tuple[str, Ticket | None]:
        kind, _at, tier = about.partition("@")
        if kind in STATUSES:
            ticket = ticket_in(int(tier), STATUSES[kind])
            return reverse(address, args=[ticket.number]), ticket
        if kind in ("reply", "note"):
            ticket = ticket_in(int(tier), Ticket.Status.IN_PROGRESS)
            return reverse(address, args=[send_file(ticket, internal=kind == "note").key]), ticket
        if kind == "draft":
            return reverse(address, args=[attach(uuid4(), vendor).key]), None
        if kind == "message":
            ticket = ticket_in()
            return reverse(address, args=[Notification.objects.get(recipient=vendor).pk]), ticket
        if kind == "desk":
            ticket_in(int(tier))
            return reverse(address, args=["lpse-sukamaju" if tier == "1" else "teknis"]), None
        arguments = {"link": ["1", "kunci-salah"]}.get(about, [])
        return reverse("admin:index" if address == "admin:*" else address, args=arguments), None

    return find


def attach(key: UUID, owner: User) -> Attachment:
    """Upload a small picture into a draft of this person."""
    return uploads.attach(upload("layar.png", image()), key=key, by=owner, now=NOW)


def send_file(ticket: Ticket, *, internal: bool) -> Attachment:
    """Return a file that the officer in charge sent with a reply or an internal note."""
    officer = ticket.assignee
    assert officer is not None
    key = uuid4()
    attach(key, officer)
    service = handling.add_internal_note if internal else handling.reply_to_ticket
    service(ticket.pk, by=officer, now=NOW, version=ticket.version, key=key, text="Terlampir.")
    return Attachment.objects.get(event__key=key)


def form_for(address: str, ticket: Ticket | None, person: User | None) -> dict[str, Any]:
    """Return a whole and valid form, as the page would have been drawn for this person."""
    form = dict(FORMS.get(address, {}))
    if address == "tickets:file":
        form = {
            "application": Application.objects.get(name="SPSE").pk,
            "subcategory": Subcategory.objects.get(category__name="Akun", name="Gagal masuk").pk,
            "type": "problem",
            "title": "Tidak dapat masuk",
            "description": "Muncul pesan User ID salah.",
        }
        form["lpse"] = person.own_reporter.lpse_id if person and person.own_reporter else ""
    if ticket:
        form["version"] = Ticket.objects.get(pk=ticket.pk).version
    if person:
        form[TOKEN] = signing.dumps([uuid4().hex, person.pk], salt=SALT)
    return form


@contextmanager
def undone() -> Iterator[None]:
    """Let the next person find everything as the last one did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def everything() -> list[Any]:
    """Return what no refused request and no GET may change."""
    tickets = Ticket.objects.order_by("pk").values_list("pk", "version", "tier", "status", "assignee", "rating")
    unread = Notification.objects.filter(read_at=None).count()
    return [list(tickets), TicketEvent.objects.count(), Attachment.objects.count(), unread]


def names_of(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """Find the name of every address; one without a name is called by its pattern."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from names_of(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        else:
            yield "admin:*" if namespace == "admin:" else f"{namespace}{entry.name or entry.pattern}"


def test_every_address_is_in_the_table() -> None:
    told, present = {row[0] for row in ROWS}, set(names_of(get_resolver()))

    assert not present - told, "Say who may open these: add rows for them to TABLE in tests/test_who_may_open_what.py."
    assert not told - present, "These addresses are gone: take their rows out of tests/test_who_may_open_what.py."


def test_an_address_takes_no_other_way_than_the_table_says(helpdesk: User, sign_in: Browse) -> None:
    told = {(row[0], row[1]) for row in ROWS}
    others = {(name, way) for name, _way in told for way in ("GET", "POST")} - told - {("admin:*", "POST")}

    answers = {(name, way): sign_in(helpdesk).generic(way, any_path(name)).status_code for name, way in others}

    assert answers == dict.fromkeys(others, 405), "Add rows for these to TABLE in tests/test_who_may_open_what.py."


def any_path(name: str) -> str:
    """Return a path of this address; what it is about need not exist."""
    for arguments in ([], ["TKT-2026-000001-1"], [1], [uuid4()]):
        with suppress(NoReverseMatch):
            return reverse(name, args=arguments)
    raise AssertionError(f"Say in any_path what {name} takes.")


@pytest.mark.parametrize("row", ROWS, ids=[" ".join(row[:3]) for row in ROWS])
def test_every_role_gets_its_answer(
    row: list[str],
    people: dict[str, User | None],
    place: Place,
    sign_in: Browse,
) -> None:
    address, way, about, *expected = row
    path, ticket = place(address, about)
    before = everything()
    answers, touched = {}, []

    for heading, person in people.items():
        with undone():
            browser = sign_in(person) if person else Client()
            headers = {"HX-Request": "true"} if about == "htmx" else {}
            form = form_for(address, ticket, person) if way == "POST" else {}
            answer = getattr(browser, way.lower())(path, form, headers=headers)
            answers[heading] = str(answer.status_code)
            if (way == "GET" or answer.status_code >= 400) and everything() != before:
                touched.append(heading)

    assert answers == dict(zip(HEADINGS[3:], expected, strict=True))
    assert touched == []


HIDDEN = [
    ("tickets:detail", "busy@1", "rep2"),
    ("tickets:detail", "busy@1", "lps2"),
    ("tickets:detail", "busy@1", "epro"),
    ("tickets:detail", "busy@3", "call"),
    ("tickets:result", "closed@3", "lps2"),
    ("tickets:filed", "busy@1", "lpse"),
    ("tickets:escalate", "busy@1", "tekn"),
    ("tickets:queue", "desk@1", "lps2"),
    ("tickets:download", "reply@1", "rep2"),
    ("tickets:download", "note@1", "rep"),
    ("tickets:preview", "note@1", "rep"),
    ("tickets:download", "draft", "spv"),
]


@pytest.mark.parametrize(("address", "about", "heading"), HIDDEN)
def test_what_is_not_yours_looks_like_what_does_not_exist(
    address: str,
    about: str,
    heading: str,
    people: dict[str, User | None],
    place: Place,
    sign_in: Browse,
) -> None:
    path, _ticket = place(address, about)
    nothing = re.sub(r"TKT-2026-\d{6}-\d", make_number("TKT", 2026, 999_999), path)
    nothing = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", str(uuid4()), nothing).replace("sukamaju", "sukamiju")
    person = people[heading]
    assert person is not None
    browser = sign_in(person)

    hidden, missing = browser.get(path), browser.get(nothing)

    assert nothing != path
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert bare(hidden, path) == bare(missing, nothing)
    assert len(hidden.content) == len(missing.content)
    assert hidden.headers.keys() == missing.headers.keys()
    assert list(AuditEntry.objects.filter(kind="refused").values_list("subject", flat=True)) == [nothing, path]


def bare(answer: Any, path: str) -> str:
    """Return a page without what differs on every page: its one-time token and its own address."""
    text = re.sub(r"(csrfmiddlewaretoken\W+value=|X-CSRFToken\W+)\W?\w+", r"\1", answer.content.decode())
    return text.replace(path, "")


def test_lists_of_the_admin_are_for_the_operator_alone(people: dict[str, User | None], sign_in: Browse) -> None:
    models = [model._meta for model in admin.site._registry]
    lists = [reverse(f"admin:{model.app_label}_{model.model_name}_changelist") for model in models]

    answers = {
        heading: {(sign_in(person) if person else Client()).get(path).status_code for path in lists}
        for heading, person in people.items()
    }

    assert lists
    assert answers == {heading: {200 if heading == "oper" else 302} for heading in PEOPLE}


def test_a_duty_taken_away_counts_at_once(ticket: Ticket, helpdesk: User, sign_in: Browse) -> None:
    browser = sign_in(helpdesk)
    assert browser.get(ticket.get_absolute_url()).status_code == 200

    Duty.objects.filter(user=helpdesk).delete()

    assert browser.get(ticket.get_absolute_url()).status_code == 404
    assert browser.get(reverse("tickets:queue", args=["lpse-sukamaju"])).status_code == 404


def test_an_account_switched_off_is_out_at_once(ticket: Ticket, vendor: User, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    assert browser.get(ticket.get_absolute_url()).status_code == 200

    User.objects.filter(pk=vendor.pk).update(is_active=False)

    assert browser.get(ticket.get_absolute_url()).status_code == 302
