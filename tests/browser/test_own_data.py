"""One's own data in a browser: the page without a fault, and the file on the disk."""

from collections.abc import Callable
from zipfile import ZipFile

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from tests.browser.test_accessibility import faults_of
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_the_page_has_no_fault_and_the_file_arrives(
    open_browser: Callable[..., Page], vendor: User, ticket: Ticket
) -> None:
    page = open_browser(vendor)
    assert faults_of(page, reverse("privacy:mine")) == []

    with page.expect_download() as waiting:
        page.get_by_role("button", name="Unduh data saya").click()

    assert ZipFile(waiting.value.path()).namelist() == ["data.json", "data.html"]
