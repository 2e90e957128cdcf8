"""LPSE, institutions and the office: who changes what of them, when one may be switched off, what is written down."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import Duty, Institution, Lpse, Office, Role, User
from accounts.offices import keep_lpse
from audit.models import AuditEntry
from core.fsm import Conflict
from tests.conftest import NOW
from tickets.models import Ticket

Browse = Callable[[User], Client]
ACTING: dict[str, Any] = {"now": NOW, "address": "192.0.2.1"}
NEW = {"name": "LPSE Kota Rekaan", "code": "rekaan", "time_zone": "Asia/Jayapura", "is_active": "on"}


@pytest.fixture(autouse=True)
def at_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def agency(make_user: Callable[..., User], lpse: Lpse) -> User:
    """The Admin Agency of the LPSE."""
    return make_user("agency", (Role.ADMIN_AGENCY, lpse))


def test_an_lpse_is_added_and_then_found(supervisor: User, lpse: Lpse, sign_in: Browse) -> None:
    browser = sign_in(supervisor)

    answer = browser.post(reverse("accounts:add_office"), NEW)
    found = browser.get(reverse("accounts:offices"), {"nama": "REKAAN"}).content.decode()

    assert answer.status_code == 302
    assert Lpse.objects.get(code="rekaan").time_zone == "Asia/Jayapura"
    assert "LPSE Kota Rekaan" in found
    assert lpse.name not in found


def test_a_change_is_written_down_with_what_stood_there(supervisor: User, lpse: Lpse, sign_in: Browse) -> None:
    form = NEW | {"code": lpse.code, "spse_version": "5.0"}

    sign_in(supervisor).post(reverse("accounts:change_office", args=[lpse.pk]), form)

    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.OFFICE_CHANGED)
    assert (entry.actor, entry.data["before"]["name"]) == (supervisor, "LPSE Kabupaten Sukamaju Fiktif")
    assert entry.data["before"]["time_zone"] == "WIB (Jakarta)"
    assert entry.data["after"]["time_zone"] == "WIT (Jayapura)"
    assert entry.data["after"]["spse_version"] == "5.0"


@pytest.mark.parametrize("taken", [{"name": "lpse kabupaten sukamaju FIKTIF"}, {"code": "SUKAMAJU"}])
def test_name_and_code_are_had_by_one_lpse_whatever_the_capitals(
    supervisor: User, lpse: Lpse, sign_in: Browse, taken: dict[str, str]
) -> None:
    answer = sign_in(supervisor).post(reverse("accounts:add_office"), NEW | taken)

    assert "sudah dipakai" in answer.content.decode()
    assert list(Lpse.objects.all()) == [lpse]


def test_an_admin_agency_changes_name_and_version_of_their_own_lpse_only(
    agency: User, lpse: Lpse, other_lpse: Lpse, sign_in: Browse
) -> None:
    browser, own = sign_in(agency), reverse("accounts:change_office", args=[lpse.pk])

    page = browser.get(reverse("accounts:offices")).content.decode()
    answer = browser.post(own, NEW | {"spse_version": "5.0", "is_active": ""})
    foreign = browser.post(reverse("accounts:change_office", args=[other_lpse.pk]), NEW)
    new = browser.post(reverse("accounts:add_office"), NEW)

    assert (answer.status_code, foreign.status_code, new.status_code) == (302, 404, 404)
    assert other_lpse.name not in page
    lpse.refresh_from_db()
    assert (lpse.name, lpse.spse_version) == ("LPSE Kota Rekaan", "5.0")
    assert (lpse.code, lpse.time_zone, lpse.is_active) == ("sukamaju", "Asia/Jakarta", True)
    with pytest.raises(PermissionDenied):
        keep_lpse(lpse, {"code": "baru"}, by=agency, **ACTING)


def test_an_lpse_where_somebody_works_is_not_switched_off(
    supervisor: User, helpdesk: User, lpse: Lpse, sign_in: Browse
) -> None:
    form = {**NEW, "is_active": ""}

    answer = sign_in(supervisor).post(reverse("accounts:change_office", args=[lpse.pk]), form)

    assert "Masih ada 1 tugas" in answer.content.decode()
    assert Lpse.objects.get(pk=lpse.pk).is_active


def test_a_duty_that_is_over_keeps_no_lpse_open(supervisor: User, helpdesk: User, lpse: Lpse) -> None:
    Duty.objects.filter(user=helpdesk).update(ends_on=NOW.date() - timedelta(days=1))

    keep_lpse(lpse, {"is_active": False}, by=supervisor, **ACTING)

    assert not Lpse.objects.get(pk=lpse.pk).is_active


def test_an_lpse_with_an_open_ticket_is_not_switched_off(supervisor: User, ticket: Ticket, lpse: Lpse) -> None:
    with pytest.raises(Conflict, match="tiket terbuka"):
        keep_lpse(lpse, {"is_active": False}, by=supervisor, **ACTING)

    assert Lpse.objects.get(pk=lpse.pk).is_active


def test_nobody_files_a_ticket_or_gets_a_duty_where_an_lpse_is_switched_off(
    supervisor: User, vendor: User, other_lpse: Lpse, sign_in: Browse
) -> None:
    keep_lpse(other_lpse, {"is_active": False}, by=supervisor, **ACTING)
    duty = {"person": "vendor", "role": "verifier", "lpse": other_lpse.pk, "letter": "ST-1"}

    filing = sign_in(vendor).get(reverse("tickets:file")).content.decode()
    granting = sign_in(supervisor).post(reverse("accounts:grant_duty"), duty)

    assert other_lpse.name not in filing
    assert granting.status_code == 200
    assert not vendor.duties.exists()


def test_a_switched_off_institution_stays_with_those_who_have_it(supervisor: User, ppk: User, sign_in: Browse) -> None:
    other = Institution.objects.create(name="Kementerian Khayal", kind="ministry", is_active=False)
    own = ppk.reporter.institution

    path = reverse("accounts:change_institution", args=[own.pk])
    answer = sign_in(supervisor).post(path, {"name": own.name, "kind": own.kind})
    profile = sign_in(ppk).get(reverse("accounts:profile")).content.decode()

    assert answer.status_code == 302
    assert not Institution.objects.get(pk=own.pk).is_active
    assert own.name in profile
    assert other.name not in profile


def test_what_the_penyelia_writes_of_the_office_stands_under_every_page(supervisor: User, sign_in: Browse) -> None:
    browser, path = sign_in(supervisor), reverse("accounts:change_main_office")
    office = Office.objects.get()
    form = {field.name: getattr(office, field.name) for field in Office._meta.fields}

    refused = browser.post(path, form | {"lapor_url": "javascript:alert(1)"})
    answer = browser.post(path, form | {"name": "Direktorat Rekaan"})

    assert "Tulis alamat lengkap" in refused.content.decode()
    assert answer.status_code == 302
    assert "Direktorat Rekaan" in Client().get("/").content.decode()
    assert AuditEntry.objects.get(kind=AuditEntry.Kind.OFFICE_CHANGED).data["before"]["name"] == office.name


@pytest.mark.parametrize("nonsense", ["?nama=%C3%28", "?sesudah=xx", "?sebelum=" + "9" * 400, "?nama=" + "a" * 999])
def test_nonsense_in_the_address_of_a_list_is_no_error(supervisor: User, sign_in: Browse, nonsense: str) -> None:
    assert sign_in(supervisor).get(reverse("accounts:offices") + nonsense).status_code == 200
    assert sign_in(supervisor).get(reverse("accounts:institutions") + nonsense).status_code == 200
