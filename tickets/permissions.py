"""Who a person is to a ticket. Transitions name these; nothing else decides."""

from typing import TYPE_CHECKING

from accounts.models import Role, User
from escalation.tiers import LKPP_ROLES, duty_at

if TYPE_CHECKING:
    from tickets.models import Ticket


def is_reporter(ticket: "Ticket", user: User) -> bool:
    """The person whose problem it is."""
    return ticket.reporter.user_id == user.pk


def answers_for(ticket: "Ticket", user: User) -> bool:
    """The reporter, or a colleague of the same organisation with whom the reporter shares the ticket (A14)."""
    return is_reporter(ticket, user) or user.pk in ticket.shared_user_ids


def works_here(ticket: "Ticket", user: User) -> bool:
    """Somebody of the unit that holds the ticket now."""
    return duty_at(user, ticket.tier, ticket.lpse_id) is not None


def serves_here(ticket: "Ticket", user: User) -> bool:
    """Somebody of the holding unit on whose side the problem is not: nobody serves themselves (A15)."""
    return works_here(ticket, user) and not answers_for(ticket, user)


def nobody(ticket: "Ticket", user: User) -> bool:
    """No person at all: the worker does it when time has run out."""
    return False


def sees_internal(ticket: "Ticket", user: User) -> bool:
    """Staff who may read the ticket read its internal notes; the reporter's side never does."""
    if answers_for(ticket, user):
        return False
    at_lpse = any(duty.lpse_id == ticket.lpse_id for duty in user.duty_list)
    return at_lpse or user.holds(Role.SUPERVISOR) or (ticket.reached_lkpp_at is not None and user.holds(*LKPP_ROLES))
