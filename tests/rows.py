"""What no refused request may change."""

from typing import Any

from accounts.models import Reporter, User
from notifications.models import Notification
from tickets.models import Attachment, Leg, Ticket, TicketEvent


def everything() -> list[Any]:
    """Return every row that tells about tickets and people; drafts and the audit trail may grow."""
    models = (Ticket, Leg, TicketEvent, Attachment, Notification, Reporter)
    people = User.objects.order_by("pk").values("pk", "name", "email", "password", "is_staff", "is_superuser")
    return [*(list(model.objects.order_by("pk").values()) for model in models), list(people)]
