"""The front desk in a browser: from the keyboard alone, and nothing typed is lost while the line moves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Reporter, User
from consultations.models import Visit
from tests.consultations import conftest as counter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Open = Callable[..., Page]
make_visit, rooms, officers, purpose = counter.make_visit, counter.rooms, counter.officers, counter.purpose
newcomer, facts, visitor = counter.newcomer, counter.facts, counter.visitor


def test_a_known_visitor_is_registered_from_the_keyboard(
    open_browser: Open, receptionist: User, visitor: Reporter, rooms: Any, complaints: list[str]
) -> None:
    page = open_browser(receptionist)
    page.goto("/resepsionis/")
    expect(page.get_by_label("Nama", exact=True)).to_be_focused()

    page.keyboard.type("hasan kha")
    expect(page.get_by_role("link", name="Hasan Khayal, PT Awan Contoh Teknologi")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tamu yang pernah datang")).to_be_visible()
    expect(page.get_by_label("Keperluan")).to_be_focused()
    page.keyboard.type("Akun")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("A-001")).to_be_visible()
    assert Visit.objects.get().reporter == visitor
    assert complaints == []


def test_what_is_typed_stays_while_a_visitor_is_called(
    open_browser: Open, receptionist: User, make_visit: Callable[..., Visit], complaints: list[str]
) -> None:
    visit = make_visit(now=timezone.now() - timedelta(minutes=5))
    page = open_browser(receptionist)
    page.goto("/resepsionis/")
    page.get_by_label("Nama", exact=True).fill("Petrus Contoh")

    page.get_by_role("button", name=f"Panggil {visit.queue_number}").press("Enter")

    expect(page.get_by_role("status").get_by_text("A-001 dipanggil ke Ruang 1.")).to_be_visible()
    expect(page.locator("#antrean .note--good")).to_be_focused()
    expect(page.locator("#angka")).to_contain_text("0 menunggu")
    expect(page.locator("#ruang")).to_contain_text("A-001")
    expect(page.get_by_label("Nama", exact=True)).to_have_value("Petrus Contoh")
    assert Visit.objects.get().state == Visit.State.DIRECTED
    assert complaints == []


def test_a_second_desk_is_told_that_it_was_too_late(
    open_browser: Open, receptionist: User, make_visit: Callable[..., Visit]
) -> None:
    make_visit(now=timezone.now() - timedelta(minutes=5))
    desks = [open_browser(receptionist) for _desk in range(2)]
    for page in desks:
        page.goto("/resepsionis/")

    for page in desks:
        page.get_by_role("button", name="Panggil A-001").click()

    expect(desks[1].get_by_role("alert")).to_contain_text("A-001 tidak lagi menunggu.")
    expect(desks[1].locator("#antrean")).to_contain_text("menuju Ruang 1")
