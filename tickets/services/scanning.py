"""The virus scanner clamd: what it has not found clean stays closed, and what it finds infected is deleted."""

import logging
import socket
import time
from datetime import datetime, timedelta
from struct import pack
from typing import IO

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from audit.models import AuditEntry
from audit.services import record
from notifications.services import notify
from tickets.models import Attachment
from tickets.permissions import is_reporter
from tickets.services.record import about_for_reporter
from tickets.services.uploads import discard_files

log = logging.getLogger(__name__)
CONNECT_SECONDS, PING_SECONDS, ANSWER_SECONDS = 2, 1, 60
CHUNK = 64 * 1024
ANSWER_BYTES = 1024
RUN_SECONDS = 40  # one run ends before the next minute's begins, but for its last file
LEASE = timedelta(minutes=10)  # for one file; a worker that dies loses it after that
Scan = Attachment.Scan


class Unreachable(Exception):
    """Nobody answers at the address of clamd."""


class NoVerdict(Exception):
    """Clamd did not say whether this file is clean."""


def find_virus(content: IO[bytes]) -> str:
    """Return what clamd found in a file, empty when it is clean; raise Unreachable or NoVerdict."""
    with _connect() as link:
        try:
            link.sendall(b"zINSTREAM\0")
            while chunk := content.read(CHUNK):
                link.sendall(pack("!I", len(chunk)) + chunk)
            link.sendall(pack("!I", 0))
            answer = _answer(link)
        except OSError as error:
            raise NoVerdict(error) from error
    found = answer.removeprefix("stream: ")
    if found == "OK":
        return ""
    if found.endswith(" FOUND"):
        return found.removesuffix(" FOUND")
    raise NoVerdict(answer)


def scanner_answers() -> bool:
    """Return whether clamd is there and answers within a second."""
    try:
        with _connect() as link:
            link.settimeout(PING_SECONDS)
            link.sendall(b"zPING\0")
            return _answer(link) == "PONG"
    except (Unreachable, OSError):
        return False


def _connect() -> socket.socket:
    address: str = settings.CLAMD_ADDRESS
    try:
        if address.startswith("/"):
            link = socket.socket(socket.AF_UNIX)
            link.settimeout(CONNECT_SECONDS)
            link.connect(address)
        else:
            host, _, port = address.rpartition(":")
            link = socket.create_connection((host, int(port)), CONNECT_SECONDS)
    except (OSError, OverflowError) as error:
        raise Unreachable(error) from error
    link.settimeout(ANSWER_SECONDS)
    return link


def _answer(link: socket.socket) -> str:
    """Read until clamd ends its answer, as it does after every command."""
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < ANSWER_BYTES and (more := link.recv(ANSWER_BYTES)):
        answer += more
    return answer.rstrip(b"\0").decode(errors="replace")


def scan_files(*, now: datetime) -> int:
    """Judge the files that wait for it, oldest first; return how many. Does nothing where there is no scanner."""
    judged = 0
    end = time.monotonic() + RUN_SECONDS
    while settings.CLAMD_ADDRESS and time.monotonic() < end and (file := _claim(now)):
        try:
            with file.file.open() as content:
                virus = find_virus(content)
        except Unreachable:
            log.warning("The virus scanner does not answer; files stay closed.")
            Attachment.objects.filter(pk=file.pk).update(scan_after=None)
            break
        except (NoVerdict, OSError) as error:
            log.warning("The virus scanner could not judge file %s: %s", file.key, error)
            continue
        _judge(file.pk, virus, now=now)
        judged += 1
    return judged


@transaction.atomic
def _claim(now: datetime) -> Attachment | None:
    """Keep other workers off one file for a while; no lock is held while clamd reads."""
    file = Attachment.objects.to_scan(now).select_for_update(skip_locked=True).order_by("pk").first()
    if file:
        file.scan_after = now + LEASE
        file.save(update_fields=["scan_after"])
    return file


@transaction.atomic
def _judge(pk: int, virus: str, *, now: datetime) -> None:
    """Open a clean file; delete the bytes of an infected one, write it down and tell whoever sent it."""
    files = Attachment.objects.select_related("event__ticket", "draft", "uploader")
    file = files.select_for_update(of=("self",)).filter(pk=pk, scan=Scan.PENDING).first()
    if file is None:  # removed, or judged by another worker
        return
    file.scan, file.scan_after = Scan.INFECTED if virus else Scan.CLEAN, None
    file.save(update_fields=["scan", "scan_after"])
    if virus:
        _quarantine(file, virus, now=now)


def _quarantine(file: Attachment, virus: str, *, now: datetime) -> None:
    stored = file.file.name or ""
    file.file = ""
    file.save(update_fields=["file"])
    ticket = file.event.ticket if file.event else None
    subject = f"{ticket.number} {file.name}" if ticket else file.name
    facts = {"virus": virus, "sha256": file.sha256}
    record(AuditEntry.Kind.FILE_INFECTED, by=file.uploader, subject=subject, address="", now=now, **facts)
    url = ticket.get_absolute_url() if ticket else reverse("start")
    if ticket and is_reporter(ticket, file.uploader):
        url = about_for_reporter(ticket)["url"]
    number = ticket.number if ticket else ""
    notify([file.uploader], "file_infected", url=url, now=now, name=file.name, number=number)
    transaction.on_commit(lambda: discard_files([stored]))
