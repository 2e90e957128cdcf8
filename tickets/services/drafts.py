"""What was typed and uploaded but not sent: kept for its owner, thrown away after 24 hours."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from tickets.models import Attachment, Draft, Ticket
from tickets.models.history import DraftQuerySet
from tickets.services.record import words_sent
from tickets.services.uploads import discard_files, name_of, old_files

KEPT_FOR = timedelta(hours=24)
BATCH = 200
KEY = re.compile(r"[0-9a-f]{32}")
# Where people write: on filing, then on a ticket.
WORDS = ("title", "description", "text", "items", "analysis", "line", "solution", "comment", "reason")


@transaction.atomic
def keep_words(key: UUID, *, by: User, now: datetime, form: str, data: dict[str, str]) -> Draft:
    """Store what a person typed in the form of this path; NUL is left out, PostgreSQL cannot hold it."""
    words = {name.replace("\0", ""): text.replace("\0", "") for name, text in data.items()}
    return Draft.objects.lock(key, owner=by, now=now, form=form, data=words)


def key_beside(key: UUID, what: str) -> UUID:
    """Return the key of files that belong to a form but are kept apart from its others."""
    return uuid5(key, what)


def find_unsent(form: str, *, by: User, ticket: Ticket | None = None) -> Draft | None:
    """Return what this person last typed in the form of this path, about this ticket, and has not sent."""
    kept = Draft.objects.visible_to(by).filter(form=form, case="").order_by("-changed_at")
    return next((draft for draft in kept if not _was_sent(draft, ticket)), None)


def _was_sent(draft: Draft, ticket: Ticket | None) -> bool:
    """Tell whether a draft only repeats its own form: it was saved once more while the form was on its way."""
    if draft.attachments.exists():
        return False
    if ticket:
        sent = words_sent(ticket, draft.key)
    else:
        filed = Ticket.objects.filter(filing_key=draft.key).first()
        sent = {filed.title, filed.description} if filed else set()
    return bool(sent) and _lines(draft.data.get(name, "") for name in WORDS) <= _lines(sent) | {""}


def _lines(texts: Iterable[str]) -> set[str]:
    return {line.strip() for text in texts for line in text.splitlines()}


def discard(key: UUID, *, by: User) -> None:
    """Throw away one draft of this person with its files."""
    _delete(Draft.objects.visible_to(by).filter(key=key))


@transaction.atomic
def renew(key: UUID, *, by: User, now: datetime) -> UUID:
    """Move a draft to a fresh key, because the old one has already been sent; return the new key."""
    draft = Draft.objects.visible_to(by).select_for_update().get(key=key)
    fresh = Draft.objects.create(key=uuid4(), owner=by, form=draft.form, data=draft.data, changed_at=now)
    draft.attachments.update(draft=fresh)
    draft.delete()
    return fresh.key


def sweep_drafts(*, now: datetime) -> dict[str, int]:
    """Delete drafts untouched for 24 hours, and files that old that no row names; return how many of each.

    The papers of a visit, which belong to a case and to no form, stay.
    """
    before, done = now - KEPT_FOR, {"drafts": 0, "files": 0}
    old = Draft.objects.filter(Q(case="") | ~Q(form=""), changed_at__lt=before)
    while keys := list(old.values_list("key", flat=True)[:BATCH]):
        _delete(old.filter(key__in=keys))
        done["drafts"] += len(keys)
    files = old_files(before.timestamp())
    while some := list(islice(files, BATCH)):
        done["files"] += _delete_nameless(some)
    return done


def _delete(drafts: DraftQuerySet) -> None:
    """Delete drafts in one transaction, then their files; one touched meanwhile is asked about again, and spared."""
    with transaction.atomic():
        chosen = [draft.key for draft in drafts.select_for_update()]
        names = list(Attachment.objects.filter(draft__in=chosen).values_list("file", flat=True))
        Draft.objects.filter(key__in=chosen).delete()
    discard_files(names)


def _delete_nameless(paths: list[Path]) -> int:
    keys = [path.name for path in paths if KEY.fullmatch(path.name)]
    named = Attachment.objects.filter(key__in=keys).exclude(file="")  # an infected one has lost its bytes
    known = {name_of(key) for key in named.values_list("key", flat=True)}
    nameless = [path for path in paths if "/".join(path.parts[-4:]) not in known]
    for path in nameless:
        path.unlink(missing_ok=True)
    return len(nameless)
