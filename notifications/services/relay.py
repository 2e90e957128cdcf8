"""The relay: what people are told leaves as mail, one letter for each row, tried again until it is sent or given up."""

import logging
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.core import mail
from django.db import connection
from django.db.models import QuerySet
from django_guid import get_guid, set_guid

from notifications.models import LAST_LETTER, WITH_CODE, Notification, SuppressedAddress
from notifications.services import letters
from notifications.services.pause import pause
from notifications.services.suppression import is_suppressed, suppress

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)
MAX_ATTEMPTS = 12
# While the server is away each letter is tried about every ten minutes and never given up: it is not its fault.
ATTEMPTS_DURING_OUTAGE = 8
SERVICE_CLOSING = 421  # what a server answers to anything when it wants to be left alone
LOCK = 0x6D61696C  # spells "mail", so that these locks meet no others
RELAYS = 20  # how many may be at work at once; each holds one letter
WRITTEN = ("sent_at", "attempts", "next_at", "last_error", "dead_at", "unsent", "secret", "address")  # by a try
log = logging.getLogger(__name__)


class OutOfReachError(Exception):
    """There is no talking to the mail server."""


class UnmailableError(Exception):
    """This person is not to be written to, for one of the reasons of Notification.Fate."""


def relay(*, now: datetime, seconds: float = 20) -> dict[str, int]:
    """Mail what is due; return how many letters were sent, postponed, given up (dead) and left unsent on purpose.

    A round ends after `seconds`, or when the mail server falls silent: nobody waits for it once for every letter.
    After a restore nothing is due until somebody ends the pause.
    """
    counts = dict.fromkeys(("sent", "postponed", "dead", "skipped"), 0)
    if pause():
        return counts
    over = time.monotonic() + seconds
    with closing(mail.get_connection()) as server:
        while time.monotonic() < over:
            with _next_due(now) as notification:
                if notification is None:
                    break
                with _logged_as(notification):
                    error = _send(notification, server)
                    outcome = _note(notification, error, now=now)
                    log.info("Message %s: %s", notification.pk, outcome)
                counts[outcome] += 1
            if _is_silence(error):
                break
    return counts


def may_resend() -> QuerySet[Notification]:
    """Return what was given up and can be tried again.

    The code of a letter with a code is forgotten by then; what an address has refused for good waits until that is
    lifted.
    """
    refused = SuppressedAddress.objects.in_force().values("letter")
    return Notification.objects.dead().exclude(kind__in=(*WITH_CODE, LAST_LETTER)).exclude(pk__in=refused)


def retry_dead(*, now: datetime) -> int:
    """Try what was given up once more, from the first attempt; return how many letters that are."""
    return may_resend().update(dead_at=None, attempts=0, next_at=now)


@contextmanager
def _next_due(now: datetime) -> Iterator[Notification | None]:
    """Give a due row that no other relay is at, and keep the others off it; None when there is none.

    The lock is not the row's own, and no transaction is open: while a slow server takes the letter, its reader may
    open the message. A relay that is killed loses its connection to the database, and the lock with it.
    """
    with connection.cursor() as cursor:
        for pk in Notification.objects.due(now).values_list("pk", flat=True)[:RELAYS]:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, pk % 2**31])
            if not cursor.fetchone()[0]:
                continue
            try:
                # Looked up again under the lock: another relay may just have sent it.
                if row := Notification.objects.due(now).filter(pk=pk).select_related("recipient").first():
                    yield row
                    return
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, pk % 2**31])
    yield None


@contextmanager
def _logged_as(notification: Notification) -> Iterator[None]:
    """Have the log tell of a letter under the id of the request that it comes from."""
    own = get_guid()
    set_guid(notification.request_id or own)
    try:
        yield
    finally:
        set_guid(own)


def _send(notification: Notification, server: Any) -> Exception | None:
    """Hand one letter to the server; return whatever went wrong with it, so that the others leave all the same."""
    try:
        if why := _why_not(notification):
            raise UnmailableError(why)
        letter = letters.write(notification)
        try:
            server.open()
        except OSError as error:
            raise OutOfReachError(f"{type(error).__name__}: {error}") from error
        server.send_messages([letter])
    except Exception as error:
        return error
    return None


def _why_not(notification: Notification) -> Notification.Fate | None:
    """Return why this letter is not even tried, if so."""
    if not notification.recipient.is_active and notification.kind != LAST_LETTER:
        return Notification.Fate.INACTIVE
    if not notification.mail_address:
        return Notification.Fate.NO_ADDRESS
    return Notification.Fate.REFUSED if is_suppressed(notification.mail_address) else None


def _note(notification: Notification, error: Exception | None, *, now: datetime) -> str:
    """Write down how it went, and return the word for it."""
    notification.next_at = None
    notification.last_error = "" if error is None or isinstance(error, UnmailableError) else _words_of(error)
    if error is None:
        outcome, notification.sent_at = "sent", now
    elif isinstance(error, UnmailableError):
        outcome, notification.unsent = "skipped", str(error)
    elif isinstance(error, OutOfReachError):
        outcome = "postponed"
        _postpone(notification, min(notification.attempts + 1, ATTEMPTS_DURING_OUTAGE), now=now)
    elif _answer(error) >= 500 or notification.attempts + 1 >= MAX_ATTEMPTS:
        outcome, notification.dead_at = "dead", now
        notification.attempts += 1
        kind = type(error).__name__  # its words quote the address
        log.warning("Message %s could not be mailed and is given up: %s %s", notification.pk, kind, _answer(error))
        if isinstance(error, SMTPRecipientsRefused) and notification.kind != LAST_LETTER:
            suppress(notification, error, now=now)
    else:
        outcome = "postponed"
        _postpone(notification, notification.attempts + 1, now=now)
    if notification.next_at is None:
        notification.secret = ""  # nosec B105 # forgotten
        if notification.kind == LAST_LETTER:
            notification.address = notification.last_error = ""
    notification.save(update_fields=WRITTEN)
    return outcome


def _words_of(error: Exception) -> str:
    """Return why it failed, as far as the column has room."""
    return (str(error) if isinstance(error, OutOfReachError) else f"{type(error).__name__}: {error}")[:300]


def _postpone(notification: Notification, attempts: int, *, now: datetime) -> None:
    """Try again after 5, 10, 20 … seconds, at last every hour."""
    notification.attempts = attempts
    notification.next_at = now + min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)


def _answer(error: Exception | None) -> int:
    """Return the code with which the server refused; 0 when it gave none."""
    if isinstance(error, SMTPRecipientsRefused):
        return max(code for code, _text in error.recipients.values())
    return error.smtp_code if isinstance(error, SMTPResponseException) else 0


def _is_silence(error: Exception | None) -> bool:
    """Whether the server is away, has left in the middle or is about to; errors of SMTP are OSErrors too."""
    if isinstance(error, OutOfReachError):
        return True
    return isinstance(error, OSError) and _answer(error) in (0, SERVICE_CLOSING)
