"""Small drawings of a visit that lists and pages share."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.translation import ngettext

from consultations.guest_book import result_of
from consultations.models import Visit
from consultations.timer import A_MINUTE, timer_of

register = template.Library()
register.filter(result_of)
State = Visit.State
CHIPS = {  # css modifier and heroicon
    State.REGISTERED: ("chip--info", "clock"),
    State.DIRECTED: ("chip--ask", "megaphone"),
    State.IN_SESSION: ("chip--work", "chat-bubble-left-right"),
    State.FINISHED: ("chip--good", "check"),
    State.LEFT: ("", "arrow-right-start-on-rectangle"),
    State.NO_SHOW: ("", "user-minus"),
}


@register.inclusion_tag("tickets/_status.html")
def visit_chip(visit: Visit) -> dict[str, Any]:
    """Draw the state of a visit in word, icon and colour."""
    css, icon = CHIPS[State(visit.state)]
    return {"css": css, "icon": icon, "label": visit.get_state_display()}


@register.inclusion_tag("tickets/_clock.html")
def session_chip(visit: Visit, now: datetime) -> dict[str, Any]:
    """Draw how the hour of a visit stands or ended; nothing before it began."""
    timer = timer_of(visit, now)
    return {"chip": timer.chip if timer else None}


@register.filter
def minutes(span: timedelta | None) -> str:
    """Return how long somebody waited or was served, as the counter says it: "72 menit"."""
    if span is None:
        return "–"
    count = round(span / A_MINUTE)
    return ngettext("%(n)d menit", "%(n)d menit", count) % {"n": count}
