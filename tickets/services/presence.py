"""Who has a ticket open now: told by their browsers, forgotten within a minute."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied

from accounts.models import User
from tickets.models import Presence, Ticket
from tickets.permissions import sees_internal

SEEN_FOR = timedelta(seconds=60)


def note_presence(ticket: Ticket, *, by: User, now: datetime) -> None:
    """Note that an officer has this ticket open; raises PermissionDenied for the reporter's side.

    Rows that nobody renews any more go with every write, so there are never more than open pages.
    """
    if not sees_internal(ticket, by):
        raise PermissionDenied
    Presence.objects.filter(seen_at__lte=now - SEEN_FOR).delete()
    Presence.objects.bulk_create(
        [Presence(ticket=ticket, user=by, seen_at=now)],
        update_conflicts=True,
        unique_fields=["ticket", "user"],
        update_fields=["seen_at"],
    )


def others_on(ticket: Ticket, user: User, *, now: datetime) -> list[User]:
    """Return the other officers who have this ticket open; nobody for the reporter's side."""
    if not sees_internal(ticket, user):
        return []
    return [presence.user for presence in Presence.objects.others_on(ticket, user, since=now - SEEN_FOR)]
