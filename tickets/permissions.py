"""Who a person is to a ticket. Transitions name these; nothing else decides."""

from typing import TYPE_CHECKING

from accounts.models import Duty, Role, User
from escalation.tiers import LKPP_ROLES, duty_at, people_with, staff_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tickets.models import Ticket


def is_reporter(ticket: "Ticket", user: User) -> bool:
    """The person whose problem it is."""
    return ticket.reporter.user_id == user.pk


def answers_for(ticket: "Ticket", user: User) -> bool:
    """The reporter, or a colleague of the same organisation with whom the reporter shares the ticket (A14)."""
    return is_reporter(ticket, user) or user.pk in ticket.shared_user_ids


def duty_on(ticket: "Ticket", user: User) -> Duty | None:
    """Return the duty by which a person works at the unit that holds the ticket; the counter is a unit of its own."""
    if ticket.at_counter:
        return next((duty for duty in user.duty_list if duty.role == Role.CONSULTANT), None)
    return duty_at(user, ticket.tier, ticket.lpse_id)


def staff_on(ticket: "Ticket") -> "QuerySet[User]":
    """Return the active people of the unit that holds the ticket."""
    return people_with(Role.CONSULTANT) if ticket.at_counter else staff_of(ticket.tier, ticket.lpse_id)


def works_here(ticket: "Ticket", user: User) -> bool:
    """Somebody of the unit that holds the ticket now."""
    return duty_on(ticket, user) is not None


def serves_here(ticket: "Ticket", user: User) -> bool:
    """Somebody of the holding unit on whose side the problem is not: nobody serves themselves (A15)."""
    return works_here(ticket, user) and not answers_for(ticket, user)


def brings_data(ticket: "Ticket", user: User) -> bool:
    """The reporter's side, or at the counter the officer, who scans what the visitor has brought."""
    return answers_for(ticket, user) or (ticket.at_counter and works_here(ticket, user))


def sees_visitor(ticket: "Ticket", user: User) -> bool:
    """A Petugas Konsultasi before whom a person without an account says that it is solved (A07).

    Also of what has left the counter: a visitor without e-mail has no other way to confirm (R19, R26).
    """
    is_visitors = ticket.is_walk_in and ticket.reporter.is_visitor
    return is_visitors and user.holds(Role.CONSULTANT) and not answers_for(ticket, user)


def nobody(ticket: "Ticket", user: User) -> bool:
    """No person at all: the worker does it when time has run out."""
    return False


def sees_internal(ticket: "Ticket", user: User) -> bool:
    """Staff who may read the ticket read its internal notes; the reporter's side never does."""
    if answers_for(ticket, user):
        return False
    at_lpse = not ticket.is_walk_in and any(duty.lpse_id == ticket.lpse_id for duty in user.duty_list)
    return at_lpse or user.holds(Role.SUPERVISOR) or (ticket.reached_lkpp_at is not None and user.holds(*LKPP_ROLES))
