"""The pause that a restore leaves behind, so that nobody gets a letter twice; a person ends it."""

from django.db import transaction
from django.db.models import QuerySet

from notifications.models import MailPause, Notification


def pause() -> MailPause | None:
    """Return the pause that stands, or None: letters leave."""
    return MailPause.objects.first()


def doubtful(pause: MailPause) -> QuerySet[Notification]:
    """Return the letters that waited in the backup: the system that made it may have sent them afterwards."""
    rows = Notification.objects.filter(at__lt=pause.backed_up_at)
    return rows.waiting() | rows.to_gather(pause.backed_up_at)


@transaction.atomic
def end_pause(*, send: bool) -> int | None:
    """Let letters leave again, with or without the doubtful ones; return how many those were, None without a pause."""
    standing = MailPause.objects.select_for_update().first()
    if standing is None:
        return None
    letters = doubtful(standing)
    forgotten = {"next_at": None, "secret": "", "unsent": Notification.Fate.RESTORED}  # nosec B105 # none
    count = letters.count() if send else letters.update(**forgotten)
    MailPause.objects.all().delete()
    return count
