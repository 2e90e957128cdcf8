"""LPSE, institutions and the office itself, as rows that are changed here; every change is in the audit trail."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.granting import offices_governed_by
from accounts.models import Duty, Institution, Lpse, Office, Role, User, today
from accounts.signals import office_closes
from audit.models import AuditEntry
from audit.services import save_recorded
from core.fsm import Conflict

CHANGED = AuditEntry.Kind.OFFICE_CHANGED
FOR_AGENCIES = {"name", "spse_version"}  # of their own LPSE; the rest decides where tickets go and until when


@transaction.atomic
def keep_lpse(lpse: Lpse, facts: dict[str, Any], *, by: User, now: datetime, address: str) -> None:
    """Add or change an LPSE; raise Conflict when one that still works is to be switched off."""
    allowed = by.holds(Role.SUPERVISOR) or (offices_governed_by(by).contains(lpse) and facts.keys() <= FOR_AGENCIES)
    if not allowed:
        raise PermissionDenied
    if lpse.pk:
        lpse = Lpse.objects.select_for_update().get(pk=lpse.pk)
    if lpse.pk and lpse.is_active and not facts.get("is_active", True):
        _require_idle(lpse)
    save_recorded(lpse, facts, kind=CHANGED, by=by, now=now, address=address)


def _require_idle(lpse: Lpse) -> None:
    held = Duty.objects.filter(lpse=lpse).exclude(ends_on__lt=today()).count()
    if held:
        raise Conflict(_("Masih ada %d tugas yang berlaku di LPSE ini. Akhiri tugas itu dahulu.") % held)
    office_closes.send(Lpse, lpse=lpse)


@transaction.atomic
def keep_for_all(row: Institution | Office, facts: dict[str, Any], *, by: User, now: datetime, address: str) -> None:
    """Add or change an institution, or change the office; the Penyelia only."""
    if not by.holds(Role.SUPERVISOR):
        raise PermissionDenied
    if row.pk:
        row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    save_recorded(row, facts, kind=CHANGED, by=by, now=now, address=address)
