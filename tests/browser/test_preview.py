"""Buat Tiket in a real browser: the promise follows the LPSE that is chosen."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Lpse, User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.mark.standard("R33", "A04")
def test_the_promise_is_drawn_anew_for_the_lpse_that_is_chosen(
    open_browser: Callable[..., Page], complaints: list[str], vendor: User, other_lpse: Lpse
) -> None:
    page = open_browser(vendor)
    page.goto(reverse("tickets:file"))
    beside, above_the_button = page.locator("#janji"), page.locator("#janji-kirim")
    expect(beside).to_contain_text("menurut jam kerja LPSE Kabupaten Sukamaju Fiktif")

    page.get_by_label("LPSE tempat kejadian").select_option(label=other_lpse.name)

    for place in (beside, above_the_button):
        expect(place).to_have_count(1)
        expect(place).to_contain_text("WITA")
    assert complaints == []
