"""How each event of a visit looks in its history."""

from dataclasses import dataclass

from consultations.models import Visit, VisitEvent
from consultations.services.sessions import Outcome

Kind = VisitEvent.Kind
LOOKS = {  # the css class and the icon of a line
    Kind.REGISTERED: ("", "book-open"),
    Kind.DIRECTED: ("tl--up", "arrow-up-right"),
    Kind.CALLED_BACK: ("", "arrow-uturn-left"),
    Kind.STARTED: ("", "play"),
    Kind.TICKET_FILED: ("", "ticket"),
    Kind.FINISHED: ("", "check"),
    Kind.LEFT: ("", "arrow-right-start-on-rectangle"),
    Kind.NO_SHOW: ("", "user-minus"),
    Kind.RETURNED: ("", "arrow-path"),
    Kind.EXCUSE_ASKED: ("", "shield-exclamation"),
    Kind.EXCUSE_AGREED: ("", "shield-check"),
    Kind.BREACHED: ("tl--late", "exclamation-triangle"),
}


@dataclass(frozen=True)
class Line:
    """One event as the visit page draws it: what was done, by whom, and with what (a room, a number, an outcome)."""

    event: VisitEvent
    css: str
    icon: str
    object: str


def history_of(visit: Visit) -> list[Line]:
    """Return everything that happened to a visit, newest first; a visit of one day has few events."""
    events = visit.events.select_related("actor").order_by("-pk")
    return [Line(event, *LOOKS[Kind(event.kind)], _object(event)) for event in events]


def _object(event: VisitEvent) -> str:
    facts = event.data
    if "outcome" in facts:
        return str(Outcome(facts["outcome"]).label)
    if "excuse" in facts:
        return str(Visit.Excuse(facts["excuse"]).label)
    return str(facts.get("room") or facts.get("number") or "")
