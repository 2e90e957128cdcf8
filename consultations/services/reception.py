"""The front desk: the guest book, the queue number, and who goes to which room (R20–R22). Visit first, then room."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Reporter, Role, User
from accounts.services import add_visitor
from consultations.models import QueueCounter, RequestDraft, Room, Visit, VisitEvent
from consultations.models.queue import day_of
from consultations.services.sessions import empty_rooms
from consultations.services.telling import record
from core.fsm import AlreadyDone, Conflict, require
from escalation.services import entitlements
from tickets.models import Draft
from tickets.services.drafts import renew

Kind = VisitEvent.Kind
CONTACT = ("phone", "email")


def require_receptionist(by: User) -> None:
    if not by.holds(Role.RECEPTIONIST):
        raise PermissionDenied


# Arrival


@transaction.atomic
def register_newcomer(*, by: User, now: datetime, key: UUID, person: dict[str, Any], **visit: Any) -> Visit:
    """Register somebody we do not know; `person` is what add_visitor asks, `visit` what register_visit does."""
    require_receptionist(by)
    return register_visit(by=by, now=now, key=key, reporter=add_visitor(**person), **visit)


@transaction.atomic
def register_visit(
    *,
    by: User,
    now: datetime,
    key: UUID,
    reporter: Reporter,
    facts: dict[str, Any],
    draft_key: UUID | None = None,
    form_code: str = "",
) -> Visit:
    """Write a visitor into the guest book and give the next queue number of the day (R21).

    `facts` are fields of Visit; `draft_key` is the draft with scanned files (R04), `form_code` the form filled in on
    a phone (R03). A priority that is owed is used up here (R39, A16). Raises AlreadyDone for the same form sent twice,
    Conflict when the visitor is in the line already or another desk has taken the phone form.
    """
    require_receptionist(by)
    day = day_of(now)
    serial = QueueCounter.take(day)  # first of all: desks that register at once wait for each other here
    if Visit.objects.filter(key=key).exists():
        raise AlreadyDone
    reporter = Reporter.objects.standing(reporter.pk)
    require_absent(reporter, now=now)
    number = f"{Visit.NUMBER_KIND}-{day:%Y%m%d}-{serial:03}"
    line = {"number": number, "day": day, "serial": serial, "key": key}
    owed = entitlements.redeem(reporter, case=number, url=reverse("consultations:visit", args=[number]), now=now)
    files = _keep_files(draft_key, by=by, number=number, now=now) if draft_key else None
    visit = Visit.objects.create(
        **facts | {"has_documents": facts.get("has_documents", False) or files is not None},
        **line,
        reporter=reporter,
        draft_key=files,
        is_compensated=owed is not None,
        arrived_at=now,
    )
    if form_code:
        _take_over(form_code, visit, now=now)
    record(visit, Kind.REGISTERED, by=by, now=now, changed=_keep_contact(reporter, facts))
    return visit


def require_absent(reporter: Reporter, *, now: datetime) -> None:
    """Raise Conflict when this person is in today's line already or with an officer."""
    here = Visit.State.REGISTERED, Visit.State.DIRECTED, Visit.State.IN_SESSION
    visit = Visit.objects.today(now).filter(reporter=reporter, state__in=here).first()
    if visit:
        names = {"name": reporter.name, "number": visit.queue_number}
        raise Conflict(_("%(name)s sudah terdaftar hari ini dengan nomor %(number)s.") % names)


def _keep_files(key: UUID, *, by: User, number: str, now: datetime) -> UUID | None:
    """Put the scanned files of a form under the number of the visit; return the key of the draft that holds them.

    It is another draft than the form's own, so that the form sent once more cannot add to it.
    """
    draft = Draft.objects.visible_to(by).select_for_update().filter(key=key).first()
    if draft is None:
        return None
    if not draft.attachments.exists():
        draft.delete()
        return None
    kept = renew(key, by=by, now=now)
    Draft.objects.filter(key=kept).update(case=number, form="", data={})
    return kept


def _take_over(code: str, visit: Visit, *, now: datetime) -> None:
    draft = RequestDraft.objects.open(now).select_for_update().filter(code=code).first()
    if draft is None:
        raise Conflict(_("Formulir %(code)s sudah dipakai meja lain atau bukan dari hari ini.") % {"code": code})
    draft.visit, draft.data = visit, {}
    draft.save(update_fields=["visit", "data"])


def _keep_contact(reporter: Reporter, facts: dict[str, Any]) -> list[str]:
    """Reach a visitor without account where they said today; return for the history what changed."""
    given = {name: facts[name] for name in CONTACT if facts.get(name)}
    changed = [name for name, value in given.items() if getattr(reporter, name) != value]
    if not changed or not reporter.is_visitor:
        return []
    for name in changed:
        setattr(reporter, name, given[name])
    reporter.save(update_fields=changed)
    return changed


# The line


