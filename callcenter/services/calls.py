"""The life of a call: started, filled in while people speak, and never left without an outcome (R29, R37)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Reporter, Role, User
from callcenter.matching import may_be_told
from callcenter.models import Call, CallEvent
from core.fsm import Conflict
from escalation.tiers import LKPP_ZONE, Tier
from tickets.models import NumberCounter

Kind = CallEvent.Kind
Outcome = Call.Outcome


def require_agent(user: User) -> None:
    """Raise PermissionDenied for everybody but agents of the Call Center."""
    if not user.holds(Role.CALL_AGENT):
        raise PermissionDenied


def unfinished_call(user: User) -> Call | None:
    """Return the call for which this agent owes an outcome; it keeps the next one waiting."""
    return Call.objects.unfinished_of(user).with_people().first()


@transaction.atomic
def start_call(*, by: User, now: datetime) -> Call:
    """Begin a call; an agent who owes an outcome for one, in another window too, gets that one instead."""
    require_agent(by)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if unfinished := unfinished_call(by):
        return unfinished
    number = NumberCounter.take(Call.NUMBER_KIND, now.astimezone(ZoneInfo(LKPP_ZONE)).year)
    call = Call.objects.create(number=number, agent=by, started_at=now)
    call.events.create(kind=Kind.STARTED, actor=by, at=now)
    return call


def lock_unfinished(pk: int, *, by: User) -> Call:
    """Return this agent's call, locked; raise PermissionDenied for others, Conflict once it has an outcome."""
    call = Call.objects.lock(pk)
    if call.agent_id != by.pk:
        raise PermissionDenied
    if call.outcome:
        raise Conflict(_("Panggilan ini sudah selesai dicatat."))
    return call


@transaction.atomic
def keep(pk: int, *, by: User, now: datetime, **facts: Any) -> Call:
    """Write down what was typed so far: fields of Call, the caller's own words among them (R06, R29)."""
    call = lock_unfinished(pk, by=by)
    return _write(call, by=by, now=now, **facts)


@transaction.atomic
def identify(pk: int, *, by: User, now: datetime, reporter: Reporter | None) -> Call:
    """Write down that the caller is this known reporter, who has said so; none takes that back."""
    call = lock_unfinished(pk, by=by)
    reporter = Reporter.objects.standing(reporter.pk) if reporter else None
    facts = {"reporter": reporter, "caller_name": "", "business_name": "", "institution_name": ""}
    if reporter:
        facts["caller_name"] = reporter.name
        facts["business_name" if reporter.is_vendor else "institution_name"] = reporter.organisation
        facts["from_phone"] = call.from_phone or reporter.phone
    return _write(call, by=by, now=now, **facts)


def _write(call: Call, *, by: User, now: datetime, **facts: Any) -> Call:
    for name, value in facts.items():
        setattr(call, name, value)
    call.save(update_fields=list(facts))
    if call.caller_name and not call.events.filter(kind=Kind.IDENTIFIED).exists():
        call.events.create(kind=Kind.IDENTIFIED, actor=by, at=now)
    note_disclosure(call, by=by, now=now)
    return call


def note_disclosure(call: Call, *, by: User, now: datetime) -> None:
    """Write down, once for each ticket, that the agent may read out its status from now on (A21)."""
    if call.ticket and may_be_told(call):
        facts = {"kind": Kind.READ_OUT, "data": {"ticket": call.ticket.number}}
        if not call.events.filter(**facts).exists():
            call.events.create(actor=by, at=now, **facts)


@transaction.atomic
def hang_up(pk: int, *, by: User, now: datetime) -> Call:
    """Stop counting: the line is closed, the outcome is still owed."""
    call = lock_unfinished(pk, by=by)
    if call.ended_at is None:
        _stop(call, now)
        call.save(update_fields=["ended_at", "duration_seconds"])
        call.events.create(kind=Kind.HUNG_UP, actor=by, at=now)
    return call


def _stop(call: Call, now: datetime) -> None:
    call.ended_at = now
    call.duration_seconds = max(int((now - call.started_at).total_seconds()), 0)


def obstacle(call: Call, outcome: str) -> str:
    """Return what keeps a call from ending in this way, as the agent is told it; "" for nothing."""
    ticket = call.ticket
    if outcome in (Outcome.STATUS_GIVEN, Outcome.REFERRED) and not may_be_told(call):
        return _("Cari tiketnya dan cocokkan identitas penelepon dahulu.")
    if outcome == Outcome.REFERRED and ticket and (ticket.tier != Tier.LPSE or ticket.is_closed):
        return _("Tiket ini tidak berada di LPSE.")
    if outcome == Outcome.CONFIRMATION and not call.confirmations.exists():
        return _("Kirim Permintaan Konfirmasi dahulu.")
    if outcome == Outcome.DIRECTED and not call.links.exists():
        return _("Siapkan tautan untuk penelepon dahulu.")
    return ""


@transaction.atomic
def end_call(pk: int, *, by: User, now: datetime, outcome: str, **facts: Any) -> Call:
    """Give a call its outcome, which ends it where it still runs; the same sent twice ends it once.

    `facts` are fields of Call. Raises Conflict where the call does not fit the outcome.
    """
    call = Call.objects.lock(pk)
    if call.agent_id == by.pk and call.outcome == outcome:
        return call
    call = _write(lock_unfinished(pk, by=by), by=by, now=now, **facts)
    if reason := obstacle(call, outcome):
        raise Conflict(reason)
    call.outcome = outcome
    if call.ended_at is None:
        _stop(call, now)
    call.save(update_fields=["outcome", "ended_at", "duration_seconds"])
    call.events.create(kind=Kind.ENDED, actor=by, at=now, data={"outcome": outcome})
    return call
