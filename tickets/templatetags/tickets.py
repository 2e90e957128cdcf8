"""Small drawings of a ticket that lists and pages share."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.dates import duration
from tickets import chain
from tickets.models import Ticket
from tickets.services.search import earlier_of_package, earlier_of_reporter

register = template.Library()
Status = Ticket.Status
# css modifier, heroicon, and the shorter word for queue tables
CHIPS = {
    Status.NEW: ("chip--info", "sparkles", Status.NEW.label),
    Status.IN_PROGRESS: ("chip--work", "wrench-screwdriver", Status.IN_PROGRESS.label),
    Status.AWAITING_DATA: ("chip--warn", "pause-circle", _("Menunggu Data")),
    Status.AWAITING_CONFIRMATION: ("chip--ask", "chat-bubble-oval-left-ellipsis", _("Menunggu Konfirmasi")),
    Status.CLOSED: ("chip--good", "check-circle", Status.CLOSED.label),
}


@register.inclusion_tag("tickets/_status.html")
def status_chip(ticket: Ticket, short: bool = False) -> dict[str, Any]:
    """Draw the status: what is awaited, in word, icon and colour."""
    if ticket.was_withdrawn:
        return {"css": "", "icon": "x-circle", "label": Ticket.CloseReason.WITHDRAWN.label}
    css, icon, short_label = CHIPS[Status(ticket.status)]
    return {"css": css, "icon": icon, "label": short_label if short else Status(ticket.status).label}


@register.inclusion_tag("tickets/_mini.html")
def mini_chain(ticket: Ticket) -> dict[str, Any]:
    """Draw where a ticket is, small enough for a row."""
    return {"letters": chain.mini(ticket), "desk": ticket.desk}


@register.inclusion_tag("tickets/_earlier.html")
def earlier_tickets(ticket: Ticket, user: User) -> dict[str, Any]:
    """Draw the other tickets of the same reporter and about the same package, as far as this person sees them."""
    return {
        "of_reporter": earlier_of_reporter(ticket, user=user),
        "of_package": earlier_of_package(ticket, user=user),
        "code": ticket.package_code,
    }


@register.filter
def span_to(start: datetime, end: datetime) -> str:
    """Return how long it is from one moment to another: "2 hari", "5 jam"."""
    return duration(end - start)
