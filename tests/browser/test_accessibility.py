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
from playwright.sync_api import Page, expect

from accounts.models import User
from audit.models import AuditEntry
from audit.services import record
from callcenter.services import calls, confirmations, links, lookup
from complaints.models import Complaint, PublicText, Question, StandardPart
from complaints.services import turns
from complaints.services.filing import Party
from consultations.demo import Counter, counter_deeds
from consultations.models import Visit
from escalation.models import Promise
from escalation.services.sweep import sweep_clocks
from escalation.tiers import Desk, Tier
from knowledge import services
from tests.complaints import conftest as complaint_register
from tests.complaints.places import LETTER
from tickets.demo.people import make_people
from tickets.models import Ticket
from tickets.services import saved_views, sharing
from tickets.services.presence import note_presence
from tracking.services import make_access_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Status = Ticket.Status
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": ["color-contrast"]}  # all that a theme changes
AXE = Axe().axe_script
WIDTHS = (1440, 390)
make_complaint = complaint_register.make_complaint
SIDES = {"reporters": slice(0, 3), "staff": slice(3, None)}


def faults_of(page: Page, path: str) -> list[str]:
    """Open a page and say what is wrong with it."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.goto(path)
    return faults_on(page, path)


def faults_on(page: Page, path: str) -> list[str]:
    """Look at the page that is open, in both widths and then in the dark theme, and say what is wrong with it."""
    faults, found = [], []
    page.evaluate(AXE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += violations(page, RULES)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{path} {width}: scrolls sideways")
    if not page.locator("main.sheet").count():  # paper stays white
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        found += violations(page, COLOURS)
    return faults + [f"{path}: {each['id']} {each['nodes'][0]['html']}" for each in found]


def violations(page: Page, rules: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Let axe look; what passes is not described, which would take most of the time."""
    options = rules | {"resultTypes": ["violations"]}
    return page.evaluate("options => axe.run(options).then(found => found.violations)", options)


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
    text = services.add_text(desk, by=verifier, now=now, address="", title="Salam", body="Yth. {nama},")
    saved_views.save_view(desk, by=verifier, name="Milik unit", query="tampil=saya", of_unit=True)
    note_presence(busy, by=verifier, now=timezone.now())
    search = f"{reverse('tickets:search')}?q=masuk"
    facts = {"reason": "SK baru", "before": {"limit": 3}, "after": {"limit": 4}}
    kind, address = AuditEntry.Kind.PROMISE_CHANGED, "192.0.2.1"
    change = record(kind, by=supervisor, subject="R33", address=address, now=now, **facts)

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
                reverse("audit:entries"),
                f"{reverse('audit:entries')}?dari=kemarin&orang=tidak-ada",
                reverse("audit:entry", args=[change.pk]),
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


def follow(page: Page, number: str, tracked: str = "tickets:tracked") -> None:
    """Give number and code of a case where they are asked for."""
    page.goto(f"{reverse('tracking:track')}?nomor={number}")
    page.get_by_label("Kode akses").fill(make_access_code(number, by=None, now=timezone.now()))
    page.get_by_role("button", name="Lacak", exact=True).click()
    page.wait_for_url(f"**{reverse(tracked, args=[number])}")


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


@pytest.fixture
def cases(
    make_complaint: Callable[..., Complaint], ticket: Ticket, complaint_officer: User, supervisor: User
) -> dict[str, Complaint]:
    """A complaint in every state, some with all that can stand on their page."""
    now, by = timezone.now(), complaint_officer
    named = [Party(lpse=ticket.lpse), Party(ticket=ticket)]
    facts = {"place": "Jakarta", "address": "Jalan Khayal 1", "phone": "+6281200000007", "named": named}
    new, asked = (make_complaint(with_evidence=False, now=now, **facts) for _each in range(2))
    turns.ask_for_evidence(asked.pk, by=by, now=now, version=asked.version, reason="Mohon surat permohonan.")
    busy, answered, closed, withdrawn = (make_complaint(now=now, **facts) for _each in range(4))
    late = make_complaint(now=now - timedelta(days=14), **facts)
    sweep_clocks(now=now)
    for each in (answered, closed):
        turns.respond(each.pk, by=by, now=now, version=each.version, key=uuid4(), letter=LETTER)
    closed.refresh_from_db()
    turns.close(closed.pk, by=by, now=now, version=closed.version, note="Diterima.")
    turns.withdraw(withdrawn.pk, by=withdrawn.contact, now=now, reason="")
    return {
        "new": new,
        "asked": asked,
        "busy": busy,
        "late": late,
        "answered": answered,
        "closed": closed,
        "withdrawn": withdrawn,
    }


