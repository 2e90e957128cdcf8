"""The waiting display in a browser: it speaks once, survives a lost connection, and does not grow."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from consultations.models import Room, Visit
from consultations.services import reception
from tests.consultations import conftest as counter

make_visit, rooms, officers, purpose = counter.make_visit, counter.rooms, counter.officers, counter.purpose
newcomer, facts = counter.newcomer, counter.facts
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
COUNT = "document.getElementsByTagName('*').length"
SPOKEN = "document.getElementById('suara').textContent.trim()"
HEARD = """
new MutationObserver(() => { window.heard = (window.heard ?? 0) + 1; })
  .observe(document.getElementById('suara'), { childList: true, subtree: true, characterData: true })
"""


def poll(page: Page, seconds: int = 5) -> None:
    """Let the clock of the page run until it has asked once more."""
    with page.expect_response(lambda answer: "keadaan=" in answer.url):
        page.clock.run_for(seconds * 1000)


@pytest.fixture
def display(open_browser: Callable[..., Page]) -> Page:
    """The display, on a clock that the test turns."""
    page = open_browser(viewport={"width": 1920, "height": 1080})
    page.clock.install(time=timezone.now())
    page.goto(reverse("consultations:display"))
    page.evaluate(HEARD)
    return page


def test_a_call_appears_and_is_spoken_once(
    display: Page, complaints: list[str], make_visit: Callable[..., Visit], receptionist: User, rooms: list[Room]
) -> None:
    now = timezone.now()
    first, second = make_visit(now=now), make_visit(now=now)

    reception.direct_visit(first.pk, by=receptionist, now=now, room=rooms[1].pk)
    poll(display)
    expect(display.locator(".board__num")).to_have_text("A-001")
    assert display.evaluate(SPOKEN) == "Nomor antrean A-001, silakan menuju Ruang 2."
    heard = display.evaluate("window.heard")
    for _ in range(3):
        poll(display)
    assert display.evaluate("window.heard") == heard == 1

    reception.direct_visit(second.pk, by=receptionist, now=now, room=rooms[0].pk)
    poll(display)
    expect(display.locator(".board__num")).to_have_text("A-002")
    assert display.evaluate(SPOKEN) == "Nomor antrean A-002, silakan menuju Ruang 1."
    assert complaints == []


def test_a_lost_connection_is_said_and_ends_by_itself(display: Page, make_visit: Callable[..., Visit]) -> None:
    lost = display.get_by_text("Sambungan terputus, keadaan pukul")
    expect(lost).to_be_hidden()

    display.context.set_offline(True)
    display.clock.run_for(10_000)
    expect(lost).to_be_visible()
    display.context.set_offline(False)
    make_visit(now=timezone.now())
    poll(display)

    expect(lost).to_be_hidden()
    expect(display.locator("#papan")).to_contain_text("A-001")


def test_an_answer_of_an_error_changes_nothing_but_the_notice(display: Page) -> None:
    shown = display.locator("#papan").inner_text()

    display.route("**/layar-tunggu/**", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    display.clock.run_for(10_000)

    expect(display.get_by_text("Sambungan terputus, keadaan pukul")).to_be_visible()
    assert display.locator("#papan").inner_text() == shown


def test_the_page_does_not_grow(display: Page, make_visit: Callable[..., Visit]) -> None:
    make_visit("directed", now=timezone.now())
    poll(display)
    expect(display.locator(".board__num")).to_have_text("A-001")  # the answer is there before it is drawn
    size = display.evaluate(COUNT)

    for _ in range(20):
        poll(display)

    assert display.evaluate(COUNT) == size


def test_a_new_release_is_fetched(display: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consultations.views.display.version", lambda: "baru")

    with display.expect_navigation():
        display.clock.run_for(5_000)

    assert "versi=baru" in (display.locator("#jam").get_attribute("hx-get") or "")
