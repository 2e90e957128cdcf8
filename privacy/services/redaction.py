"""Emptying cases of what was written in them; what they count for stays: times, states, promises, ratings, categories.

Everything here belongs into the transaction of its caller, and does nothing to what is redacted already.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Func, JSONField, Q, QuerySet, Value

from callcenter.models import Call, CallEvent, CallLink, ConfirmationRequest
from consultations.models import RequestDraft, Visit, VisitEvent
from notifications.models import Notification
from tickets.models import Attachment, RequestedItem, Ticket, TicketEvent, TicketShare
from tickets.services.uploads import discard_files
from tracking.models import AccessCode, OneTimeCode

ERASED = "Data dihapus"  # stands in the rows for what is gone; not translated, because it is data
NAMING = (TicketEvent.Kind.SHARED, TicketEvent.Kind.UNSHARED, TicketEvent.Kind.REASSIGNED)  # their data are a name
SAID = ("title", "sender", "name")  # what messages repeat of people and cases


def redact_tickets(pks: Iterable[int], *, now: datetime) -> int:
    """Empty these tickets with their histories, files, shares, codes and messages; return how many."""
    rows = Ticket.objects.filter(pk__in=list(pks), redacted_at=None)
    found = dict(rows.values_list("pk", "number"))
    redact_events(TicketEvent.objects.filter(ticket__in=found), now=now)
    items = RequestedItem.objects.filter(request__ticket__in=found)
    items.exclude(reason="").update(reason=ERASED)
    items.update(name=ERASED)
    TicketShare.objects.filter(ticket__in=found).delete()
    forget_files(Attachment.objects.filter(event__ticket__in=found))
    _redact_questions(Q(ticket__in=found))
    _close(found.values())
    words = {"title": ERASED, "description": ERASED, "package_code": "", "error_code": ""}
    return rows.update(**words, redacted_at=now)


def redact_visits(pks: Iterable[int], *, now: datetime) -> int:
    """Empty these lines of the guest book with the papers that were brought; return how many."""
    rows = Visit.objects.filter(pk__in=list(pks), redacted_at=None)
    found = dict(rows.values_list("pk", "number"))
    events = VisitEvent.objects.filter(visit__in=found, redacted_at=None)
    events.update(body="", data=without("officer"), redacted_at=now)
    RequestDraft.objects.filter(visit__in=found).update(data={})
    papers = rows.filter(draft_key__isnull=False).values_list("draft_key", flat=True)
    forget_files(Attachment.objects.filter(draft__in=list(papers)))
    _close(found.values())
    words = dict.fromkeys(("organisation", "phone", "email", "problem", "error_code", "excuse_note"), "")
    return rows.update(**words, redacted_at=now)


def redact_calls(pks: Iterable[int], *, now: datetime, stand_ins: dict[str, str] | None = None) -> int:
    """Empty these calls with what was asked and sent because of them; return how many.

    A number that nobody has takes the place of each number they came from, so that calling again is still counted;
    `stand_ins` keeps which, for those who come with one batch after the other.
    """
    stand_ins = {} if stand_ins is None else stand_ins
    rows = Call.objects.filter(pk__in=list(pks), redacted_at=None)
    found = dict(rows.values_list("pk", "number"))
    CallEvent.objects.filter(call__in=found, redacted_at=None).update(body="", redacted_at=now)
    CallLink.objects.filter(call__in=found).update(email="", data={})
    _redact_questions(Q(call__in=found))
    _close(found.values())
    for phone in set(rows.exclude(from_phone="").values_list("from_phone", flat=True)):
        rows.filter(from_phone=phone).update(from_phone=stand_ins.setdefault(phone, _nobodys_number()))
    names = ("caller_name", "business_name", "institution_name", "question", "answer")
    return rows.update(**dict.fromkeys(names, ""), redacted_at=now)


def _nobodys_number() -> str:
    """Return a number by chance; no country's begins with 0."""
    return f"+0{secrets.randbelow(10**13):013}"


def redact_events(events: "QuerySet[TicketEvent]", *, now: datetime) -> None:
    """Empty lines of history; who did what when stays, a name they mention goes."""
    whole = events.filter(redacted_at=None)
    whole.filter(kind__in=NAMING).update(body="", data=without("to"), redacted_at=now)
    whole.update(body="", redacted_at=now)


def _redact_questions(about: Q) -> None:
    asked = ConfirmationRequest.objects.filter(about)
    asked.exclude(answer="").update(answer=ERASED)
    asked.update(question=ERASED)


def _close(numbers: Iterable[str]) -> None:
    """Make the codes of these cases worthless, and empty what people were told about them."""
    cases = list(numbers)
    OneTimeCode.objects.filter(case__in=cases).delete()
    AccessCode.objects.filter(case__in=cases).delete()
    redact_messages(Notification.objects.filter(case__in=cases))


def redact_messages(rows: "QuerySet[Notification]", *said: str) -> None:
    """Put a neutral word where messages repeat what people wrote or are called; their numbers and times stay."""
    words = Value(dict.fromkeys(said or SAID, ERASED), JSONField())
    joined = Func(F("context"), words, template="%(expressions)s", arg_joiner=" || ", output_field=JSONField())
    rows.update(context=joined)


def without(name: str) -> Func:
    """Return the `data` of an event without this key; the rule of histories lets only names go."""
    return Func(F("data"), template=f"%(expressions)s - '{name}'", output_field=JSONField())


def forget_files(rows: "QuerySet[Attachment]") -> int:
    """Delete the bytes of these files once this transaction is committed; return how many. Their rows stay, nameless.

    Bytes that a crash leaves behind belong to no row any more: the hourly sweep of drafts finds and deletes those.
    """
    names = list(rows.exclude(file="").values_list("file", flat=True))
    rows.update(name=ERASED, file="", sha256="")
    rows.exclude(scan=Attachment.Scan.INFECTED).update(scan=Attachment.Scan.ERASED, scan_after=None)
    transaction.on_commit(lambda: discard_files(names))
    return len(names)
