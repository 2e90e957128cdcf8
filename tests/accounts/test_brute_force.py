"""Guessing passwords leads nowhere, and shuts nobody out who has the right one (docs/security.md)."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.http import int_to_base36

from accounts.models import User
from notifications.models import Notification
from tests.accounts.test_safety import LOGIN, NEW, PASSWORD, RESET, enter, is_signed_in, words
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
OFTEN = [35, pytest.param(1000, marks=pytest.mark.faults)]


@pytest.fixture
def proxied(settings: Any) -> None:
    """One proxy of ours stands in front, and says truly where a request comes from."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


@pytest.fixture
def few(settings: Any, proxied: None) -> None:
    """What holds for a hundred tries holds for ten, in a tenth of the time."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed_anywhere": "10/d/key"}


def come_from(number: int) -> dict[str, str]:
    return {"HTTP_X_FORWARDED_FOR": f"198.51.{number // 250}.{number % 250}"}


def statuses(names: list[str], **head: str) -> list[int]:
    return [enter(Client(), name, **head).status_code for name in names]


@pytest.mark.parametrize("tries", OFTEN)
def test_one_account_is_closed_to_an_address_at_the_sixth_try(vendor: User, tries: int) -> None:
    assert statuses(["vendor"] * tries) == [200] * 5 + [429] * (tries - 5)


@pytest.mark.parametrize("tries", OFTEN)
def test_an_address_may_be_wrong_about_thirty_accounts(vendor: User, tries: int) -> None:
    assert statuses([f"orang{n}" for n in range(tries)]) == [200] * 30 + [429] * (tries - 30)
    assert enter(Client(), "vendor", PASSWORD).status_code == 429


def test_made_up_addresses_change_nothing(vendor: User) -> None:
    answers = [enter(Client(), "vendor", **come_from(n)).status_code for n in range(8)]

    assert answers == [200] * 5 + [429] * 3


@pytest.mark.usefixtures("proxied")
def test_only_the_entry_of_our_own_proxy_is_believed(vendor: User) -> None:
    head = [{"HTTP_X_FORWARDED_FOR": f"10.0.0.{n}, 203.0.113.7"} for n in range(6)]

    assert [enter(Client(), "vendor", **each).status_code for each in head] == [200] * 5 + [429]


@pytest.mark.faults
@pytest.mark.usefixtures("proxied")
def test_all_addresses_together_get_a_hundred_tries_a_day(vendor: User) -> None:
    answers = [enter(Client(), "vendor", **come_from(n)).status_code for n in range(1000)]

    assert answers == [200] * 100 + [429] * 900


def test_the_sixth_answer_is_the_same_for_known_and_unknown_names(vendor: User) -> None:
    known, unknown = ([enter(Client(), name) for _try in range(6)][-1] for name in ("vendor", "tidak-ada"))

    assert known.status_code == unknown.status_code == 429
    assert "Terlalu banyak" in known.content.decode()
    assert reverse("account_reset_password") in known.content.decode()
    assert words(known) == words(unknown)


def test_the_right_password_is_not_looked_at_after_five_wrong_ones(vendor: User) -> None:
    for _try in range(5):
        enter(Client(), "vendor")

    right = enter(Client(), "vendor", PASSWORD)

    assert right.status_code == 429
    assert not is_signed_in(right.client)


@pytest.mark.usefixtures("proxied")
def test_a_stranger_elsewhere_shuts_nobody_out(vendor: User) -> None:
    for _try in range(10):
        enter(Client(), "vendor", **come_from(7))

    assert enter(Client(), "vendor", PASSWORD, **come_from(8)).url == reverse("start")


@pytest.mark.usefixtures("few")
def test_even_past_the_limit_of_all_addresses_the_owner_enters_from_a_known_one(vendor: User) -> None:
    at_home, away = come_from(900), come_from(901)
    enter(Client(), "vendor", PASSWORD, **at_home)

    for n in range(11):
        enter(Client(), "vendor", **come_from(n))

    assert enter(Client(), "vendor", PASSWORD, **away).status_code == 429
    assert enter(Client(), "vendor", PASSWORD, **at_home).url == reverse("start")


@pytest.mark.usefixtures("few")
def test_an_address_is_forgotten_after_ninety_days(vendor: User) -> None:
    with time_machine.travel(NOW, tick=False):
        enter(Client(), "vendor", PASSWORD, **come_from(900))
    with time_machine.travel(NOW.replace(year=NOW.year + 1), tick=False):
        for n in range(11):
            enter(Client(), "vendor", **come_from(n))

        later = enter(Client(), "vendor", PASSWORD, **come_from(900))

    assert later.status_code == 429


@pytest.mark.usefixtures("few")
def test_a_new_password_by_mail_opens_the_account_at_once(vendor: User) -> None:
    away = come_from(901)
    for n in range(11):
        enter(Client(), "vendor", **come_from(n))
    Client().post(RESET, {"email": vendor.email})
    secret = Notification.objects.get(kind="password_reset").secret
    link = reverse("account_reset_password_from_key", kwargs={"uidb36": int_to_base36(vendor.pk), "key": secret})

    browser = Client()
    browser.post(browser.get(link).url, {"password1": NEW, "password2": NEW}, **away)

    assert enter(Client(), "vendor", NEW, **away).url == reverse("start")


def test_the_tries_come_back_after_fifteen_minutes(vendor: User) -> None:
    with time_machine.travel(NOW, tick=False):
        statuses(["vendor"] * 6)
    with time_machine.travel(NOW.replace(minute=NOW.minute + 16), tick=False):
        later = enter(Client(), "vendor", PASSWORD)

    assert later.url == reverse("start")


def test_confirming_who_one_is_is_limited_too(vendor: User, sign_in: SignIn) -> None:
    browser, page = sign_in(vendor), reverse("account_reauthenticate")

    answers = [browser.post(page, {"password": "salah-salah"}).status_code for _try in range(6)]

    assert answers == [200] * 5 + [429]


def test_no_try_is_refused_before_the_fifth_whatever_is_typed(vendor: User) -> None:
    names = ["vendor", "VENDOR", " vendor ", "Vendor", "vendor", "vendor"]

    assert statuses(names) == [200] * 5 + [429]


def test_asking_for_a_new_password_is_limited(vendor: User) -> None:
    answers = [Client().post(RESET, {"email": vendor.email}) for _try in range(6)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert Notification.objects.filter(kind="password_reset").count() == 5


def test_passkeys_are_tried_ten_times_a_minute(vendor: User) -> None:
    answers = [Client().post(reverse("mfa_login_webauthn"), {"credential": "{}"}) for _try in range(11)]

    assert answers[-1].status_code == 429
    assert Client().get(LOGIN).status_code == 200
