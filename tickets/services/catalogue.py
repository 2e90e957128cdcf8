"""What tickets can be about, as the Penyelia changes it; what is switched off stays on old tickets."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from audit.models import AuditEntry
from audit.services import record, save_recorded
from core.fsm import Conflict
from tickets.models import Application, Category, DocumentRequirement, Subcategory

CHANGED = AuditEntry.Kind.CATALOGUE_CHANGED


@transaction.atomic
def keep_entry(
    row: Application | Category | Subcategory, facts: dict[str, Any], *, by: User, now: datetime, address: str
) -> None:
    """Add or change an application, a category or a subcategory with its data dukung ("requirements", in their order).

    Raises Conflict when nothing would be left to choose in Buat Tiket.
    """
    if not by.holds(Role.SUPERVISOR):
        raise PermissionDenied
    if row.pk:
        row = type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    own = {name: value for name, value in facts.items() if name != "requirements"}
    save_recorded(row, own, kind=CHANGED, by=by, now=now, address=address)
    if isinstance(row, Subcategory):
        before, after = row.wanted, facts["requirements"]
        if after != before:
            _keep_requirements(row, after)
            facts_of_it: dict[str, Any] = {"before": {"requirements": before}, "after": {"requirements": after}}
            record(CHANGED, by=by, subject=str(row), address=address, now=now, **facts_of_it)
    if not (Subcategory.objects.offered().exists() and Application.objects.filter(is_active=True).exists()):
        raise Conflict(_("Buat Tiket memerlukan paling sedikit satu aplikasi dan satu subkategori yang aktif."))


def _keep_requirements(subcategory: Subcategory, names: list[str]) -> None:
    """Put the data dukung in this order; one that is not named any more stays with the files that answered it."""
    subcategory.requirements.exclude(name__in=names).update(is_active=False)
    for position, name in enumerate(names):
        DocumentRequirement.objects.update_or_create(
            subcategory=subcategory, name=name, defaults={"position": position, "is_active": True}
        )
