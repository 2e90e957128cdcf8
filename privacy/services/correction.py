"""Correcting who a person is, at their request; what was changed is in the audit trail, numbers not in full."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Reporter, User
from audit.models import AuditEntry
from audit.services import record as audit
from core.fsm import Conflict
from core.templatetags.desk import masked_digits, masked_email, masked_phone
from privacy.models import DataClaim, DataClaimEvent
from privacy.models.claim import answers_for
from privacy.services.claims import already_answered, record

MASKS: dict[str, Callable[[str], str]] = {
    "email": masked_email,
    "phone": masked_phone,
    "npwp": masked_digits,
    "nib": masked_digits,
    "nip": masked_digits,
}


@transaction.atomic
def correct(pk: int, *, by: User, now: datetime, address: str, version: int, facts: dict[str, Any]) -> list[str]:
    """Give the person behind an open request these fields of Reporter; return the names of those that changed.

    The account keeps its own e-mail address, by which its owner signs in. Raises PermissionDenied for everybody but a
    Penyelia, Conflict once the request is answered.
    """
    claim = DataClaim.objects.lock(pk, version=version)
    if not answers_for(claim, by):
        raise PermissionDenied
    if not claim.is_open:
        raise Conflict(already_answered())
    reporter = Reporter.objects.select_for_update(no_key=True).filter(user=claim.person_id).first()
    if reporter is None:
        raise Conflict(_("Pemohon tidak mempunyai identitas pelapor."))
    changed = [name for name, value in facts.items() if getattr(reporter, name) != value]
    if not changed:
        return []
    before = {name: told(reporter, name) for name in changed}
    if "name" in changed:
        User.objects.filter(pk=claim.person_id, name=reporter.name).update(name=facts["name"])
    for name in changed:
        setattr(reporter, name, facts[name])
    reporter.save(update_fields=changed)
    change = {"before": before, "after": {name: told(reporter, name) for name in changed}}
    subject = f"{claim.number} {claim.person.username}"
    audit(AuditEntry.Kind.PERSON_CHANGED, by=by, subject=subject, address=address, now=now, **change)
    record(claim, DataClaimEvent.Kind.CORRECTED, by=by, now=now, fields=changed)
    return changed


def told(reporter: Reporter, name: str) -> str:
    """Return a field as the audit trail keeps it: enough to compare, not enough to use."""
    value = str(getattr(reporter, name) or "")
    return MASKS[name](value) if value and name in MASKS else value
