"""Every page that people use: nothing for axe to find, no sideways scroll, no complaint from the browser."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from callcenter.services import calls, confirmations, links, lookup
from consultations.demo import Counter, counter_deeds
from consultations.models import Visit
from escalation.models import Promise
from escalation.services.sweep import sweep_clocks
from escalation.tiers import Desk, Tier
from knowledge import services
from tickets.demo.people import make_people
from tickets.models import Ticket
from tickets.services import saved_views, sharing
from tickets.services.presence import note_presence
from tracking.services import make_access_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Status = Ticket.Status
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": ["color-contrast"]}  # all that a theme changes
WIDTHS = (1440, 390)
SIDES = {"reporters": slice(0, 3), "staff": slice(3, None)}


def faults_of(page: Page, path: str) -> list[str]:
    """Open a page, in both widths and then in the dark theme, and say what is wrong with it."""
    faults, found = [], []
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.goto(path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += Axe().run(page, options=RULES).response["violations"]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{path} {width}: scrolls sideways")
    if not page.locator("main.sheet").count():  # paper stays white
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        found += Axe().run(page, options=COLOURS).response["violations"]
    return faults + [f"{path}: {each['id']} {each['nodes'][0]['html']}" for each in found]


@pytest.fixture
def visits(
    ticket_in: Callable[..., Ticket],
    chain: dict[int, User],
    vendor: User,
    colleague: User,
    verifier: User,
    supervisor: User,
    settings: Any,
) -> list[tuple[User | None, list[str]]]:
    """Who goes where: every page with a layout of its own, and a ticket in every state from both sides."""
    settings.TICKET_RETURN = True
    now = timezone.now() - timedelta(days=1)
    new, busy, asked, far, solved, closed = (
        ticket_in(tier, status, now=now)
        for tier, status in [
            (Tier.LPSE, Status.NEW),
            (Tier.LPSE, Status.IN_PROGRESS),
            (Tier.LPSE, Status.AWAITING_DATA),
            (Tier.TEKNIS, Status.IN_PROGRESS),
            (Tier.EPROC, Status.AWAITING_CONFIRMATION),
            (Tier.TIM_TEKNIS, Status.CLOSED),
        ]
    )
    late = ticket_in(now=now - timedelta(days=14))
    sweep_clocks(now=timezone.now())
    sharing.share_ticket(asked.pk, by=vendor, now=now, colleague=colleague.reporter)
    desk = Desk(Tier.LPSE, new.lpse)
    text = services.add_text(desk, by=verifier, title="Salam", body="Yth. {nama},")
    saved_views.save_view(desk, by=verifier, name="Milik unit", query="tampil=saya", of_unit=True)
    note_presence(busy, by=verifier, now=timezone.now())
    search = f"{reverse('tickets:search')}?q=masuk"

    def of(ticket: Ticket, *verbs: str) -> list[str]:
        return [ticket.get_absolute_url(), *(reverse(f"tickets:{verb}", args=[ticket.number]) for verb in verbs)]

    return [
        (None, ["/", reverse("account_login"), reverse("account_reset_password")]),
        (
            vendor,
            [
                *(
                    reverse(name)
                    for name in ("tickets:mine", "tickets:file", "notifications:inbox", "accounts:profile")
                ),
                *of(new, "withdraw", "filed", "promise"),
                *of(late),
                *of(asked, "provide_data", "share"),
                *of(far),
                *of(solved, "reject", "result"),
                *of(closed, "reopen"),
                search,
            ],
        ),
        (colleague, [asked.get_absolute_url(), f"{reverse('tickets:mine')}?tampil=dibagikan"]),
        (
            chain[Tier.LPSE],
            [
                reverse("tickets:queue", args=[desk.slug]),
                reverse("tickets:hand_over", args=[desk.slug]),
                reverse("knowledge:texts", args=[desk.slug]),
                reverse("knowledge:change", args=[desk.slug, text.pk]),
                *of(busy, "request_data", "reassign"),
                *of(asked),
                new.get_absolute_url(),
                search,
            ],
        ),
        (
            chain[Tier.TEKNIS],
            [
                f"{reverse('tickets:queue', args=['teknis'])}?petugas=tidak-ada",
                *of(far, "escalate", "return", "resolve"),
                reverse("notifications:inbox"),
            ],
        ),
        (
            supervisor,
            [
                *map(reverse, (f"escalation:{page}" for page in ("breaches", "promises", "calendar", "jobs"))),
                *map(reverse, (f"escalation:{form}" for form in ("add_holiday", "change_usual_hours", "add_period"))),
                reverse("escalation:change_promise", args=[Promise.objects.get(code="R33").pk]),
                *of(late, "excuse"),
            ],
        ),
    ]


@pytest.mark.parametrize("side", SIDES)
def test_pages_are_accessible_and_fit_at_both_widths(
    open_browser: Callable[..., Page],
    complaints: list[str],
    visits: list[tuple[User | None, list[str]]],
    side: str,
) -> None:
    faults = []
    for user, paths in visits[SIDES[side]]:
        # Without motion: a colour on its way from one theme to the other is neither.
        page = open_browser(user, reduced_motion="reduce")
        faults += [fault for path in paths for fault in faults_of(page, path)]

    assert faults == []
    assert complaints == []


@pytest.fixture
def counter() -> list[tuple[str, list[str]]]:
    """Who goes where at the counter, on a day of the demo whose late consultation nobody has excused yet."""
    now, people = timezone.now(), make_people("rekaan-26-2022")
    for deed in counter_deeds(people, now=now):
        if deed.act.func is not Counter.agree_excuse:  # type: ignore[attr-defined]
            deed.act(deed.at, uuid4())
    _solved, late, passed, served, waiting, called = Visit.objects.order_by("pk")

    def of(visit: Visit, *verbs: str) -> list[str]:
        return [visit.get_absolute_url(), *(reverse(f"consultations:{verb}", args=[visit.number]) for verb in verbs)]

    rooms, book = reverse("consultations:rooms"), reverse("consultations:guest_book")
    return [
        ("", [reverse(f"consultations:{page}") for page in ("display", "request_form", "blank_form")]),
        ("resepsionis", [reverse("consultations:desk"), reverse("consultations:poster"), *of(waiting, "slip")]),
        ("resepsionis", [book, f"{book}?cari=tidak-ada", *of(called)]),
        ("konsultasi", [rooms, *of(served, "session"), *of(passed, "receipt")]),
        ("konsultasi2", of(late, "ask_excuse")),
        ("penyelia", [rooms, *of(late, "agree_excuse")]),
    ]


def test_pages_of_the_counter_are_accessible_and_fit_at_both_widths(
    open_browser: Callable[..., Page], complaints: list[str], counter: list[tuple[str, list[str]]]
) -> None:
    faults = []
    for username, paths in counter:
        page = open_browser(User.objects.filter(username=username).first(), reduced_motion="reduce")
        faults += [fault for path in paths for fault in faults_of(page, path)]

    assert faults == []
    assert complaints == []


@pytest.fixture
def phone(
    ticket_in: Callable[..., Ticket], call_agent: User, teknis: User, vendor: User, supervisor: User
) -> list[tuple[User, list[str]]]:
    """Who goes where because of a call about a ticket at Helpdesk Teknis: one question is answered, one waits."""
    now = timezone.now()
    ticket = ticket_in(Tier.TEKNIS, Status.IN_PROGRESS, now=now - timedelta(days=1))
    call = calls.start_call(by=call_agent, now=now)
    calls.identify(call.pk, by=call_agent, now=now, reporter=vendor.reporter)
    lookup.look_up(call.pk, by=call_agent, now=now, number=ticket.number, address="")
    heard, open_one = (
        confirmations.ask(call.pk, by=call_agent, now=now, question=words) for words in ("Kapan selesai?", "Sudah?")
    )
    confirmations.answer(heard.pk, by=teknis, now=now, text="Hari ini.")
    facts = {"question": "Unggahan ditolak.", "subcategory": None, "email": "", "by_mail": False}
    link = links.direct(call.pk, by=call_agent, now=now, **facts)
    log, waiting = reverse("callcenter:log"), reverse("callcenter:confirmations")
    verbs = [reverse(f"callcenter:{verb}", args=[call.number]) for verb in ("ask", "direct")]
    panel = reverse("callcenter:of_ticket", args=[ticket.number])
    return [
        (call_agent, [reverse("callcenter:desk"), *verbs, log, f"{log}?cari=tidak-ada", waiting]),
        (teknis, [waiting, open_one.get_absolute_url(), heard.get_absolute_url(), panel, ticket.get_absolute_url()]),
        (vendor, [link.get_absolute_url()]),
        (supervisor, [call.get_absolute_url()]),
    ]


def test_pages_of_the_phone_are_accessible_and_fit_at_both_widths(
    open_browser: Callable[..., Page], complaints: list[str], phone: list[tuple[User, list[str]]]
) -> None:
    faults = []
    for user, paths in phone:
        page = open_browser(user, reduced_motion="reduce")
        faults += [fault for path in paths for fault in faults_of(page, path)]

    assert faults == []
    assert complaints == []


def follow(page: Page, number: str) -> None:
    """Give number and code of a ticket where they are asked for."""
    page.goto(f"{reverse('tracking:track')}?nomor={number}")
    page.get_by_label("Kode akses").fill(make_access_code(number, by=None, now=timezone.now()))
    page.get_by_role("button", name="Lacak", exact=True).click()
    page.wait_for_url(f"**{reverse('tickets:tracked', args=[number])}")


def test_pages_for_people_without_an_account_are_accessible_and_fit_at_both_widths(
    open_browser: Callable[..., Page],
    complaints: list[str],
    ticket_in: Callable[..., Ticket],
    consultation_in: Callable[..., Ticket],
    vendor: User,
) -> None:
    cache.clear()  # browsers of other tests have the same address, and ten tries a minute
    now = timezone.now() - timedelta(days=1)
    states = (Status.AWAITING_DATA, Status.AWAITING_CONFIRMATION, Status.CLOSED)
    new, *others = ticket_in(now=now), *(consultation_in(status, now=now) for status in states)
    page, reporter = (open_browser(user, reduced_motion="reduce") for user in (None, vendor))

    faults = faults_of(page, reverse("tracking:track"))
    for ticket in (new, *others):
        follow(page, ticket.number)
        faults += faults_of(page, reverse("tickets:tracked", args=[ticket.number]))
    faults += faults_of(reporter, reverse("tickets:access_code", args=[new.number]))

    assert faults == []
    assert complaints == []
