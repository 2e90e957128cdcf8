"""The daily digest: one letter for the staff who want it, none twice, nothing urgent and nothing of reporters in it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import DIGEST, QUIET, Notification
from notifications.services import letters, mark_all_read, notify
from notifications.services.digest import send_digests
from notifications.services.relay import relay

SEVEN = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # Tuesday, 07.00 WIB
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def quiet(helpdesk: User) -> User:
    """The helpdesk, who wants one letter a day."""
    helpdesk.mail_digest = True
    helpdesk.save()
    return helpdesk


def tell(person: User, kind: str = "ticket_arrived", *, serial: int = 1, now: datetime = SEVEN - HOUR) -> Notification:
    url, number = f"/tiket/TKT-{serial}/", f"TKT-{serial}"
    notify([person], kind, url=url, now=now, number=number, title="Uji", due="besok", sender="Intan", count=2)
    return Notification.objects.latest("pk")


def test_news_wait_for_one_letter_at_seven(quiet: User) -> None:
    for serial in (1, 2, 3):
        tell(quiet, serial=serial)
    assert send_digests(now=SEVEN - SECOND) == {"digests": 0}
    assert relay(now=SEVEN - SECOND)["sent"] == 0

    assert [send_digests(now=SEVEN), send_digests(now=SEVEN + HOUR)] == [{"digests": 1}, {"digests": 0}]
    relay(now=SEVEN)

    (letter,) = mail.outbox
    assert letter.to == [quiet.email]
    assert letter.subject == "Ringkasan harian: 3 pemberitahuan sampai Selasa, 24 November 2026 pukul 07.00 WIB."
    for body in (letter.body, str(letter.alternatives[0][0])):
        assert body.index("TKT-1 “Uji” masuk") < body.index("TKT-2 “Uji” masuk") < body.index("/tiket/TKT-3/")


def test_a_missed_morning_is_made_up_for(quiet: User) -> None:
    tell(quiet)
    tell(quiet, now=SEVEN + HOUR)

    assert send_digests(now=SEVEN + 20 * HOUR) == {"digests": 1}

    assert Notification.objects.get(kind=DIGEST).gathered.count() == 1
    assert send_digests(now=SEVEN + 24 * HOUR) == {"digests": 1}


@pytest.mark.parametrize("kind", ["deadline_near", "ticket_late", "ticket_received", "data_requested"])
def test_what_cannot_wait_leaves_at_once(quiet: User, kind: str) -> None:
    tell(quiet, kind)

    assert relay(now=SEVEN - HOUR)["sent"] == 1


def test_others_hear_of_everything_at_once(verifier: User) -> None:
    for serial, kind in enumerate(sorted(QUIET)):
        tell(verifier, kind, serial=serial)

    assert relay(now=SEVEN - HOUR)["sent"] == len(QUIET)


def test_what_was_read_meanwhile_is_not_told_again(quiet: User) -> None:
    tell(quiet)
    mark_all_read(by=quiet, now=SEVEN - SECOND)

    assert send_digests(now=SEVEN) == {"digests": 0}


def test_a_digest_stands_in_no_inbox(quiet: User, sign_in: Callable[[User], Client]) -> None:
    tell(quiet)
    send_digests(now=SEVEN)

    page = sign_in(quiet).get(reverse("notifications:inbox"))

    assert [row.kind for row in page.context["page"].rows] == ["ticket_arrived"]
    assert page.context["unread_count"] == 1


def test_a_very_long_digest_leads_to_the_inbox_for_the_rest(quiet: User) -> None:
    for serial in range(letters.MOST + 10):
        tell(quiet, serial=serial)
    send_digests(now=SEVEN)

    body = letters.write(Notification.objects.get(kind=DIGEST)).body

    assert body.count("masuk ke antrean") == letters.MOST
    assert f"{letters.MOST + 10} pemberitahuan" in body
    assert "Yang lain ada di kotak masuk" in body
