"""What every act on a complaint does besides its transition: keep the row, write the history, tell people."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import Role, User
from complaints.models import Complaint, ComplaintEvent
from complaints.models.complaint import KEEPERS
from complaints.models.named import may_know
from escalation.tiers import people_with
from notifications.services import notify

Kind = ComplaintEvent.Kind


def keep(complaint: Complaint, *fields: str, now: datetime) -> None:
    """Save the named fields; every change raises the version, so older forms are told."""
    complaint.version += 1
    complaint.changed_at = now
    complaint.save(update_fields=[*fields, "version", "changed_at"])


def record(
    complaint: Complaint, kind: ComplaintEvent.Kind, *, by: User | None, now: datetime, body: str = "", **data: Any
) -> ComplaintEvent:
    """Write one line of history; `by` is the contact for what the complainant did, None for the worker."""
    return complaint.events.create(kind=kind, actor=by, at=now, body=body, data=data)


def keepers(complaint: Complaint, *roles: Role) -> list[User]:
    """Return the people of the register who may know of this complaint."""
    return may_know(complaint, people_with(*(roles or KEEPERS)))


def tell_keepers(complaint: Complaint, kind: str, *, by: User | None, now: datetime, **context: Any) -> None:
    """Notify the Pengelola and the Penyelia, but nobody whom the complaint concerns, and not whoever did it."""
    people = [person for person in keepers(complaint) if person != by]
    notify(people, kind, url=complaint.get_absolute_url(), now=now, **about(complaint), **context)


def tell_complainant(complaint: Complaint, kind: str, *, now: datetime, **context: Any) -> None:
    """Write to the complainant, if an address is known."""
    if complaint.email:
        url = reverse("complaints:tracked", args=[complaint.number])
        notify([complaint.contact], kind, url=url, now=now, address=complaint.email, **about(complaint), **context)


def about(complaint: Complaint) -> dict[str, str]:
    """Return what every message about a complaint carries: never a word of what it says."""
    return {"number": complaint.number, "title": complaint.get_kind_display()}
