"""From the menu of the LPSE application into LPSE Support; the demo application is a process of its own (R08, R09)."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Lpse, Reporter, User
from lpse_support.local import servers
from lpse_support.local.__main__ import web_answers
from lpse_support.local.servers import Part
from tests.accounts.provider import name_in_settings

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.standard("R08, R09"),
]


@pytest.fixture(autouse=True)
def clock() -> None:
    """The clock of the day: the application next door has no other, and its tokens say when they were made."""


@pytest.fixture
def spse(live_server: LiveServer, settings: Any, tmp_path: Any) -> Iterator[str]:
    """Address of the demo application, which knows the live server as its client."""
    port = servers.free_port()
    url = f"http://localhost:{port}"
    environment = os.environ | {"SPSE_URL": url, "BASE_URL": live_server.url}
    part = Part("spse", [sys.executable, "-m", "lpse_support.local.spse", str(port)], tmp_path, environment)
    part.start_and_wait(lambda: web_answers(port))
    name_in_settings(settings, url, servers.secret("spse-client-secret"))
    yield url
    part.stop()


def come_over(page: Page, spse: str, person: str) -> None:
    """Sign in at the LPSE application and choose LPSE Support among the other applications."""
    page.goto(spse)
    page.get_by_role("button", name=person).click()
    expect(page.get_by_text("Aplikasi e-procurement lainnya")).to_be_visible()
    page.get_by_role("link", name="LPSE Support").click()


def test_a_vendor_comes_from_spse_for_the_first_and_for_the_second_time(
    open_browser: Callable[..., Page], spse: str, lpse: Lpse, complaints: list[str]
) -> None:
    Lpse.objects.filter(pk=lpse.pk).update(code="sukamaju")
    page = open_browser()
    come_over(page, spse, "Gilang Karangan")
    expect(page.get_by_role("heading", name="Tiket Saya")).to_be_visible()
    page.get_by_role("link", name="Buat Tiket").first.click()
    expect(page.get_by_label("Judul Tiket")).to_be_visible()
    assert Reporter.objects.get().organisation == "CV Rekaan Baru"

    again = open_browser()
    come_over(again, spse, "Gilang Karangan")
    expect(again.get_by_role("heading", name="Tiket Saya")).to_be_visible()
    again.goto("/profil/")
    expect(again.get_by_text("Terhubung dengan Aplikasi LPSE.")).to_be_visible()

    assert User.objects.filter(socialaccount__uid="contoh-penyedia.baru").count() == 1
    assert complaints == []


def test_who_has_an_account_already_connects_it_from_the_profile(
    open_browser: Callable[..., Page], spse: str, vendor: User, complaints: list[str]
) -> None:
    page = open_browser(vendor)
    page.goto("/profil/")
    page.get_by_role("button", name="Hubungkan dengan Aplikasi LPSE").click()
    page.get_by_role("button", name="Gilang Karangan").click()  # who they are there
    expect(page.get_by_text("Akun Anda terhubung dengan aplikasi LPSE.")).to_be_visible()

    later = open_browser()
    come_over(later, spse, "Gilang Karangan")

    expect(later.locator(".masthead")).to_contain_text(User.objects.get(pk=vendor.pk).name)
    assert complaints == []


def test_an_unverified_address_stays_outside(open_browser: Callable[..., Page], spse: str) -> None:
    page = open_browser()

    come_over(page, spse, "Doni Karangan")

    expect(page.get_by_role("heading", name="Anda belum masuk")).to_be_visible()
    expect(page.locator("main")).to_contain_text("belum terverifikasi")
