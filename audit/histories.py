"""The histories of cases in the audit trail: digests of their rows, never their words.

The apps above name their histories with keep_history(). Each minute the rows without a digest get one, and an entry of
the trail holds the digest of each batch: so the chain over the trail holds the histories too.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet

from audit.chain import BATCH, PATIENCE
from audit.models import AuditEntry, HistorySeal
from audit.services import LATE, MOST, is_alone, record

ERASABLE = ("body", "data")  # what redaction may take away; redacted_at says when it did
LOCK = 0x68697374  # spells "hist"


@dataclass(frozen=True)
class History:
    """A table whose rows only grow: name, and the columns that never change."""

    name: str
    model: type[Model]
    columns: tuple[str, ...]

    def rows(self) -> QuerySet[Any, dict[str, Any]]:
        return self.model._base_manager.order_by("pk").values("pk", *self.columns, *ERASABLE, "redacted_at")

    def unsealed(self) -> QuerySet[Any, dict[str, Any]]:
        return self.rows().filter(~Exists(HistorySeal.objects.filter(history=self.name, row=OuterRef("pk"))))

    def digests_of(self, row: dict[str, Any]) -> tuple[bytes, bytes]:
        """Return the SHA-256 of what never changes in a row, and of what redaction may take away."""
        lasting, erasable = ({name: row[name] for name in ("pk", *names)} for names in (self.columns, ERASABLE))
        return _digest([self.name, lasting]), _digest([self.name, erasable])


HISTORIES: dict[str, History] = {}


def keep_history(model: type[Model], *columns: str) -> None:
    """Have the rows of a table sealed; a column named later would change the digests of what is sealed already."""
    name = model._meta.label_lower
    HISTORIES[name] = History(name, model, columns)


def _digest(facts: Any) -> bytes:
    return sha256(json.dumps(facts, sort_keys=True, separators=(",", ":"), default=_plain).encode()).digest()


def _plain(value: Any) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)


def digest_of_batch(seals: list[HistorySeal]) -> str:
    """Return the SHA-256, in hex, of seals in the order of their rows."""
    parts = (f"{seal.history}:{seal.row}:".encode() + bytes(seal.lasting) + bytes(seal.erasable) for seal in seals)
    return sha256(b"".join(parts)).hexdigest()


@transaction.atomic
def seal_histories(*, now: datetime) -> int:
    """Give the rows that have no digest yet one, at most MOST of them; return how many, 0 beside another run."""
    if not is_alone(LOCK):
        return 0
    last = HistorySeal.objects.select_related("entry").order_by("-pk").first()
    looks_everywhere = last is None or last.entry.at.astimezone(UTC).date() < now.astimezone(UTC).date()
    count = 0
    for history in HISTORIES.values():
        rows = history.unsealed() if looks_everywhere else _since(history, now)
        left = rows[: MOST - count].iterator(BATCH)
        for batch in iter(partial(_next, left), []):
            _seal(history, batch, now=now)
            count += len(batch)
    return count


def _next(rows: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(islice(rows, BATCH))


def _since(history: History, now: datetime) -> QuerySet[Any, dict[str, Any]]:
    """Return the rows without a digest, reading few that have one: a row is rarely committed an hour late."""
    settled = HistorySeal.objects.filter(history=history.name, entry__at__lt=now - LATE).order_by("-row").first()
    return history.unsealed().filter(pk__gt=settled.row) if settled else history.unsealed()


def _seal(history: History, rows: list[dict[str, Any]], *, now: datetime) -> None:
    seals = []
    for row in rows:
        lasting, erasable = history.digests_of(row)
        seals.append(HistorySeal(history=history.name, row=row["pk"], lasting=lasting, erasable=erasable))
    facts = {"rows": len(seals), "sha256": digest_of_batch(seals)}
    kind = AuditEntry.Kind.HISTORY_SEALED
    entry = record(kind, by=None, subject=history.name, address="", now=now, **facts)
    for seal in seals:
        seal.entry = entry
    HistorySeal.objects.bulk_create(seals)


@dataclass
class HistoryWalk:
    """One walk over all digests, a batch at a time; the entries that hold them are for the chain to prove."""

    rows: int = 0
    redacted: int = 0

    def faults(self, *, now: datetime) -> Iterator[str]:
        """Yield one sentence for each thing that is wrong; what was redacted is counted only."""
        for entry in AuditEntry.objects.filter(kind=AuditEntry.Kind.HISTORY_SEALED).order_by("pk").iterator(BATCH):
            seals = list(HistorySeal.objects.filter(entry=entry).order_by("row"))
            if digest_of_batch(seals) != entry.data["sha256"]:
                yield f"The digests of {entry.subject} under entry {entry.pk} were changed or removed."
            yield from self._of_batch(HISTORIES[entry.subject], seals)
        if extra := HistorySeal.objects.count() - self.rows:
            yield f"{extra} digests of histories belong to no entry."
        for history in HISTORIES.values():
            if count := history.unsealed().filter(at__lt=now - PATIENCE).count():
                yield f"{count} rows of {history.name} older than ten minutes have no digest."

    def _of_batch(self, history: History, seals: list[HistorySeal]) -> Iterator[str]:
        rows = {row["pk"]: row for row in history.rows().filter(pk__in=[seal.row for seal in seals])}
        for seal in seals:
            self.rows += 1
            if (row := rows.get(seal.row)) is None:
                yield f"Row {seal.row} of {history.name} is missing: it was sealed and removed later."
                continue
            lasting, erasable = history.digests_of(row)
            is_redacted = row["redacted_at"] is not None and row["body"] == ""
            self.redacted += is_redacted
            if lasting != bytes(seal.lasting) or not (is_redacted or erasable == bytes(seal.erasable)):
                yield f"Row {seal.row} of {history.name} was changed after it was sealed."
