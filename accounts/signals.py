"""Sign-ins, failed ones included, go into the audit trail; and what this app tells those above it."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import Signal, receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from audit.services import record
from core.requests import client_address

letter_due = Signal()  # user, kind, address ("" is their own), secret, facts: they must hear of it by mail

# kept, merged: Reporter, locked. All that is of `merged` becomes of `kept`; receivers return what they moved, as JSON
# under names of their own, and lock without waiting (accounts.merging.move_rows).
reporters_merged = Signal()

# kept, merged: Reporter, locked; moved: dict, what the receivers have returned. It goes back to `merged`.
merge_undone = Signal()

# lpse: Lpse. It is about to be switched off; who has something open there raises Conflict.
office_closes = Signal()


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    now = timezone.now()
    methods = [each["method"] for each in get_authentication_records(request, user)]
    told, address = {"methods": methods} if methods else {}, client_address(request)
    record(AuditEntry.Kind.SIGN_IN, by=user, subject=user.username, address=address, now=now, **told)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user:
        now = timezone.now()
        record(AuditEntry.Kind.SIGN_OUT, by=user, subject=user.username, address=client_address(request), now=now)


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    name = str(credentials.get("username") or credentials.get("email") or "")
    address = client_address(request) if request else ""
    record(AuditEntry.Kind.SIGN_IN_FAILED, by=None, subject=name, address=address, now=timezone.now())
