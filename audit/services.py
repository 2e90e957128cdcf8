"""Writing the audit trail, and sealing what was written."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from audit.chain import digest_of
from audit.models import AuditEntry, AuditSeal
from core.fsm import Conflict

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from audit.models import AuditEntryQuerySet

BATCH, MOST = 1000, 50_000  # entries at a time, and in one run
LATE = timedelta(hours=1)  # within which a transaction that wrote an entry has nearly always ended
LOCK = 0x7365616C  # spells "seal", so that it meets no others


def record(
    kind: AuditEntry.Kind,
    *,
    by: "AbstractBaseUser | None",
    subject: str,
    address: str,
    now: datetime,
    **data: Any,
) -> AuditEntry:
    """Add one entry; `subject` names the object or the address that was asked for."""
    return AuditEntry.objects.create(
        kind=kind, actor_id=by.pk if by else None, subject=subject[:300], address=address[:45], at=now, data=data
    )


@transaction.atomic
def save_recorded(row: Model, facts: dict[str, Any], *, kind: AuditEntry.Kind, **who: Any) -> None:
    """Give a row, new or locked, these facts; the entry says what they were. `who` goes to `record`, more data too.

    Raises Conflict when somebody else was faster with a name that may exist once.
    """
    is_new = row._state.adding
    before = {} if is_new else told(row, facts)
    for name, value in facts.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save(update_fields=None if is_new else list(facts))
    except IntegrityError:
        raise Conflict(_("Nama atau kode ini baru saja dipakai. Muat ulang daftar, lalu pilih yang lain.")) from None
    record(kind, subject=str(row), before=before, after=told(row, facts), **who)


def told(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """Return these fields of a row as the audit trail keeps them: choices and related rows in words."""
    said = {name: getattr(row, f"get_{name}_display", lambda name=name: getattr(row, name))() for name in names}
    return {name: str(value) if isinstance(value, Model) else value for name, value in said.items()}


@transaction.atomic
def seal_entries(*, now: datetime) -> int:
    """Add the entries that have no seal yet to the chain, at most MOST of them; return how many, 0 beside another run.

    Not done where an entry is written: writers would then wait for each other at the end of the chain.
    """
    if not is_alone(LOCK):
        return 0
    last = AuditSeal.objects.order_by("-position").first()
    links = _links(last, unsealed(last, now=now)[:MOST], now)
    count = 0
    while batch := list(islice(links, BATCH)):
        count += len(AuditSeal.objects.bulk_create(batch))
    return count


def is_alone(lock: int) -> bool:
    """Take this lock until the transaction ends, unless another has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
        return bool(cursor.fetchone()[0])


def _links(last: AuditSeal | None, entries: "AuditEntryQuerySet", now: datetime) -> Iterator[AuditSeal]:
    """Make the links that go on from the last one, with a batch of entries in memory."""
    sealed, digest = (last.position, last.digest) if last else (0, "")
    for position, entry in enumerate(entries.iterator(BATCH), sealed + 1):
        digest = digest_of(entry, previous=digest, sealed_at=now)
        yield AuditSeal(position=position, entry=entry, digest=digest, sealed_at=now)


def unsealed(last: AuditSeal | None, *, now: datetime) -> "AuditEntryQuerySet":
    """Return the entries without a seal, oldest first, reading few of those that have one.

    An entry may be committed after ones with a higher key. Keys below that of a seal of an hour ago are older still, so
    only a transaction of more than an hour can have left one there; the first look of each day, in UTC, finds those.
    """
    rows = AuditEntry.objects.unsealed().order_by("pk")
    if last is None or last.sealed_at.astimezone(UTC).date() < now.astimezone(UTC).date():
        return rows
    settled = AuditSeal.objects.filter(sealed_at__lt=now - LATE).order_by("-position").first()
    return rows.filter(pk__gt=settled.entry_id) if settled else rows
