"""Who came in, who was turned away, and from where."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from tickets.models import Ticket

Kind = AuditEntry.Kind
PASSWORD = "kata-sandi-yang-panjang"
HERE = "192.0.2.10"


@pytest.fixture
def browser() -> Client:
    """A browser at a known address, in which nobody is signed in."""
    return Client(REMOTE_ADDR=HERE)


@pytest.fixture
def known(helpdesk: User) -> User:
    """Staff whose password we know."""
    helpdesk.set_password(PASSWORD)
    helpdesk.save(update_fields=["password"])
    return helpdesk


def sign_in(browser: Client, password: str = PASSWORD, **headers: Any) -> int:
    words = {"login": "helpdesk", "password": password}
    return browser.post(reverse("account_login"), words, **headers).status_code


def entries() -> list[tuple[str, User | None, str, str]]:
    return [(entry.kind, entry.actor, entry.subject, entry.address) for entry in AuditEntry.objects.order_by("pk")]


def test_coming_in_and_going_out_are_written_down(browser: Client, known: User) -> None:
    sign_in(browser)
    browser.post(reverse("account_logout"))

    assert entries() == [(Kind.SIGN_IN, known, "helpdesk", HERE), (Kind.SIGN_OUT, known, "helpdesk", HERE)]


def test_a_wrong_password_is_written_down_without_it(browser: Client, known: User) -> None:
    assert sign_in(browser, "bukan-kata-sandinya") == 200

    assert entries() == [(Kind.SIGN_IN_FAILED, None, "helpdesk", HERE)]
    assert AuditEntry.objects.get().data == {}


def test_an_unknown_name_is_written_down_like_a_wrong_password(browser: Client, db: None) -> None:
    assert sign_in(browser) == 200

    assert entries() == [(Kind.SIGN_IN_FAILED, None, "helpdesk", HERE)]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "believed"),
    [
        (0, "203.0.113.5", HERE),
        (0, "", HERE),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "198.51.100.66, 203.0.113.5", "203.0.113.5"),
        (2, "198.51.100.66, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (2, "203.0.113.5", HERE),
        (1, " , ,", HERE),
    ],
)
def test_only_our_own_proxies_are_believed_about_an_address(
    browser: Client, known: User, settings: Any, proxies: int, forwarded: str, believed: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    sign_in(browser, headers={"X-Forwarded-For": forwarded})

    assert entries() == [(Kind.SIGN_IN, known, "helpdesk", believed)]


# Refusals


@pytest.fixture
def stranger(browser: Client, other_helpdesk: User) -> Client:
    """Staff of another LPSE, signed in; the entry of that is not ours to count."""
    browser.force_login(other_helpdesk)
    return browser


def refusals() -> list[tuple[User | None, str, str, dict[str, Any]]]:
    found = AuditEntry.objects.filter(kind=Kind.REFUSED)
    return [(entry.actor, entry.subject, entry.address, entry.data) for entry in found]


def test_asking_for_what_is_not_yours_is_written_down_once(
    stranger: Client, ticket: Ticket, other_helpdesk: User
) -> None:
    page = ticket.get_absolute_url()

    assert stranger.get(page).status_code == 404

    assert refusals() == [(other_helpdesk, page, HERE, {"status": 404, "method": "GET"})]


def test_trying_what_you_may_not_do_is_written_down_once(browser: Client, ticket: Ticket, supervisor: User) -> None:
    browser.force_login(supervisor)
    address = reverse("tickets:take", args=[ticket.number])

    assert browser.post(address).status_code == 403

    assert refusals() == [(supervisor, address, HERE, {"status": 403, "method": "POST"})]


def test_a_forged_form_is_written_down(known: User, ticket: Ticket) -> None:
    browser = Client(REMOTE_ADDR=HERE, enforce_csrf_checks=True)
    browser.force_login(known)
    address = reverse("tickets:take", args=[ticket.number])

    assert browser.post(address).status_code == 403

    assert refusals() == [(known, address, HERE, {"status": 403, "method": "POST"})]


def test_an_address_nobody_has_is_no_refusal(stranger: Client) -> None:
    assert stranger.get("/alamat-yang-tidak-ada/").status_code == 404

    assert refusals() == []


def test_somebody_not_signed_in_is_only_asked_to_sign_in(browser: Client, ticket: Ticket) -> None:
    assert browser.get(ticket.get_absolute_url()).status_code == 302
    assert browser.get(reverse("tickets:download", args=[ticket.filing_key])).status_code in (302, 404)

    assert entries() == []


def test_a_conflict_is_no_refusal(browser: Client, ticket_in: Callable[..., Ticket], known: User) -> None:
    ticket = ticket_in(status=Ticket.Status.IN_PROGRESS)
    browser.force_login(known)

    assert browser.post(reverse("tickets:take", args=[ticket.number])).status_code == 409

    assert refusals() == []


def test_a_very_long_address_is_cut_not_refused(stranger: Client) -> None:
    assert stranger.get(reverse("tickets:detail", args=["9" * 5000])).status_code == 404

    assert [len(subject) for _actor, subject, *_rest in refusals()] == [300]
