"""When more than an hour was not our fault: the officer says why, the Penyelia agrees (R35, A17)."""

from datetime import datetime
from typing import cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role, User
from consultations.models import Visit, VisitEvent
from consultations.services.telling import record, tell_reporter
from core.fsm import Conflict
from escalation.models import Clock
from escalation.services import clocks
from escalation.tiers import people_with
from notifications.services import notify

Kind = VisitEvent.Kind


def require_excuse(visit: Visit, by: User, now: datetime) -> None:
    """Raise PermissionDenied for all but the officer of the visit, Conflict when it is in time or excused already."""
    if visit.officer_id != by.pk:
        raise PermissionDenied
    clock = visit.clock
    if clock is None or (visit.ended_at or now) <= clock.due_at:
        raise Conflict(_("Konsultasi ini tidak melewati batas waktu."))
    if clock.is_excused:
        raise Conflict(_("Keterlambatan konsultasi ini sudah dikecualikan."))


@transaction.atomic
def ask_excuse(pk: int, *, by: User, now: datetime, excuse: str, note: str) -> Visit:
    """Say which of the two excuses of R35 holds, and why; the Penyelia decides."""
    visit = Visit.objects.lock(pk)
    require_excuse(visit, by, now)
    visit.excuse, visit.excuse_note, visit.excuse_asked_at = excuse, note, now
    visit.save(update_fields=["excuse", "excuse_note", "excuse_asked_at"])
    record(visit, Kind.EXCUSE_ASKED, by=by, now=now, body=note, excuse=excuse)
    url = reverse("consultations:agree_excuse", args=[visit.number])
    facts = {"number": visit.number, "sender": by.name, "excuse": str(visit.get_excuse_display())}
    notify(people_with(Role.SUPERVISOR), "visit_excuse_asked", url=url, now=now, **facts)
    return visit


def require_agreement(visit: Visit, by: User) -> None:
    """Raise PermissionDenied for all but the Penyelia, Conflict when there is nothing to agree to yet or any more."""
    if not by.holds(Role.SUPERVISOR):
        raise PermissionDenied
    if not visit.excuse:
        raise Conflict(_("Petugas belum mengajukan alasan untuk konsultasi ini."))
    if visit.clock is None or not visit.clock.is_breached:
        raise Conflict(_("Keterlambatan konsultasi ini belum tercatat. Coba lagi satu menit lagi."))
    if visit.clock.is_excused:
        raise Conflict(_("Keterlambatan konsultasi ini sudah dikecualikan."))


@transaction.atomic
def agree_excuse(pk: int, *, by: User, now: datetime) -> Visit:
    """Accept the officer's reason: the breach stays in the history, an unused priority is withdrawn (A18)."""
    visit = Visit.objects.lock(pk)
    require_agreement(visit, by)
    reason = f"{visit.get_excuse_display()}: {visit.excuse_note}"
    visit.clock = clocks.excuse(cast(Clock, visit.clock).pk, by=by, now=now, reason=reason)
    record(visit, Kind.EXCUSE_AGREED, by=by, now=now, body=reason)
    tell_reporter(visit, "visit_excused", now=now)
    return visit
