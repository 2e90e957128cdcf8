"""Small drawings of a ticket that lists and pages share."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.dates import duration
from escalation.working import Calendar
from tickets import chain
from tickets.countdown import chip_of
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

# What ended otherwise than by the reporter's word, and its heroicon.
ENDINGS = {
    Ticket.CloseReason.WITHDRAWN: "x-circle",
    Ticket.CloseReason.UNCONFIRMED: "archive-box",
    Ticket.CloseReason.NO_DATA: "document-minus",
}


@register.inclusion_tag("tickets/_status.html")
def status_chip(ticket: Ticket, short: bool = False) -> dict[str, Any]:
    """Draw the status: what is awaited, in word, icon and colour."""
    if ticket.close_reason in ENDINGS:
        icon = ENDINGS[Ticket.CloseReason(ticket.close_reason)]
        return {"css": "", "icon": icon, "label": ticket.get_close_reason_display()}
    css, icon, short_label = CHIPS[Status(ticket.status)]
    return {"css": css, "icon": icon, "label": short_label if short else Status(ticket.status).label}


@register.inclusion_tag("tickets/_mini.html")
def mini_chain(ticket: Ticket) -> dict[str, Any]:
    """Draw where a ticket is, small enough for a row."""
    letters = chain.mini(ticket, timezone.now())
    return {"letters": letters, "ticket": ticket, "is_late": "l" in letters}


@register.inclusion_tag("tickets/_clock.html")
def clock_chip(ticket: Ticket, now: datetime, calendar: Calendar | None = None) -> dict[str, Any]:
    """Draw what is due now, from fields of the ticket alone; `calendar` of its unit turns dates into working days."""
    return {"chip": chip_of(ticket, now, calendar)}


@register.inclusion_tag("tickets/_priority.html")
def priority_badge(ticket: Ticket) -> dict[str, Any]:
    """Draw why a ticket goes before others: owed for a broken promise, or a stage that ends before our promise."""
    return {"is_compensated": ticket.is_compensated, "is_urgent": ticket.is_urgent and not ticket.is_closed}


@register.inclusion_tag("tickets/_late.html")
def late_badge(ticket: Any) -> dict[str, Any]:
    """Draw that a promise was broken, for good; reads what `with_lateness` has read with the ticket."""
    return {"is_late": ticket.was_late, "is_excused": ticket.was_excused}


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
