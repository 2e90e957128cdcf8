"""Changing what is promised from now on; clocks that run keep what they copied when they started."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.models import AuditEntry
from audit.services import save_recorded
from escalation.models import Promise


@transaction.atomic
def change_promise(pk: int, *, by: User, reason: str, now: datetime, address: str, facts: dict[str, Any]) -> Promise:
    """Give a promise other numbers, and write down who, why, and what they were before."""
    promise = Promise.objects.select_for_update().get(pk=pk)
    kind = AuditEntry.Kind.PROMISE_CHANGED
    save_recorded(promise, facts, kind=kind, by=by, now=now, address=address, reason=reason)
    return promise
