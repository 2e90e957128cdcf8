"""How a complaint comes into the register: by letter, by the public form, by LAPOR! (R42, R44, R46)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Lpse, User
from complaints.files import evidence_key, evidence_of, letter_key
from complaints.models import Complaint, ComplaintEvent, Named
from complaints.models.complaint import KEEPERS, keeps_register
from complaints.services.files import keep_files, public_sender
from complaints.services.record import record, tell_complainant, tell_keepers
from complaints.services.turns import start_answering
from core.fsm import AlreadyDone, Conflict
from escalation.tiers import LKPP_ZONE
from tickets.models import NumberCounter, Ticket
from tracking.services import generation_of, make_access_code

Kind = ComplaintEvent.Kind


@dataclass(frozen=True)
class Party:
    """One thing a complaint names; exactly one of the four."""

    lpse: Lpse | None = None
    role: str = ""
    officer: User | None = None
    ticket: Ticket | None = None

    def facts(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


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
    letter: UUID | None = None,
    facts: dict[str, Any],
    named: Sequence[Party] = (),
    received_at: datetime | None = None,
) -> Complaint:
    """Enter one complaint with the evidence of the draft `key` and the letter of the draft `letter`.

    What is complete starts our time at once (A23); the letter alone does not make it so (R44).
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
    contact = User.objects.create(username=f"pengadu-{uuid4().hex}", name=_("Pengadu"), password=make_password(None))
    complaint = Complaint.objects.create(
        **facts, number=number, key=key, contact=contact, received_at=received_at, changed_at=now
    )
    Named.objects.bulk_create(Named(complaint=complaint, **party.facts()) for party in named)
    sent: dict[str, Any] = {"owner": by or public_sender(), "now": now}
    keep_files(complaint, evidence_key(complaint), form=key, **sent)
    if letter:
        keep_files(complaint, letter_key(complaint), form=letter, **sent)
    has_evidence = evidence_of(complaint).exists()
    record(complaint, Kind.RECEIVED, by=by or contact, now=now, source=complaint.source, files=has_evidence)
    if has_evidence or not complaint.needs_evidence:
        start_answering(complaint, by=None, now=now, complete_at=received_at)
    tell_complainant(complaint, "complaint_received", now=now)
    tell_keepers(complaint, "complaint_arrived", by=by, now=now)
    return complaint


@transaction.atomic
def hand_over_code(pk: int, *, by: User, now: datetime, address: str, generation: int) -> str:
    """Return a new access code for the receipt of a complaint, shown once; nobody else is told it (R44, A22).

    Raises AlreadyDone when this is not the code after the one the page knew of: a page sent again must not make the
    code on paper worthless.
    """
    complaint = Complaint.objects.lock(pk)
    if not keeps_register(complaint, by):
        raise PermissionDenied
    if generation != generation_of(complaint.number):
        raise AlreadyDone
    return make_access_code(complaint.number, by=by, now=now, address=address)
