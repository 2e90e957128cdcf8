"""Granting and ending duties, and the accounts of those who hold them; every change is in the audit trail."""

from datetime import date, datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import LPSE_ROLES, Duty, Lpse, Role, User
from audit.models import AuditEntry
from audit.services import record
from core.fsm import Conflict

DUTY, PERSON = AuditEntry.Kind.DUTY_CHANGED, AuditEntry.Kind.PERSON_CHANGED


def roles_granted_by(user: User) -> list[Role]:
    """Return what this person may grant: the Penyelia every duty, an Admin Agency those of an LPSE."""
    if user.holds(Role.SUPERVISOR):
        return list(Role)
    return list(LPSE_ROLES) if user.holds(Role.ADMIN_AGENCY) else []


def offices_governed_by(user: User) -> QuerySet[Lpse]:
    """Return the LPSE whose duties this person may grant."""
    if user.holds(Role.SUPERVISOR):
        return Lpse.objects.all()
    return Lpse.objects.filter(pk__in=[duty.lpse_id for duty in user.duty_list if duty.role == Role.ADMIN_AGENCY])


@transaction.atomic
def grant_duty(
    person: User,
    *,
    role: str,
    lpse: Lpse | None,
    starts_on: date | None,
    ends_on: date | None,
    letter: str,
    by: User,
    now: datetime,
    address: str,
) -> Duty:
    """Give somebody a duty, or the one they have another period or letter; both days are worked, in Jakarta.

    Raises PermissionDenied for a unit or duty that is not theirs to grant, Conflict for themselves.
    """
    person = _locked(person, by)
    if role not in roles_granted_by(by) or (role in LPSE_ROLES and lpse not in offices_governed_by(by)):
        raise PermissionDenied
    if lpse and not lpse.is_active:
        raise Conflict(_("LPSE ini nonaktif. Aktifkan dahulu sebelum memberi tugas di sana."))
    duty = Duty.objects.filter(user=person, role=role, lpse=lpse).first()
    before = _told(duty)
    duty = duty or Duty(user=person, role=role, lpse=lpse)
    duty.starts_on, duty.ends_on, duty.letter, duty.granted_by = starts_on, ends_on, letter, by
    duty.save()
    subject = f"{person.username}: {duty}"
    record(DUTY, by=by, subject=subject, address=address, now=now, before=before, after=_told(duty))
    return duty


@transaction.atomic
def end_duty(duty: Duty, *, by: User, now: datetime, address: str) -> None:
    """Take a duty away at once; what it was stays in the audit trail."""
    person = _locked(duty.user, by)
    held = Duty.objects.governed_by(by).select_related("lpse").filter(pk=duty.pk).first()
    if held is None:
        raise Conflict(_("Tugas ini sudah diakhiri."))
    record(DUTY, by=by, subject=f"{person.username}: {held}", address=address, now=now, before=_told(held), after={})
    held.delete()


@transaction.atomic
def add_person(*, username: str, name: str, email: str, by: User, now: datetime, address: str) -> User:
    """Make an account without a password; its owner chooses one behind the link that is mailed."""
    if not roles_granted_by(by):
        raise PermissionDenied
    facts = {"username": username, "name": name, "email": email}
    person = User.objects.create(**facts, password=make_password(None))
    record(PERSON, by=by, subject=username, address=address, now=now, before={}, after=facts)
    return person


@transaction.atomic
def add_person_with_duty(
    *, username: str, name: str, email: str, by: User, now: datetime, address: str, **duty: Any
) -> User:
    """Make an account and give it its first duty, as `grant_duty` takes it; both or neither."""
    acting: dict[str, Any] = {"by": by, "now": now, "address": address}
    person = add_person(username=username, name=name, email=email, **acting)
    grant_duty(person, **duty, **acting)
    return person


def disable_person(person: User, *, by: User, now: datetime, address: str) -> None:
    """Let nobody sign in with this account any more; whoever is signed in with it is out at the next request."""
    _switch(person, False, by=by, now=now, address=address)


def enable_person(person: User, *, by: User, now: datetime, address: str) -> None:
    """Let an account be used again."""
    _switch(person, True, by=by, now=now, address=address)


@transaction.atomic
def _switch(person: User, is_active: bool, *, by: User, now: datetime, address: str) -> None:
    person = _locked(person, by)
    if not may_switch(person, by):
        raise PermissionDenied
    if person.is_active == is_active:
        raise Conflict(_("Akun ini sudah diubah orang lain."))
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    for session in UserSession.objects.filter(user=person):  # else they would live on with the account
        session.end()
    before, after = {"is_active": not is_active}, {"is_active": is_active}
    record(PERSON, by=by, subject=person.username, address=address, now=now, before=before, after=after)


def may_switch(person: User, by: User) -> bool:
    """Return whether `by` may switch this account: never their own, an operator's, or one with duties elsewhere."""
    duties = Duty.objects.filter(user=person)
    foreign = duties.exclude(pk__in=Duty.objects.governed_by(by))
    if person == by or person.is_staff or person.is_superuser or foreign.exists():
        return False
    return by.holds(Role.SUPERVISOR) or duties.exists()


def _locked(person: User, by: User) -> User:
    """Lock both people, in one order, and read again what `by` may do: two who end each other's duty take turns."""
    rows = {row.pk: row for row in User.objects.filter(pk__in=[person.pk, by.pk]).order_by("pk").select_for_update()}
    by.__dict__.pop("duty_list", None)
    if not roles_granted_by(by):
        raise PermissionDenied
    if person.pk == by.pk:
        raise Conflict(_("Tugas dan akun Anda sendiri hanya dapat diubah oleh orang lain."))
    return rows[person.pk]


def _told(duty: Duty | None) -> dict[str, Any]:
    """Return what the audit trail says of a duty."""
    if duty is None or duty.pk is None:
        return {}
    days = {name: str(getattr(duty, name) or "") for name in ("starts_on", "ends_on")}
    return {"role": duty.get_role_display(), "lpse": duty.unit, **days, "letter": duty.letter}
