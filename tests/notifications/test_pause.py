"""After a restore nothing is mailed until a person says so; what may have left before is sent only if they want it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from audit.models import AuditEntry
from notifications.models import MailPause, Notification
from notifications.services import notify
from notifications.services.digest import send_digests
from notifications.services.pause import end_pause, pause
from notifications.services.relay import relay
from tests.conftest import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGE = "/pekerjaan-terjadwal/"
Fate = Notification.Fate


@pytest.fixture
def restored(vendor: User, helpdesk: User) -> MailPause:
    """A system restored now from a backup of an hour ago, in which a letter and news for a digest wait."""
    User.objects.filter(pk=helpdesk.pk).update(mail_digest=True)
    helpdesk.refresh_from_db()
    for person, kind in ((vendor, "ticket_received"), (helpdesk, "ticket_arrived")):
        notify([person], kind, url="/tiket/1/", now=NOW - DAY, number="TKT-1", title="Uji", sender="Intan")
    return MailPause.objects.create(since=NOW, backed_up_at=NOW - HOUR)


def fates() -> list[tuple[str, str]]:
    return [(row.kind, row.fate) for row in Notification.objects.order_by("pk")]


def test_while_paused_neither_letters_nor_digests_leave(
    restored: MailPause, vendor: User, capsys: pytest.CaptureFixture[str]
) -> None:
    notify([vendor], "ticket_received", url="/tiket/2/", now=NOW, number="TKT-2", title="Uji", sender="Intan")

    assert relay(now=NOW) == {"sent": 0, "postponed": 0, "dead": 0, "skipped": 0}
    assert send_digests(now=NOW) == {"digests": 0}
    call_command("relay")

    assert mail.outbox == []
    assert "Nothing is mailed since the restore of 2026-11-18 02:12" in capsys.readouterr().out


def test_what_waited_in_the_backup_may_be_left_unsent_and_what_came_after_leaves(
    restored: MailPause, vendor: User, capsys: pytest.CaptureFixture[str]
) -> None:
    notify([vendor], "ticket_received", url="/tiket/2/", now=NOW, number="TKT-2", title="Uji", sender="Intan")

    call_command("relay", resume="drop")
    relay(now=NOW)

    assert capsys.readouterr().out == "Letters leave again; 2 from the backup stay unsent.\n"
    restoreds = [("ticket_received", Fate.RESTORED), ("ticket_arrived", Fate.RESTORED)]
    assert fates() == [*restoreds, ("ticket_received", Fate.SENT)]
    assert [letter.to for letter in mail.outbox] == [[vendor.email]]
    assert send_digests(now=NOW + DAY) == {"digests": 0}
    with pytest.raises(CommandError, match="Nothing is paused"):
        call_command("relay", resume="send")


def test_a_database_restored_by_other_means_is_paused_by_hand(vendor: User) -> None:
    notify([vendor], "ticket_received", url="/tiket/1/", now=NOW, number="TKT-1", title="Uji", sender="Intan")

    call_command("relay", pause=True)

    assert relay(now=NOW)["sent"] == 0
    assert end_pause(send=True) == 1


def test_what_waited_in_the_backup_may_be_sent(restored: MailPause) -> None:
    assert end_pause(send=True) == 2
    assert send_digests(now=NOW) == {"digests": 1}
    assert relay(now=NOW)["sent"] == 2
    assert pause() is None


@pytest.mark.parametrize(
    ("choice", "says", "fate"),
    [
        ("tahan", "Surel dikirim kembali; 2 surel dari cadangan tidak dikirim.", Fate.RESTORED),
        ("kirim", "Surel dikirim kembali, termasuk 2 surel dari cadangan.", Fate.WAITING),
    ],
)
def test_the_penyelia_sees_the_pause_and_ends_it(
    restored: MailPause, supervisor: User, sign_in: Callable[[User], Client], choice: str, says: str, fate: Any
) -> None:
    with time_machine.travel(NOW, tick=False):
        page = sign_in(supervisor)
        shown = page.get(PAGE).content.decode()
        answer = page.post(f"{PAGE}surel/lanjutkan/", {"tertunda": choice}, follow=True)
        again = page.post(f"{PAGE}surel/lanjutkan/", {"tertunda": choice})

    assert "Surel dijeda sejak pemulihan Rabu, 18 November 2026 pukul 09.12 WIB" in shown
    assert "2 surel menunggu di dalamnya" in shown
    assert says in answer.content.decode()
    assert "Surel dijeda" not in answer.content.decode()
    assert fates()[0][1] == fate
    entry = AuditEntry.objects.get(kind="mail_resent")
    assert (entry.actor, entry.data) == (supervisor, {"count": 2, "sent": choice == "kirim"})
    assert again.status_code == 409
