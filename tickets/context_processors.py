"""What the side menu is drawn from, and the frame that goes with having a desk."""

from django.http import HttpRequest

from accounts.models import Role
from escalation.tiers import desks_of


def desks(request: HttpRequest) -> dict[str, object]:
    """Give the desks a person works at, whether they are a Penyelia, and the base of pages that all share."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"desks": [], "base_template": "base_public.html"}
    desks = desks_of(user)
    base = "base_staff.html" if desks else "base_public.html"
    return {"desks": desks, "is_supervisor": user.holds(Role.SUPERVISOR), "base_template": base}
