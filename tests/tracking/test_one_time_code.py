"""The code that is mailed to somebody without an account: it lets them act on their own ticket, once (R26, A07)."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Reporter, User
from audit.models import AuditEntry
from notifications.models import Notification
from tests.conftest import NOW
from tests.tickets.pages import text_of, token_in
from tickets.models import Ticket
from tickets.services import handling
from tracking.services import ONE_TIME_TRIES, make_access_code, make_one_time_code, use_one_time_code

pytestmark = [pytest.mark.django_db, pytest.mark.standard("R26")]


def mail(browser: Client, ticket: Ticket) -> str:
    """Ask for a code and read it in the letter."""
    browser.post(reverse("tickets:mail_code", args=[ticket.number]))
    return Notification.objects.filter(kind="one_time_code").latest("pk").secret


def enter(browser: Client, ticket: Ticket, code: str) -> int:
    return browser.post(reverse("tickets:enter_code", args=[ticket.number]), {"kode": code}).status_code


@pytest.mark.standard("A07")
def test_a_visitor_confirms_the_closing_of_their_ticket(
    followed: Client, consultation: Ticket, consultant: User
) -> None:
    solution = {"version": consultation.version, "key": uuid4(), "solution": "Pakai Apendo baru."}
    handling.resolve_ticket(consultation.pk, by=consultant, now=NOW, **solution)
    code = mail(followed, consultation)

    entered = enter(followed, consultation, code)
    page = followed.get(consultation.get_absolute_url())
    followed.post(
        reverse("tickets:confirm", args=[consultation.number]),
        {"draf": token_in(page), "version": page.context["ticket"].version},
    )

    assert entered == 302
    consultation.refresh_from_db()
    assert consultation.close_reason == Ticket.CloseReason.CONFIRMED
    assert consultation.events.get(kind="confirmed").actor == consultation.reporter.user


def test_a_code_is_good_once(followed: Client, consultation: Ticket) -> None:
    code = mail(followed, consultation)

    first, second = enter(followed, consultation, code), enter(followed, consultation, code)

    assert (first, second) == (302, 200)


def test_a_code_is_good_for_ten_minutes(consultation: Ticket) -> None:
    answers = {}
    for minutes in (9, 10):
        code = make_one_time_code(consultation.number, now=NOW)
        answers[minutes] = use_one_time_code(consultation.number, code, now=NOW + timedelta(minutes=minutes))

    assert answers == {9: True, 10: False}


def test_five_wrong_tries_make_a_code_worthless(consultation: Ticket) -> None:
    code = make_one_time_code(consultation.number, now=NOW)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    tries = [use_one_time_code(consultation.number, wrong, now=NOW) for _try in range(ONE_TIME_TRIES)]

    assert tries == [False] * ONE_TIME_TRIES
    assert not use_one_time_code(consultation.number, code, now=NOW)


def test_the_code_is_neither_in_the_subject_nor_on_any_page(followed: Client, consultation: Ticket) -> None:
    code = mail(followed, consultation)

    page = text_of(followed.get(reverse("tickets:tracked", args=[consultation.number])))

    assert len(code) == 6
    assert code not in page
    assert "hasan@" not in page


def test_only_three_codes_are_mailed_in_a_quarter_of_an_hour(followed: Client, consultation: Ticket) -> None:
    for _time in range(5):
        followed.post(reverse("tickets:mail_code", args=[consultation.number]))

    assert Notification.objects.filter(kind="one_time_code").count() == 3


def test_whoever_is_signed_in_by_a_code_has_their_own_tickets_and_nothing_else(
    followed: Client, consultation: Ticket, ticket: Ticket
) -> None:
    enter(followed, consultation, mail(followed, consultation))

    opened = {
        "own": followed.get(consultation.get_absolute_url()).status_code,
        "other": followed.get(ticket.get_absolute_url()).status_code,
        "file": followed.get(reverse("tickets:file")).status_code,
        "profile": followed.get(reverse("accounts:profile")).status_code,
        "password": followed.get(reverse("account_change_password")).status_code,
        "queue": followed.get(reverse("tickets:queue", args=["eproc"])).status_code,
    }

    assert opened == {"own": 200, "other": 404, "file": 409, "profile": 403, "password": 403, "queue": 404}


def test_whoever_is_signed_in_by_a_code_is_told_why_and_not_tempted(followed: Client, consultation: Ticket) -> None:
    enter(followed, consultation, mail(followed, consultation))

    profile = text_of(followed.get(reverse("accounts:profile")))
    filing = text_of(followed.get(reverse("tickets:file")))
    mine = followed.get(reverse("tickets:mine")).content.decode()

    assert "Anda masuk dengan kode sekali pakai, tanpa akun SPSE." in profile
    assert "Membuat tiket di sini memerlukan akun SPSE." in filing
    main = mine[mine.index("<main") : mine.index("</main>")]
    menu = mine[: mine.index("<main")]
    assert [path for path in ("tickets:file", "accounts:profile") if reverse(path) in main + menu] == []


def test_a_wrong_one_time_code_is_written_down(followed: Client, consultation: Ticket) -> None:
    code = mail(followed, consultation)

    enter(followed, consultation, f"{(int(code) + 1) % 1_000_000:06}")

    written = AuditEntry.objects.get(kind=AuditEntry.Kind.TRACKING_FAILED)
    assert (written.subject, written.address) == (consultation.number, "127.0.0.1")


def test_the_session_ends_after_half_an_hour(followed: Client, consultation: Ticket) -> None:
    code = mail(followed, consultation)
    enter(followed, consultation, code)

    with time_machine.travel(NOW.now(NOW.tzinfo) + timedelta(minutes=31)):
        later = followed.get(consultation.get_absolute_url())

    assert later.status_code == 302


def test_the_session_gets_a_new_key_when_it_is_signed_in(followed: Client, consultation: Ticket) -> None:
    before = followed.session.session_key

    enter(followed, consultation, mail(followed, consultation))

    assert followed.session.session_key != before


def test_a_reporter_with_an_account_is_sent_no_code(ticket: Ticket, vendor: User) -> None:
    browser = Client()
    code = make_access_code(ticket.number, by=None, now=NOW)
    browser.post(reverse("tracking:track"), {"nomor": ticket.number, "kode": code})

    answer = browser.post(reverse("tickets:mail_code", args=[ticket.number]))

    assert answer.status_code == 404
    assert not Notification.objects.filter(kind="one_time_code").exists()


def test_without_number_and_code_nobody_is_sent_anything(consultation: Ticket, client: Client) -> None:
    answer = client.post(reverse("tickets:mail_code", args=[consultation.number]))

    assert answer.status_code == 302
    assert not Notification.objects.filter(kind="one_time_code").exists()


def test_a_visitor_without_an_address_is_told_whom_to_ask(followed: Client, consultation: Ticket) -> None:
    Reporter.objects.filter(pk=consultation.reporter_id).update(email="")

    page = text_of(followed.get(reverse("tickets:tracked", args=[consultation.number])))

    assert "hubungi petugas" in page
    assert "Kirim kode sekali pakai" not in page
