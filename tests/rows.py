"""What no refused request may change."""

from typing import Any

from accounts.models import Reporter, User
from callcenter.models import Call, CallEvent, CallLink, ConfirmationRequest
from consultations.models import Room, Visit, VisitEvent
from escalation.models import Clock, Entitlement, Holiday, HoursPeriod, OfficeHours, Promise
from knowledge.models import CannedText
from notifications.models import Notification
from tickets.models import Attachment, DataRequest, Leg, SavedView, Ticket, TicketEvent, TicketShare


def everything() -> list[Any]:
    """Return every row that tells about tickets and people; drafts and the audit trail may grow."""
    models = (
        Ticket,
        TicketShare,
        Leg,
        TicketEvent,
        DataRequest,
        Attachment,
        Notification,
        Reporter,
        SavedView,
        CannedText,
        Promise,
        Holiday,
        HoursPeriod,
        OfficeHours,
        Clock,
        Entitlement,
        Room,
        Visit,
        VisitEvent,
        Call,
        CallEvent,
        ConfirmationRequest,
        CallLink,
    )
    people = User.objects.order_by("pk").values("pk", "name", "email", "password", "is_staff", "is_superuser")
    return [*(list(model.objects.order_by("pk").values()) for model in models), list(people)]
