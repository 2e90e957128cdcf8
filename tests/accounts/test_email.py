"""Where letters about an account go: all through the outbox, none from a request."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from notifications.models import Notification
from notifications.services.relay import relay

pytestmark = pytest.mark.django_db
NEW, CONFIRM = reverse("accounts:new_email"), reverse("accounts:confirm_email")
PASSWORD = "Kunci-panjang-2026"
SignIn = Callable[[User], Client]


def mailed() -> list[Any]:
    """Let the outbox send, and return what left."""
    relay(now=timezone.now())
    return mail.outbox


def ask(browser: Client, email: str) -> str:
    """Ask for a new address; return the code that was mailed there."""
    assert browser.post(NEW, {"email": email}).url == CONFIRM
    return Notification.objects.filter(kind="email_code", address=email).values_list("secret", flat=True).last() or ""


def test_a_new_address_holds_once_its_code_came_back_and_the_old_one_is_told(vendor: User, sign_in: SignIn) -> None:
    browser, old = sign_in(vendor), vendor.email
    EmailAddress.objects.create(user=vendor, email=old, verified=True, primary=True)
    code = ask(browser, "baru@contoh.invalid")
    vendor.refresh_from_db()
    assert vendor.email == old

    answer = browser.post(CONFIRM, {"code": f"{code[:3]} {code[3:]}"})

    vendor.refresh_from_db()
    assert (answer.url, vendor.email) == (reverse("accounts:profile"), "baru@contoh.invalid")
    assert list(EmailAddress.objects.filter(user=vendor).values_list("email", "verified")) == [(vendor.email, True)]
    letters = mailed()
    assert [letter.to for letter in letters] == [["baru@contoh.invalid"], [old]]
    assert code in letters[0].body
    assert "Alamat surel diubah menjadi baru@contoh.invalid." in " ".join(letters[1].body.split())
    assert AuditEntry.objects.filter(kind="person_changed", actor=vendor).count() == 1
    assert not Notification.objects.exclude(secret="").exists()


def test_a_code_stands_in_its_letter_and_not_in_the_inbox(vendor: User, sign_in: SignIn) -> None:
    browser = sign_in(vendor)

    ask(browser, "baru@contoh.invalid")

    assert Notification.objects.filter(recipient=vendor, kind="email_code").exists()
    assert not Notification.objects.visible_to(vendor).exists()


def test_a_wrong_code_changes_nothing_and_five_spoil_it(vendor: User, sign_in: SignIn) -> None:
    browser, old = sign_in(vendor), vendor.email
    code = ask(browser, "baru@contoh.invalid")
    wrong = "0" * 6 if code != "0" * 6 else "1" * 6

    pages = [browser.post(CONFIRM, {"code": wrong}) for _try in range(5)] + [browser.post(CONFIRM, {"code": code})]

    vendor.refresh_from_db()
    assert {page.status_code for page in pages} == {200}
    assert all("Kode tidak cocok" in page.content.decode() for page in pages)
    assert vendor.email == old


def test_a_code_is_good_for_ten_minutes(vendor: User, sign_in: SignIn) -> None:
    browser = sign_in(vendor)
    code = ask(browser, "baru@contoh.invalid")
    session = browser.session
    session["new_email"] |= {"until": timezone.now().isoformat()}
    session.save()

    assert "Kode tidak cocok" in browser.post(CONFIRM, {"code": code}).content.decode()


def test_the_address_of_somebody_else_gets_no_letter_and_the_page_does_not_tell(
    vendor: User, helpdesk: User, sign_in: SignIn
) -> None:
    browser = sign_in(vendor)

    assert ask(browser, helpdesk.email.upper()) == ""
    page = browser.get(CONFIRM)

    assert mailed() == []
    assert "Kami mengirim kode enam angka" in page.content.decode()


@pytest.mark.parametrize(
    "email", ["", "bukan-surel", "a\0@contoh.invalid", "a@contoh.invalid\r\nBcc: b@c.id", "a" * 100_000]
)
def test_what_is_no_address_is_refused(email: str, vendor: User, sign_in: SignIn) -> None:
    answer = sign_in(vendor).post(NEW, {"email": email})

    assert answer.status_code == 200
    assert not Notification.objects.exists()


def test_codes_are_mailed_five_times_an_hour(vendor: User, sign_in: SignIn) -> None:
    browser = sign_in(vendor)
    for number in range(5):
        ask(browser, f"baru{number}@contoh.invalid")

    assert browser.post(NEW, {"email": "baru@contoh.invalid"}).status_code == 429


def test_a_forgotten_password_is_replaced_through_a_letter_of_the_outbox(client: Client, vendor: User) -> None:
    client.post(reverse("account_reset_password"), {"email": vendor.email})
    assert mail.outbox == []  # the request waits for no mail server
    (letter,) = mailed()
    link = re.search(r"http://\S+(/kata-sandi/baru/\S+)", letter.body).group(1)
    page = client.get(link)
    client.post(page.url, {"password1": PASSWORD, "password2": PASSWORD})

    answer = client.post(reverse("account_login"), {"login": "vendor", "password": PASSWORD})

    assert answer.url == reverse("start")
    assert "Kode:" not in letter.body
    assert "Yth. Bapak/Ibu Wulan Rekaan" in letter.body
    assert "Kata sandi baru dibuat" in mailed()[-1].body
    assert client.get(link).context["token_fail"]  # once only


def test_the_link_to_a_new_password_does_not_stand_in_the_inbox(vendor: User, sign_in: SignIn) -> None:
    Client().post(reverse("account_reset_password"), {"email": vendor.email})

    page = sign_in(vendor).get(reverse("notifications:inbox")).content.decode()

    assert "kata sandi baru" in page
    assert Notification.objects.get(kind="password_reset").secret not in page


def test_an_unknown_address_gets_the_same_page_and_no_letter(client: Client, vendor: User) -> None:
    pages = [
        client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        for email in (vendor.email, "orang@contoh.invalid")
    ]

    texts = [
        re.sub(r'csrfmiddlewaretoken" value="[^"]*"|CSRFToken": "[^"]*"', "", page.content.decode()) for page in pages
    ]
    assert pages[0].redirect_chain == pages[1].redirect_chain
    assert texts[0] == texts[1]
    assert [letter.to for letter in mailed()] == [[vendor.email]]
