"""Two officers on one ticket: nothing is overwritten and nothing typed is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from escalation.tiers import Tier
from tickets.models import Ticket, TicketEvent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_the_second_officer_is_told_what_changed_and_sends_after_reading(
    open_browser: Callable[..., Page],
    complaints: list[str],
    ticket_in: Callable[..., Ticket],
    helpdesk: User,
    verifier: User,
) -> None:
    ticket = ticket_in(Tier.LPSE, Ticket.Status.IN_PROGRESS)
    first, second = open_browser(helpdesk), open_browser(verifier)
    for page in (first, second):
        page.goto(ticket.get_absolute_url())

    first.locator("#id_text").fill("Akun sedang kami periksa.")
    first.get_by_role("button", name="Kirim balasan").click()
    expect(first.locator(".tl")).to_contain_text("Akun sedang kami periksa.")
    second.locator("#id_text").fill("Mohon sebutkan User ID Anda.")
    second.get_by_role("button", name="Kirim balasan").click()

    expect(second.get_by_role("heading", level=1)).to_have_text("Tiket ini berubah saat Anda menulis")
    expect(second.locator("main")).to_contain_text("Akun sedang kami periksa.")
    expect(second.locator("[name=text]")).to_have_value("Mohon sebutkan User ID Anda.")
    second.get_by_role("button", name="Kirim setelah dibaca").click()
    expect(second.locator(".tl")).to_contain_text("Mohon sebutkan User ID Anda.")
    replies = TicketEvent.objects.filter(ticket=ticket, kind=TicketEvent.Kind.REPLIED).order_by("pk")
    assert [event.body for event in replies] == ["Akun sedang kami periksa.", "Mohon sebutkan User ID Anda."]
    assert [fault for fault in complaints if "409" not in fault] == []
