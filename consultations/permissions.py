"""Who a person is to a visit. Transitions name these; nothing else decides."""

from typing import TYPE_CHECKING

from accounts.models import Role, User

if TYPE_CHECKING:
    from consultations.models import Visit

COUNTER_ROLES = (Role.RECEPTIONIST, Role.CONSULTANT, Role.SUPERVISOR)  # who may read the guest book


def receives(visit: "Visit", user: User) -> bool:
    """Somebody of the front desk."""
    return user.holds(Role.RECEPTIONIST)


def consults(visit: "Visit", user: User) -> bool:
    """The officer whom this visitor was directed to; while there is none, any of them, to be told so (409).

    Nobody consults themselves.
    """
    theirs = visit.officer_id in (None, user.pk) and visit.reporter.user_id != user.pk
    return theirs and user.holds(Role.CONSULTANT)


def receives_or_consults(visit: "Visit", user: User) -> bool:
    """The front desk, or the officer in whose room the visitor is awaited."""
    return receives(visit, user) or consults(visit, user)


def nobody(visit: "Visit", user: User) -> bool:
    """No person at all: the worker does it when the day is over."""
    return False
