"""A second factor: required for duties at LKPP and operators, offered to everybody else, never lost by a copy."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry

pytestmark = pytest.mark.django_db
INDEX, SET_UP = reverse("mfa_index"), reverse("mfa_activate_totp")
PASSWORD = "kata-sandi-contoh"
STEP = 30  # seconds for which a code holds


def code_of(secret: str) -> str:
    """Return what the authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // STEP))


def give_app(user: User) -> str:
    """Set up an authenticator app and recovery codes; return the secret of the app."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def sign_in_by_password(user: User) -> tuple[Client, Any]:
    browser = Client()
    return browser, browser.post(reverse("account_login"), {"login": user.username, "password": PASSWORD})


def confirm(browser: Client) -> None:
    """Write the password once more, as before anything delicate."""
    assert browser.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    """As in production."""
    settings.TWO_FACTORS = True


@pytest.mark.parametrize("who", ["eproc", "supervisor", "receptionist", "call_agent", "complaint_officer"])
def test_a_duty_at_lkpp_works_with_a_second_factor_only(
    who: str, request: pytest.FixtureRequest, sign_in: Callable[[User], Client]
) -> None:
    person = request.getfixturevalue(who)
    browser = sign_in(person)

    assert browser.get(reverse("start")).url == INDEX
    assert browser.post(reverse("notifications:read_all")).url == INDEX
    assert browser.get(INDEX).status_code == browser.get(reverse("account_logout")).status_code == 200

    give_app(person)
    assert browser.get(reverse("notifications:inbox")).status_code == 200


def test_an_operator_works_with_a_second_factor_only(admin_client: Client) -> None:
    assert admin_client.get("/admin/").url == INDEX


@pytest.mark.parametrize("who", ["vendor", "helpdesk"])
def test_everybody_else_may_have_one(
    who: str, request: pytest.FixtureRequest, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(request.getfixturevalue(who))

    assert browser.get(reverse("notifications:inbox")).status_code == 200
    assert INDEX in browser.get(reverse("accounts:profile")).content.decode()


def test_an_app_is_set_up_with_a_code_and_brings_recovery_codes(vendor: User) -> None:
    browser, _answer = sign_in_by_password(vendor)
    assert browser.get(SET_UP).url.startswith(reverse("account_reauthenticate"))
    confirm(browser)
    page = browser.get(SET_UP)
    secret = page.context["form"].secret

    wrong = browser.post(SET_UP, {"code": "000000"})
    right = browser.post(SET_UP, {"code": code_of(secret)})

    assert "Kode tidak cocok" in wrong.content.decode()
    assert wrong.context["form"].secret == secret  # what was scanned still holds
    assert right.url == reverse("mfa_view_recovery_codes")
    assert len(browser.get(right.url).context["unused_codes"]) == 10


def test_signing_in_takes_password_and_code(vendor: User) -> None:
    secret = give_app(vendor)
    browser, answer = sign_in_by_password(vendor)

    assert answer.url == reverse("mfa_authenticate")
    assert not is_signed_in(browser)
    assert browser.get(reverse("tickets:mine")).status_code == 302
    wrong = browser.post(answer.url, {"code": "000000"})
    assert "Kode tidak cocok" in wrong.content.decode()
    assert not is_signed_in(browser)

    assert browser.post(answer.url, {"code": code_of(secret)}).url == reverse("start")
    assert is_signed_in(browser)


def test_a_code_is_good_once(vendor: User) -> None:
    code = code_of(give_app(vendor))
    first, answer = sign_in_by_password(vendor)
    first.post(answer.url, {"code": code})
    second, _answer = sign_in_by_password(vendor)

    second.post(answer.url, {"code": code})

    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_a_recovery_code_stands_in_once(vendor: User) -> None:
    give_app(vendor)
    code = Authenticator.objects.get(user=vendor, type="recovery_codes").wrap().get_unused_codes()[0]

    for expected in (True, False):
        browser, answer = sign_in_by_password(vendor)
        browser.post(answer.url, {"code": code})
        assert is_signed_in(browser) is expected


def test_guessing_codes_ends_after_five(vendor: User) -> None:
    secret = give_app(vendor)
    browser, answer = sign_in_by_password(vendor)
    for _ in range(5):
        browser.post(answer.url, {"code": "000000"})

    sixth = browser.post(answer.url, {"code": code_of(secret)})

    assert sixth.status_code == 429
    assert not is_signed_in(browser)
    failed = AuditEntry.objects.filter(kind="sign_in_failed", subject="vendor")
    assert [entry.data for entry in failed] == [{"method": "mfa"}] * 6


def test_whoever_needs_a_factor_keeps_the_last_one(eproc: User, helpdesk: User) -> None:
    for person, stays in ((eproc, True), (helpdesk, False)):
        secret = give_app(person)
        browser, answer = sign_in_by_password(person)
        browser.post(answer.url, {"code": code_of(secret)})
        confirm(browser)

        browser.post(reverse("mfa_deactivate_totp"))

        assert Authenticator.objects.filter(user=person, type="totp").exists() is stays


def test_the_last_key_stays_as_well(eproc: User, sign_in: Callable[[User], Client]) -> None:
    key = Authenticator.objects.create(user=eproc, type="webauthn", data={"name": "Kunci", "credential": {}})

    answer = sign_in(eproc).post(reverse("mfa_remove_webauthn", args=[key.pk]))

    assert answer.status_code == 409
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_the_secret_of_an_app_cannot_be_read_in_the_database(vendor: User) -> None:
    secret = give_app(vendor)

    kept = Authenticator.objects.get(user=vendor, type="totp").data["secret"]

    assert secret not in kept


def test_factors_outlive_the_exchange_of_the_key_that_seals_them(
    vendor: User, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def read() -> tuple[bool, list[str]]:
        factors = {factor.type: factor.wrap() for factor in Authenticator.objects.filter(user=vendor)}
        return factors["totp"].validate_code(code_of(secret)), factors["recovery_codes"].generate_codes()

    secret = give_app(vendor)
    good, codes = read()
    cache.clear()  # a code is good once
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "k" * 60

    assert read() == (good, codes)
    call_command("seal_factors")
    settings.SECRET_KEY_FALLBACKS = []
    cache.clear()

    assert capsys.readouterr().out == "2 secrets are sealed with the present key.\n"
    assert read() == (True, codes)
    settings.SECRET_KEY = "l" * 60
    with pytest.raises(CommandError, match="nothing changed"):
        call_command("seal_factors")


def test_nobody_sets_up_somebody_elses_factor(vendor: User, eproc: User, sign_in: Callable[[User], Client]) -> None:
    key = Authenticator.objects.create(user=eproc, type="webauthn", data={"name": "Kunci", "credential": {}})

    assert sign_in(vendor).post(reverse("mfa_remove_webauthn", args=[key.pk])).status_code == 404


def test_other_devices_are_signed_out(vendor: User) -> None:
    here, _answer = sign_in_by_password(vendor)
    there, _answer = sign_in_by_password(vendor)
    page = here.get(reverse("usersessions_list")).content.decode()

    here.post(reverse("usersessions_list"))

    assert page.count("<tr>") == 3
    assert "Perangkat ini" in page
    assert here.get(reverse("tickets:mine")).status_code == 200
    assert there.get(reverse("tickets:mine")).status_code == 302


@pytest.mark.parametrize(("who", "page"), [("call_agent", "callcenter:export"), ("supervisor", "audit:export")])
def test_a_list_leaves_only_after_the_password_once_more(
    who: str, page: str, request: pytest.FixtureRequest, settings: Any
) -> None:
    settings.TWO_FACTORS = False
    browser, _answer = sign_in_by_password(request.getfixturevalue(who))

    first = browser.get(reverse(page))
    confirm(browser)
    second = browser.get(reverse(page))

    assert first.url == f"{reverse('account_reauthenticate')}?next={quote(reverse(page), safe='')}"
    assert second["Content-Type"].endswith("sheet")
