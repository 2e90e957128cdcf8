"""Whose turn it is with a complaint: ours to answer, or the complainant's to send what is missing (R44, R45)."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from complaints.files import answer_key, evidence_key, evidence_of
from complaints.models import Complaint, ComplaintEvent, Response
from complaints.services.files import keep_files
from complaints.services.record import keep, record, tell_complainant, tell_keepers
from core.dates import local
from core.fsm import Conflict, require
from escalation.models import Promise
from escalation.services import clocks
from escalation.services.calendar import calendar_of
from escalation.working import nth_working_day
from tickets.models import Attachment

Kind = ComplaintEvent.Kind
State = Complaint.State


def start_answering(complaint: Complaint, *, by: User | None, now: datetime, complete_at: datetime) -> None:
    """Register a complete complaint; three times 24 hours on working days begin at `complete_at` (R45, A23)."""
    complaint.register(complete_at=complete_at)
    url = complaint.get_absolute_url()
    complaint.clock = clocks.start_clock(
        Promise.Code.COMPLAINT, case=complaint.number, url=url, reporter=None, lpse=None, now=complete_at
    )
    _count_legal_due(complaint)
    keep(complaint, "state", "asked_for", "complete_at", "clock", "legal_due", now=now)
    record(complaint, Kind.REGISTERED, by=by, now=now, due=complaint.clock.due_at.isoformat())


def _count_legal_due(complaint: Complaint) -> None:
    """Set until when UU 25/2009 wants a decision, once the class is known and the complaint complete."""
    complaint.legal_due = None
    if complaint.legal_class and complaint.complete_at:
        start = local(complaint.complete_at, complaint.zone).date()
        days = Complaint.LEGAL_DAYS[Complaint.LegalClass(complaint.legal_class)]
        complaint.legal_due = nth_working_day(start, days, calendar_of(None))


@transaction.atomic
def classify(pk: int, *, by: User, now: datetime, version: int, legal_class: str) -> Complaint:
    """Say which class of UU 25/2009 a complaint is of; the legal due date stands beside our promise."""
    complaint = _lock(pk, by, version)
    complaint.legal_class = legal_class
    _count_legal_due(complaint)
    keep(complaint, "legal_class", "legal_due", now=now)
    record(complaint, Kind.CLASSIFIED, by=by, now=now, legal_class=legal_class)
    return complaint


@transaction.atomic
def ask_for_evidence(pk: int, *, by: User, now: datetime, version: int, reason: str) -> Complaint:
    """Ask the complainant for what is missing; our time stands still, and starts anew once it is there (R44)."""
    complaint = _lock(pk, by, version)
    require(complaint.ask_for_evidence, by, reason=_("Bukti hanya dapat diminta sebelum pengaduan ditanggapi."))
    clocks.stop(complaint.clock_id, now=now)
    complaint.ask_for_evidence(reason=reason)
    complaint.clock = None
    keep(complaint, "state", "asked_for", "complete_at", "clock", now=now)
    record(complaint, Kind.EVIDENCE_ASKED, by=by, now=now, body=reason)
    tell_complainant(complaint, "evidence_asked", now=now)
    return complaint


@transaction.atomic
def give_evidence(pk: int, *, by: User, now: datetime, key: UUID, owner: User, text: str = "") -> Complaint:
    """Add the files of the draft `key` of `owner`; an incomplete complaint is complete with them and our time starts.

    `by` is the contact, or whoever scans what came by post. Raises Conflict without a file or once it is answered.
    """
    complaint = Complaint.objects.lock(pk)
    if complaint.state not in (State.RECEIVED, State.INCOMPLETE, State.REGISTERED):
        raise Conflict(_("Pengaduan ini sudah ditanggapi atau dicabut."))
    files = Attachment.objects.filter(draft=key, draft__owner=owner)
    if not files.exists():
        raise Conflict(_("Lampirkan bukti lebih dahulu."))
    names = [file.name for file in files]
    keep_files(complaint, evidence_key(complaint), form=key, owner=owner, now=now)
    record(complaint, Kind.EVIDENCE_GIVEN, by=by, now=now, body=text, files=names)
    if complaint.state == State.REGISTERED:
        keep(complaint, now=now)
    else:
        start_answering(complaint, by=None, now=now, complete_at=now)
    tell_keepers(complaint, "evidence_given", by=by, now=now)
    return complaint


@transaction.atomic
def register(pk: int, *, by: User, now: datetime, version: int) -> Complaint:
    """Say that nothing is missing although no file came with it: what was sent is enough to answer."""
    complaint = _lock(pk, by, version)
    require(complaint.register, by, reason=_("Pengaduan ini sudah terdaftar."))
    if complaint.needs_evidence and not evidence_of(complaint).exists():
        raise Conflict(_("Pengaduan dan keberatan harus disertai bukti. Minta bukti kepada pengadu."))
    start_answering(complaint, by=by, now=now, complete_at=now)
    return complaint


@transaction.atomic
def respond(pk: int, *, by: User, now: datetime, version: int, key: UUID, letter: dict[str, object]) -> Complaint:
    """Send the answer to the substance (R45); `letter` are fields of Response, its files those of the draft `key`."""
    complaint = _lock(pk, by, version)
    require(complaint.respond, by, reason=_("Pengaduan ini belum lengkap atau sudah ditanggapi."))
    clocks.meet(complaint.clock_id, now=now)
    complaint.respond(now=now)
    keep(complaint, "state", "responded_at", now=now)
    Response.objects.create(complaint=complaint, sent_by=by, sent_at=now, key=key, **letter)
    keep_files(complaint, answer_key(key), form=key, owner=by, now=now)
    record(complaint, Kind.RESPONDED, by=by, now=now, number=letter["number"])
    tell_complainant(complaint, "complaint_answered", now=now)
    return complaint


@transaction.atomic
def close(pk: int, *, by: User, now: datetime, version: int, note: str = "") -> Complaint:
    """End what was answered."""
    complaint = _lock(pk, by, version)
    require(complaint.close, by, reason=_("Pengaduan diselesaikan setelah ditanggapi."))
    complaint.close(now=now)
    keep(complaint, "state", "ended_at", now=now)
    record(complaint, Kind.CLOSED, by=by, now=now, body=note)
    return complaint


@transaction.atomic
def withdraw(pk: int, *, by: User, now: datetime, reason: str, version: int | None = None) -> Complaint:
    """Take a complaint back before it is answered: the complainant, or somebody of the register at their word."""
    complaint = Complaint.objects.lock(pk, version=version)
    require(complaint.withdraw, by, reason=_("Pengaduan ini sudah ditanggapi atau dicabut."))
    clocks.stop(complaint.clock_id, now=now)
    complaint.withdraw(now=now)
    keep(complaint, "state", "asked_for", "ended_at", now=now)
    record(complaint, Kind.WITHDRAWN, by=by, now=now, body=reason)
    tell_keepers(complaint, "complaint_withdrawn", by=by, now=now)
    return complaint


@transaction.atomic
def excuse(pk: int, *, by: User, now: datetime, version: int, reason: str) -> Complaint:
    """Say why an answer that came late was not our fault (A18); only a Penyelia, and the lateness stays on record."""
    complaint = Complaint.objects.visible_to(by).filter(pk=pk).first()
    if complaint is None or not by.holds(Role.SUPERVISOR):
        raise PermissionDenied
    complaint = Complaint.objects.lock(pk, version=version)
    if complaint.clock_id is None:
        raise Conflict(_("Tidak ada keterlambatan untuk dikecualikan."))
    clocks.excuse(complaint.clock_id, by=by, now=now, reason=reason)
    keep(complaint, now=now)
    record(complaint, Kind.EXCUSED, by=by, now=now, body=reason)
    return complaint


def _require_keeper(complaint: Complaint, by: User) -> None:
    is_theirs = Complaint.objects.visible_to(by).filter(pk=complaint.pk).exists()
    if not is_theirs:
        raise PermissionDenied


def _lock(pk: int, by: User, version: int | None) -> Complaint:
    complaint = Complaint.objects.lock(pk, version=version)
    _require_keeper(complaint, by)
    return complaint
