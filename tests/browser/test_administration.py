"""The settings of the service: nothing for axe to find, no sideways scroll, no complaint from the browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.merging import merge_reporters
from accounts.models import Duty, User
from accounts.services import add_visitor
from tests.browser.test_accessibility import faults_of, faults_on
from tickets.models import Subcategory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

PLACES = (
    "settings",
    "duties",
    "grant_duty",
    "add_person",
    "offices",
    "add_office",
    "institutions",
    "change_main_office",
)


def test_axe_finds_nothing_on_the_settings(
    supervisor: User,
    teknis: User,
    helpdesk: User,
    eproc: User,
    subcategory: Subcategory,
    open_browser: Callable[..., Page],
    complaints: list[str],
) -> None:
    day = timezone.now().date()
    Duty.objects.filter(user=teknis).update(starts_on=day - timedelta(days=9), ends_on=day - timedelta(days=3))
    Duty.objects.filter(user=eproc).update(starts_on=day + timedelta(days=9), letter="ST-9/2026", granted_by=supervisor)
    pages = [reverse(f"accounts:{name}") for name in PLACES]
    pages += [f"{reverse(f'accounts:{name}')}?nama=tidak-ada" for name in ("duties", "offices")]
    pages.append(reverse("accounts:change_duty", args=[teknis.duties.get().pk]))
    pages.append(reverse("accounts:person", args=[teknis.pk]))
    known = [add_visitor(kind="ppk", name=f"Tamu {n}", email="", phone="+62811") for n in range(4)]
    merge_reporters(kept=known[0], merged=known[1], reason="KTP sama", by=supervisor, now=timezone.now(), address="")
    pages += [reverse("accounts:merges"), reverse("accounts:merge", args=[known[2].pk, known[3].pk])]
    pages += [reverse("tickets:catalogue"), reverse("tickets:change_subcategory", args=[subcategory.pk])]
    page = open_browser(supervisor, reduced_motion="reduce")  # colours are looked at as soon as they change

    found = [fault for path in pages for fault in faults_of(page, path)]

    page.goto(reverse("accounts:merges"))
    page.get_by_label("Cari pelapor").fill("Tamu")
    page.get_by_role("button", name="Cari").click()
    found += faults_on(page, "people to tick")
    assert found == []
    assert complaints == []
