"""The one way to tell somebody something."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django_guid import get_guid

from accounts.models import User
from notifications.models import CASE_LENGTH, QUIET, REQUEST_ID_LENGTH, Notification


def notify(people: Iterable[User], kind: str, *, url: str, now: datetime, **facts: Any) -> None:
    """Write one row per person, in the transaction of the change it tells about; the relay mails it from there.

    The words are templates/notifications/messages/<kind>.txt; `facts` are what `compose` takes.
    """
    notify_all(compose(people, kind, url=url, now=now, **facts))


def compose(
    people: Iterable[User], kind: str, *, url: str, now: datetime, secret: str = "", address: str = "", **context: Any
) -> list[Notification]:
    """Return what `notify` would write, for those who have much to tell at once.

    `context` is plain JSON for the words, its `number` the case they are about; `secret` stands in the letter
    only and is forgotten once that has left; `address` is where the letter goes when that is not the recipient's own.
    """
    apart = {"secret": secret, "address": address, "case": str(context.get("number", ""))[:CASE_LENGTH]}
    apart["request_id"] = (get_guid() or "")[:REQUEST_ID_LENGTH]
    return [
        Notification(recipient=person, kind=kind, url=url, context=context, at=now, **_when(person, kind, now), **apart)
        for person in people
    ]


def _when(person: User, kind: str, now: datetime) -> dict[str, Any]:
    """Return when the letter leaves: at once, unless it is news that this person wants in a daily digest."""
    if kind in QUIET and person.mail_digest:
        return {"unsent": Notification.Fate.DIGEST}
    return {"next_at": now}


def notify_all(messages: Iterable[Notification]) -> None:
    """Write composed messages, of any kinds about any cases."""
    Notification.objects.bulk_create(messages)


@transaction.atomic
def mark_read(pk: int, *, by: User, now: datetime) -> Notification:
    """Mark one message of this person as read and return it; raise Notification.DoesNotExist for others'."""
    notification = Notification.objects.visible_to(by).select_for_update().get(pk=pk)
    if notification.read_at is None:
        notification.read_at = now
        notification.save(update_fields=["read_at"])
    return notification


def mark_all_read(*, by: User, now: datetime) -> int:
    """Mark everything unread of this person as read; return how many there were."""
    return Notification.objects.visible_to(by).unread().update(read_at=now)
