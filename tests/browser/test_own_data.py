"""One's own data in a browser: pages without a fault, and the file on the disk."""

from collections.abc import Callable
from zipfile import ZipFile

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from privacy.models import DataClaim
from tests.browser.test_accessibility import faults_of
from tests.privacy import conftest as requests
from tickets.models import Ticket

make_claim = requests.make_claim
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_the_page_has_no_fault_and_the_file_arrives(
    open_browser: Callable[..., Page], vendor: User, ticket: Ticket
) -> None:
    page = open_browser(vendor, reduced_motion="reduce")
    assert faults_of(page, reverse("privacy:mine")) == []

    with page.expect_download() as waiting:
        page.get_by_role("button", name="Unduh data saya").click()

    assert ZipFile(waiting.value.path()).namelist() == ["data.json", "data.html"]


def test_requests_about_data_have_no_fault(
    open_browser: Callable[..., Page],
    make_claim: Callable[..., DataClaim],
    vendor: User,
    walk_in: User,
    supervisor: User,
) -> None:
    claim = make_claim()
    erasure = make_claim(DataClaim.Kind.ERASURE)
    of_claim = [reverse(f"privacy:{verb}", args=[claim.number]) for verb in ("claim", "correct", "finish", "refuse")]
    visited = {vendor: [reverse("privacy:mine"), reverse("privacy:file_claim"), claim.own_url]}
    copy = requests.recorded(walk_in, supervisor, DataClaim.Kind.COPY)
    of_visitor = [reverse("privacy:record_claim", args=[walk_in.reporter.pk]), copy.get_absolute_url()]
    of_claim += [erasure.get_absolute_url(), reverse("privacy:erase", args=[erasure.number])]
    visited |= {supervisor: [reverse("privacy:claims"), reverse("privacy:find_person"), *of_claim, *of_visitor]}

    for person, paths in visited.items():
        page = open_browser(person, reduced_motion="reduce")
        assert [fault for path in paths for fault in faults_of(page, path)] == []
