"""The chain over the audit trail: each link holds a digest of its entry and of the link before.

Whoever changes or removes an entry must write all later links anew, and then the digest of the last one is another:
so its digest, kept outside the database, proves everything up to it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from audit.models import AuditEntry, AuditSeal

BATCH = 1000
PATIENCE = timedelta(minutes=10)  # ten ticks of the sealing


def digest_of(entry: AuditEntry, *, previous: str, sealed_at: datetime) -> str:
    """Return the SHA-256, in hex, of the link before, every column of an entry, and when it was sealed.

    The columns are named one by one: a new one may not change the digests of what is sealed already.
    """
    facts = {
        "id": entry.pk,
        "at": _plain(entry.at),
        "kind": entry.kind,
        "actor": entry.actor_id,
        "subject": entry.subject,
        "address": entry.address,
        "data": entry.data,
        "sealed_at": _plain(sealed_at),
    }
    return sha256(f"{previous}{json.dumps(facts, sort_keys=True, separators=(',', ':'))}".encode()).hexdigest()


def _plain(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass
class Walk:
    """One walk along the chain from its beginning; holds no more than a batch of it in memory."""

    links: int = 0
    head: str = ""  # digest of the last link

    def faults(self, *, now: datetime, earlier: str = "") -> Iterator[str]:
        """Yield one sentence for each thing that is wrong; `earlier` is a head of another day."""
        found, position = not earlier, 0
        # What the link before says of itself, and what it should say: both None behind a gap.
        told: str | None = ""
        meant: str | None = ""
        for seal, entry in _links():
            if seal.position != position + 1:
                yield f"The seals at {position + 1} to {seal.position - 1} are missing: they were removed."
                told = meant = None
            if entry is None:
                yield f"Entry {seal.entry_id} is missing: it was sealed at {seal.position} and removed later."
                meant = seal.digest
            else:
                before = [digest for digest in (told, meant) if digest is not None]
                digests = [digest_of(entry, previous=each, sealed_at=seal.sealed_at) for each in dict.fromkeys(before)]
                if digests and seal.digest not in digests:
                    yield f"Entry {entry.pk} does not fit its seal at {seal.position}: one of them was changed."
                meant = digests[0] if digests else seal.digest
            told, position = seal.digest, seal.position
            found = found or told == earlier
            self.links, self.head = self.links + 1, told
        if not found:
            yield f"The digest {earlier} is nowhere in the chain: its end was cut off or written anew."
        yield from _forgotten(now)


def _links() -> Iterator[tuple[AuditSeal, AuditEntry | None]]:
    """Return every seal in order, with its entry where it is still there."""
    position = 0
    while seals := list(AuditSeal.objects.filter(position__gt=position).order_by("position")[:BATCH]):
        entries = AuditEntry.objects.in_bulk([seal.entry_id for seal in seals])
        for seal in seals:
            yield seal, entries.get(seal.entry_id)
        position = seals[-1].position


def _forgotten(now: datetime) -> Iterator[str]:
    rows = AuditEntry.objects.unsealed().filter(at__lt=now - PATIENCE)
    if count := rows.count():
        yield f"{count} entries older than ten minutes have no seal, the first of them {rows.earliest('pk').pk}."
