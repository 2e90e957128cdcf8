"""Access codes: kept only as what they can be checked by, shown once, renewed and revoked at will (A22)."""

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Reporter, User
from audit.models import AuditEntry
from notifications.models import Notification
from notifications.services.letters import write
from notifications.services.relay import relay
from tests.conftest import NOW
from tests.tickets.pages import text_of
from tickets.models import Ticket
from tickets.services import tracking as ticket_codes
from tracking.models import AccessCode
from tracking.services import check_access_code, make_access_code, revoke_access_code

pytestmark = [pytest.mark.django_db, pytest.mark.standard("A22")]
Browse = Callable[[User], Client]


def follow(browser: Client, number: str, code: str) -> int:
    """Give number and code, and return how the page behind them answers."""
    browser.post(reverse("tracking:track"), {"nomor": number, "kode": code})
    return browser.get(reverse("tickets:tracked", args=[number])).status_code


def test_only_a_digest_of_the_code_is_kept() -> None:
    code = make_access_code("TKT-2026-000001-8", by=None, now=NOW)

    kept = AccessCode.objects.get()
    assert code.replace("-", "") not in kept.digest
    assert kept.digest.startswith("argon2")


@pytest.mark.parametrize("written", ["{0}-{1}", "{0}{1}", " {0} {1} ", "{0}.{1}"])
def test_a_code_is_read_in_any_notation(written: str) -> None:
    code = make_access_code("TKT-2026-000001-8", by=None, now=NOW)

    given = written.format(*code.lower().split("-"))

    assert check_access_code("TKT-2026-000001-8", given, now=NOW, address="")


def test_a_new_code_voids_the_old_one_and_closes_what_it_had_opened(ticket: Ticket) -> None:
    old = make_access_code(ticket.number, by=None, now=NOW)
    browser, late = Client(), Client()
    assert follow(browser, ticket.number, old) == 200

    new = make_access_code(ticket.number, by=None, now=NOW)

    assert browser.get(reverse("tickets:tracked", args=[ticket.number])).status_code == 302
    assert follow(late, ticket.number, old) == 302
    assert follow(late, ticket.number, new) == 200


def test_a_revoked_code_opens_nothing_any_more(ticket: Ticket, vendor: User) -> None:
    code = make_access_code(ticket.number, by=vendor, now=NOW)
    browser = Client()
    assert follow(browser, ticket.number, code) == 200

    revoke_access_code(ticket.number, by=vendor, now=NOW)

    assert browser.get(reverse("tickets:tracked", args=[ticket.number])).status_code == 302
    assert follow(Client(), ticket.number, code) == 302


def test_the_reporter_makes_a_code_that_is_shown_once(ticket: Ticket, vendor: User, sign_in: Browse) -> None:
    browser = sign_in(vendor)

    made = browser.post(reverse("tickets:make_code", args=[ticket.number]))
    again = browser.get(reverse("tickets:access_code", args=[ticket.number]))

    code = made.context["code"]
    assert code in text_of(made)
    assert code not in text_of(again)
    assert made["Cache-Control"] == again["Cache-Control"] == "private, no-store"
    assert follow(Client(), ticket.number, code) == 200


def test_nobody_makes_a_code_for_a_reporter_with_an_account_but_themselves(
    ticket: Ticket, helpdesk: User, other_vendor: User, sign_in: Browse
) -> None:
    path = reverse("tickets:make_code", args=[ticket.number])

    assert sign_in(helpdesk).post(path).status_code == 403
    assert sign_in(other_vendor).post(path).status_code == 404
    assert not AccessCode.objects.exists()


def test_what_is_done_with_codes_is_written_down(ticket: Ticket, vendor: User) -> None:
    code = make_access_code(ticket.number, by=vendor, now=NOW, address="192.0.2.1")
    check_access_code(ticket.number, code, now=NOW, address="192.0.2.2")
    check_access_code(ticket.number, "AAAA-AAAA", now=NOW, address="192.0.2.3")
    revoke_access_code(ticket.number, by=vendor, now=NOW, address="192.0.2.1")

    written = AuditEntry.objects.order_by("pk").values_list("kind", "subject", "address")

    assert list(written) == [
        ("access_code_made", ticket.number, "192.0.2.1"),
        ("tracked", ticket.number, "192.0.2.2"),
        ("tracking_failed", ticket.number, "192.0.2.3"),
        ("access_code_revoked", ticket.number, "192.0.2.1"),
    ]


def test_a_code_opens_its_case_under_a_new_session_key(ticket: Ticket) -> None:
    code, browser = make_access_code(ticket.number, by=None, now=NOW), Client()
    planted = browser.session
    planted.save()
    browser.cookies["sessionid"] = planted.session_key

    follow(browser, ticket.number, code)

    assert browser.session.session_key != planted.session_key
    assert not planted.exists(planted.session_key)


def test_the_outbox_forgets_a_code_that_cannot_be_mailed(consultation: Ticket, consultant: User) -> None:
    ticket_codes.make_code(consultation, by=consultant, now=NOW, address="")
    Notification.objects.exclude(kind="access_code").delete()
    refused = SMTPRecipientsRefused({consultation.reporter.email: (550, b"unknown")})

    with patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=refused):
        relay(now=NOW + timedelta(minutes=1))

    letter = Notification.objects.get()
    assert (letter.secret, letter.dead_at is not None) == ("", True)


def test_the_outbox_keeps_a_code_while_the_mail_server_is_away(consultation: Ticket, consultant: User) -> None:
    code = ticket_codes.make_code(consultation, by=consultant, now=NOW, address="")
    Notification.objects.exclude(kind="access_code").delete()

    with patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=ConnectionRefusedError):
        relay(now=NOW + timedelta(minutes=1))

    assert Notification.objects.get().secret == code


def test_no_secret_stands_in_the_inbox(consultation: Ticket, consultant: User, sign_in: Browse) -> None:
    code = ticket_codes.make_code(consultation, by=consultant, now=NOW, address="")

    page = text_of(sign_in(consultation.reporter.user).get(reverse("notifications:inbox")))

    assert "kode akses" in page
    assert code not in page


def test_a_visitor_gets_the_code_by_mail_and_the_outbox_forgets_it(
    visitor: Reporter, consultation: Ticket, consultant: User
) -> None:
    code = ticket_codes.make_code(consultation, by=consultant, now=NOW, address="")
    letter = Notification.objects.get(kind="access_code")

    written = write(letter)
    relay(now=NOW + timedelta(minutes=1))

    assert written.to == [visitor.email]
    assert code in written.body
    assert code not in written.subject
    assert f"/lacak/{consultation.number}/" in written.body
    letter.refresh_from_db()
    assert (letter.secret, letter.sent_at is not None) == ("", True)
