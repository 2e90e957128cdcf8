"""Files: taken in whole or not at all, counted against the ticket, thrown away with the draft that held them."""

import hashlib
import logging
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from core.fsm import Conflict
from tickets.models import Attachment, DocumentRequirement, Draft, RequestedItem, Ticket
from tickets.services.sniffing import Refused, StorageFull, clean_name, media_type_of

log = logging.getLogger(__name__)
MB = 1024 * 1024
CHUNK = 1024 * 1024
FOLDER = "tickets"


def attach(
    upload: "File[Any]",
    *,
    key: UUID,
    by: User,
    now: datetime,
    ticket: Ticket | None = None,
    requirement: DocumentRequirement | None = None,
    item: RequestedItem | None = None,
) -> Attachment:
    """Keep one file in the draft of this key; the same file sent again is kept once.

    Raises Refused with a whole sentence. The bytes are written before the draft is locked, so that a
    large file makes nobody wait.
    """
    name = clean_name(upload.name or "")
    stored = ""
    try:
        _require_size(upload)
        media_type = media_type_of(upload, name)
        file_key = uuid4()
        stored = name_of(file_key)
        sha256 = _store(upload, stored)
        with transaction.atomic():
            draft = Draft.objects.lock(key, owner=by, now=now)
            twin = draft.attachments.filter(sha256=sha256, name=name, requirement=requirement, item=item).first()
            if twin is None:
                _require_fit(draft, ticket, upload.size or 0)
                facts = {"name": name, "media_type": media_type, "size": upload.size, "sha256": sha256}
                answers = {"requirement": requirement, "item": item}
                return draft.attachments.create(
                    key=file_key, uploader=by, file=stored, uploaded_at=now, **answers, **facts
                )
        discard_files([stored])
        return twin
    except BaseException as error:
        discard_files([stored])
        if isinstance(error, Refused):
            raise named(error, name) from None
        raise


def named(refusal: Refused, name: str) -> Refused:
    """Make the reason of a refusal a whole sentence about this file."""
    refusal.args = (_("“%(name)s” tidak diterima: %(why)s") % {"name": name, "why": refusal},)
    return refusal


def _require_size(upload: "File[Any]") -> None:
    limit: int = settings.UPLOAD_FILE_BYTES
    if (upload.size or 0) > limit:
        raise Refused(_("lebih besar dari %(mb)d MB. Perkecil atau pecah berkas ini.") % {"mb": limit // MB})


def require_count(position: int, name: str) -> None:
    """Raise Refused for a file beyond those one form may carry; the first is number 1."""
    limit: int = settings.UPLOAD_FILES_AT_ONCE
    if position > limit:
        why = _("“%(name)s” tidak diterima: paling banyak %(n)d berkas sekaligus. Kirim sisanya kemudian.")
        raise Refused(why % {"name": name, "n": limit})


def _require_fit(draft: Draft, ticket: Ticket | None, size: int) -> None:
    if size > room(draft.key, ticket):
        limit = settings.UPLOAD_TICKET_BYTES // MB
        raise Refused(_("seluruh berkas paling besar %(mb)d MB. Hapus berkas lain dahulu.") % {"mb": limit})


def room(key: UUID, ticket: Ticket | None = None) -> int:
    """Return how many bytes a ticket can still take besides its files and those of one draft."""
    which = Q(draft=key) | Q(event__ticket=ticket) if ticket else Q(draft=key)
    return int(settings.UPLOAD_TICKET_BYTES) - (Attachment.objects.filter(which).aggregate(n=Sum("size"))["n"] or 0)


def require_room(ticket: Ticket, draft: Draft) -> None:
    """Raise Conflict when a locked ticket cannot take the files of a draft; two people may have attached at once."""
    if room(draft.key, ticket) < 0:
        limit = settings.UPLOAD_TICKET_BYTES // MB
        raise Conflict(_("Seluruh berkas paling besar %(mb)d MB. Hapus sebagian berkas.") % {"mb": limit})


def name_of(key: UUID) -> str:
    """Return where the bytes of an attachment lie: a name that tells nothing, in one of 65,536 folders."""
    return f"{FOLDER}/{key.hex[:2]}/{key.hex[2:4]}/{key.hex}"


def _store(upload: "File[Any]", name: str) -> str:
    """Write the bytes and return their SHA-256. A file exists whole or not at all."""
    path = Path(default_storage.path(name))
    part = path.with_suffix(".part")
    digest = hashlib.sha256()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            for chunk in upload.chunks(CHUNK):
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
    except OSError:
        log.exception("A file could not be stored.")
        part.unlink(missing_ok=True)
        raise StorageFull from None
    return digest.hexdigest()


def remove_file(attachment: Attachment) -> None:
    """Delete a file that was not sent yet."""
    attachment.delete()
    discard_files([attachment.file.name or ""])


def discard_files(names: Iterable[str]) -> None:
    """Delete stored bytes that no row names any more; call it after the rows are gone."""
    for name in filter(None, names):
        default_storage.delete(name)


def old_files(before: float) -> Iterator[Path]:
    """Find every stored file last written before a POSIX time."""
    for path in Path(default_storage.path(FOLDER)).rglob("*"):
        try:
            if path.is_file() and path.stat().st_mtime < before:
                yield path
        except FileNotFoundError:  # its owner removed it just now
            continue
