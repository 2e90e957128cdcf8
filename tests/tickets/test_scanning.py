"""The virus scanner: closed until clean, never open because the scanner is away (a fake clamd speaks its protocol)."""

import shutil
import socket
import socketserver
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from notifications.models import Notification
from tests.conftest import NOW
from tests.tickets.pages import PDF, archive
from tests.tickets.test_uploads import stored
from tickets.models import Attachment, Ticket
from tickets.services import drafts, handling, scanning, uploads

Browse = Callable[[User], Client]
Scan = Attachment.Scan
# Not a virus: a word that our own signature, and the fake, call one.
BAD = b"%PDF-1.4 CONTOH-BERKAS-BERBAHAYA-LPSE %%EOF"


class FakeClamd(socketserver.ThreadingTCPServer):
    """Speaks INSTREAM; `says` replaces its answer."""

    daemon_threads = True
    says = b""
    heard = 0

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            stream = self.request.makefile("rb")
            command = stream.read(6)
            if command == b"zPING\0":
                self.request.sendall(b"PONG\0")
                return
            if command + stream.read(4) != b"zINSTREAM\0":
                return
            content = b""
            while size := struct.unpack("!I", stream.read(4))[0]:
                content += stream.read(size)
            self.server.heard += 1
            found = b"stream: Contoh.Virus FOUND\0" if b"BERBAHAYA" in content else b"stream: OK\0"
            self.request.sendall(self.server.says or found)

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), self.Handler)


@pytest.fixture
def clamd(settings: Any) -> Iterator[FakeClamd]:
    """A scanner that works."""
    with FakeClamd() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


