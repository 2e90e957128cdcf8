"""Every page asks the database a fixed number of questions, however many rows there are, and lists use their indexes."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import cycle, islice, product
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Lpse, Reporter, User
from core.numbers import make_number
from escalation.tiers import Tier
from notifications.models import Notification
from tests.conftest import NOW
from tickets.models import Application, Attachment, Leg, Subcategory, Ticket, TicketEvent

Status = Ticket.Status
HOUR = timedelta(hours=1)
# Half of all tickets are closed, and every desk has some of each kind.
MIX = list(product(Tier, [Status.NEW, Status.IN_PROGRESS, Status.AWAITING_CONFIRMATION, *[Status.CLOSED] * 3]))


def fill(count: int, reporters: list[Reporter], lpses: list[Lpse], officers: dict[int, User]) -> None:
    """Make tickets with their legs, first events and messages, straight into the tables; a second for 2,000."""
    application, subcategories = Application.objects.first(), list(Subcategory.objects.all())
    shapes = zip(range(count), cycle(MIX), cycle(reporters), cycle(lpses), cycle(subcategories), strict=False)
    tickets = Ticket.objects.bulk_create(
        Ticket(
            number=make_number("TKT", 2025, serial),
            filing_key=uuid4(),
            tier=tier,
            status=status,
            reporter=reporter,
            lpse=lpse,
            assignee=None if status == Status.NEW else officers[tier],
            application=application,
            subcategory=subcategory,
            type=Ticket.Type.PROBLEM,
            title=f"Permasalahan {serial}",
            description="Uraian.",
            filed_at=NOW - serial * HOUR,
            entered_at=NOW - serial * HOUR,
            changed_at=NOW - serial * HOUR,
            reached_lkpp_at=NOW if tier > Tier.LPSE else None,
            closed_at=NOW if status == Status.CLOSED else None,
        )
        for serial, (tier, status), reporter, lpse, subcategory in shapes
    )
