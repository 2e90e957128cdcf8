"""Every page that people use: nothing for axe to find, no sideways scroll, no complaint from the browser."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from escalation.models import Promise
from escalation.services.sweep import sweep_clocks
from escalation.tiers import Desk, Tier
from knowledge import services
from tickets.models import Ticket
from tickets.services import saved_views, sharing
from tickets.services.presence import note_presence

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
