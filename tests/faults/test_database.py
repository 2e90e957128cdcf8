"""A lock is held, a process dies, the disk is full, a line is cut: nothing is lost or halved."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from django.utils import timezone

from accounts.models import Lpse, User
from escalation.tiers import Tier
from tests.processes import Answer, Browser, Web, wait_until
from tests.tickets.acts import assert_history_holds
from tests.tickets.pages import PDF, upload
from tickets.models import Application, Attachment, Draft, Subcategory, Ticket
from tickets.views.drafted import SALT

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Serve = Callable[..., Web]
Status = Ticket.Status
PATIENCE = 3  # seconds that anybody waits for a lock


def token(user: User) -> str:
    """The one-time token of a form drawn for this person."""
    return signing.dumps([uuid4().hex, user.pk], salt=SALT)


def address(verb: str, ticket: Ticket) -> str:
    return reverse(f"tickets:{verb}", args=[ticket.number])


def reply(ticket: Ticket, user: User, text: str) -> dict[str, Any]:
    return {"draf": token(user), "version": ticket.version, "kind": "reply", "text": text}


def filing(user: User, lpse: Lpse, subcategory: Subcategory) -> dict[str, Any]:
    facts = {"application": Application.objects.get(name="SPSE").pk, "subcategory": subcategory.pk, "lpse": lpse.pk}
    facts |= {"type": "problem", "title": "Tombol Kirim tidak merespons", "description": "Muncul 504 Gateway Timeout."}
    return facts | {"draf": token(user)}


# F9: a transaction left open


@pytest.mark.parametrize("verb", ["reply", "take", "escalate"])
def test_a_lock_that_is_never_released_costs_others_three_seconds_and_no_words(
    serve: Serve, ticket_in: Callable[..., Ticket], helpdesk: User, verb: str
) -> None:
    web, ticket, browser = serve(), ticket_in(Tier.LPSE, Status.NEW), Browser(helpdesk)
    fields = reply(ticket, helpdesk, "Tulisan yang tidak boleh hilang.")
    fields |= {"analysis": fields["text"], "line": "Diteruskan."}

    with transaction.atomic():
        Ticket.objects.lock(ticket.pk)
        begun = time.monotonic()
        refused = browser.post(web, address(verb, ticket), fields)
        waited = time.monotonic() - begun

    assert refused.status == 409
    assert "sedang diubah orang lain" in refused.text
    assert waited < PATIENCE
    assert Ticket.objects.get().version == ticket.version
    if verb != "take":
        page = ticket.get_absolute_url() if verb == "reply" else address(verb, ticket)
        assert "Tulisan yang tidak boleh hilang." in browser.get(web, page).text
    assert browser.post(web, address(verb, ticket), fields).status == 302
    assert_history_holds(ticket)
    assert not web.complaints()


# F10: a process dies between COMMIT and the answer


def test_a_form_whose_answer_never_came_is_sent_again_and_gets_the_same_number(
    serve: Serve, vendor: User, lpse: Lpse, subcategory: Subcategory
) -> None:
    web, browser = serve(FAULT="dies before it answers"), Browser(vendor)
    form = filing(vendor, lpse, subcategory)
    with pytest.raises(ConnectionError):
        browser.post(web, reverse("tickets:file"), form, **{"X-Die": "1"})
    number = Ticket.objects.get().number
    wait_until(web.answers, "gunicorn has another process")

    again = browser.post(web, reverse("tickets:file"), form)

    assert again.location == reverse("tickets:filed", args=[number])
    assert Ticket.objects.count() == 1
    assert not Draft.objects.exists()


@pytest.mark.parametrize("verb", ["reply", "escalate", "resolve", "request_data", "reassign"])
def test_an_act_whose_answer_never_came_is_done_once(
    serve: Serve, ticket_in: Callable[..., Ticket], helpdesk: User, verifier: User, verb: str
) -> None:
    web, browser = serve(FAULT="dies before it answers"), Browser(helpdesk)
    ticket = ticket_in(Tier.LPSE, Status.IN_PROGRESS)
    form = reply(ticket, helpdesk, "Sekali saja.") | {"analysis": "a", "line": "b", "solution": "c", "items": "NIB"}
    form |= {"reply_by": soon(), "officer": verifier.pk, "reason": "d"}
    with pytest.raises(ConnectionError):
        browser.post(web, address(verb, ticket), form, **{"X-Die": "1"})
    events = ticket.events.count()
    wait_until(web.answers, "gunicorn has another process")

    again = browser.post(web, address(verb, ticket), form)

    assert again.location == ticket.get_absolute_url()
    assert ticket.events.count() == events
    assert_history_holds(ticket)


def soon() -> str:
    """A day within 10 working days of any day."""
    return f"{timezone.localdate() + timedelta(days=3):%d-%m-%Y}"


# F11: the disk is full


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("A disk of 3 MB needs the right to mount one: run the faults as root.")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def send_files(browser: Browser, web: Web, path: str, fields: dict[str, Any]) -> Answer:
    body = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": browser.CSRF, **fields})
    return browser.send(web, "POST", path, body, {"Content-Type": MULTIPART_CONTENT})


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_full_disk_refuses_the_file_and_keeps_the_words(
    serve: Serve, tiny_disk: Path, vendor: User, lpse: Lpse, subcategory: Subcategory
) -> None:
    (tiny_disk / "filler").write_bytes(b"x" * 2_500_000)
    web, browser = serve(MEDIA_ROOT=str(tiny_disk)), Browser(vendor)
    form = filing(vendor, lpse, subcategory)

    refused = send_files(
        browser, web, reverse("tickets:file"), form | {"files": upload("a.pdf", PDF + b" " * 2_000_000)}
    )

    assert refused.status in (200, 507)
    assert "penyimpanan kami sedang penuh" in refused.text
    assert form["title"] in refused.text
    assert (Ticket.objects.count(), Attachment.objects.count()) == (0, 0)
    assert files_in(tiny_disk) == [tiny_disk / "filler"]
    assert browser.post(web, reverse("tickets:file"), form).status == 302  # without files it works


# F12: the line is cut


@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_an_upload_cut_off_leaves_no_row_and_no_file(
    serve: Serve, tmp_path: Path, ticket: Ticket, vendor: User, share: float
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    web, browser = serve(TMPDIR=str(temporary)), Browser(vendor)
    fields = reply(ticket, vendor, "Terlampir.") | {"csrfmiddlewaretoken": browser.CSRF}
    body = encode_multipart(BOUNDARY, fields | {"files": upload("a.pdf", PDF + os.urandom(8_000_000))})
    head = f"POST {address('reply', ticket)} HTTP/1.1\r\nHost: localhost\r\nCookie: {browser.cookie}\r\n"
    head += f"Content-Type: {MULTIPART_CONTENT}\r\nContent-Length: {len(body)}\r\n\r\n"

    with socket.create_connection(("localhost", web.port)) as line:
        line.sendall(head.encode() + body[: int(len(body) * share)])
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # cut, not closed politely

    wait_until(lambda: not files_in(temporary), "the half file is gone", 5)
    wait_until(web.answers, "others are served")
    assert Attachment.objects.count() == 0
    assert files_in(Path(settings.MEDIA_ROOT)) == []
    assert ticket.events.count() == 1