@pytest.fixture
def nowhere(settings: Any) -> None:
    """A scanner that is down: the port was free a moment ago."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.CLAMD_ADDRESS = f"127.0.0.1:{free.getsockname()[1]}"


def sent(ticket: Ticket, by: User, content: bytes = PDF, name: str = "a.pdf") -> Attachment:
    """A file sent with a reply."""
    key = uuid4()
    file = uploads.attach(ContentFile(content, name=name), key=key, by=by, now=NOW, ticket=ticket)
    version = Ticket.objects.get(pk=ticket.pk).version
    handling.reply_to_ticket(ticket.pk, by=by, now=NOW, version=version, key=key, text="Terlampir.")
    file.refresh_from_db()
    return file


def status(browser: Client, file: Attachment, page: str = "download") -> int:
    return browser.get(reverse(f"tickets:{page}", args=[file.key])).status_code


def scan() -> int:
    return scanning.scan_files(now=NOW)


def test_the_probe_asks_whether_the_scanner_is_there(clamd: FakeClamd, settings: Any, nowhere: None) -> None:
    assert not scanning.scanner_answers()

    settings.CLAMD_ADDRESS = f"127.0.0.1:{clamd.server_address[1]}"

    assert scanning.scanner_answers()


def test_without_a_scanner_files_open_at_once(ticket: Ticket, vendor: User, helpdesk: User, sign_in: Browse) -> None:
    file = sent(ticket, vendor)

    assert scan() == 0
    assert status(sign_in(helpdesk), file) == 200


def test_a_file_opens_once_it_is_found_clean(
    clamd: FakeClamd, ticket: Ticket, vendor: User, helpdesk: User, sign_in: Browse
) -> None:
    file = sent(ticket, vendor)
    page = sign_in(helpdesk).get(ticket.get_absolute_url()).content.decode()
    assert "Sedang diperiksa" in page
    assert reverse("tickets:download", args=[file.key]) not in page
    for browser in (sign_in(helpdesk), sign_in(vendor)):
        assert status(browser, file) == status(browser, file, "preview") == 423

    assert [scan(), scan()] == [1, 0]

    assert status(sign_in(helpdesk), file) == 200
    assert (
        reverse("tickets:download", args=[file.key])
        in sign_in(helpdesk).get(ticket.get_absolute_url()).content.decode()
    )


def test_an_infected_file_is_deleted_written_down_and_told(
    clamd: FakeClamd,
    ticket: Ticket,
    vendor: User,
    helpdesk: User,
    sign_in: Browse,
    django_capture_on_commit_callbacks: Any,
) -> None:
    file = sent(ticket, vendor, BAD)
    clean = sent(ticket, vendor)

    with django_capture_on_commit_callbacks(execute=True):
        assert scan() == 2

    file.refresh_from_db()
    assert (file.scan, file.file.name) == (Scan.INFECTED, "")
    assert [path.name for path in stored()] == [clean.key.hex]
    assert status(sign_in(helpdesk), file) == 410
    assert "mengandung virus" in sign_in(helpdesk).get(ticket.get_absolute_url()).content.decode()
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.FILE_INFECTED)
    assert (entry.subject, entry.data) == (
        f"{ticket.number} a.pdf",
        {"virus": "Contoh.Virus", "sha256": file.sha256},
    )
    told = Notification.objects.get(kind="file_infected")
    assert (told.recipient, told.url) == (vendor, ticket.get_absolute_url())
    assert "a.pdf" in sign_in(vendor).get(reverse("notifications:inbox")).content.decode()


def test_the_bytes_of_an_infected_file_are_swept_when_their_removal_was_cut_short(
    clamd: FakeClamd, ticket: Ticket, vendor: User
) -> None:
    sent(ticket, vendor, BAD)
    scan()  # the removal after the commit never happens inside a test
    assert len(stored()) == 1

    drafts.sweep_drafts(now=NOW + timedelta(days=3650))

    assert stored() == []


def test_a_file_of_a_draft_is_judged_too_and_tells_its_owner(clamd: FakeClamd, vendor: User) -> None:
    uploads.attach(ContentFile(BAD, name="a.pdf"), key=uuid4(), by=vendor, now=NOW)

    assert scan() == 1

    assert Notification.objects.get().url == reverse("start")


def test_a_scanner_that_is_down_leaves_files_closed_and_waiting(
    nowhere: None, ticket: Ticket, vendor: User, helpdesk: User, sign_in: Browse
) -> None:
    file = sent(ticket, vendor)

    assert scan() == 0

    file.refresh_from_db()
    assert (file.scan, file.scan_after) == (Scan.PENDING, None)
    assert status(sign_in(helpdesk), file) == 423


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR\0", b"\0", b"stream: ", b"stream: OK", b"stream: OK FOUND ERROR\0"]
)
def test_without_a_verdict_a_file_stays_closed_and_the_others_are_judged(
    clamd: FakeClamd, ticket: Ticket, vendor: User, answer: bytes
) -> None:
    file = sent(ticket, vendor)
    clamd.says = answer
    verdict = answer == b"stream: OK"  # the connection ended after a whole answer

    assert scan() == verdict
    file.refresh_from_db()
    assert file.scan == (Scan.CLEAN if verdict else Scan.PENDING)
    clamd.says = b""
    other = sent(ticket, vendor, PDF + b" ")
    assert scan() == 1
    other.refresh_from_db()
    assert other.scan == Scan.CLEAN
    assert scanning.scan_files(now=NOW + scanning.LEASE) == (not verdict)


def test_a_scanner_that_says_nothing_is_given_up(
    clamd: FakeClamd, monkeypatch: pytest.MonkeyPatch, ticket: Ticket, vendor: User
) -> None:
    monkeypatch.setattr(FakeClamd.Handler, "handle", lambda self: time.sleep(2))
    monkeypatch.setattr(scanning, "ANSWER_SECONDS", 0.2)
    file = sent(ticket, vendor)

    assert scan() == 0

    file.refresh_from_db()
    assert file.scan == Scan.PENDING


def test_a_unix_socket_is_an_address_too(settings: Any, tmp_path: Path) -> None:
    class Unix(socketserver.UnixStreamServer):
        says, heard = b"", 0

    settings.CLAMD_ADDRESS = str(tmp_path / "clamd.ctl")
    with pytest.raises(scanning.Unreachable):
        scanning.find_virus(BytesIO(PDF))
    with Unix(settings.CLAMD_ADDRESS, FakeClamd.Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        assert scanning.find_virus(BytesIO(PDF)) == ""
        assert scanning.find_virus(BytesIO(BAD * 10_000)) == "Contoh.Virus"
        server.shutdown()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_share_the_files(clamd: FakeClamd, ticket: Ticket, vendor: User) -> None:
    for n in range(10):
        sent(ticket, vendor, PDF + bytes([n]))
    start, counts = Barrier(2), []

    def work() -> None:
        start.wait()
        counts.append(scan())
        connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(counts) == clamd.heard == 10


def test_a_file_removed_while_it_was_judged_is_no_trouble(
    clamd: FakeClamd, vendor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = uploads.attach(ContentFile(BAD, name="a.pdf"), key=uuid4(), by=vendor, now=NOW)
    find = scanning.find_virus

    def late(content: Any) -> str:
        found = find(content)
        uploads.remove_file(file)
        return found

    monkeypatch.setattr(scanning, "find_virus", late)

    scan()

    assert not Notification.objects.exists()


@pytest.fixture(scope="module")
def real_clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real clamd with one signature of our own; its official ones need the internet."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("No clamd here. Install it, for example with `apt-get install clamav-daemon`, to run this test.")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "ours.ndb").write_text(f"Contoh.Virus:0:*:{b'CONTOH-BERKAS-BERBAHAYA-LPSE'.hex()}\n")
    address = folder / "clamd.ctl"
    (folder / "clamd.conf").write_text(f"DatabaseDirectory {folder}\nLocalSocket {address}\nForeground yes\n")
    daemon = subprocess.Popen([program, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not address.exists() and time.monotonic() < deadline and daemon.poll() is None:
        time.sleep(0.1)
    yield str(address)
    daemon.terminate()
    daemon.wait(30)


@pytest.mark.parametrize(
    ("content", "found"),
    [(PDF, ""), (BAD, "Contoh.Virus.UNOFFICIAL"), (archive("a.txt", content=BAD), "Contoh.Virus.UNOFFICIAL")],
)
def test_the_real_clamd_says_the_same(real_clamd: str, settings: Any, content: bytes, found: str) -> None:
    settings.CLAMD_ADDRESS = real_clamd

    assert scanning.find_virus(BytesIO(content)) == found
