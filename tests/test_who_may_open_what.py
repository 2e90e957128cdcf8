"""Who may open what: every address and every role in one table. An address without rows in it fails the build."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import time, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.contrib import admin
from django.core import signing
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from accounts.models import Duty, Lpse, Reporter, Role, User
from audit.models import AuditEntry
from consultations.models import Visit
from escalation.models import Clock, Holiday, HoursPeriod, OfficeHours, Promise
from escalation.services.clocks import start_clock
from escalation.services.sweep import sweep_clocks
from escalation.tiers import staff_of
from knowledge.models import CannedText
from notifications.models import Notification, SuppressedAddress
from tests.accounts.places import SETTINGS, form_in_settings
from tests.callcenter.places import form_at_phone, path_of_call
from tests.complaints.places import form_at_register, path_of_complaint, path_of_page
from tests.conftest import NOW
from tests.consultations import conftest as counter
from tests.consultations.places import form_at_counter, path_of_visit, visit_at
from tests.privacy.conftest import claim_of_vendor, copy_for_visitor
from tests.refusals import assert_guarded, drawn_once, undone
from tests.rows import everything
from tests.tickets.pages import image, upload
from tickets.models import Application, Attachment, SavedView, Subcategory, Ticket
from tickets.services import handling, sharing, uploads
from tickets.views.drafted import SALT, TOKEN

Browse = Callable[[User], Client]
Place = Callable[[str, str], tuple[str, Ticket | None]]
DAY = timedelta(days=1)
MATE = "colleague"  # the account of the column "mate"
# The heading of each column, and the fixture of the person who sits in it.
PEOPLE = {
    "anon": "",
    "rep": "vendor",
    "rep2": "other_vendor",
    "mate": "colleague",
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
# One row for each address, way and matter; what "about" can say stands at `place`. Every POST carries a whole and valid
# form, so what is refused is the person (403, 404) or the state (409). 302 for "anon" leads to sign-in.
TABLE = Path(__file__).with_name("who_may_open_what.txt")
HEADINGS, *ROWS = [line.split() for line in TABLE.read_text().splitlines()]
PARTS = sorted({(row[0].rpartition(":")[0], row[1]) for row in ROWS})  # app and way
STATUSES = {
    "desk": Ticket.Status.NEW,
    "new": Ticket.Status.NEW,
    "busy": Ticket.Status.IN_PROGRESS,
    "asked": Ticket.Status.AWAITING_DATA,
    "solved": Ticket.Status.AWAITING_CONFIRMATION,
    "closed": Ticket.Status.CLOSED,
    "late": Ticket.Status.IN_PROGRESS,
}

# The cast of the counter, by which the visits of the table are made.
make_visit, rooms, officers, purpose = counter.make_visit, counter.rooms, counter.officers, counter.purpose
newcomer, facts = counter.newcomer, counter.facts


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    """Runs the installation; holds no duty, so no ticket is theirs to read."""
    return make_user("operator", is_staff=True, is_superuser=True)


@pytest.fixture
def people(request: pytest.FixtureRequest) -> dict[str, User | None]:
    """One person for each column."""
    return {heading: request.getfixturevalue(name) if name else None for heading, name in PEOPLE.items()}


@pytest.fixture
def place(
    ticket_in: Callable[..., Ticket],
    consultation_in: Callable[..., Ticket],
    make_visit: Callable[..., Visit],
    make_user: Callable[..., User],
    vendor: User,
    verifier: User,
    call_agent: User,
    teknis: User,
    complaint_officer: User,
    settings: Any,
) -> Place:
    """The path of an address for what the column "about" says, and the ticket it belongs to.

    new@1 is a ticket in this state at this tier; one at tier 1 never reached LKPP, one at tier 3 did; busy@c is one at
    the counter. A late one was filed two weeks ago. A + behind it says that its reporter shares it with "mate". Every
    desk has a second officer, and tiers may give tickets back. visit@directed is a visit in this state, of which
    "cons" is the officer; call@running a call of "call" about a ticket of "rep" that "tekn" has; complaint@busy a
    complaint with evidence that "comp" may answer.
    """
    settings.TICKET_RETURN = True
    make_user("teknis2", (Role.HELPDESK_TEKNIS, None))

    def find(address: str, about: str) -> tuple[str, Ticket | None]:
        kind, _at, where = about.partition("@")
        if kind == "draft":
            return reverse(address, args=[attach(uuid4(), vendor).key]), None
        if kind == "call":
            return path_of_call(address, where, ticket_in, call_agent, teknis), None
        if kind == "complaint":
            return path_of_complaint(address, where, complaint_officer), None
        if kind == "words":
            return path_of_page(address), None
        if kind == "visit":
            return path_of_visit(address, visit_at(make_visit, where)), None
        if kind in CONFIGURED:
            made = CONFIGURED[kind]()
            return reverse(address, args=made if isinstance(made, list) else [made]), None
        if not where and kind != "message":
            arguments = {"link": ["1", "kunci-salah"], "spse": ["spse"], "key": [1]}.get(kind, [])
            return reverse("admin:index" if address == "admin:*" else address, args=arguments), None
        filed_at = NOW - 14 * DAY if kind == "late" else NOW
        status = STATUSES.get(kind, Ticket.Status.IN_PROGRESS)
        at_counter = where == "c"
        ticket = consultation_in(status) if at_counter else ticket_in(int(where[:1] or 1), status, now=filed_at)
        if kind == "late":
            sweep_clocks(now=NOW)
        if where.endswith("+"):
            sharing.share_ticket(ticket.pk, by=vendor, now=NOW, colleague=Reporter.objects.get(user__username=MATE))
        return reverse(address, args=arguments_for(address, kind, ticket)), ticket

    return find


def _office() -> str:
    """Return the code of an LPSE with hours of its own."""
    lpse = Lpse.objects.get_or_create(code="sukamaju", defaults={"name": "LPSE Kabupaten Sukamaju Fiktif"})[0]
    OfficeHours.objects.create(lpse=lpse, weekday=0, opens=time(8), closes=time(15))
    return lpse.code


def _period() -> int:
    return HoursPeriod.objects.create(name="Ramadan", first_day=NOW.date(), last_day=(NOW + DAY).date()).pk


def _parked() -> int:
    clock = start_clock("R33", case="TKT", url="/", reporter=None, lpse=None, now=NOW)
    Clock.objects.filter(pk=clock.pk).update(parked_at=NOW, next_at=None)
    return clock.pk


def _refused() -> int:
    letter = Notification.objects.create(recipient=User.objects.earliest("pk"), kind="ticket_received", url="/", at=NOW)
    return SuppressedAddress.objects.create(address="tidak-ada@contoh.invalid", since=NOW, letter=letter).pk


# What the Penyelia sets up, and reads: how each is made, and its part of the address.
CONFIGURED: dict[str, Callable[[], Any]] = SETTINGS | {
    "promise": lambda: Promise.objects.get(code="R33").pk,
    "dayoff": lambda: Holiday.objects.get(day="2026-12-24").pk,
    "office": _office,
    "period": _period,
    "parked": _parked,
    "refused": _refused,
    "duty": lambda: Duty.objects.get(user__username="teknis2").pk,
    "officer": lambda: User.objects.get(username="teknis2").pk,
    "claim": claim_of_vendor,
    "erasure": lambda: claim_of_vendor("erasure"),
    "copy": copy_for_visitor,
    "entry": lambda: AuditEntry.objects.create(kind=AuditEntry.Kind.TRACKED, at=NOW).pk,
}


def arguments_for(address: str, kind: str, ticket: Ticket) -> list[Any]:
    """Return what the path of an address names, made where it is not there yet."""
    desk = ticket.desk
    if kind in ("reply", "note"):
        return [send_file(ticket, internal=kind == "note").key]
    if kind == "message":
        return [Notification.objects.get(recipient=ticket.reporter.user, kind="ticket_received").pk]
    if kind == "view":
        return [desk.slug, SavedView.objects.create(tier=desk.tier, lpse=desk.lpse, name="Pagi", query="").pk]
    if kind == "text":
        return [desk.slug, CannedText.objects.create(tier=desk.tier, lpse=desk.lpse, title="Salam", body="Yth.").pk]
    if kind in ("desk", "held"):
        return [desk.slug]
    return [ticket.number, ticket.shares.get().reporter_id] if address == "tickets:unshare" else [ticket.number]


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
    version = Ticket.objects.get(pk=ticket.pk).version
    service(ticket.pk, by=officer, now=NOW, version=version, key=key, text="Terlampir.")
    return Attachment.objects.get(event__key=key)


def form_for(address: str, ticket: Ticket | None, person: User | None) -> dict[str, Any]:
    """Return a whole and valid form, as the page would have been drawn for this person."""
    form = form_in_settings(address) | form_at_counter(address) | form_at_register(address) | form_at_phone(address)
    if address == "tickets:file":
        form = {
            "application": Application.objects.get(name="SPSE").pk,
            "subcategory": Subcategory.objects.get(category__name="Akun", name="Gagal masuk").pk,
            "type": "problem",
            "title": "Tidak dapat masuk",
            "description": "Muncul pesan User ID salah.",
        }
        form["lpse"] = person.own_reporter.lpse_id if person and person.own_reporter else ""
    if address == "tickets:upload":
        form["files"] = upload("layar.png", image())
    if ticket:
        other = staff_of(ticket.tier, ticket.lpse_id).exclude(pk=ticket.assignee_id).order_by("pk").last()
        form |= {"version": Ticket.objects.get(pk=ticket.pk).version, "tickets": ticket.number}
        form |= {"absent": ticket.assignee_id or "", "officer": other.pk if other else ""}
        form["colleague"] = Reporter.objects.get(user__username=MATE).pk
    if person:
        form[TOKEN] = signing.dumps([uuid4().hex, person.pk], salt=SALT)
    return form


def names_of(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """Find the name of every address; one without a name is called by its pattern."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from names_of(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        else:
            yield "admin:*" if namespace == "admin:" else f"{namespace}{entry.name or entry.pattern}"


