"""Feedback: staff ask the reporter for data, the reporter answers item by item (R18, A05)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.models import User
from core.dates import local
from core.fsm import Conflict, require
from escalation.models import Promise
from escalation.services.calendar import calendar_of
from escalation.working import nth_working_day
from tickets.models import DataRequest, Leg, RequestedItem, Ticket, TicketEvent
from tickets.permissions import answers_for
from tickets.services.record import (
    await_reporter,
    end_wait,
    keep,
    open_leg,
    record,
    require_duty,
    tell_holders,
    tell_reporter,
)

Kind = TicketEvent.Kind
State = RequestedItem.State
LONGEST_WAIT = 10  # working days


def latest_reply_by(ticket: Ticket, *, now: datetime) -> date:
    """Return the last day a reply may be asked for: the 10th working day of the LPSE from now (A06)."""
    return nth_working_day(local(now, ticket.zone).date(), LONGEST_WAIT, calendar_of(ticket.lpse))


def require_data_request(ticket: Ticket, by: User) -> None:
    """Raise PermissionDenied for other units and the reporter's side, Conflict unless an officer has the ticket."""
    require(ticket.ask_for_data, by, reason=_("Ambil tiket ini lebih dahulu sebelum meminta data."))


@transaction.atomic
def request_data(
    pk: int, *, by: User, now: datetime, version: int, key: UUID, text: str, items: Sequence[str], reply_by: date
) -> Ticket:
    """Ask the reporter for these items until the end of `reply_by`, local to the LPSE; the staff's turn ends here.

    Raises Conflict for an empty list and for a day outside the next 10 working days.
    """
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    require_data_request(ticket, by)
    today = local(now, ticket.zone).date()
    if not items or not today < reply_by <= latest_reply_by(ticket, now=now):
        raise Conflict(_("Tulis data yang diminta dan batas jawaban paling lama 10 hari kerja."))
    ticket.ask_for_data()
    keep(ticket, "status", now=now)
    await_reporter(ticket, Leg.Outcome.DATA_REQUESTED, Promise.Code.DATA_WAIT, now=now)
    role = require_duty(ticket, by).role
    event = record(ticket, Kind.DATA_REQUESTED, by=by, now=now, role=role, body=text, key=key)
    asked = DataRequest.objects.create(ticket=ticket, event=event, reply_by=reply_by)
    RequestedItem.objects.bulk_create(RequestedItem(request=asked, name=name) for name in items)
    tell_reporter(ticket, "data_requested", now=now, count=len(items))
    return ticket


def require_answer(ticket: Ticket, by: User) -> None:
    """Raise PermissionDenied for all but the reporter's side and the counter, Conflict when no data are awaited."""
    require(ticket.receive_data, by, reason=_("Tidak ada permintaan data yang menunggu jawaban."))


@transaction.atomic
def provide_data(
    pk: int, *, by: User, now: datetime, version: int, key: UUID, text: str, unavailable: Mapping[int, str]
) -> Ticket:
    """Answer the open request: files of the draft by item, reasons for what the reporter does not have, or just words.

    A new turn of the staff begins with the officer who asked (A05). At the counter that officer may scan what the
    visitor has brought; the history says who it was.
    """
    ticket = Ticket.objects.lock(pk, version=version, key=key)
    require_answer(ticket, by)
    asked = ticket.data_requests.get(answered_at=None)
    ticket.receive_data(now=now)
    keep(ticket, "status", "entered_at", now=now)
    end_wait(ticket, now=now)
    open_leg(ticket, now=now)
    role = "" if answers_for(ticket, by) else require_duty(ticket, by).role
    event = record(ticket, Kind.DATA_PROVIDED, by=by, now=now, role=role, body=text, key=key, request=asked.pk)
    given = set(event.attachments.values_list("item", flat=True))
    for item in asked.items.all():
        _answer(item, item.pk in given, unavailable.get(item.pk, ""))
    close_request(ticket, now=now)
    tell_holders(ticket, "data_provided", by=by, now=now, sender=by.name)
    return ticket


def _answer(item: RequestedItem, is_given: bool, reason: str) -> None:
    item.state = State.PROVIDED if is_given else State.UNAVAILABLE if reason else State.SKIPPED
    item.reason = "" if is_given else reason
    item.save(update_fields=["state", "reason"])


def close_request(ticket: Ticket, *, now: datetime) -> None:
    """End the open request, if there is one."""
    ticket.data_requests.filter(answered_at=None).update(answered_at=now)


def requests_of(ticket: Ticket) -> list[DataRequest]:
    """Return every round of feedback with its items, oldest first; one ticket is asked once."""
    rounds = DataRequest.objects.select_related("event__actor").defer("event__search").prefetch_related("items")
    prefetch_related_objects([ticket], Prefetch("data_requests", rounds))
    return list(ticket.data_requests.all())


def open_request(ticket: Ticket) -> DataRequest | None:
    """Return what the reporter is being asked for now, with its items."""
    return next((asked for asked in requests_of(ticket) if asked.answered_at is None), None)
