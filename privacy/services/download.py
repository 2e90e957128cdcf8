"""The data of a person as a file: for the machine, for people, and the files that were sent."""

import json
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string

from accounts.models import User
from audit.models import AuditEntry
from audit.services import record
from core.dates import long_date
from privacy.gathering import files_of, path_of, sections_of
from privacy.sections import Person, Section
from tickets.models import Attachment

CHUNK = 1024 * 1024
FORMAT = 1  # of data.json; raised when a key changes its meaning


def make_download(*, of: User, by: User, now: datetime, address: str) -> IO[bytes]:
    """Return a ZIP of everything stored about a person, at its beginning; write down who took it.

    It lies on the disk only while it is being sent, and is in no folder.
    """
    person, parts = Person(of, of.own_reporter), sections_of(of)
    target = TemporaryFile()  # noqa: SIM115  # the answer closes it once it is sent
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", as_json(parts, now))
        archive.writestr("data.html", as_page(parts, person, now))
        for file in files_of(person):
            _copy(file, archive)
    record(AuditEntry.Kind.DATA_DOWNLOADED, by=by, subject=of.username, address=address, now=now)
    target.seek(0)
    return target


def as_json(parts: list[Section], now: datetime) -> str:
    """Return the parts for the machine; moments are ISO 8601 in UTC."""
    content = {"format": FORMAT, "made_at": now} | {part.key: list(part.records()) for part in parts}
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def as_page(parts: list[Section], person: Person, now: datetime) -> str:
    """Return the same as one page that needs nothing else."""
    shown = [(part.title, list(part.lines(person.zone))) for part in parts]
    context = {"person": person, "parts": shown, "made_at": long_date(now, person.zone)}
    return render_to_string("privacy/data.html", context)


def _copy(file: Attachment, archive: ZipFile) -> None:
    """Add one file; one that nobody may open, or that the disk has lost, is named in data.json and missing here."""
    if not path_of(file):
        return
    try:
        source = file.file.open()
    except FileNotFoundError:
        return
    with source, archive.open(path_of(file), "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK):
            target.write(chunk)
