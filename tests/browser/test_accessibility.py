"""Every page that people use: nothing for axe to find, no sideways scroll, no complaint from the browser."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from escalation.tiers import Tier
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Status = Ticket.Status
WIDTHS = (1440, 390)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def faults_of(page: Page, path: str, width: int) -> list[str]:
    """Open a page and say what is wrong with it."""
    page.goto(path)
    found = Axe().run(page, options=RULES).response["violations"]
    faults = [f"{path} {width}: {each['id']} {each['nodes'][0]['html']}" for each in found]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        faults.append(f"{path} {width}: scrolls sideways")
    return faults


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_accessible_and_fit_at_both_widths(
    open_browser: Callable[..., Page],
    complaints: list[str],
    ticket_in: Callable[..., Ticket],
    chain: dict[int, User],
    vendor: User,
    theme: str,
) -> None:
    new, taken, solved, closed = (
        ticket_in(tier, status)
        for tier, status in [
            (Tier.LPSE, Status.NEW),
            (Tier.TEKNIS, Status.IN_PROGRESS),
            (Tier.EPROC, Status.AWAITING_CONFIRMATION),
            (Tier.TIM_TEKNIS, Status.CLOSED),
        ]
    )
    own = [ticket.get_absolute_url() for ticket in (new, taken, solved, closed)]
    mine, file, inbox, profile = (
        reverse(name) for name in ("tickets:mine", "tickets:file", "notifications:inbox", "accounts:profile")
    )
    reject, result = (reverse(f"tickets:{verb}", args=[solved.number]) for verb in ("reject", "result"))
    escalate, resolve = (reverse(f"tickets:{verb}", args=[taken.number]) for verb in ("escalate", "resolve"))
    visits = [
        (None, ["/", reverse("account_login"), reverse("account_reset_password")]),
        (vendor, [mine, file, *own, reject, result, inbox, profile]),
        (chain[Tier.LPSE], [reverse("tickets:queue", args=["lpse-sukamaju"]), own[0]]),
        (chain[Tier.TEKNIS], [reverse("tickets:queue", args=["teknis"]), own[1], escalate, resolve, inbox]),
    ]

    faults = []
    for width in WIDTHS:
        for user, paths in visits:
            page = open_browser(user, viewport={"width": width, "height": 900}, theme=theme)
            faults += [fault for path in paths for fault in faults_of(page, path, width)]

    assert faults == []
    assert complaints == []
