"""What no refused request may change."""

from django.db import connection

from accounts.models import Duty, Reporter, ReporterMerge, User
from callcenter.models import Call, CallEvent, CallLink, ConfirmationRequest
from consultations.models import Room, Visit, VisitEvent
from escalation.models import Clock, Entitlement, Holiday, HoursPeriod, OfficeHours, Promise
from knowledge.models import CannedText
from notifications.models import Notification, SuppressedAddress
from privacy.models import DataClaim, DataClaimEvent
from tickets.models import (
    Attachment,
    DataRequest,
    Leg,
    RequestedItem,
    SavedView,
    Ticket,
    TicketEvent,
    TicketShare,
)

MODELS = (
    DataClaim,
    DataClaimEvent,
    Ticket,
    TicketShare,
    Leg,
    TicketEvent,
    DataRequest,
    RequestedItem,
    Attachment,
    Notification,
    SuppressedAddress,
    Reporter,
    ReporterMerge,
    Duty,
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


def everything() -> list[tuple[str, str]]:
    """Return every row that tells about tickets and people; drafts and the audit trail may grow.

    In one question and as PostgreSQL writes them, since tests look before and after every single request.
    """
    tables = {model._meta.db_table: f"{model._meta.db_table}.*" for model in MODELS}
    tables[User._meta.db_table] = "id, name, email, password, is_active, is_staff, is_superuser"
    rows = (f"SELECT '{table}', ROW({columns})::text FROM {table}" for table, columns in tables.items())
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(rows) + " ORDER BY 1, 2")
        return list(cursor.fetchall())
