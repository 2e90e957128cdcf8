"""A person comes in from the LPSE application: known by its word alone, and only when the word is true (R08, R09)."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from accounts.models import Lpse, Reporter, User
from audit.models import AuditEntry
from tests.accounts.provider import Provider, key_of, provider

__all__ = ["provider"]
pytestmark = [pytest.mark.django_db, pytest.mark.standard("R08, R09")]
ENTER = reverse("openid_connect_login", args=["spse"])
BACK = reverse("openid_connect_callback", args=["spse"])
VENDOR = {
    "role": "PENYEDIA",
    "phone_number": "0812-0000-9001",
    "business_name": "CV Rekaan Baru",
    "business_form": "cv",
    "npwp": "9000000000009001",
}


def leave(browser: Client, **query: str) -> str:
    """Go to the LPSE application; return the state that it will hand back."""
    answer = browser.get(ENTER, query)
    assert answer.status_code == 302, answer.content
    return parse_qs(urlsplit(answer["Location"]).query)["state"][0]


def come_in(browser: Client, **query: str) -> Any:
    """Go there and come back."""
    return browser.get(BACK, {"code": "once", "state": leave(browser, **query)})


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def assert_refused(answer: Any, browser: Client, status: int = 401) -> None:
    """Nobody is signed in, nobody is made, the page says what to do, and the audit knows."""
    assert answer.status_code == status
    assert "Anda belum masuk" in answer.content.decode()
    assert not is_signed_in(browser)
    assert not SocialAccount.objects.exists()
    assert AuditEntry.objects.filter(kind=AuditEntry.Kind.SIGN_IN_FAILED).count() == 1


def test_the_first_visit_makes_the_account_with_what_spse_knows(client: Client, provider: Provider, lpse: Lpse) -> None:
    provider.claims |= VENDOR | {"lpse": lpse.code}

    answer = come_in(client)

    assert (answer.status_code, answer.url) == (302, reverse("start"))
    person = SocialAccount.objects.get(provider="spse", uid="spse-77").user
    assert (person.username, person.name, person.email) == ("gilang", "Gilang Karangan", "gilang@contoh.example")
    assert not person.has_usable_password()
    assert not person.duty_list
    reporter = Reporter.objects.get(user=person)
    assert (reporter.kind, reporter.organisation, reporter.lpse) == ("vendor", "CV Rekaan Baru", lpse)
    assert (reporter.phone, reporter.spse_user_id) == ("+6281200009001", "gilang")
    assert AuditEntry.objects.filter(kind=AuditEntry.Kind.SIGN_IN, actor=person).exists()


def test_the_second_visit_finds_it_by_subject_and_follows_what_changed(client: Client, provider: Provider) -> None:
    provider.claims |= VENDOR
    come_in(client)
    provider.claims |= {"email": "baru@contoh.example", "preferred_username": "lain", "business_name": "CV Ganti Nama"}

    come_in(Client())

    person = User.objects.get(socialaccount__uid="spse-77")
    assert (person.username, person.email) == ("gilang", "baru@contoh.example")
    assert person.own_reporter is not None
    assert person.own_reporter.business_name == "CV Ganti Nama"


def test_what_spse_tells_by_half_the_person_completes(client: Client, provider: Provider) -> None:
    provider.claims |= {"role": "ppk", "phone_number": "nonsens"}

    assert come_in(client).url == reverse("start")
    page = client.get(reverse("accounts:profile"))

    assert not Reporter.objects.exists()
    assert page.context["kind"] == Reporter.Kind.PPK
    assert page.context["form"].initial["name"] == "Gilang Karangan"


def test_no_claim_gives_a_duty_or_an_identity_of_staff(client: Client, provider: Provider) -> None:
    provider.claims |= {"role": "lpse_staff", "is_superuser": True, "duties": ["supervisor"]}

    come_in(client)

    person = User.objects.get(socialaccount__uid="spse-77")
    assert (person.is_superuser, person.is_staff, person.duty_list, person.own_reporter) == (False, False, [], None)


def forged(provider: Provider) -> None:
    provider.sign = lambda claims: provider.signed(claims, key=key_of("somebody else"))


def unsigned(provider: Provider) -> None:
    provider.sign = lambda claims: provider.signed(claims, key="", algorithm="none")


def signed_with_the_public_key(provider: Provider) -> None:
    provider.sign = lambda claims: provider.signed(claims, key=json.dumps(provider.keys()), algorithm="HS256")


def without_a_key_id(provider: Provider) -> None:
    provider.sign = lambda claims: provider.signed(claims, kid="")


def no_token(provider: Provider) -> None:
    provider.answers["/token"] = b'{"access_token": "x", "token_type": "Bearer"}'


def junk(path: str) -> Callable[[Provider], None]:
    def lie(provider: Provider) -> None:
        provider.answers[path] = b"[1, 2"

    return lie


def says(**claims: Any) -> Callable[[Provider], None]:
    def lie(provider: Provider) -> None:
        provider.claims |= claims

    return lie


LIES = {
    "forged": forged,
    "unsigned": unsigned,
    "signed with the public key": signed_with_the_public_key,
    "without a key id": without_a_key_id,
    "no token": no_token,
    "junk for a token": junk("/token"),
    "junk for keys": junk("/keys"),
    "wrong audience": says(aud="aplikasi-lain"),
    "wrong issuer": says(iss="https://palsu.example"),
    "expired": says(exp=1_700_000_000),
    "without an end": says(exp=None),
    "of nobody": says(sub=None),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_true_lets_nobody_in(client: Client, provider: Provider, lie: str) -> None:
    LIES[lie](provider)

    answer = come_in(client)

    assert_refused(answer, client)
    assert not User.objects.filter(username="gilang").exists()


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_unverified_address_lets_nobody_in(client: Client, provider: Provider, verified: Any) -> None:
    provider.claims["email_verified"] = verified

    answer = come_in(client)

    assert_refused(answer, client, 403)
    assert "belum terverifikasi" in answer.content.decode()


def test_an_address_that_is_taken_opens_no_account(client: Client, provider: Provider, vendor: User) -> None:
    provider.claims["email"] = vendor.email.upper()

    answer = come_in(client)

    assert_refused(answer, client, 403)
    assert "hubungkan" in answer.content.decode()


def test_an_answer_is_good_once_and_in_one_browser(client: Client, provider: Provider) -> None:
    back = {"code": "once", "state": leave(client)}

    stolen = Client().get(BACK, back)
    first, again = client.get(BACK, back), Client().get(BACK, back)

    assert (stolen.status_code, first.status_code, again.status_code) == (401, 302, 401)


def test_a_token_is_good_once(client: Client, provider: Provider) -> None:
    provider.claims["jti"] = "satu-kali"
    first, other = come_in(client), Client()

    answer = come_in(other)

    assert (first.status_code, answer.status_code) == (302, 401)
    assert not is_signed_in(other)


@pytest.mark.parametrize("answer", [b"[1, 2", b"[]", b"{}", b'{"issuer": "https://palsu.example"}'])
def test_an_application_that_does_not_speak_as_itself_is_not_asked(
    client: Client, provider: Provider, answer: bytes
) -> None:
    provider.answers["/.well-known/openid-configuration"] = answer

    assert_refused(client.get(ENTER), client)


def test_an_application_that_is_down_gets_a_sentence(client: Client, provider: Provider) -> None:
    provider.server.shutdown()
    provider.server.server_close()

    assert_refused(client.get(ENTER), client)


def test_who_cancels_is_told_so(client: Client, provider: Provider) -> None:
    answer = client.get(BACK, {"error": "access_denied", "state": leave(client)})

    assert answer.status_code == 403
    assert "Anda membatalkan" in answer.content.decode()


def test_a_disabled_account_stays_out(client: Client, provider: Provider) -> None:
    come_in(client)
    User.objects.filter(username="gilang").update(is_active=False)
    browser = Client()

    answer = come_in(browser)

    assert answer.url == reverse("account_inactive")
    assert not is_signed_in(browser)


def test_the_way_on_is_kept_and_stays_with_us(client: Client, provider: Provider) -> None:
    assert come_in(client, next="/tiket/buat/").url == "/tiket/buat/"
    assert come_in(client, next="//palsu.example/").url == reverse("start")


def test_an_account_is_connected_by_a_button_never_by_a_link(
    provider: Provider, vendor: User, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(vendor)
    state = parse_qs(urlsplit(browser.post(ENTER)["Location"]).query)["state"][0]

    answer = browser.get(BACK, {"code": "once", "state": state})

    assert answer.url == reverse("accounts:profile")
    assert SocialAccount.objects.get().user == vendor
    page = browser.get(reverse("accounts:profile")).content.decode()
    assert "Terhubung dengan Aplikasi LPSE" in page
    linked = sign_in(vendor)
    SocialAccount.objects.all().delete()
    come_in(linked, process="connect")
    assert SocialAccount.objects.get().user != vendor


def test_an_unknown_application_is_not_found(client: Client) -> None:
    assert client.get("/masuk/entah/").status_code == 404
    assert client.get("/masuk/entah/kembali/").status_code == 404


def test_the_sign_in_page_names_the_applications(client: Client, provider: Provider) -> None:
    page = client.get(reverse("account_login"), {"next": "/tiket/"}).content.decode()

    assert f'href="{ENTER}?next=%2Ftiket%2F"' in page
    assert "Masuk melalui Aplikasi LPSE" in page
