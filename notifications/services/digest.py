"""The daily digest: one letter, for those of the staff who want it so, instead of many."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.dates import long_date
from notifications.models import DIGEST, Notification
from notifications.services import compose
from notifications.services.pause import pause

LEAVES_AT = time(7)  # in WIB


def send_digests(*, now: datetime) -> dict[str, int]:
    """Write to everybody who waits for a digest what they have not read yet; return how many digests that are.

    Each tells what happened before the last seven o'clock, so looking again changes nothing until the next one, and a
    look that was missed is made up for. After a restore it waits, as all mail does.
    """
    if pause():
        return {"digests": 0}
    until = _last_leave(now)
    waiting = Notification.objects.to_gather(until).order_by("recipient").values_list("recipient", flat=True)
    return {"digests": sum(_gather(person, until, now=now) for person in waiting.distinct())}


def _last_leave(now: datetime) -> datetime:
    zone = timezone.get_default_timezone()
    today = datetime.combine(now.astimezone(zone), LEAVES_AT, zone)
    return today if today <= now else today - timedelta(days=1)


@transaction.atomic
def _gather(person: int, until: datetime, *, now: datetime) -> int:
    """Put what waits for one person into a digest, unless another run has; return how many digests that makes."""
    rows = Notification.objects.to_gather(until).filter(recipient=person).select_for_update()
    found = list(rows.values_list("pk", flat=True))
    if not found:
        return 0
    words = long_date(until, timezone.get_default_timezone_name())
    facts: dict[str, Any] = {"url": reverse("notifications:inbox"), "count": len(found), "until": words}
    (digest,) = compose([User.objects.get(pk=person)], DIGEST, now=now, **facts)
    digest.save()
    Notification.objects.filter(pk__in=found).update(digest=digest)
    return 1