def test_pages_of_the_register_are_accessible_and_fit_at_both_widths(
    open_browser: Callable[..., Page],
    complaints: list[str],
    cases: dict[str, Complaint],
    complaint_officer: User,
    supervisor: User,
) -> None:
    page, boss = (open_browser(user, reduced_motion="reduce") for user in (complaint_officer, supervisor))
    register = reverse("complaints:register")
    verbs = {"new": ["receipt"], "busy": ["ask", "scan", "classify", "respond"], "answered": ["close"]}

    faults = [
        *(fault for path in (register, f"{register}?cari=tidak-ada") for fault in faults_of(page, path)),
        *faults_of(page, reverse("complaints:enter")),
        *(fault for case in cases.values() for fault in faults_of(page, case.get_absolute_url())),
        *(
            fault
            for state, names in verbs.items()
            for name in names
            for fault in faults_of(page, reverse(f"complaints:{name}", args=[cases[state].number]))
        ),
        *faults_of(boss, reverse("complaints:excuse", args=[cases["late"].number])),
    ]
    page.goto(reverse("complaints:receipt", args=[cases["new"].number]))
    page.get_by_role("button", name="Buat kode akses").click()
    expect(page.locator(".num-big")).to_have_count(2)
    faults += faults_on(page, "the receipt with its code")

    assert faults == []
    assert complaints == []


def test_pages_about_complaints_for_everybody_are_accessible_and_fit_at_both_widths(
    open_browser: Callable[..., Page], complaints: list[str], cases: dict[str, Complaint]
) -> None:
    cache.clear()  # browsers of other tests have the same address
    page = open_browser(reduced_motion="reduce")
    paths = [reverse(f"complaints:{name}") for name in ("how", "letter", "send")]

    faults = [fault for path in paths for fault in faults_of(page, path)]
    page.get_by_label("Perihal").fill("Jadwal evaluasi")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    faults += faults_on(page, "the form with errors")
    page.get_by_label("Saran").check()
    page.get_by_label("Substansi").fill("Mohon nomor antrean dapat diambil secara daring.")
    page.get_by_label("Nama", exact=True).fill("Made Contoh")
    page.get_by_label("Nomor telepon").fill("0812-0000-0007")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.locator(".num-big")).to_have_count(2)
    faults += faults_on(page, "the form, sent")
    for state in ("asked", "late", "closed", "withdrawn"):
        case = cases[state]
        follow(page, case.number, "complaints:tracked")
        faults += faults_of(page, reverse("complaints:tracked", args=[case.number]))

    assert faults == []
    assert complaints == []


def test_pages_of_the_public_standard_are_accessible_and_fit_at_both_widths(
    open_browser: Callable[..., Page], complaints: list[str], supervisor: User
) -> None:
    question = Question.objects.create(question="Berapa biayanya?", answer="Tidak dipungut biaya.")
    texts = list(PublicText.objects.values_list("slug", flat=True))
    page, boss = (open_browser(user, reduced_motion="reduce") for user in (None, supervisor))
    public = [
        *(reverse(f"complaints:{name}") for name in ("standard", "hours", "questions")),
        *(reverse("complaints:text", args=[slug]) for slug in texts),
    ]
    edited = [
        reverse("complaints:change_part", args=[StandardPart.objects.first().pk]),
        reverse("complaints:change_text", args=texts[:1]),
        reverse("complaints:change_question", args=[question.pk]),
        reverse("complaints:add_question"),
    ]

    faults = [fault for path in public for fault in faults_of(page, path)]
    faults += [fault for path in (*public[:3], *edited) for fault in faults_of(boss, path)]

    assert faults == []
    assert complaints == []
