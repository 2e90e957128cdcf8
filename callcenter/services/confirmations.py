"""Permintaan Konfirmasi: what the agent asks the officer responsible for a ticket at LKPP (R32)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from callcenter.matching import may_be_told
from callcenter.models import Call, CallEvent, ConfirmationRequest
from core.dates import long_date
from core.fsm import Conflict
from escalation.services.calendar import calendar_of
from escalation.tiers import LKPP_ZONE, Tier
from escalation.working import moment_after_working_time
from notifications.services import notify
from tickets.models import Ticket
from tickets.permissions import serves_here, staff_on

Kind = CallEvent.Kind


def can_be_asked_about(ticket: Ticket) -> bool:
    """Tell whether somebody at LKPP answers for this ticket now; what is at an LPSE is referred to it (R32, A20)."""
    return ticket.tier > Tier.LPSE and not ticket.is_closed


def people_asked(ticket: Ticket) -> list[User]:
    """Return the officer responsible, else everybody of the holding unit."""
    return [ticket.assignee] if ticket.assignee else list(staff_on(ticket))


@transaction.atomic
def ask(pk: int, *, by: User, now: datetime, question: str) -> ConfirmationRequest:
    """Ask about the ticket of this call; due after CONFIRMATION_MINUTES of the office hours of LKPP.

    A second send of the same question asks nothing new. Raises PermissionDenied for everybody but the call's agent,
    Conflict where nobody at LKPP holds the ticket, or the caller may not hear about it (A21).
    """
    call = Call.objects.lock(pk)
    if call.agent_id != by.pk:
        raise PermissionDenied
    if call.ticket is None:
        raise Conflict(_("Cari tiket penelepon dahulu, lalu minta konfirmasi."))
    if not can_be_asked_about(call.ticket):
        raise Conflict(_("Tiket ini tidak berada di LKPP. Bacakan statusnya dan rujuk penelepon ke LPSE."))
    if not may_be_told(call):
        raise Conflict(_("Cocokkan identitas penelepon dahulu: jawabannya dibacakan kepadanya."))
    same = call.confirmations.filter(ticket=call.ticket, question=question, answered_at=None).first()
    if same:
        return same
    due_at = moment_after_working_time(now, timedelta(minutes=settings.CONFIRMATION_MINUTES), calendar_of(None))
    asked = call.confirmations.create(ticket=call.ticket, question=question, asked_by=by, asked_at=now, due_at=due_at)
    call.events.create(kind=Kind.ASKED, actor=by, at=now, body=question)
    people, due = people_asked(call.ticket), long_date(due_at, LKPP_ZONE)
    notify(people, "confirmation_asked", url=asked.get_absolute_url(), now=now, due=due, **_about(asked))
    return asked


@transaction.atomic
def answer(pk: int, *, by: User, now: datetime, text: str) -> ConfirmationRequest:
    """Answer for the unit that holds the ticket now; the first answer counts, the same one sent twice is one.

    Raises PermissionDenied for everybody outside that unit and on the reporter's side, Conflict once it is answered.
    """
    asked = _lock(pk)
    if not serves_here(asked.ticket, by):
        raise PermissionDenied
    if asked.is_answered:
        if (asked.answered_by, asked.answer) == (by, text):
            return asked
        raise Conflict(_("Permintaan ini sudah dijawab oleh %(name)s.") % {"name": asked.answered_by})
    asked.answer, asked.answered_by, asked.answered_at = text, by, now
    asked.save(update_fields=["answer", "answered_by", "answered_at"])
    asked.call.events.create(kind=Kind.ANSWERED, actor=by, at=now, body=text)
    notify([asked.asked_by], "confirmation_answered", url=asked.call.get_absolute_url(), now=now, **_about(asked))
    return asked


@transaction.atomic
def mark_read(pk: int, *, by: User, now: datetime) -> ConfirmationRequest:
    """An agent has read the answer out; raises PermissionDenied for others, Conflict before there is an answer."""
    asked = _lock(pk)
    _require_agent(asked, by)
    if asked.read_at is None:
        asked.read_at = now
        asked.save(update_fields=["read_at"])
    return asked


@transaction.atomic
def call_back(pk: int, *, by: User, now: datetime) -> ConfirmationRequest:
    """Write down that the agent told the caller the answer by phone; raises as `mark_read` does."""
    asked = _lock(pk)
    _require_agent(asked, by)
    if asked.called_back_at is None:
        asked.called_back_at = now
        asked.read_at = asked.read_at or now
        asked.save(update_fields=["called_back_at", "read_at"])
        asked.call.events.create(kind=Kind.CALLED_BACK, actor=by, at=now)
    return asked


def _lock(pk: int) -> ConfirmationRequest:
    rows = ConfirmationRequest.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("call", "asked_by", "answered_by", "ticket__reporter", "ticket__lpse").get(pk=pk)


def _require_agent(asked: ConfirmationRequest, by: User) -> None:
    if not by.holds(Role.CALL_AGENT):
        raise PermissionDenied
    if not asked.is_answered:
        raise Conflict(_("Permintaan ini belum dijawab petugas."))


def _about(asked: ConfirmationRequest) -> dict[str, str]:
    """Return what the messages about a request carry: no words of caller or officer leave the house by mail."""
    return {"number": asked.ticket.number, "title": asked.ticket.title, "call": asked.call.number}
