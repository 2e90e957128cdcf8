"""The desks in the side menu, and the frame that goes with having some."""

from django.http import HttpRequest

from escalation.tiers import desks_of


def desks(request: HttpRequest) -> dict[str, object]:
    """Give the desks a person works at, and the base template of pages that staff and reporters share."""
    user = getattr(request, "user", None)
    desks = desks_of(user) if user is not None and user.is_authenticated else []
    return {"desks": desks, "base_template": "base_staff.html" if desks else "base_public.html"}
