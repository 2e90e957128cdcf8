"""The files of a complaint: its letter, the evidence that came with it or later, and those of the answer."""

from uuid import UUID

from django.db.models import QuerySet

from complaints.models import Complaint, Response
from tickets.models import Attachment
from tickets.services.drafts import key_beside


def evidence_key(complaint: Complaint) -> UUID:
    """Return under which key of a draft its evidence is kept."""
    return key_beside(complaint.key, "evidence")


def letter_key(complaint: Complaint) -> UUID:
    """Return under which key of a draft the scan of the letter itself is kept; it proves nothing (R44)."""
    return key_beside(complaint.key, "letter")


def answer_key(form: UUID) -> UUID:
    """Return under which key of a draft the files of an answer are kept that came with this form."""
    return key_beside(form, "answer")


def evidence_of(complaint: Complaint) -> QuerySet[Attachment]:
    """Return what the complainant has sent; ask for the complaint with `visible_to` first."""
    return Attachment.objects.filter(draft=evidence_key(complaint))


def letter_of(complaint: Complaint) -> QuerySet[Attachment]:
    """Return the scan of the letter that was entered."""
    return Attachment.objects.filter(draft=letter_key(complaint))


def files_of_response(complaint: Complaint) -> QuerySet[Attachment]:
    """Return what was sent with the answer."""
    forms = Response.objects.filter(complaint=complaint).values_list("key", flat=True)
    return Attachment.objects.filter(draft__in=map(answer_key, forms))


def files_of(complaint: Complaint) -> QuerySet[Attachment]:
    return letter_of(complaint) | evidence_of(complaint) | files_of_response(complaint)
