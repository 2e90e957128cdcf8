"""How each event of a complaint looks in its history."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from complaints.models import Complaint, ComplaintEvent

Kind = ComplaintEvent.Kind
LOOKS = {  # the css class and the icon of a line
    Kind.RECEIVED: ("tl--me", "inbox-arrow-down"),
    Kind.EVIDENCE_ASKED: ("tl--data", "document-plus"),
    Kind.EVIDENCE_GIVEN: ("tl--data", "document-check"),
    Kind.REGISTERED: ("", "clipboard-document-check"),
    Kind.RESPONDED: ("tl--fix", "check"),
    Kind.CLOSED: ("", "check-circle"),
    Kind.WITHDRAWN: ("", "x-circle"),
    Kind.CLASSIFIED: ("", "scale"),
    Kind.BREACHED: ("tl--late", "exclamation-triangle"),
    Kind.EXCUSED: ("tl--late", "shield-check"),
    Kind.RECOUNTED: ("", "calendar-days"),
}


@dataclass(frozen=True)
class Line:
    """One event as the page of a complaint draws it; `due` is the limit it tells of, if it tells of one."""

    event: ComplaintEvent
    css: str
    icon: str
    who: str
    what: str
    due: datetime | None


def history_of(complaint: Complaint) -> list[Line]:
    """Return everything that happened to a complaint, newest first; one complaint has few events."""
    events = complaint.events.select_related("actor").order_by("-pk")
    return [_line(complaint, event) for event in events]


def _line(complaint: Complaint, event: ComplaintEvent) -> Line:
    who = _("Sistem") if event.actor is None else str(event.actor)
    if event.actor_id == complaint.contact_id or event.kind == Kind.RECEIVED:  # whoever entered it wrote for them
        who = complaint.name
    facts = event.data
    what = ", ".join(facts.get("files") or []) if isinstance(facts.get("files"), list) else ""
    if "legal_class" in facts:
        what = str(Complaint.LegalClass(facts["legal_class"]).label)
    due = facts.get("due") or facts.get("after")
    return Line(event, *LOOKS[Kind(event.kind)], who, what or facts.get("number", ""), _moment(due))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
