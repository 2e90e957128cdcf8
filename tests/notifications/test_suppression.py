"""An address that does not exist is left alone, its owner and the staff are told, and the Penyelia lifts it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from core.fsm import Conflict
from notifications.models import Notification, SuppressedAddress
from notifications.services import notify
from notifications.services.relay import relay, retry_dead
from notifications.services.suppression import is_suppressed, lift
from tests.conftest import NOW
from tests.notifications.mailroom import Mailroom

SECOND = timedelta(seconds=1)
REFUSED = Notification.Fate.REFUSED


@pytest.fixture
def mailroom(settings: Any) -> Iterator[type[Mailroom]]:
    """The mail server, willing until told otherwise."""
    settings.EMAIL_BACKEND = "tests.notifications.mailroom.Mailroom"
    yield Mailroom
    for told in (Mailroom.refusals, Mailroom.tries):
        told.clear()


def tell(person: User, *, kind: str = "ticket_received", secret: str = "") -> Notification:
    facts = {"number": "TKT-2026-000123-7", "title": "Gagal masuk", "sender": "Intan"}
    notify([person], kind, url="/tiket/TKT-2026-000123-7/", now=NOW, secret=secret, **facts)
    return Notification.objects.latest("pk")


def refuse(person: User, mailroom: type[Mailroom], code: int = 550, words: str = "5.1.1 unknown") -> None:
    mailroom.refusals[person.email] = SMTPRecipientsRefused({person.email: (code, words.encode())})


@pytest.fixture
def suppressed(vendor: User, mailroom: type[Mailroom]) -> SuppressedAddress:
    """The vendor's address, which has just refused a letter; by now its server would take one."""
    refuse(vendor, mailroom, words=f"5.1.1 <{vendor.email}>: no such user")
    tell(vendor)
    relay(now=NOW)
    mailroom.refusals.clear()
    return SuppressedAddress.objects.get()


def test_after_a_final_no_nothing_more_is_tried_and_all_of_it_stays_in_the_inbox(
    suppressed: SuppressedAddress,
    vendor: User,
    helpdesk: User,
    mailroom: type[Mailroom],
    sign_in: Callable[..., Client],
) -> None:
    User.objects.filter(pk=vendor.pk).update(email=vendor.email.upper())
    held = tell(vendor, kind="ticket_replied")
    tell(helpdesk)

    assert relay(now=NOW + SECOND) == {"sent": 1, "postponed": 0, "dead": 0, "skipped": 1}

    held.refresh_from_db()
    assert (held.unsent, held.next_at, held.sent_at, held.dead_at) == (REFUSED, None, None, None)
    assert mailroom.tries == [suppressed.address, helpdesk.email]
    inbox = sign_in(vendor).get(reverse("notifications:inbox")).content.decode()
    assert "Intan membalas tiket" in inbox
    assert "Surel tidak sampai kepada Anda" in inbox


@pytest.mark.parametrize(
    ("code", "words", "is_bad"),
    [
        (550, "5.1.1 no such user", True),
        (550, "5.2.1 mailbox disabled", True),
        (550, "unknown user", True),
        (551, "user not local", True),
        (553, "mailbox name not allowed", True),
        (550, "5.7.1 relaying denied", False),
        (550, "5.4.1 recipient domain is not ours", False),
        (552, "5.2.2 mailbox full", False),
        (554, "policy", False),
        (450, "4.2.1 busy", False),
    ],
)
def test_only_a_no_about_the_address_itself_suppresses_it(
    vendor: User, mailroom: type[Mailroom], code: int, words: str, is_bad: bool
) -> None:
    refuse(vendor, mailroom, code, words)
    tell(vendor)

    relay(now=NOW)

    assert is_suppressed(vendor.email) == is_bad


def test_the_servers_words_are_kept_without_the_address(suppressed: SuppressedAddress, vendor: User) -> None:
    assert suppressed.reason == f"550 5.1.1 <{vendor.email[0]}••••@contoh.invalid>: no such user"


def test_resending_what_was_given_up_leaves_a_suppressed_address_alone(suppressed: SuppressedAddress) -> None:
    assert retry_dead(now=NOW + SECOND) == 0


def test_lifting_tries_the_refused_letter_again_and_is_audited(
    suppressed: SuppressedAddress, vendor: User, supervisor: User, sign_in: Callable[[User], Client]
) -> None:
    address = reverse("notifications:lift", args=[suppressed.pk])

    answer = sign_in(supervisor).post(address)

    assert answer.url == reverse("notifications:suppressed")
    relay(now=suppressed.letter.at + timedelta(days=400))
    assert [letter.to for letter in mail.outbox] == [[vendor.email]]
    suppressed.refresh_from_db()
    assert suppressed.lifted_by == supervisor
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.MAIL_RESENT)
    assert (entry.actor, entry.subject) == (supervisor, f"{vendor.email[0]}••••@contoh.invalid")
    assert sign_in(supervisor).post(address).status_code == 409


def test_an_address_that_refuses_again_is_suppressed_again(
    suppressed: SuppressedAddress, vendor: User, supervisor: User, mailroom: type[Mailroom]
) -> None:
    lift(suppressed.pk, by=supervisor, now=NOW + SECOND, ip="")
    with pytest.raises(Conflict):
        lift(suppressed.pk, by=supervisor, now=NOW + SECOND, ip="")
    refuse(vendor, mailroom)

    relay(now=NOW + 2 * SECOND)

    assert SuppressedAddress.objects.count() == 2
    assert is_suppressed(vendor.email)


def test_a_code_that_was_refused_is_not_sent_again(vendor: User, supervisor: User, mailroom: type[Mailroom]) -> None:
    refuse(vendor, mailroom)
    tell(vendor, kind="one_time_code", secret="481516")
    relay(now=NOW)

    lift(SuppressedAddress.objects.get().pk, by=supervisor, now=NOW + SECOND, ip="")

    assert not Notification.objects.waiting().exists()


def test_its_owner_is_told_at_sign_in_and_on_the_profile(
    suppressed: SuppressedAddress, vendor: User, client: Client, sign_in: Callable[[User], Client]
) -> None:
    vendor.set_password("kata-sandi-panjang-1")
    vendor.save(update_fields=["password"])
    form = {"login": vendor.username, "password": "kata-sandi-panjang-1"}

    page = client.post(reverse("account_login"), form, follow=True).content.decode()

    assert "Surel tidak sampai kepada Anda" in page
    profile = sign_in(vendor).get(reverse("accounts:profile")).content.decode()
    assert "Surel tidak sampai kepada Anda" in profile


def test_others_are_told_nothing(
    suppressed: SuppressedAddress, other_vendor: User, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(other_vendor)

    for name in ("accounts:profile", "notifications:inbox"):
        assert "tidak sampai" not in browser.get(reverse(name)).content.decode()


def test_the_penyelia_sees_what_is_suppressed_without_the_address(
    suppressed: SuppressedAddress, vendor: User, supervisor: User, sign_in: Callable[[User], Client]
) -> None:
    page = sign_in(supervisor).get(reverse("notifications:suppressed")).content.decode()

    assert f"{vendor.email[0]}••••@contoh.invalid" in page
    assert "no such user" in page
    assert vendor.email not in page
