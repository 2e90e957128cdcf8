"""One's own data, and nothing of anybody else."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from accounts.merging import merge_reporters
from accounts.models import User
from audit.models import AuditEntry
from audit.services import record
from privacy.services.download import make_download
from tests.conftest import NOW
from tests.tickets.pages import image, upload
from tickets.models import Ticket
from tickets.services import handling, sharing, uploads

DOWNLOAD = reverse("privacy:download")


def taken(person: User) -> tuple[ZipFile, dict[str, Any]]:
    """Return what this person gets, and its part for the machine."""
    archive = ZipFile(BytesIO(make_download(of=person, by=person, now=NOW, address="192.0.2.1").read()))
    return archive, json.loads(archive.read("data.json"))


def everything_in(archive: ZipFile) -> str:
    return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


@pytest.fixture
def busy(ticket_in: Callable[..., Ticket], helpdesk: User) -> Ticket:
    """A ticket of the vendor on which staff wrote to them, and to each other."""
    ticket = ticket_in(1, Ticket.Status.IN_PROGRESS)
    said = {"by": helpdesk, "now": NOW, "version": ticket.version}
    handling.add_internal_note(ticket.pk, text="Rahasia petugas.", key=uuid4(), **said)
    handling.reply_to_ticket(ticket.pk, text="Silakan coba kembali.", key=uuid4(), **said)
    return ticket


def test_the_download_holds_identity_tickets_and_texts(vendor: User, busy: Ticket) -> None:
    _archive, data = taken(vendor)

    assert data["identity"][0]["npwp"] == vendor.reporter.npwp
    assert [row["number"] for row in data["tickets"]] == [busy.number]
    assert [(row["by"], row["text"]) for row in data["history"]][::2] == [
        ("Anda", busy.description),
        ("Helpdesk LPSE", "Silakan coba kembali."),
    ]


def test_the_page_for_people_says_the_same_and_needs_nothing_else(vendor: User, busy: Ticket) -> None:
    archive, _data = taken(vendor)

    page = archive.read("data.html").decode()

    for text in (vendor.reporter.npwp, busy.number, "Silakan coba kembali.", "Kunjungan ke loket"):
        assert text in page
    assert "http" not in page
    assert "src=" not in page


def test_nothing_of_anybody_else_is_in_it(
    vendor: User,
    other_vendor: User,
    colleague: User,
    helpdesk: User,
    busy: Ticket,
    make_ticket: Callable[..., Ticket],
) -> None:
    User.objects.filter(pk=helpdesk.pk).update(name="Eka Petugas")
    helpdesk.refresh_from_db()
    make_ticket(by=other_vendor, title="Judul milik orang lain", description="Uraian milik orang lain.")
    sharing.share_ticket(busy.pk, by=vendor, now=NOW, colleague=colleague.reporter)

    for person, others in ((vendor, (other_vendor, colleague, helpdesk)), (helpdesk, (vendor, other_vendor))):
        text = everything_in(taken(person)[0])
        assert "Rahasia petugas" not in text
        assert "orang lain." not in text
        for other in others:
            assert other.name not in text
            assert other.email not in text


def test_own_files_come_along_and_those_of_an_internal_note_do_not(
    vendor: User, helpdesk: User, make_ticket: Callable[..., Ticket]
) -> None:
    key = uuid4()
    uploads.attach(upload("layar.png", image()), key=key, by=vendor, now=NOW)
    ticket = make_ticket(key=key)
    handling.take_ticket(ticket.pk, by=helpdesk, now=NOW)
    note = uuid4()
    uploads.attach(upload("internal.png", image()), key=note, by=helpdesk, now=NOW, ticket=ticket)
    handling.add_internal_note(ticket.pk, by=helpdesk, now=NOW, version=2, text="Lihat lampiran.", key=note)

    archive, data = taken(vendor)

    assert [row["name"] for row in data["files"]] == ["layar.png"]
    assert archive.read(data["files"][0]["path"]) == image()


def test_a_file_that_the_disk_has_lost_does_not_stop_the_rest(vendor: User) -> None:
    file = uploads.attach(upload("layar.png", image()), key=uuid4(), by=vendor, now=NOW)
    file.draft.form = reverse("tickets:file")
    file.draft.save()
    uploads.discard_files([file.file.name])

    archive, data = taken(vendor)

    assert [row["name"] for row in data["files"]] == ["layar.png"]
    assert archive.namelist() == ["data.json", "data.html"]


def test_who_read_a_file_is_told_by_their_duty(vendor: User, helpdesk: User, busy: Ticket) -> None:
    subject = f"{busy.number} layar.png"
    record(AuditEntry.Kind.FILE_READ, by=helpdesk, subject=subject, address="192.0.2.7", now=NOW)

    _archive, data = taken(vendor)

    (seen,) = data["processing"]
    assert (seen["object"], seen["by"]) == (subject, "Helpdesk LPSE, LPSE Kabupaten Sukamaju Fiktif")


def test_taking_ones_data_is_written_down(vendor: User) -> None:
    make_download(of=vendor, by=vendor, now=NOW, address="192.0.2.1")

    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.DATA_DOWNLOADED)
    assert (entry.actor, entry.address) == (vendor, "192.0.2.1")


def test_the_file_comes_once_the_password_was_given_again(vendor: User) -> None:
    browser = Client()
    browser.post(reverse("account_login"), {"login": vendor.username, "password": "kata-sandi-contoh"})

    asked = browser.post(DOWNLOAD)
    answer = browser.post(asked["Location"], {"password": "kata-sandi-contoh"})

    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert answer["Content-Disposition"].startswith('attachment; filename="data-saya-')
    assert "data.json" in ZipFile(BytesIO(b"".join(answer.streaming_content))).namelist()


def test_somebody_with_a_one_time_code_has_no_account_to_take_along(
    walk_in: User, sign_in: Callable[[User], Client]
) -> None:
    assert sign_in(walk_in).get(reverse("privacy:mine")).status_code == 403


def test_the_page_counts_what_is_stored(vendor: User, busy: Ticket, sign_in: Callable[[User], Client]) -> None:
    parts = dict(sign_in(vendor).get(reverse("privacy:mine")).context["parts"])

    assert (parts["Tiket"], parts["Kunjungan ke loket"], parts["Identitas pelapor"]) == (1, 0, 1)


def test_what_came_by_a_merge_is_ones_own(
    make_ticket: Callable[..., Ticket], vendor: User, colleague: User, supervisor: User
) -> None:
    ticket = make_ticket(by=colleague)
    said = {"reason": "KTP sama", "by": supervisor, "now": NOW, "address": "192.0.2.1"}
    merge_reporters(kept=vendor.reporter, merged=colleague.reporter, **said)

    _archive, told = taken(vendor)

    assert [row["number"] for row in told["tickets"]] == [ticket.number]
    assert {row["by"] for row in told["history"]} == {"Anda"}
