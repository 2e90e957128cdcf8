"""Writing the audit trail."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from audit.models import AuditEntry

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def record(
    kind: AuditEntry.Kind,
    *,
    by: "AbstractBaseUser | None",
    subject: str,
    address: str,
    now: datetime,
    **data: Any,
) -> AuditEntry:
    """Add one entry; `subject` names the object or the address that was asked for."""
    return AuditEntry.objects.create(
        kind=kind, actor_id=by.pk if by else None, subject=subject[:300], address=address[:45], at=now, data=data
    )
