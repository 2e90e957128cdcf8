"""What is typed is kept while it is typed, and comes back until it is sent or thrown away."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Lpse, User
from escalation.tiers import Tier
from tests.conftest import NOW
from tests.tickets.acts import reply
from tests.tickets.pages import FILE, PDF, token_in, upload, words
from tickets.models import Draft, Subcategory, Ticket

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
SAVE, DISCARD = reverse("tickets:save_draft"), reverse("tickets:discard_draft")
TEXT = "Kami sudah mencoba tiga peramban"
Status = Ticket.Status


@pytest.fixture(autouse=True)
def today() -> Any:
    """The pages are used on the day of the tests."""
    with time_machine.travel(NOW + timedelta(hours=5), tick=True):
        yield


def address(verb: str, ticket: Ticket) -> str:
    return reverse(f"tickets:{verb}", args=[ticket.number])


def save(browser: Client, path: str, token: str, **typed: Any) -> Any:
    """Do what the page does by itself a moment after the last key."""
    return browser.post(f"{SAVE}?untuk={path}", {"draf": token, **typed})


def shown(browser: Client, path: str) -> str:
    return browser.get(path).content.decode()


@pytest.fixture
def typing(ticket: Ticket, vendor: User, sign_in: Browse) -> tuple[Client, str]:
    """A reporter who has typed half a reply, and the token of the form."""
    browser = sign_in(vendor)
    token = token_in(browser.get(ticket.get_absolute_url()))
    saved = save(browser, address("reply", ticket), token, text=TEXT, version=1, kind="reply")
    assert "Draf tersimpan" in saved.content.decode()
    return browser, token


def test_words_come_back_after_a_reload(typing: tuple[Client, str], ticket: Ticket) -> None:
    browser, _token = typing

    page = browser.get(ticket.get_absolute_url())

    assert TEXT in page.content.decode()
    assert "belum terkirim kami pulihkan" in page.content.decode()
    sent = browser.post(address("reply", ticket), {"draf": token_in(page), "version": 1, "kind": "reply", "text": TEXT})
    assert sent.status_code == 302
    assert ticket.events.filter(body=TEXT).count() == 1
    assert not Draft.objects.exists()
    assert "kami pulihkan" not in shown(browser, ticket.get_absolute_url())


def test_words_come_back_after_signing_out(
    typing: tuple[Client, str], ticket: Ticket, vendor: User, sign_in: Browse
) -> None:
    browser, _token = typing
    browser.post(reverse("account_logout"))

    assert TEXT in shown(sign_in(vendor), ticket.get_absolute_url())


def test_words_are_kept_although_the_session_has_ended(
    typing: tuple[Client, str], ticket: Ticket, vendor: User, sign_in: Browse
) -> None:
    _browser, token = typing

    saved = save(Client(), address("reply", ticket), token, text=f"{TEXT}, dan dua komputer.", version=1, kind="reply")

    assert saved.status_code == 200
    assert f"{TEXT}, dan dua komputer." in shown(sign_in(vendor), ticket.get_absolute_url())


def test_nobody_else_finds_them(
    typing: tuple[Client, str], ticket: Ticket, colleague: User, helpdesk: User, sign_in: Browse
) -> None:
    ticket.shares.create(reporter=colleague.reporter, at=NOW)

    for person in (colleague, helpdesk):
        assert TEXT not in shown(sign_in(person), ticket.get_absolute_url())


def test_words_come_back_after_a_refused_version(typing: tuple[Client, str], ticket: Ticket, helpdesk: User) -> None:
    browser, token = typing
    reply(ticket, helpdesk)

    refused = browser.post(address("reply", ticket), {"draf": token, "version": 1, "kind": "reply", "text": TEXT})

    assert refused.status_code == 409
    assert TEXT in refused.content.decode()
    assert "Mohon tunggu." in refused.content.decode()
    assert TEXT in shown(browser, ticket.get_absolute_url())
    facts = {"draf": token_in(refused), "version": 2, "kind": "reply", "text": TEXT}
    assert browser.post(address("reply", ticket), facts).status_code == 302


@pytest.mark.parametrize(
    ("verb", "field"), [("escalate", "analysis"), ("resolve", "solution"), ("request_data", "items")]
)
def test_every_page_of_a_verb_keeps_its_own_words(
    ticket_in: Callable[..., Ticket], helpdesk: User, sign_in: Browse, verb: str, field: str
) -> None:
    ticket, browser = ticket_in(Tier.LPSE, Status.IN_PROGRESS), sign_in(helpdesk)
    token = token_in(browser.get(address(verb, ticket)))

    save(browser, address(verb, ticket), token, **{field: TEXT, "version": ticket.version})

    assert TEXT in shown(browser, address(verb, ticket))
    assert TEXT not in shown(browser, ticket.get_absolute_url())


def test_the_filing_page_keeps_its_words(vendor: User, subcategory: Subcategory, lpse: Lpse, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    page = browser.get(FILE)

    save(browser, FILE, token_in(page), **(words(page, subcategory, lpse, title=TEXT) | {"draf": token_in(page)}))

    again = browser.get(FILE)
    assert TEXT in again.content.decode()
    assert browser.post(FILE, words(again, subcategory, lpse, title=TEXT)).status_code == 302
    assert Ticket.objects.get().title == TEXT


def test_a_file_stays_with_the_words(ticket: Ticket, vendor: User, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    page = browser.get(ticket.get_absolute_url())
    facts = {"draf": token_in(page), "version": 1, "kind": "reply", "text": "", "files": upload("a.pdf", PDF)}
    refused = browser.post(address("reply", ticket), facts)

    save(browser, address("reply", ticket), token_in(refused), text=TEXT, version=1, kind="reply")

    page = shown(browser, ticket.get_absolute_url())
    assert TEXT in page
    assert "a.pdf" in page


def test_thrown_away_means_gone_with_its_files(typing: tuple[Client, str], ticket: Ticket) -> None:
    browser, token = typing
    path = ticket.get_absolute_url()

    gone = browser.post(f"{DISCARD}?next={path}", {"draf": token, "text": TEXT, "files": upload("a.pdf", PDF)})

    assert gone.url == path
    assert not Draft.objects.exists()
    assert TEXT not in shown(browser, path)


def test_two_tabs_keep_two_texts_and_the_second_is_told_about_the_first(
    ticket: Ticket, vendor: User, sign_in: Browse
) -> None:
    browser, path = sign_in(vendor), address("reply", ticket)
    first, second = (token_in(browser.get(ticket.get_absolute_url())) for _ in range(2))
    save(browser, path, first, text="Dari tab pertama.", version=1, kind="reply")
    save(browser, path, second, text="Dari tab kedua.", version=1, kind="reply")
    assert Draft.objects.count() == 2

    form = {"version": 1, "kind": "reply"}
    assert browser.post(path, form | {"draf": first, "text": "Dari tab pertama."}).status_code == 302
    late = browser.post(path, form | {"draf": second, "text": "Dari tab kedua."})

    assert late.status_code == 409
    assert "Dari tab pertama." in late.content.decode()
    assert "Dari tab kedua." in shown(browser, ticket.get_absolute_url())


def test_two_tabs_of_one_draft_send_it_once_and_lose_no_other_words(typing: tuple[Client, str], ticket: Ticket) -> None:
    browser, token = typing  # both tabs show the restored draft, so both hold this token
    path, form = address("reply", ticket), {"draf": token, "version": 1, "kind": "reply"}
    assert browser.post(path, form | {"text": TEXT}).status_code == 302

    save(browser, path, token, text="Lanjutan di tab lain.", version=1, kind="reply")
    assert "Lanjutan di tab lain." in shown(browser, ticket.get_absolute_url())
    other = browser.post(path, form | {"text": "Lanjutan di tab lain."})

    assert other.status_code == 409
    assert "Lanjutan di tab lain." in other.content.decode()
    assert browser.post(path, form | {"draf": token_in(other), "version": 2, "text": "Lanjutan."}).status_code == 302


def test_what_was_saved_again_while_the_form_was_on_its_way_does_not_come_back(
    typing: tuple[Client, str], ticket: Ticket, vendor: User, subcategory: Subcategory, lpse: Lpse
) -> None:
    browser, token = typing
    path, typed = address("reply", ticket), {"version": 1, "kind": "reply", "text": f"{TEXT}\r\n\r\ndan lainnya. "}
    browser.post(path, {"draf": token} | typed)
    page = browser.get(FILE)
    filed = words(page, subcategory, lpse)
    browser.post(FILE, filed)

    save(browser, path, token, **typed)
    save(browser, FILE, token_in(page), **filed)

    for address_of_form in (ticket.get_absolute_url(), FILE):
        assert "kami pulihkan" not in shown(browser, address_of_form)


@pytest.mark.parametrize("token", ["", "x", "x:y:z", "\0"])
def test_a_forged_token_keeps_nothing(token: str, ticket: Ticket, vendor: User, sign_in: Browse) -> None:
    answer = save(sign_in(vendor), address("reply", ticket), token, text=TEXT)

    assert answer.status_code == 200
    assert "Draf tersimpan" not in answer.content.decode()
    assert not Draft.objects.exists()


def test_a_token_of_yesterday_keeps_nothing(typing: tuple[Client, str], ticket: Ticket) -> None:
    browser, token = typing

    with time_machine.travel(NOW + timedelta(hours=30)):
        answer = save(browser, address("reply", ticket), token, text="Baru.")

    assert "Draf tersimpan" not in answer.content.decode()
    assert Draft.objects.get().data["text"] == TEXT


@pytest.mark.parametrize("path", ["", "https://jahat.example", "//jahat.example", "abc", "/" + "a" * 5000])
def test_garbage_for_a_form_harms_nobody(path: str, typing: tuple[Client, str], ticket: Ticket) -> None:
    browser, token = typing

    assert save(browser, path, token, text=TEXT).status_code == 200
    assert browser.post(f"{DISCARD}?next={path}", {"draf": token})["Location"] in ("/mulai/", path)
    assert not Draft.objects.exists()


def test_saving_and_throwing_away_need_a_post(vendor: User, sign_in: Browse) -> None:
    for path in (SAVE, DISCARD):
        assert sign_in(vendor).get(path).status_code == 405
