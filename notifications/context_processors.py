"""The number on the bell."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core.pagination import capped_count
from notifications.models import Notification


def unread(request: HttpRequest) -> dict[str, object]:
    """Count unread messages, when a page draws the bell."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_count": 0}
    return {"unread_count": SimpleLazyObject(lambda: capped_count(Notification.objects.visible_to(user).unread()))}
