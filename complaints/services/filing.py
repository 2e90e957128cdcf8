"""How a complaint comes into the register: by letter, by the public form, by LAPOR! (R42, R44, R46)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Lpse, User
from complaints.models import Complaint, ComplaintEvent, Named
from complaints.models.complaint import KEEPERS
from complaints.services.record import record, tell_complainant, tell_keepers
from complaints.services.turns import start_answering
from core.fsm import AlreadyDone, Conflict
from escalation.tiers import LKPP_ZONE
from tickets.models import Draft, NumberCounter, Ticket

Kind = ComplaintEvent.Kind
SENDER = "pengaduan.publik"


@dataclass(frozen=True)
class Party:
    """One thing a complaint names; exactly one of the four."""

    lpse: Lpse | None = None
    role: str = ""
    officer: User | None = None
    ticket: Ticket | None = None

    def facts(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def public_sender() -> User:
    """Return whose drafts the files of the public form are until they are sent."""
    sender, is_new = User.objects.get_or_create(username=SENDER, defaults={"name": _("Formulir pengaduan")})
    if is_new:
        sender.set_unusable_password()
        sender.save(update_fields=["password"])
    return sender


def require_registrar(by: User) -> None:
    """Raise PermissionDenied for everybody but the people of the register."""
    if not by.holds(*KEEPERS):
        raise PermissionDenied


@transaction.atomic
def file_complaint(
    *,
    by: User | None,
    now: datetime,
    key: UUID,
    facts: dict[str, Any],
    named: Sequence[Party] = (),
    received_at: datetime | None = None,
) -> Complaint:
    """Enter one complaint with the evidence of the draft `key`; what is complete starts our time at once (A23).

    `by` is whoever enters a letter or a report of LAPOR!, None for the public form; `received_at` says when it came to
    the Directorate, at the latest now. Raises PermissionDenied for others, AlreadyDone for a form sent before.
    """
    if by:
        require_registrar(by)
    if Complaint.objects.filter(key=key).exists():
        raise AlreadyDone
    received_at = received_at or now
    if received_at > now:
        raise Conflict(_("Waktu diterima tidak boleh di masa depan."))
    number = NumberCounter.take(Complaint.NUMBER_KIND, now.astimezone(ZoneInfo(LKPP_ZONE)).year)
    contact = User.objects.create(username=f"pengadu-{uuid4().hex[:12]}", name=_("Pengadu"), password="!")
    complaint = Complaint.objects.create(
        **facts, number=number, key=key, contact=contact, received_at=received_at, changed_at=now
    )
    Named.objects.bulk_create(Named(complaint=complaint, **party.facts()) for party in named)
    has_evidence = _take_files(complaint, key, owner=by or public_sender(), now=now)
    record(complaint, Kind.RECEIVED, by=by or contact, now=now, source=complaint.source, files=has_evidence)
    if has_evidence or not complaint.needs_evidence:
        start_answering(complaint, by=None, now=now, complete_at=received_at)
    tell_complainant(complaint, "complaint_received", now=now)
    tell_keepers(complaint, "complaint_arrived", by=by, now=now)
    return complaint


def _take_files(complaint: Complaint, key: UUID, *, owner: User, now: datetime) -> bool:
    """Keep the files of a form with the complaint for good; return whether there were any."""
    draft, _is_new = Draft.objects.get_or_create(key=key, defaults={"owner": owner, "form": "", "changed_at": now})
    draft.case, draft.data = complaint.number, {}
    draft.save(update_fields=["case", "data"])
    return draft.attachments.exists()
