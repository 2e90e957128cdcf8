"""The relay: one letter for each message, in order, tried again, given up, never sent twice."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Reporter, User
from notifications.models import Notification
from notifications.services import notify
from notifications.services.relay import relay, retry_dead
from notifications.tasks import relay as task
from tests.conftest import NOW
from tests.notifications.mailroom import Mailroom

SECOND = timedelta(seconds=1)


@pytest.fixture
def mailroom(settings: Any) -> Iterator[type[Mailroom]]:
    """The mail server, willing until told otherwise."""
    settings.EMAIL_BACKEND = "tests.notifications.mailroom.Mailroom"
    yield Mailroom
    for told in (Mailroom.refusals, Mailroom.away, Mailroom.tries):
        told.clear()


def tell(person: User, *, url: str = "/tiket/1/", now: datetime = NOW, kind: str = "ticket_received") -> Notification:
    notify([person], kind, url=url, now=now, number="TKT-2026-000123-7", title="Gagal masuk", sender="Intan")
    return Notification.objects.latest("pk")


def sent(*, now: datetime = NOW) -> list[str]:
    """Let the relay work once; return whom it wrote to."""
    before = len(mail.outbox)
    relay(now=now)
    return [letter.to[0] for letter in mail.outbox[before:]]


def refused(person: User, code: int = 550) -> SMTPRecipientsRefused:
    return SMTPRecipientsRefused({person.email: (code, b"no")})


def test_every_person_gets_a_letter_of_their_own_and_only_once(vendor: User, helpdesk: User) -> None:
    notify([vendor, helpdesk], "ticket_received", url="/tiket/1/", now=NOW, number="TKT", title="Uji")

    assert relay(now=NOW) == {"sent": 2, "postponed": 0, "dead": 0, "skipped": 0}
    assert relay(now=NOW + SECOND) == {"sent": 0, "postponed": 0, "dead": 0, "skipped": 0}

    assert [letter.recipients() for letter in mail.outbox] == [[vendor.email], [helpdesk.email]]
    assert not Notification.objects.waiting().exists()
    assert {row.sent_at for row in Notification.objects.all()} == {NOW}


def test_the_task_tells_what_it_did(vendor: User) -> None:
    tell(vendor)

    assert [task(), task()] == [
        {"sent": 1, "postponed": 0, "dead": 0, "skipped": 0},
        {"sent": 0, "postponed": 0, "dead": 0, "skipped": 0},
    ]


def test_the_command_mails_once_and_says_so(vendor: User, capsys: pytest.CaptureFixture[str]) -> None:
    tell(vendor)

    call_command("relay")

    assert capsys.readouterr().out == "1 sent, 0 postponed, 0 dead, 0 skipped\n"


def test_a_message_from_before_the_relay_is_not_mailed(vendor: User) -> None:
    Notification.objects.create(recipient=vendor, kind="ticket_received", url="/", at=NOW)

    assert sent(now=NOW + timedelta(days=1)) == []


def test_what_is_sent_or_given_up_cannot_wait_as_well(vendor: User) -> None:
    message = tell(vendor)

    for column in ("sent_at", "dead_at"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notification.objects.filter(pk=message.pk).update(**{column: NOW})


def test_waits_double_from_5_seconds_to_an_hour_and_the_12th_failure_is_the_last(
    vendor: User, mailroom: type[Mailroom]
) -> None:
    mailroom.refusals[vendor.email] = refused(vendor, 451)
    message, now, waits = tell(vendor), NOW, []

    for _attempt in range(11):
        assert sent(now=now - SECOND) == []
        assert relay(now=now)["postponed"] == 1
        message.refresh_from_db()
        waits.append((message.next_at - now) / SECOND)
        now = message.next_at

    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]
    assert len(mailroom.tries) == 11
    assert relay(now=now)["dead"] == 1
    assert relay(now=now + timedelta(days=30))["dead"] == 0
    message = Notification.objects.dead().get()
    assert (message.dead_at, message.attempts, message.next_at) == (now, 12, None)
    assert "451" in message.last_error


@pytest.mark.parametrize(
    "error",
    [
        SMTPRecipientsRefused({"vendor@contoh.invalid": (550, b"unknown user")}),
        SMTPSenderRefused(553, b"not you", "no-reply@localhost"),
        SMTPDataError(554, b"spam"),
    ],
    ids=["recipient", "sender", "data"],
)
def test_a_final_no_gives_a_letter_up_at_once_and_the_next_one_leaves(
    vendor: User, helpdesk: User, mailroom: type[Mailroom], error: Exception
) -> None:
    mailroom.refusals[vendor.email] = error
    message = tell(vendor)
    tell(helpdesk)

    assert sent() == [helpdesk.email]
    assert sent(now=NOW + timedelta(days=1)) == []

    message.refresh_from_db()
    assert (message.dead_at, message.attempts) == (NOW, 1)
    assert mailroom.tries == [vendor.email, helpdesk.email]


def test_what_was_given_up_can_be_tried_again(vendor: User, mailroom: type[Mailroom]) -> None:
    mailroom.refusals[vendor.email] = refused(vendor, 554)
    message = tell(vendor)
    assert sent() == []
    mailroom.refusals.clear()

    assert [retry_dead(now=NOW + SECOND), retry_dead(now=NOW + SECOND)] == [1, 0]

    assert sent(now=NOW + SECOND) == [vendor.email]
    message.refresh_from_db()
    assert (message.dead_at, message.last_error) == (None, "")


@pytest.mark.parametrize("code", [450, 451, 452])
def test_a_letter_that_must_wait_holds_nobody_else_up(
    vendor: User, helpdesk: User, mailroom: type[Mailroom], code: int
) -> None:
    mailroom.refusals[vendor.email] = refused(vendor, code)
    tell(vendor)
    tell(helpdesk)

    assert sent() == [helpdesk.email]


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        OSError("Name or service not known"),
        SMTPAuthenticationError(535, b"bad password"),
    ],
)
def test_a_server_that_is_away_is_asked_once_a_round_and_never_costs_a_letter(
    vendor: User, helpdesk: User, mailroom: type[Mailroom], error: OSError
) -> None:
    mailroom.away.append(error)
    tell(vendor)
    tell(helpdesk)
    now = NOW

    for round_number in range(1, 41):
        assert relay(now=now) == {"sent": 0, "postponed": 1, "dead": 0, "skipped": 0}
        assert len(mailroom.tries) == round_number
        now += timedelta(minutes=11)

    mailroom.away.clear()
    assert sent(now=now) == [vendor.email, helpdesk.email]


@pytest.mark.parametrize(
    "error",
    [SMTPServerDisconnected("lost"), SMTPDataError(421, b"closing"), TimeoutError()],
    ids=["lost", "421", "time"],
)
def test_a_server_that_falls_silent_ends_the_round_and_the_next_round_begins_with_the_next_letter(
    vendor: User, helpdesk: User, mailroom: type[Mailroom], error: OSError
) -> None:
    mailroom.refusals[vendor.email] = error
    tell(vendor)
    tell(helpdesk)

    assert sent() == []
    assert mailroom.tries == [vendor.email]
    assert sent(now=NOW + SECOND) == [helpdesk.email]


def test_a_letter_that_cannot_be_written_holds_nobody_up_and_is_given_up_in_the_end(
    vendor: User, helpdesk: User
) -> None:
    message = tell(vendor, kind="no_such_kind")
    tell(helpdesk)

    assert sent() == [helpdesk.email]

    for hours in range(1, 12):
        relay(now=NOW + timedelta(hours=hours))
    message.refresh_from_db()
    assert (message.attempts, message.dead_at) == (12, NOW + timedelta(hours=11))
    assert "TemplateDoesNotExist" in message.last_error


def test_one_case_is_told_in_order_and_others_do_not_wait(
    vendor: User, helpdesk: User, mailroom: type[Mailroom]
) -> None:
    mailroom.refusals[vendor.email] = refused(vendor, 451)
    first = tell(vendor)
    second = tell(vendor, kind="ticket_replied")
    relay(now=NOW)
    mailroom.refusals.clear()
    other = tell(vendor, url="/tiket/2/")
    same_case_of_another = tell(helpdesk)

    relay(now=NOW + SECOND)
    told = set(Notification.objects.filter(sent_at__isnull=False))
    assert told == {other, same_case_of_another}

    assert len(sent(now=NOW + 5 * SECOND)) == 2
    subjects = [letter.subject for letter in mail.outbox[-2:]]
    assert "telah kami terima" in subjects[0]
    assert "membalas" in subjects[1]
    assert {row.sent_at for row in (first, second) if row.refresh_from_db() is None} == {NOW + 5 * SECOND}


def test_what_comes_after_a_letter_given_up_is_sent(vendor: User, mailroom: type[Mailroom]) -> None:
    mailroom.refusals[vendor.email] = refused(vendor, 554)
    tell(vendor)
    relay(now=NOW)
    mailroom.refusals.clear()
    tell(vendor)

    assert sent(now=NOW + SECOND) == [vendor.email]


@pytest.mark.parametrize(
    ("fact", "why"),
    [({"is_active": False}, Notification.Fate.INACTIVE), ({"email": ""}, Notification.Fate.NO_ADDRESS)],
    ids=["inactive", "no address"],
)
def test_who_left_or_has_no_address_is_not_written_to(vendor: User, fact: dict[str, Any], why: str) -> None:
    message = tell(vendor)
    User.objects.filter(pk=vendor.pk).update(**fact)
    Reporter.objects.filter(user=vendor).update(email="")

    assert relay(now=NOW) == {"sent": 0, "postponed": 0, "dead": 0, "skipped": 1}

    message.refresh_from_db()
    assert (message.next_at, message.sent_at, message.dead_at) == (None, None, None)
    assert message.unsent == why
    assert mail.outbox == []


def test_a_message_can_be_read_while_its_letter_is_with_a_slow_server(
    vendor: User, sign_in: Callable[[User], Client], mailroom: type[Mailroom], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = tell(vendor)
    browser, answers = sign_in(vendor), []

    def read_meanwhile(server: Mailroom, letters: Any) -> int:
        answers.append(browser.post(reverse("notifications:follow", args=[message.pk])).status_code)
        return 1

    monkeypatch.setattr(mailroom, "send_messages", read_meanwhile)
    relay(now=NOW + SECOND)

    message.refresh_from_db()
    assert answers == [302]
    assert message.read_at
    assert message.sent_at == NOW + SECOND


def test_a_round_ends_when_its_time_is_up(vendor: User) -> None:
    tell(vendor)

    assert relay(now=NOW, seconds=0)["sent"] == 0
    assert relay(now=NOW)["sent"] == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_relays_at_once_send_each_letter_once(vendor: User, helpdesk: User) -> None:
    for serial in range(40):
        tell(vendor if serial % 2 else helpdesk, url=f"/tiket/{serial}/")
    together = threading.Barrier(4)
    counts: list[int] = []

    def work() -> None:
        together.wait()
        counts.append(relay(now=NOW)["sent"])
        connection.close()

    relays = [threading.Thread(target=work) for _ in range(4)]
    for one in relays:
        one.start()
    for one in relays:
        one.join()

    assert sum(counts) == 40
    assert len({letter.extra_headers["Message-ID"] for letter in mail.outbox}) == len(mail.outbox) == 40
    assert not Notification.objects.waiting().exists()
