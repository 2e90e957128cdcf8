"""The files of a complaint: evidence that came with it or later, and those of the answer."""

from django.db.models import QuerySet

from complaints.models import Complaint, Response
from tickets.models import Attachment


def evidence_of(complaint: Complaint) -> QuerySet[Attachment]:
    """Return what the complainant has sent; ask for the complaint with `visible_to` first."""
    return Attachment.objects.filter(draft=complaint.key)


def files_of_response(complaint: Complaint) -> QuerySet[Attachment]:
    """Return what was sent with the answer."""
    sent = Response.objects.filter(complaint=complaint).values("key")
    return Attachment.objects.filter(draft__in=sent)


def files_of(complaint: Complaint) -> QuerySet[Attachment]:
    return evidence_of(complaint) | files_of_response(complaint)
