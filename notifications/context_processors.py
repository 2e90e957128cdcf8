"""The number on the bell, and whether mail reaches who is reading."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core.pagination import capped_count
from notifications.models import Notification
from notifications.services.suppression import refuses_mail


def unread(request: HttpRequest) -> dict[str, object]:
    """Count unread messages when a page draws the bell; look for the address when one says that mail is refused."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_count": 0}
    return {
        "unread_count": SimpleLazyObject(lambda: capped_count(Notification.objects.visible_to(user).unread())),
        "mail_is_refused": SimpleLazyObject(lambda: refuses_mail(user)),
    }
