"""Directing a caller to LPSE Support: a link that opens Buat Tiket with what was said on the phone (R31)."""

import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Reporter, User
from accounts.services import add_visitor
from callcenter.models import Call, CallEvent, CallLink
from core.dates import long_date
from core.fsm import Conflict
from escalation.tiers import LKPP_ZONE
from notifications.services import notify
from tickets.models import Draft, Subcategory, Ticket

LIFE = timedelta(days=7)
LETTERS, LENGTH = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 8  # without I, O, 0 and 1, which are misheard and misread


@transaction.atomic
def direct(
    pk: int, *, by: User, now: datetime, question: str, subcategory: Subcategory | None, email: str, by_mail: bool
) -> CallLink:
    """Make the link for the caller of this call, and mail it unless it is only read aloud; older ones end.

    It belongs to the known reporter's account, else to whoever first signs in with this address. Raises
    PermissionDenied for everybody but the call's agent.
    """
    call = Call.objects.lock(pk)
    if call.agent_id != by.pk:
        raise PermissionDenied
    call.links.filter(expires_at__gt=now).update(expires_at=now)
    owner = account_of(call)
    link = call.links.create(
        code="".join(secrets.choice(LETTERS) for _letter in range(LENGTH)),
        reporter=owner,
        email=owner.email if owner else email,
        data=_prefill(question, subcategory),
        expires_at=now + LIFE,
    )
    call.events.create(kind=CallEvent.Kind.DIRECTED, actor=by, at=now, data={"by_mail": by_mail})
    if by_mail:
        due = long_date(link.expires_at, LKPP_ZONE)
        notify([_recipient(link)], "call_link", url=link.get_absolute_url(), now=now, number=call.number, due=due)
    return link


def account_of(call: Call) -> Reporter | None:
    """Return the caller as a reporter who can sign in, if the agent recognised one."""
    return call.reporter if call.reporter and not call.reporter.is_visitor else None


def find_link(code: str, *, by: User) -> CallLink:
    """Return the link if it is this person's; for everybody else it does not exist (CallLink.DoesNotExist)."""
    code = "".join(letter for letter in code.upper() if letter in LETTERS)
    link = CallLink.objects.select_related("call", "reporter").get(code=code)
    if not _belongs_to(link, by):
        raise CallLink.DoesNotExist
    return link


def ticket_of(link: CallLink) -> Ticket | None:
    """Return the ticket that came of it: a link is used once."""
    return Ticket.objects.filter(came_from=link.call.number).first()


@transaction.atomic
def take_up(pk: int, *, by: User, now: datetime) -> Draft:
    """Return the draft of Buat Tiket for this link, made at the first time; from then on it is this person's alone.

    The draft names the call, so that the ticket filed from it does. Raises PermissionDenied for a stranger, Conflict
    once the link has expired or its ticket is filed.
    """
    link = CallLink.objects.select_for_update(of=("self",), no_key=True).select_related("call", "reporter").get(pk=pk)
    if not _belongs_to(link, by):
        raise PermissionDenied
    if ticket_of(link):
        raise Conflict(_("Tautan ini sudah digunakan: tiketnya telah Anda kirim."))
    if link.expires_at <= now:
        raise Conflict(_("Tautan ini sudah kedaluwarsa. Buat Tiket tetap dapat Anda isi sendiri."))
    if link.used_at is None:
        link.used_at, link.used_by = now, by
        link.save(update_fields=["used_at", "used_by"])
        link.call.events.create(kind=CallEvent.Kind.LINK_OPENED, at=now)
    kept = Draft.objects.visible_to(by).filter(case=link.call.number).first()
    if kept:
        return kept
    known = {"lpse": f"{by.own_reporter.lpse_id}"} if by.own_reporter and by.own_reporter.lpse_id else {}
    facts = {"form": reverse("tickets:file"), "case": link.call.number, "data": link.data | known}
    return Draft.objects.create(key=uuid4(), owner=by, changed_at=now, **facts)


def _belongs_to(link: CallLink, person: User) -> bool:
    if link.used_by_id:
        return link.used_by_id == person.pk
    if link.reporter:
        return link.reporter.user_id == person.pk
    return bool(person.email) and person.email.casefold() == link.email.casefold()


def _prefill(question: str, subcategory: Subcategory | None) -> dict[str, str]:
    """Return the words with which Buat Tiket begins, under the names of its form."""
    chosen = {"subcategory": f"{subcategory.pk}"} if subcategory else {}
    return {"description": question, "type": str(Ticket.Type.PROBLEM)} | chosen


def _recipient(link: CallLink) -> User:
    """Return whose letter it is: the account, or a visitor who stands for a person not known yet."""
    if link.reporter and link.reporter.user:
        return link.reporter.user
    return known_by(link.email) or User.objects.get(reporter=_add_caller(link))


def known_by(email: str) -> User | None:
    """Return whom we know by this address: an account, else a visitor."""
    if account := User.objects.filter(email__iexact=email, is_active=True).first():
        return account
    visitor = Reporter.objects.filter(is_visitor=True, email__iexact=email).first()
    return (visitor.merged_into or visitor).user if visitor else None


def _add_caller(link: CallLink) -> Reporter:
    """Keep the caller as a visitor under a name of ours: what somebody said on the phone is in no letter."""
    call = link.call
    kind = Reporter.Kind.VENDOR if call.business_name else Reporter.Kind.PPK
    name = _("Penelepon %(number)s") % {"number": call.number}
    return add_visitor(
        kind=kind,
        name=name,
        email=link.email,
        phone=call.from_phone,
        business_name=call.business_name,
        work_unit=call.institution_name,
    )