def test_every_address_is_in_the_table() -> None:
    told, present = {row[0] for row in ROWS}, set(names_of(get_resolver()))

    assert not present - told, "Say who may open these: add rows for them to tests/who_may_open_what.txt."
    assert not told - present, "These addresses are gone: take their rows out of tests/who_may_open_what.txt."


def test_an_address_takes_no_other_way_than_the_table_says(helpdesk: User, sign_in: Browse) -> None:
    told = {(row[0], row[1]) for row in ROWS}
    others = {(name, way) for name, _way in told for way in ("GET", "POST")} - told - {("admin:*", "POST")}

    answers = {(name, way): sign_in(helpdesk).generic(way, any_path(name)).status_code for name, way in others}

    assert answers == dict.fromkeys(others, 405), "Add rows for these to tests/who_may_open_what.txt."


def any_path(name: str) -> str:
    """Return a path of this address; what it is about need not exist."""
    for arguments in ([], ["TKT-2026-000001-1"], [1], [1, 1], [uuid4()], ["TKT-2026-000001-1", 1], ["BT-1", uuid4()]):
        with suppress(NoReverseMatch):
            return reverse(name, args=arguments)
    raise AssertionError(f"Say in any_path what {name} takes.")


@drawn_once()
@time_machine.travel(NOW + DAY / 2, tick=False)
@pytest.mark.parametrize(("app", "way"), PARTS)
def test_every_role_gets_its_answer(
    app: str,
    way: str,
    people: dict[str, User | None],
    place: Place,
    sign_in: Browse,
    subtests: pytest.Subtests,
) -> None:
    """Everybody is made and signed in once for all rows of an app and way."""
    cookies = {heading: sign_in(person).cookies if person else SimpleCookie() for heading, person in people.items()}
    browser = Client()
    rows = [row for row in ROWS if (row[0].rpartition(":")[0], row[1]) == (app, way)]

    for address, _way, about, *expected in rows:
        with subtests.test(address=address, about=about), undone():
            path, ticket = place(address, about)
            before = everything()
            answers, touched = {}, []

            for heading, person in people.items():
                with undone():
                    browser.cookies = deepcopy(cookies[heading])
                    headers = {"HX-Request": "true"} if about == "htmx" else {}
                    form = form_for(address, ticket, person) if way == "POST" else {}
                    answer = getattr(browser, way.lower())(path, form, headers=headers)
                    answers[heading] = str(answer.status_code)
                    assert_guarded(answer)
                    if (way == "GET" or answer.status_code >= 400) and everything() != before:
                        touched.append(heading)

            assert answers == dict(zip(HEADINGS[3:], expected, strict=True))
            assert touched == []


def test_lists_of_the_admin_are_for_the_operator_alone(people: dict[str, User | None], sign_in: Browse) -> None:
    models = [model._meta for model in admin.site._registry]
    lists = [reverse(f"admin:{model.app_label}_{model.model_name}_changelist") for model in models]

    answers = {
        heading: {(sign_in(person) if person else Client()).get(path).status_code for path in lists}
        for heading, person in people.items()
    }

    assert lists
    assert answers == {heading: {200 if heading == "oper" else 404} for heading in PEOPLE}


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
