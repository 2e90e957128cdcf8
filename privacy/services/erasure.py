"""Erasing a person: who they were, how to reach them, and what was written in their cases (UU 27/2022, art. 43).

What the office must account for stays: numbers, times, states, promises and their breaches, priorities, counts, and
the audit trail. docs/privacy.md says what, and why.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import cast
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import Duty, Reporter, ReporterMerge, Role, User
from accounts.services import is_visitor
from audit.models import AuditEntry
from audit.services import record as audit
from callcenter.models import Call, CallLink
from consultations.models import Visit, VisitEvent
from core.fsm import Conflict, require
from notifications.models import LAST_LETTER, Notification, SuppressedAddress, address_of
from notifications.services import notify
from notifications.services.suppression import is_suppressed
from privacy.models import DataClaim
from privacy.services import claims, redaction
from privacy.services.redaction import ERASED
from tickets.models import Attachment, Draft, Presence, SavedView, Ticket, TicketEvent, TicketShare
from tickets.services.uploads import discard_files

OF_ORGANISATION = ("business_name", "business_form", "work_unit")
PREFIX = "terhapus-"  # of the username that is left
KNOWN_BY = ("name", "email", "phone", "spse_user_id", "npwp", "nib", "nip", *OF_ORGANISATION)
TOLD = (*redaction.SAID, "username", "what", "kept", "answer")  # of a person, in messages to them


@transaction.atomic
def fulfil(pk: int, *, by: User, now: datetime, address: str, version: int) -> DataClaim:
    """Erase the person behind an open request, and tell them in one last letter to the address they had (art. 45).

    Raises what `erase` raises, and Conflict for a request that is answered or asks for something else.
    """
    claim = DataClaim.objects.lock(pk, version=version)
    require(claim.finish, by, reason=claims.already_answered())
    if not claim.is_erasure:
        raise Conflict(_("Permohonan ini bukan permohonan penghapusan."))
    reached_at, told = address_of(claim.person), {"number": claim.number, "had_account": not is_visitor(claim.person)}
    claims.settle(claim, by=by, now=now, answer=_("Data telah dihapus."))
    erase(claim.person_id, by=by, now=now, address=address, reason=claim.number)
    if reached_at and not is_suppressed(reached_at):
        notify([claim.person], LAST_LETTER, url="/", now=now, address=reached_at, **told)
    return claim


def obstacles(person: User) -> list[str]:
    """Return why this person cannot be erased yet, each in words; none if they can."""
    reporter = Reporter.objects.filter(user=person).first()
    tickets = Ticket.objects.filter(reporter=reporter).open() if reporter else Ticket.objects.none()
    here = (Visit.State.REGISTERED, Visit.State.DIRECTED, Visit.State.IN_SESSION)
    found = [
        *(_("Tiket %(number)s masih terbuka.") % {"number": row.number} for row in tickets.order_by("pk")),
        *(_("Kunjungan %(number)s belum selesai.") % {"number": row.number} for row in _visits(person, state__in=here)),
        *(_("Panggilan %(number)s belum selesai.") % {"number": row.number} for row in _calls(person, outcome="")),
        *(_("Masih bertugas: %(duty)s.") % {"duty": duty} for duty in _duties(person)),
    ]
    if person.is_staff or person.is_superuser:
        found.append(_("Akun ini akun operator sistem."))
    corrections = DataClaim.objects.of(person).open().filter(kind=DataClaim.Kind.CORRECTION)
    return found + [_("Permohonan %(number)s belum dijawab.") % {"number": row.number} for row in corrections]


def _visits(person: User, **which: object) -> list[Visit]:
    return list(Visit.objects.filter(reporter__user=person, **which).order_by("pk"))


def _calls(person: User, **which: object) -> list[Call]:
    return list(Call.objects.filter(Q(reporter__user=person) | Q(agent=person), **which).order_by("pk"))


def _duties(person: User) -> list[Duty]:
    """Return what they hold today or will hold; what is over is a record of the office."""
    return [duty for duty in person.duties.select_related("lpse").order_by("pk") if not duty.is_over]


@transaction.atomic
def erase(pk: int, *, by: User, now: datetime, address: str = "", reason: str = "") -> None:
    """Erase everything by which the person with this account could be known, under every identity that was merged
    into theirs as well; a second time does nothing.

    Raises PermissionDenied for everybody but another person who is Penyelia, Conflict with the reasons while a case
    of theirs is open or they hold a duty.
    """
    if not by.holds(Role.SUPERVISOR) or by.pk == pk:
        raise PermissionDenied
    person, reporter = _locked(pk)
    if is_erased(person):
        return
    if found := obstacles(person):
        raise Conflict(" ".join([_("Data belum dapat dihapus."), *found]))
    names, addresses = _known_as(person, reporter)
    counts = _empty_cases(person, reporter, now=now)
    _empty_traces(person, names, addresses, now=now)
    _empty_own_rows(person, now=now)
    if reporter:
        for merged in Reporter.objects.filter(merged_into=reporter).exclude(user=None).order_by("pk"):
            erase(cast(int, merged.user_id), by=by, now=now, address=address, reason=reason)
        _empty_reporter(reporter, now=now)
    _empty_account(person)
    facts = {"reason": reason} | counts
    audit(AuditEntry.Kind.DATA_ERASED, by=by, subject=person.username, address=address, now=now, **facts)


def _locked(pk: int) -> tuple[User, Reporter | None]:
    """Lock the tickets of a person, their identity, then their account: the one order of locks.

    Whoever files, answers or shares for them at this moment waits, and finds them gone.
    """
    tickets = Ticket.objects.filter(reporter__user=pk).order_by("pk").select_for_update(of=("self",), no_key=True)
    list(tickets.values_list("pk", flat=True))
    reporter = Reporter.objects.select_for_update().select_related(None).filter(user=pk).first()
    return User.objects.select_for_update().get(pk=pk), reporter


def is_erased(person: User) -> bool:
    return not person.is_active and person.username.startswith(PREFIX)


def _known_as(person: User, reporter: Reporter | None) -> tuple[set[str], set[str]]:
    """Return the names and the e-mail addresses of a person, addresses in small letters."""
    names, addresses = {person.name}, {person.email}
    addresses |= set(EmailAddress.objects.filter(user=person).values_list("email", flat=True))
    addresses |= set(Visit.objects.filter(reporter__user=person).values_list("email", flat=True))
    if reporter:
        names.add(reporter.name)
        addresses.add(reporter.email)
    return names - {""}, {each.lower() for each in addresses} - {""}


def _empty_cases(person: User, reporter: Reporter | None, *, now: datetime) -> dict[str, int]:
    """Empty the cases of a person, with the calls from their number of which nobody wrote down who called."""
    tickets, calls = Ticket.objects.filter(reporter__user=person), Q(reporter__user=person)
    if reporter and reporter.phone:
        calls |= Q(reporter=None, from_phone=reporter.phone)
    calls |= Q(reporter=None, ticket__in=tickets.values("pk"))
    return {
        "tickets": redaction.redact_tickets(tickets.values_list("pk", flat=True), now=now),
        "visits": redaction.redact_visits([visit.pk for visit in _visits(person)], now=now),
        "calls": redaction.redact_calls(Call.objects.filter(calls).values_list("pk", flat=True), now=now),
    }


def _empty_traces(person: User, names: set[str], addresses: set[str], *, now: datetime) -> None:
    """Empty what they left in the cases of others: what they wrote as a colleague, and where they are named."""
    written = TicketEvent.objects.filter(actor=person)
    redaction.redact_events(written.filter(actor_role=""), now=now)
    redaction.forget_files(Attachment.objects.filter(uploader=person, event__actor_role=""))
    told = Notification.objects.filter(recipient=person, kind__in=("ticket_shared", "ticket_assigned"))
    naming = TicketEvent.objects.filter(ticket__number__in=told.values("case"), kind__in=redaction.NAMING)
    redaction.redact_events(naming, now=now)
    called = VisitEvent.objects.filter(kind=VisitEvent.Kind.DIRECTED, data__officer__in=list(names), redacted_at=None)
    called.update(body="", data=redaction.without("officer"), redacted_at=now)
    about = Notification.objects.filter(case__in=written.values("ticket__number"), context__sender__in=list(names))
    redaction.redact_messages(about, "sender")
    CallLink.objects.annotate(spelt=Lower("email")).filter(
        Q(used_by=person) | Q(reporter__user=person) | Q(spelt__in=addresses)
    ).update(email="", data={})
    SuppressedAddress.objects.annotate(spelt=Lower("address")).filter(spelt__in=addresses).delete()
    TicketShare.objects.filter(reporter__user=person).delete()


def _empty_own_rows(person: User, *, now: datetime) -> None:
    """Delete what they have not sent, and empty what they were told and what they asked about their data."""
    unsent = Draft.objects.filter(owner=person).exclude(~Q(case=""), form="")  # the papers of a visit are its visitor's
    _delete_drafts(list(unsent.values_list("key", flat=True)))
    letters = Notification.objects.filter(recipient=person)
    letters.filter(next_at__isnull=False).update(next_at=None, unsent=Notification.Fate.INACTIVE)
    letters.update(address="", secret="", last_error="")  # nosec B106 # forgotten
    redaction.redact_messages(letters, *TOLD)
    asked = DataClaim.objects.of(person)
    asked.update(text=ERASED, answer=ERASED)
    for claim in asked:
        claim.events.filter(redacted_at=None).update(body="", redacted_at=now)
    SavedView.objects.filter(owner=person).delete()
    Presence.objects.filter(user=person).delete()


def _delete_drafts(keys: Iterable[UUID]) -> None:
    names = list(Attachment.objects.filter(draft__in=keys).values_list("file", flat=True))
    Draft.objects.filter(key__in=keys).delete()
    transaction.on_commit(lambda: discard_files(names))


def _empty_reporter(reporter: Reporter, *, now: datetime) -> None:
    """Leave of an identity its kind and its office, by which cases are counted."""
    for name in KNOWN_BY:
        setattr(reporter, name, "")
    reporter.name, reporter.institution, reporter.erased_at = ERASED, None, now
    reporter.save(update_fields=[*KNOWN_BY, "institution", "erased_at"])
    ReporterMerge.objects.filter(Q(kept=reporter) | Q(merged=reporter)).update(reason="")
    _forget_in_admin(reporter)


def _empty_account(person: User) -> None:
    """Close the account for good; histories keep pointing to it, and it says nothing of anybody."""
    for session in UserSession.objects.filter(user=person):
        session.end()
    for model in (EmailAddress, SocialAccount, Authenticator):
        model.objects.filter(user=person).delete()
    _forget_in_admin(person)
    person.username, person.name, person.email = f"{PREFIX}{secrets.token_hex(8)}", ERASED, ""
    person.password, person.is_active, person.last_login = make_password(None), False, None
    person.save(update_fields=["username", "name", "email", "password", "is_active", "last_login"])


def _forget_in_admin(row: User | Reporter) -> None:
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))
    entries.update(object_repr=ERASED, change_message="")
