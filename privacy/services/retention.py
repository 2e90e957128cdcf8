"""What the archive schedule of the office ends: words and files go, what they count for stays (art. 42 and 44)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from audit.models import AuditEntry
from audit.services import record
from callcenter.models import Call
from consultations.models import Visit
from privacy.services.redaction import forget_files, redact_calls, redact_tickets, redact_visits
from tickets.models import Attachment, Ticket

BATCH = 500


@dataclass(frozen=True)
class Rule:
    """One kind of row, for how many years it is kept whole, and what is done with a batch of it then."""

    name: str
    years: int
    old: Callable[[datetime], "QuerySet[Any]"]  # what is whole and ended before this moment
    redact: Callable[[Iterable[int], datetime], int]

    def old_rows(self, now: datetime) -> "QuerySet[Any]":
        """Return what is over; nothing where the schedule names no years."""
        rows = self.old(years_before(now, self.years))
        return rows if self.years else rows.none()


def years_before(now: datetime, years: int) -> datetime:
    """Return the same moment so many years ago; that of 29 February is 28 February elsewhere."""
    is_leap_day = (now.month, now.day) == (2, 29)
    return now.replace(year=now.year - years, day=28 if is_leap_day else now.day)


def rules() -> list[Rule]:
    """Return what is looked at, in order: files may be over before the tickets they belong to."""
    numbers: dict[str, str] = {}
    calls = settings.RETENTION_CALLS_YEARS
    return [
        Rule("files", settings.RETENTION_FILES_YEARS, _old_files, _forget),
        Rule("tickets", settings.RETENTION_TICKETS_YEARS, _old_tickets, lambda pks, now: redact_tickets(pks, now=now)),
        Rule("visits", calls, _old_visits, lambda pks, now: redact_visits(pks, now=now)),
        Rule("calls", calls, _old_calls, lambda pks, now: redact_calls(pks, now=now, stand_ins=numbers)),
    ]


def _old_files(before: datetime) -> "QuerySet[Attachment]":
    return Attachment.objects.filter(event__ticket__closed_at__lt=before).exclude(file="")


def _old_tickets(before: datetime) -> "QuerySet[Ticket]":
    return Ticket.objects.filter(closed_at__lt=before, redacted_at=None)


def _old_visits(before: datetime) -> "QuerySet[Visit]":
    return Visit.objects.filter(ended_at__lt=before, redacted_at=None)


def _old_calls(before: datetime) -> "QuerySet[Call]":
    return Call.objects.filter(ended_at__lt=before, redacted_at=None).exclude(outcome="")


def _forget(pks: Iterable[int], now: datetime) -> int:
    return forget_files(Attachment.objects.filter(pk__in=list(pks)))


def apply(rule: Rule, *, now: datetime) -> int:
    """Redact what is over and return how many rows that were.

    Every batch is a transaction that writes itself down, so that a run that was killed goes on with the next one.
    """
    done, last = 0, 0
    while pks := _next(rule, last, now=now):
        with transaction.atomic():
            locked = rule.old_rows(now).filter(pk__in=pks).select_for_update(of=("self",), no_key=True)
            count = rule.redact(list(locked.values_list("pk", flat=True)), now)
            facts = {"what": rule.name, "years": rule.years, "rows": count}
            record(AuditEntry.Kind.DATA_ERASED, by=None, subject="retain", address="", now=now, **facts)
        done, last = done + count, pks[-1]
    return done


def _next(rule: Rule, last: int, *, now: datetime) -> list[int]:
    rows = rule.old_rows(now).filter(pk__gt=last).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])
