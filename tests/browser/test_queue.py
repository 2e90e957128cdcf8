"""The queue in a real browser: it refreshes itself without losing the place, and leads from ticket to ticket."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
QUEUE = "/antrean/lpse-sukamaju/"
MINUTE = 61_000  # milliseconds


@pytest.fixture
def queue(open_browser: Callable[..., Page], ticket: Ticket, helpdesk: User) -> Page:
    """The queue with one ticket, in a browser whose clock the test moves."""
    page = open_browser(helpdesk)
    page.clock.install()
    page.goto(f"{QUEUE}?tampil=semua&umur=")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    return page


def minute(page: Page, *, asks: bool = True) -> None:
    """Let a minute pass; the list must, or must not, ask again."""
    if asks:
        with page.expect_response(lambda answer: "hx" not in answer.url and "antrean" in answer.url):
            page.clock.fast_forward(MINUTE)
    else:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.clock.fast_forward(MINUTE)
        page.wait_for_timeout(300)
        assert asked == []


def test_it_refreshes_itself_and_keeps_the_chosen_row(
    queue: Page, ticket: Ticket, make_ticket: Callable[..., Ticket], complaints: list[str]
) -> None:
    queue.keyboard.press("j")
    make_ticket(title="Baru masuk")

    minute(queue)

    expect(queue.locator("tr[data-row]")).to_have_count(2)
    expect(queue.locator("tr.is-on")).to_contain_text(ticket.number)
    expect(queue.locator(f"[id='{ticket.number}']")).to_be_focused()
    assert queue.url.endswith(f"{QUEUE}?tampil=semua&umur=")
    assert complaints == []


def test_while_nothing_changes_only_the_time_is_drawn_and_it_goes_on_asking(
    queue: Page, make_ticket: Callable[..., Ticket], complaints: list[str]
) -> None:
    row, time = queue.locator("tr[data-row]"), queue.locator("#segarkan")
    for drawn in (row, time):
        drawn.evaluate("element => element.dataset.seen = 'yes'")

    minute(queue)

    expect(time).not_to_have_attribute("data-seen", "yes")
    expect(row).to_have_attribute("data-seen", "yes")
    make_ticket(title="Baru masuk")
    minute(queue)
    expect(row).to_have_count(2)
    assert complaints == []


def test_it_waits_while_tickets_are_ticked(queue: Page, make_ticket: Callable[..., Ticket]) -> None:
    queue.get_by_role("checkbox").first.check()
    make_ticket(title="Baru masuk")

    minute(queue, asks=False)

    expect(queue.get_by_role("checkbox").first).to_be_checked()


def test_after_the_session_has_ended_the_list_stays(queue: Page) -> None:
    Session.objects.all().delete()

    minute(queue)

    expect(queue.locator("tr[data-row]")).to_have_count(1)


def test_a_filter_narrows_at_once_and_stays_in_the_address(queue: Page, complaints: list[str]) -> None:
    queue.get_by_label("Lama di sini").select_option("7")

    expect(queue.locator("main")).to_contain_text("Tidak ada tiket yang cocok")
    assert "umur=7" in queue.url
    queue.get_by_role("link", name="Hapus saringan").click()
    expect(queue.locator("tr[data-row]")).to_have_count(1)
    assert complaints == []


def test_j_and_k_lead_from_ticket_to_ticket(
    open_browser: Callable[..., Page], make_ticket: Callable[..., Ticket], helpdesk: User, complaints: list[str]
) -> None:
    day = timezone.now() - timedelta(days=3)
    first, second = (make_ticket(title=f"Masalah {n}", now=day + timedelta(hours=n)) for n in range(2))
    page = open_browser(helpdesk)
    page.goto(QUEUE)

    def arrive(ticket: Ticket) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(ticket.title)
        page.wait_for_load_state()  # keys answer from now on

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    arrive(first)
    page.keyboard.press("j")
    arrive(second)
    page.keyboard.press("k")
    arrive(first)

    page.keyboard.press("r")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    arrive(second)
    assert complaints == []


def test_two_officers_on_one_ticket_see_each_other(
    open_browser: Callable[..., Page], ticket: Ticket, helpdesk: User, verifier: User, complaints: list[str]
) -> None:
    here, there = open_browser(helpdesk), open_browser(verifier)

    here.goto(ticket.get_absolute_url())
    here.wait_for_load_state("networkidle")
    there.goto(ticket.get_absolute_url())

    expect(there.locator("main")).to_contain_text(f"{helpdesk.name} sedang membuka tiket ini.")
    assert complaints == []


@pytest.mark.parametrize("script", [True, False])
def test_several_are_taken_at_once_with_and_without_scripts(
    script: bool, open_browser: Callable[..., Page], make_ticket: Callable[..., Ticket], helpdesk: User
) -> None:
    tickets = [make_ticket(), make_ticket()]
    page = open_browser(helpdesk, java_script_enabled=script)
    page.goto(QUEUE)

    for box in page.locator("tbody [type=checkbox]").all():
        box.check()
    page.locator("#pilihan").get_by_role("button", name="Ambil").click()

    expect(page.locator("main")).to_contain_text("Tiket yang Anda ambil: 2.")
    assert {Ticket.objects.get(pk=ticket.pk).assignee for ticket in tickets} == {helpdesk}
