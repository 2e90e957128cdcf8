"""What the side menu is drawn from, and the frame that goes with having a duty."""

from django.http import HttpRequest

from accounts.models import Role
from escalation.tiers import desks_of


def desks(request: HttpRequest) -> dict[str, object]:
    """Give the duties of a person, the desks they work at, and the base of pages that all share."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"desks": [], "base_template": "base_public.html"}
    desks, duties = desks_of(user), user.duty_list
    works_at = [desk.label for desk in desks] + [duty.get_role_display() for duty in duties]
    return {
        "desks": desks,
        "roles": {duty.role for duty in duties},
        "workplace": works_at[0] if works_at else "",
        "is_supervisor": user.holds(Role.SUPERVISOR),
        "base_template": "base_staff.html" if duties else "base_public.html",
    }
