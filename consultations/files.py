"""The files of a visit: scanned at reception, then sent with its ticket."""

from django.db.models import Q, QuerySet

from consultations.models import Visit
from tickets.models import Attachment, TicketEvent


def files_of(visit: Visit) -> QuerySet[Attachment]:
    """Return what was scanned for a visit (R04), wherever it is now; ask for the visit with `visible_to` first."""
    scanned = Q(draft=visit.draft_key) if visit.draft_key else Q(pk__in=[])
    filed = Q(event__ticket=visit.ticket_id, event__kind=TicketEvent.Kind.FILED) if visit.ticket_id else scanned
    return Attachment.objects.filter(scanned | filed)
