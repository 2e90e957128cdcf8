"""What an agent waits for: questions to officers that are open, or answered and not read out yet."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import Role, User
from callcenter.models import ConfirmationRequest
from callcenter.models.confirmation import ConfirmationRequestQuerySet
from escalation.tiers import desks_of
from tickets.models import Ticket

PERSON = ("call", "asked_by", "answered_by")
TICKET = ("ticket__reporter", "ticket__lpse", "ticket__assignee")


def waiting_of(user: User, now: datetime) -> dict[str, Any]:
    """Return this agent's requests for _waiting.html, and a name for how they stand."""
    rows = list(ConfirmationRequest.objects.awaited_by(user).select_related(*PERSON, *TICKET))
    state = ".".join(f"{row.pk}{'j' if row.is_answered else 't' if row.due_at < now else ''}" for row in rows)
    return {"awaited": rows, "any_open": any(not row.is_answered for row in rows), "state": state, "now": now}


def open_for(user: User) -> ConfirmationRequestQuerySet:
    """Return the open requests a person deals with: agents and Penyelia all, officers those their units hold."""
    rows = ConfirmationRequest.objects.visible_to(user).open()
    if user.holds(Role.CALL_AGENT, Role.SUPERVISOR):
        return rows
    held = Q(ticket__at_counter=True) if user.holds(Role.CONSULTANT) else Q(pk=None)
    for desk in desks_of(user):
        held |= Q(ticket__in=Ticket.objects.at(desk).values("pk"))
    return rows.filter(held)
