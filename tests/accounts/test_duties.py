"""Who gives whom which duty, for how long, and what is written down."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.granting import disable_person, end_duty, grant_duty
from accounts.models import Duty, Lpse, Role, User
from audit.models import AuditEntry
from core.fsm import Conflict
from escalation.tiers import Tier, staff_of
from notifications.models import Notification
from tests.conftest import NOW

Browse = Callable[[User], Client]
TODAY, DAY = date(2026, 11, 18), timedelta(days=1)
ACTING: dict[str, Any] = {"now": NOW, "address": "192.0.2.1"}
PERIOD: dict[str, Any] = {"starts_on": None, "ends_on": None, "letter": "ST-1/2026"}


@pytest.fixture(autouse=True)
def at_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def agency(make_user: Callable[..., User], lpse: Lpse) -> User:
    """The Admin Agency of the LPSE, who looks after its staff."""
    return make_user("agency", (Role.ADMIN_AGENCY, lpse))


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "holds"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (TODAY + DAY, None, False),
        (None, TODAY - DAY, False),
        (TODAY - DAY, TODAY + DAY, True),
    ],
)
def test_a_duty_holds_on_its_first_and_last_day_only_between(
    teknis: User, starts_on: date | None, ends_on: date | None, holds: bool
) -> None:
    Duty.objects.filter(user=teknis).update(starts_on=starts_on, ends_on=ends_on)

    assert fresh(teknis).holds(Role.HELPDESK_TEKNIS) is holds
    assert (teknis in staff_of(Tier.TEKNIS, None)) is holds


@pytest.mark.parametrize(("moment", "holds"), [("2026-11-18T16:59:59Z", True), ("2026-11-18T17:00:00Z", False)])
def test_the_last_day_ends_at_midnight_in_jakarta(teknis: User, moment: str, holds: bool) -> None:
    Duty.objects.filter(user=teknis).update(ends_on=TODAY)

    with time_machine.travel(moment, tick=False):
        assert fresh(teknis).holds(Role.HELPDESK_TEKNIS) is holds


def test_an_expired_duty_closes_its_pages_at_the_next_request(eproc: User, sign_in: Browse) -> None:
    browser, queue = sign_in(eproc), reverse("tickets:queue", args=["eproc"])
    first = browser.get(queue).status_code

    Duty.objects.filter(user=eproc).update(ends_on=TODAY - DAY)
    then = browser.get(queue).status_code

    assert (first, then) == (200, 404)


def test_a_grant_says_who_by_which_letter_and_until_when(supervisor: User, vendor: User, sign_in: Browse) -> None:
    form = {"person": "VENDOR@contoh.invalid", "role": "tim_teknis", "ends_on": "31-12-2026", "letter": "ST-9/2026"}

    answer = sign_in(supervisor).post(reverse("accounts:grant_duty"), form)

    assert answer.status_code == 302
    duty = Duty.objects.get(user=vendor)
    assert (duty.role, duty.lpse, duty.ends_on, duty.granted_by) == ("tim_teknis", None, date(2026, 12, 31), supervisor)
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.DUTY_CHANGED)
    assert entry.actor == supervisor
    assert entry.data["before"] == {}
    assert entry.data["after"] | {"letter": "ST-9/2026", "ends_on": "2026-12-31"} == entry.data["after"]


def test_granting_again_changes_the_period_and_tells_what_it_was(supervisor: User, teknis: User) -> None:
    facts = PERIOD | {"ends_on": TODAY}

    grant_duty(teknis, role=Role.HELPDESK_TEKNIS, lpse=None, by=supervisor, **facts, **ACTING)

    assert Duty.objects.get(user=teknis).ends_on == TODAY
    data = AuditEntry.objects.get(kind=AuditEntry.Kind.DUTY_CHANGED).data
    assert (data["before"]["ends_on"], data["after"]["ends_on"]) == ("", "2026-11-18")


def test_nobody_changes_their_own_duties_or_account(supervisor: User) -> None:
    own = supervisor.duties.get()

    with pytest.raises(Conflict):
        grant_duty(supervisor, role=Role.TIM_TEKNIS, lpse=None, by=supervisor, **PERIOD, **ACTING)
    with pytest.raises(Conflict):
        end_duty(own, by=supervisor, **ACTING)
    with pytest.raises(Conflict):
        disable_person(supervisor, by=supervisor, **ACTING)

    assert list(supervisor.duties.all()) == [own]


def test_an_admin_agency_grants_at_their_own_lpse_only(
    agency: User, vendor: User, lpse: Lpse, other_lpse: Lpse
) -> None:
    grant_duty(vendor, role=Role.VERIFIER, lpse=lpse, by=agency, **PERIOD, **ACTING)
    with pytest.raises(PermissionDenied):
        grant_duty(vendor, role=Role.VERIFIER, lpse=other_lpse, by=agency, **PERIOD, **ACTING)
    with pytest.raises(PermissionDenied):
        grant_duty(vendor, role=Role.SUPERVISOR, lpse=None, by=agency, **PERIOD, **ACTING)

    assert [(duty.role, duty.lpse) for duty in vendor.duties.all()] == [("verifier", lpse)]


def test_an_admin_agency_sees_their_own_lpse_only(
    agency: User, helpdesk: User, other_helpdesk: User, teknis: User, sign_in: Browse
) -> None:
    browser = sign_in(agency)

    page = browser.get(reverse("accounts:duties")).content.decode()
    foreign = {
        browser.get(reverse("accounts:change_duty", args=[other_helpdesk.duties.get().pk])).status_code,
        browser.post(reverse("accounts:end_duty", args=[teknis.duties.get().pk])).status_code,
        browser.get(reverse("accounts:person", args=[teknis.pk])).status_code,
        browser.post(reverse("accounts:disable_person", args=[other_helpdesk.pk])).status_code,
    }

    assert helpdesk.username in page
    assert other_helpdesk.username not in page
    assert foreign == {404}


def test_an_expired_admin_agency_grants_nothing(agency: User, vendor: User, lpse: Lpse) -> None:
    assert agency.holds(Role.ADMIN_AGENCY)
    Duty.objects.filter(user=agency).update(ends_on=TODAY - DAY)

    with pytest.raises(PermissionDenied):
        grant_duty(vendor, role=Role.VERIFIER, lpse=lpse, by=agency, **PERIOD, **ACTING)


def test_an_ended_duty_is_gone_at_once_and_told(supervisor: User, teknis: User, sign_in: Browse) -> None:
    path = reverse("accounts:end_duty", args=[teknis.duties.get().pk])

    answers = [sign_in(supervisor).post(path).status_code for _ in range(2)]

    assert answers == [302, 404]
    assert not fresh(teknis).duty_list
    data = AuditEntry.objects.get(kind=AuditEntry.Kind.DUTY_CHANGED).data
    assert (data["before"]["role"], data["after"]) == ("Helpdesk Teknis", {})


def test_a_new_officer_gets_a_link_to_choose_a_password(supervisor: User, lpse: Lpse, sign_in: Browse) -> None:
    form = {"name": "Rini Rekaan", "email": "rini@contoh.invalid", "username": "rini.rekaan"}
    duty = {"role": "verifier", "lpse": lpse.pk, "letter": "ST-3/2026", "starts_on": "18-11-2026"}

    answer = sign_in(supervisor).post(reverse("accounts:add_person"), form | duty)

    rini = User.objects.get(username="rini.rekaan")
    assert answer.url == reverse("accounts:person", args=[rini.pk])
    assert not rini.has_usable_password()
    assert [(letter.recipient, letter.address) for letter in Notification.objects.filter(kind="password_reset")] == [
        (rini, "rini@contoh.invalid")
    ]
    assert [(held.role, held.lpse) for held in rini.duty_list] == [("verifier", lpse)]
    kinds = AuditEntry.objects.filter(actor=supervisor).values_list("kind", flat=True)
    assert {"person_changed", "duty_changed"} <= set(kinds)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"person": "tidak.ada"}, "Tidak ada akun aktif"),
        ({"person": "supervisor"}, "hanya dapat diberikan oleh orang lain"),
        ({"role": "verifier"}, "Pilih LPSE untuk tugas ini."),
        ({"ends_on": "17-11-2026", "starts_on": "18-11-2026"}, "Hari terakhir tidak boleh sebelum"),
        ({"ends_on": "31-31-2026"}, "Tulis tanggal sebagai"),
        ({"ends_on": "01-01-0001"}, "Tahun harus antara"),
        ({"letter": ""}, "Isi Nomor surat penugasan."),
        ({"person": "a\0b"}, "null"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_granted(
    supervisor: User, teknis: User, sign_in: Browse, typed: dict[str, str], said: str
) -> None:
    form = {"person": "teknis", "role": "tim_teknis", "letter": "ST-9/2026"}

    page = sign_in(supervisor).post(reverse("accounts:grant_duty"), form | typed)

    assert page.status_code == 200
    assert said in page.content.decode()
    assert Duty.objects.count() == 2


def test_a_disabled_officer_is_out_at_the_next_request(supervisor: User, teknis: User, sign_in: Browse) -> None:
    browser, administrator = sign_in(teknis), sign_in(supervisor)

    administrator.post(reverse("accounts:disable_person", args=[teknis.pk]))

    assert browser.get(reverse("accounts:profile")).status_code == 302
    administrator.post(reverse("accounts:enable_person", args=[teknis.pk]))
    assert fresh(teknis).is_active
    entries = AuditEntry.objects.filter(kind=AuditEntry.Kind.PERSON_CHANGED).order_by("pk")
    assert [entry.data["after"] for entry in entries] == [{"is_active": False}, {"is_active": True}]


def test_a_duty_is_given_only_after_the_password_was_written_again(supervisor: User, teknis: User) -> None:
    browser = Client()
    browser.force_login(supervisor, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = browser.post(reverse("accounts:end_duty", args=[teknis.duties.get().pk]))

    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert teknis.duties.exists()
