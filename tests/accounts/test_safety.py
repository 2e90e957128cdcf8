"""What attackers try at the door (reliability: auth and access)."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import granting
from accounts.models import User
from audit.models import AuditEntry
from notifications.models import Notification
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
LOGIN, RESET = reverse("account_login"), reverse("account_reset_password")
PASSWORD, NEW = "kata-sandi-contoh", "Sandi-panjang-2026"
SignIn = Callable[[User], Client]


def enter(browser: Client, login: str, password: str = "salah-salah", **head: str) -> Any:
    return browser.post(LOGIN, {"login": login, "password": password}, **head)


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse("tickets:mine")).status_code == 200


def words(page: Any) -> str:
    """Return a page without what differs each time it is drawn, and without what was typed."""
    return re.sub(r'(csrfmiddlewaretoken"|name="login") value="[^"]*"|CSRFToken": "[^"]*"', "", page.content.decode())


def test_known_and_unknown_names_get_the_same_answer(vendor: User) -> None:
    known, unknown = enter(Client(), "vendor"), enter(Client(), "tidak-ada")

    assert known.status_code == unknown.status_code
    assert words(known) == words(unknown)


def test_signing_in_changes_the_key_of_the_session(vendor: User) -> None:
    browser = Client()
    session = browser.session
    session["kept"] = 1
    session.save()
    planted = browser.cookies["sessionid"].value

    enter(browser, "vendor", PASSWORD)

    stranger = Client()
    stranger.cookies["sessionid"] = planted
    assert browser.cookies["sessionid"].value != planted
    assert is_signed_in(browser)
    assert not is_signed_in(stranger)


def test_saying_again_who_one_is_changes_the_key_too(vendor: User) -> None:
    browser, thief = Client(), Client()
    enter(browser, "vendor", PASSWORD)
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value

    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    assert is_signed_in(browser)
    assert not is_signed_in(thief)
    assert browser.session.session_key == UserSession.objects.get().session_key


def test_a_cookie_is_worthless_after_signing_out(vendor: User) -> None:
    browser = Client()
    enter(browser, "vendor", PASSWORD)
    thief = Client()
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert is_signed_in(thief)

    browser.post(reverse("account_logout"))

    assert not is_signed_in(thief)


def test_two_tabs_of_one_browser_leave_together(vendor: User) -> None:
    browser = Client()
    enter(browser, "vendor", PASSWORD)
    other_tab = reverse("accounts:profile")
    assert browser.get(other_tab).status_code == 200

    browser.post(reverse("account_logout"))
    again = browser.get(other_tab)
    sent = browser.post(other_tab, {"name": "Orang lain"})

    assert again.url == sent.url == f"{LOGIN}?next={other_tab}"
    vendor.refresh_from_db()
    assert vendor.name != "Orang lain"


def test_a_session_ends_twelve_hours_after_signing_in_however_busy(vendor: User) -> None:
    browser = Client()
    with time_machine.travel(NOW, tick=False):
        enter(browser, "vendor", PASSWORD)
    answers = []
    for hours in (6, 11, 13):
        with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
            session = browser.session
            session["busy"] = hours
            session.save()
            answers.append(is_signed_in(browser))

    assert answers == [True, True, False]


def test_switching_an_account_off_ends_its_sessions_for_good(supervisor: User, teknis: User) -> None:
    browser = Client()
    enter(browser, teknis.username, PASSWORD)
    facts = {"by": supervisor, "now": NOW, "address": ""}

    granting.disable_person(teknis, **facts)
    granting.enable_person(teknis, **facts)

    assert browser.get(reverse("start")).url.startswith(LOGIN)


def test_the_trail_says_how_somebody_came_in(vendor: User) -> None:
    enter(Client(), "vendor", PASSWORD)

    assert AuditEntry.objects.get(kind="sign_in").data == {"methods": ["password"]}


def test_a_new_password_ends_every_other_session(vendor: User) -> None:
    here, there = Client(), Client()
    for browser in (here, there):
        enter(browser, "vendor", PASSWORD)

    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_who_is_disabled_is_out_at_the_next_request(vendor: User, sign_in: SignIn) -> None:
    browser = sign_in(vendor)
    assert is_signed_in(browser)

    User.objects.filter(pk=vendor.pk).update(is_active=False)

    assert not is_signed_in(browser)


def test_a_duty_that_is_taken_away_opens_nothing_at_the_next_request(supervisor: User, sign_in: SignIn) -> None:
    browser = sign_in(supervisor)
    assert browser.get(reverse("audit:entries")).status_code == 200

    supervisor.duties.all().delete()

    assert browser.get(reverse("audit:entries")).status_code == 404


@pytest.mark.parametrize(
    ("new", "error"),
    [
        ("x7Kp!2q", "8"),
        ("password", "umum"),
        ("sandi-LPSE-2026", "lpse"),
        ("Lkpp_rahasia_77", "lkpp"),
        ("x7Kp!2qz" * 16 + "1", "128"),
    ],
)
def test_a_bad_new_password_is_refused_with_a_reason(new: str, error: str, vendor: User, sign_in: SignIn) -> None:
    page = sign_in(vendor).post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    vendor.refresh_from_db()
    assert error in " ".join(page.context["form"].errors["password1"])
    assert vendor.check_password(PASSWORD)


@pytest.mark.parametrize("new", ["x7Kp!2qz", "x7Kp!2qz" * 16, "kuda baterai staples benar"])
def test_good_passwords_of_8_to_128_letters_are_taken(new: str, vendor: User, sign_in: SignIn) -> None:
    sign_in(vendor).post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    vendor.refresh_from_db()
    assert vendor.check_password(new)


@pytest.mark.parametrize("length", [5_000, 1_000_000])
def test_a_very_long_password_stalls_nothing(length: int, vendor: User) -> None:
    began = time.process_time()

    answer = enter(Client(), "vendor", "x" * length)

    assert answer.status_code == 200
    assert time.process_time() - began < 2


@pytest.mark.parametrize("head", [{"HTTP_HOST": "jahat.example"}, {"HTTP_HOST": "localhost:8000@jahat.example"}])
def test_another_host_is_refused(head: dict[str, str]) -> None:
    assert Client().get("/", **head).status_code == 400


def test_letters_name_the_host_of_the_settings(vendor: User, settings: Any) -> None:
    Client().post(RESET, {"email": vendor.email}, HTTP_X_FORWARDED_HOST="jahat.example")

    assert Notification.objects.get(kind="password_reset").url.startswith("/")


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "PROPFIND", "DELETE"])
def test_other_methods_answer_nothing(method: str) -> None:
    answer = Client().generic(method, LOGIN)

    assert answer.status_code == 405


@pytest.mark.parametrize("path", ["/.git/config", "/.env", "/.git/", "/settings.py", "/debug/", "/static/../.env"])
def test_what_is_no_page_is_not_found_and_tells_nothing(path: str) -> None:
    answer = Client().get(path)

    assert answer.status_code == 404
    assert "Traceback" not in answer.content.decode()
    assert "urlpatterns" not in answer.content.decode()


def test_scripts_keep_nothing_in_the_browser_but_whether_shortcuts_are_on() -> None:
    scripts = {path.name: path.read_text() for path in (settings.BASE_DIR / "static/js").glob("*.js")}

    kept = {
        (name, word)
        for name, text in scripts.items()
        for word in re.findall(r"(?:local|session)Storage|indexedDB", text)
    }

    assert kept == {("keys.js", "localStorage")}
    assert '"historyCacheSize": 0' in (settings.BASE_DIR / "templates/base.html").read_text()


ANSWER = '{"id": "AA", "rawId": "AA", "type": "public-key", "response": %s}'
GARBAGE = ["[]", "1", "null", "{}", "[" * 100_000, '{"response": 1}', '{"response": {}, "id": "x"}']
GARBAGE += [
    ANSWER % response for response in ("{}", '{"userHandle": 1}', '{"userHandle": "!!!"}', '{"userHandle": "/w=="}')
]
GARBAGE += [ANSWER % '{"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA", "userHandle": "MQ"}']


@pytest.mark.parametrize("credential", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_instead_of_a_key_signs_nobody_in(credential: str, vendor: User, sign_in: SignIn) -> None:
    guest, owner = Client(), sign_in(vendor)
    guest.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    owner.get(reverse("mfa_add_webauthn"))

    entered = guest.post(reverse("mfa_login_webauthn"), {"credential": credential})
    added = owner.post(reverse("mfa_add_webauthn"), {"name": "Kunci", "credential": credential})

    assert entered.url == LOGIN
    assert added.status_code == 200
    assert not is_signed_in(guest)
