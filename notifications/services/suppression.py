"""Addresses that do not exist: once refused for good they are left alone, until somebody says that they work again."""

import re
from datetime import datetime
from smtplib import SMTPRecipientsRefused

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import AuditEntry
from audit.services import record
from core.fsm import Conflict
from core.templatetags.desk import masked_email
from notifications.models import WITH_CODE, Notification, SuppressedAddress, address_of

NO_SUCH_ADDRESS = (550, 551, 553)  # unknown here, moved away, not a name at all
# What servers add to say which kind of refusal it is: 5.1 and 5.2 are about the address, others about us or the letter.
ABOUT_THE_ADDRESS = re.compile(rb"(?!5\.\d+\.\d)|5\.[12]\.")


def is_suppressed(address: str) -> bool:
    """Return whether nothing is to be sent to this address."""
    return SuppressedAddress.objects.of(address).exists()


def refuses_mail(user: User) -> bool:
    """Return whether what this person is told reaches their inbox here only."""
    address = address_of(user)
    return bool(address) and is_suppressed(address)


def suppress(letter: Notification, refusal: SMTPRecipientsRefused, *, now: datetime) -> None:
    """Send nothing more to the address of this letter, if its server says that there is no such address."""
    ((code, words),) = refusal.recipients.values()
    if code not in NO_SUCH_ADDRESS or not ABOUT_THE_ADDRESS.match(words):
        return
    reason = f"{code} {words.decode(errors='replace')}".replace(letter.mail_address, masked_email(letter.mail_address))
    row = SuppressedAddress(address=letter.mail_address, reason=reason[:300], since=now, letter=letter)
    SuppressedAddress.objects.bulk_create([row], ignore_conflicts=True)


@transaction.atomic
def lift(pk: int, *, by: User, now: datetime, ip: str) -> SuppressedAddress:
    """Write to this address again, and try the letter that it refused once more unless that carried a code.

    Raises Conflict if somebody did that already, SuppressedAddress.DoesNotExist for none. Letters held meanwhile stay
    in the inbox only: most of them are no news any more.
    """
    row = SuppressedAddress.objects.select_for_update(of=("self",)).select_related("letter").get(pk=pk)
    if row.lifted_at:
        raise Conflict(_("Alamat ini sudah dipakai lagi."))
    row.lifted_at, row.lifted_by = now, by
    row.save(update_fields=["lifted_at", "lifted_by"])
    refused = Notification.objects.dead().filter(pk=row.letter_id).exclude(kind__in=WITH_CODE)
    count = refused.update(dead_at=None, attempts=0, next_at=now)
    subject, kind = masked_email(row.address), AuditEntry.Kind.MAIL_RESENT
    record(kind, by=by, subject=subject, address=ip, now=now, reason=row.reason, count=count)
    return row
