"""Requests about one's own data: filed or recorded, answered by a Penyelia, within three times 24 hours."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.services import is_visitor
from core.dates import long_date
from core.fsm import AlreadyDone, Conflict, require
from escalation.models import Promise
from escalation.services import clocks
from escalation.tiers import LKPP_ZONE, people_with
from notifications.services import notify
from privacy.models import DataClaim, DataClaimEvent
from tickets.models import NumberCounter

Kind = DataClaimEvent.Kind


@transaction.atomic
def file_claim(*, by: User, key: UUID, now: datetime, kind: str, text: str) -> DataClaim:
    """Take a request in from whoever asks, and promise an answer.

    Raises what `_take_in` raises, and PermissionDenied for a visitor without an account.
    """
    if is_visitor(by):
        raise PermissionDenied
    claim = _take_in(by, key=key, now=now, kind=kind, text=text, filed_at=now)
    record(claim, Kind.RECEIVED, by=by, now=now)
    return claim


@transaction.atomic
def record_claim(
    *, of: User, by: User, key: UUID, now: datetime, kind: str, text: str, received_at: datetime, proof: str
) -> DataClaim:
    """Take a request in that came by letter, at the counter or by phone; the promise counts from when it came.

    `proof` says how it was made sure who asks. Raises what `_take_in` raises, and PermissionDenied for everybody but
    another person who is Penyelia.
    """
    if not by.holds(Role.SUPERVISOR) or by.pk == of.pk:
        raise PermissionDenied
    claim = _take_in(of, key=key, now=now, kind=kind, text=text, filed_at=received_at)
    record(claim, Kind.RECORDED, by=by, now=now, body=proof)
    return claim


def _take_in(person: User, *, key: UUID, now: datetime, kind: str, text: str, filed_at: datetime) -> DataClaim:
    """Promise an answer and tell both sides; working days are those of LKPP, in WIB (A23).

    Raises AlreadyDone for a form sent before, Conflict while one of the same kind is open or once they are erased.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)  # two forms at once take turns
    if DataClaim.objects.filter(key=key).exists():
        raise AlreadyDone
    if person.own_reporter and person.own_reporter.erased_at:
        raise Conflict(_("Data orang ini sudah dihapus."))
    if DataClaim.objects.of(person).open().filter(kind=kind).exists():
        raise Conflict(_("Permohonan sejenis sebelumnya masih diproses. Tunggu jawabannya lebih dahulu."))
    number = NumberCounter.take(DataClaim.NUMBER_KIND, filed_at.astimezone(ZoneInfo(LKPP_ZONE)).year)
    url = reverse("privacy:claim", args=[number])
    clock = clocks.start_clock(Promise.Code.DATA_CLAIM, case=number, url=url, reporter=None, lpse=None, now=filed_at)
    facts = {"number": number, "key": key, "kind": kind, "text": text, "filed_at": filed_at}
    claim = DataClaim.objects.create(person=person, clock=clock, due_at=clock.due_at, **facts)
    tell_person(claim, "claim_received", now=now, due=long_date(clock.due_at, claim.zone))
    tell_supervisors(claim, "claim_arrived", now=now, due=long_date(clock.due_at, claim.zone))
    return claim


@transaction.atomic
def finish(pk: int, *, by: User, now: datetime, version: int, answer: str) -> DataClaim:
    """Say that the data are corrected; the person is told. What is to be erased is finished by its erasure."""
    claim = DataClaim.objects.lock(pk, version=version)
    if claim.is_erasure:
        raise Conflict(_("Permohonan penghapusan dipenuhi dengan menghapus datanya."))
    settle(claim, by=by, now=now, answer=answer)
    tell_person(claim, "claim_done", now=now)
    return claim


def settle(claim: DataClaim, *, by: User, now: datetime, answer: str) -> None:
    """End a locked request as done."""
    require(claim.finish, by, reason=already_answered())
    clocks.meet(claim.clock_id, now=now)
    claim.finish(by=by, now=now, answer=answer)
    keep(claim, "state", "answered_by", "answered_at", "answer")
    record(claim, Kind.DONE, by=by, now=now, body=answer)


@transaction.atomic
def refuse(pk: int, *, by: User, now: datetime, version: int, ground: str, answer: str) -> DataClaim:
    """Refuse a request on a ground of the law, in words that the person reads."""
    claim = DataClaim.objects.lock(pk, version=version)
    require(claim.refuse, by, reason=already_answered())
    clocks.meet(claim.clock_id, now=now)
    claim.refuse(by=by, now=now, ground=ground, answer=answer)
    keep(claim, "state", "answered_by", "answered_at", "ground", "answer")
    record(claim, Kind.REFUSED, by=by, now=now, body=answer, ground=ground)
    tell_person(claim, "claim_refused", now=now)
    return claim


def already_answered() -> str:
    """Return the reason for which nothing more can be done about a request."""
    return _("Permohonan ini sudah dijawab.")


def keep(claim: DataClaim, *fields: str) -> None:
    """Save the named fields; every change raises the version, so older forms are told."""
    claim.version += 1
    claim.save(update_fields=[*fields, "version"])


def record(
    claim: DataClaim, kind: DataClaimEvent.Kind, *, by: User | None, now: datetime, body: str = "", **data: Any
) -> DataClaimEvent:
    """Write one line of a request's history; `by` is None for the worker."""
    return claim.events.create(kind=kind, actor=by, at=now, body=body, data=data)


def tell_person(claim: DataClaim, kind: str, *, now: datetime, **context: Any) -> None:
    """Notify whose data it is about; who has no account to read the answer in finds it in the letter."""
    url = claim.own_url
    if is_visitor(claim.person):
        url, context = "/", context | {"answer": claim.answer, "ground": claim.get_ground_display()}
    notify([claim.person], kind, url=url, now=now, **about(claim), **context)


def tell_supervisors(claim: DataClaim, kind: str, *, now: datetime, **context: Any) -> None:
    """Notify those who may answer it."""
    people = people_with(Role.SUPERVISOR).exclude(pk=claim.person_id)
    notify(people, kind, url=claim.get_absolute_url(), now=now, **about(claim), **context)


def about(claim: DataClaim) -> dict[str, str]:
    """Return what every message about a request carries: not a word of what it says."""
    return {"number": claim.number, "title": claim.get_kind_display()}