@transaction.atomic
def direct_visit(pk: int, *, by: User, now: datetime, room: int) -> Visit:
    """Call a visitor to a free room, whose officer becomes responsible (R22).

    Raises Conflict when another desk called the visitor or gave the room away meanwhile.
    """
    visit = Visit.objects.lock(pk)
    require(visit.direct, by, reason=_("%(number)s tidak lagi menunggu.") % {"number": visit.queue_number})
    place = Room.objects.select_for_update(no_key=True).filter(pk=room).first()
    if place is None or not Room.objects.free().filter(pk=place.pk).exists():
        raise Conflict(_("Ruang itu tidak lagi kosong. Pilih ruang lain."))
    if place.officer_id == visit.reporter.user_id:
        raise Conflict(_("Petugas ruang itu adalah tamu ini sendiri. Pilih ruang lain."))
    visit.direct(room=place, now=now)
    visit.save(update_fields=["state", "room", "officer", "directed_at"])
    record(visit, Kind.DIRECTED, by=by, now=now, room=place.name, officer=str(place.officer))
    return visit


@transaction.atomic
def call_back(pk: int, *, by: User, now: datetime) -> Visit:
    """Undo a call: the visitor waits again, at the same place in the line."""
    visit = Visit.objects.lock(pk)
    _require_directed(visit, visit.call_back, by)
    room = str(visit.room)
    visit.call_back()
    visit.save(update_fields=["state", "room", "officer", "directed_at"])
    record(visit, Kind.CALLED_BACK, by=by, now=now, room=room)
    return visit


@transaction.atomic
def no_show(pk: int, *, by: User, now: datetime) -> Visit:
    """The visitor was called and did not come; a priority used for the visit is theirs again."""
    visit = Visit.objects.lock(pk)
    _require_directed(visit, visit.miss, by)
    visit.miss(now=now)
    _end_unserved(visit, Kind.NO_SHOW, by=by, now=now)
    return visit


def _require_directed(visit: Visit, step: Any, by: User) -> None:
    require(step, by, reason=_("%(number)s tidak sedang dipanggil.") % {"number": visit.queue_number})


@transaction.atomic
def leave(pk: int, *, by: User, now: datetime) -> Visit:
    """The visitor went away unserved; a priority used for the visit is theirs again."""
    visit = Visit.objects.lock(pk)
    reason = _("%(number)s sudah dilayani atau tidak lagi dalam antrean.") % {"number": visit.queue_number}
    require(visit.leave, by, reason=reason)
    visit.leave(now=now)
    _end_unserved(visit, Kind.LEFT, by=by, now=now)
    return visit


@transaction.atomic
def return_to_queue(pk: int, *, by: User, now: datetime) -> Visit:
    """Somebody who did not come when called is here after all, and waits by their time of arrival."""
    visit = Visit.objects.lock(pk)
    require(
        visit.return_to_queue,
        by,
        reason=_("%(number)s tidak tercatat sebagai tidak hadir.") % {"number": visit.queue_number},
    )
    if visit.day != day_of(now):
        raise Conflict(_("Nomor antrean berlaku satu hari. Daftarkan tamu ini kembali."))
    require_absent(visit.reporter, now=now)
    visit.return_to_queue()
    owed = entitlements.redeem(visit.reporter, case=visit.number, url=visit.get_absolute_url(), now=now)
    visit.is_compensated = owed is not None
    visit.save(update_fields=["state", "ended_at", "is_compensated"])
    record(visit, Kind.RETURNED, by=by, now=now)
    return visit


def _end_unserved(visit: Visit, kind: VisitEvent.Kind, *, by: User | None, now: datetime) -> None:
    entitlements.release(visit.number, now=now)
    visit.is_compensated = False
    visit.save(update_fields=["state", "room", "officer", "directed_at", "ended_at", "is_compensated"])
    record(visit, kind, by=by, now=now)


# The end of the day


def end_day(*, now: datetime) -> dict[str, int]:
    """End what earlier days left behind: visitors in the line, officers in rooms, forms from phones; count each."""
    today = day_of(now)
    waiting = Visit.State.REGISTERED, Visit.State.DIRECTED
    left = Visit.objects.filter(day__lt=today, state__in=waiting).order_by("pk").values_list("pk", flat=True)
    done = sum(_end_with_day(pk, now=now) for pk in list(left))
    forms, _kinds = RequestDraft.objects.filter(day__lt=today, visit=None).delete()
    return {"visits": done, "rooms": empty_rooms(now=now), "forms": forms}


@transaction.atomic
def _end_with_day(pk: int, *, now: datetime) -> bool:
    visit = Visit.objects.lock(pk)
    if visit.state not in (Visit.State.REGISTERED, Visit.State.DIRECTED):
        return False  # somebody was faster
    visit.end_with_day(now=now)
    _end_unserved(visit, Kind.LEFT, by=None, now=now)
    return True
