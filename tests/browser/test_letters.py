"""The pages about letters: nothing for axe to find, no sideways scroll; the fold on a ticket, with and without htmx."""

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from notifications.models import Notification
from notifications.services.relay import relay
from notifications.services.suppression import suppress
from tests.browser.test_accessibility import faults_of, faults_on
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def written(helpdesk: User, verifier: User, ticket: Ticket, vendor: User) -> Ticket:
    """A ticket with letters of every fate; the vendor's address refuses mail."""
    now = timezone.now()
    relay(now=now)
    about = {"kind": "ticket_replied", "case": ticket.number, "url": ticket.get_absolute_url(), "at": now}
    about["context"] = {"number": ticket.number, "title": ticket.title, "sender": "Intan"}
    waiting, failed = {"next_at": now + timedelta(hours=1), "attempts": 3}, {"dead_at": now}
    for facts in (waiting, failed, {"unsent": Notification.Fate.NO_ADDRESS}, {"unsent": Notification.Fate.DIGEST}):
        Notification.objects.create(recipient=helpdesk, **about, **facts)
    letter = Notification.objects.create(recipient=vendor, **about, unsent=Notification.Fate.REFUSED)
    suppress(letter, SMTPRecipientsRefused({vendor.email: (550, b"5.1.1 user unknown")}), now=now)
    return ticket


def test_the_pages_about_letters_are_open_to_everybody(
    open_browser: Callable[..., Page], written: Ticket, supervisor: User, vendor: User
) -> None:
    penyelia, owner = (open_browser(user, reduced_motion="reduce") for user in (supervisor, vendor))
    sent, letters = reverse("notifications:sent"), reverse("tickets:letters", args=[written.number])

    faults = [faults_of(penyelia, path) for path in (sent, reverse("notifications:suppressed"), letters)]
    faults += [faults_of(owner, reverse(name)) for name in ("notifications:inbox", "accounts:profile")]

    assert faults == [[]] * 5


def test_the_fold_on_a_ticket_opens_in_place(
    open_browser: Callable[..., Page], written: Ticket, helpdesk: User
) -> None:
    page = open_browser(helpdesk, reduced_motion="reduce")
    page.goto(written.get_absolute_url())

    page.get_by_text("Surat", exact=True).click()

    expect(page.locator("#surat li").first).to_be_visible()
    expect(page.locator("#surat")).to_contain_text("Ditahan: alamat menolak surel")
    assert faults_on(page, "the fold") == []


def test_without_javascript_the_fold_leads_to_the_page(
    open_browser: Callable[..., Page], written: Ticket, helpdesk: User
) -> None:
    page = open_browser(helpdesk, java_script_enabled=False)
    page.goto(written.get_absolute_url())

    page.get_by_text("Surat", exact=True).click()
    page.get_by_role("link", name="Semua surat").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Surat")
