"""Files: judged by content, refused one by one with a reason, served so that they can run nothing (R05)."""

import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Lpse, User
from audit.models import AuditEntry
from core.fsm import Conflict
from tests.conftest import NOW
from tests.tickets.pages import FILE, PDF, archive, image, send, token_in, upload, words
from tests.tickets.test_filing import kind, text_of
from tickets.models import Attachment, Draft, Ticket
from tickets.services import handling, uploads
from tickets.services.sniffing import Refused, clean_name

Browse = Callable[[User], Client]
OFFICE = ("[Content_Types].xml", "word/document.xml", "xl/workbook.xml")
MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + b"\0" * 64
EXE = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + b"\0" * 200
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def png_that_claims(width: int, height: int) -> bytes:
    """A picture of a few bytes that would fill the memory of whoever opens it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def post_files(browser: Client, **files: Any) -> HttpResponse:
    """Upload without sending the form."""
    form = words(browser.get(FILE), kind("Akun", "Gagal masuk"), None, tampilkan="")
    return browser.post(FILE, form | files)


def stored() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


ACCEPTED = [
    ("a.pdf", PDF, "application/pdf"),
    ("a.PDF", PDF, "application/pdf"),
    ("a.png", image("PNG"), "image/png"),
    ("a.jpg", image("JPEG"), "image/jpeg"),
    ("a.jpeg", image("JPEG"), "image/jpeg"),
    ("a.webp", image("WEBP"), "image/webp"),
    ("a.mp4", MP4, "video/mp4"),
    ("a.zip", archive("a.txt", "b/c.log"), "application/zip"),
    ("a.docx", archive(*OFFICE), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("a.xlsx", archive(*OFFICE), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("a.txt", "galat 504 – waktu habis".encode(), "text/plain; charset=utf-8"),
    ("a.log", b"galat \xe9\x96 lama\r\n\x1b[31mmerah", "text/plain; charset=utf-8"),
    ("a.rhs", bytes(range(256)) * 4, "application/octet-stream"),
]

ROWS = [(name, content) for name, content, _ in ACCEPTED]


@pytest.mark.standard("R05")
@pytest.mark.parametrize(("name", "content", "media_type"), ACCEPTED, ids=[row[0] for row in ACCEPTED])
def test_these_files_are_accepted_under_our_own_media_type(
    vendor: User, sign_in: Browse, name: str, content: bytes, media_type: str
) -> None:
    post_files(sign_in(vendor), files=upload(name, content))

    file = Attachment.objects.get()
    assert (file.name, file.media_type, file.size) == (name, media_type, len(content))
    assert file.file.read() == content
    assert "." not in Path(file.file.name).name


REFUSED = [
    ("a.pdf", b"", "kosong"),
    ("a.pdf", EXE, "bukan PDF"),
    ("a.pdf", HTML, "halaman web atau skrip"),
    ("a.pdf", image("PNG"), "bukan PDF"),
    ("a.png", PDF, "bukan PNG"),
    ("a.png", image("JPEG"), "bukan PNG"),
    ("a.png", b"\x89PNG\r\n\x1a\n", "bukan PNG"),
    ("a.png", png_that_claims(30_000, 30_000), "terlalu besar untuk dibuka"),
    ("a.mp4", image("PNG"), "bukan MP4"),
    ("a.svg", SVG, "jenis berkas ini tidak diterima"),
    ("a.png", SVG, "halaman web atau skrip"),
    ("a.txt", b"#!/bin/sh\nrm -rf /", "halaman web atau skrip"),
    ("a.txt", b" \n<?php system($_GET[0]);", "halaman web atau skrip"),
    ("a.log", "\ufeff<HTML>".encode(), "halaman web atau skrip"),
    ("a.txt", EXE, "bukan teks biasa"),
    ("a.txt", "galat".encode("utf-16"), "bukan teks biasa"),
    ("a.txt", b"x" * 70_000 + b"\0", "bukan teks biasa"),
    ("a.rhs", EXE, "program"),
    ("a.rhs", HTML, "halaman web atau skrip"),
    ("a.exe", EXE, "jenis berkas ini tidak diterima"),
    ("a.pdf.exe", PDF, "jenis berkas ini tidak diterima"),
    ("dokumen\u202efdp.exe", PDF, "jenis berkas ini tidak diterima"),
    (".htaccess", b"Deny", "jenis berkas ini tidak diterima"),
    ("a.docx", archive("a.txt"), "bukan DOCX"),
    ("a.docx", PDF, "bukan DOCX"),
    ("a.docx", archive(*OFFICE, "word/vbaProject.bin"), "makro"),
    ("a.xlsx", archive(*OFFICE, "xl/vbaProject.bin"), "makro"),
    ("a.zip", b"PK\x03\x04" + b"\0" * 100, "rusak"),
    ("a.zip", archive("../../etc/passwd"), "tidak aman"),
    ("a.zip", archive("a\\..\\b.txt"), "tidak aman"),
    ("a.zip", archive("/etc/passwd"), "tidak aman"),
    ("a.zip", archive("dalam.zip"), "arsip lain"),
    ("a.zip", archive("pasang.EXE"), "program atau skrip"),
    ("a.zip", archive("bom.txt", content=b"0" * 5_000_000), "terlalu besar setelah diekstrak"),
    ("a.zip", archive(*(f"{n}.txt" for n in range(1001))), "lebih dari 1000 berkas"),
    ("a.zip", archive(*(f"{n:0200}" for n in range(9000))), "terlalu rumit"),
]


@pytest.mark.standard("R05")
@pytest.mark.parametrize(("name", "content", "why"), REFUSED, ids=[f"{row[0]} {row[2]}" for row in REFUSED])
def test_these_files_are_refused_with_a_reason_while_the_others_are_kept(
    vendor: User, sign_in: Browse, name: str, content: bytes, why: str
) -> None:
    response = post_files(sign_in(vendor), files=[upload(name, content), upload("baik.pdf", PDF)])

    assert response.status_code == 200
    assert why in text_of(response)
    assert "tidak diterima: " in text_of(response)
    assert Attachment.objects.get().name == "baik.pdf"
    assert len(stored()) == 1


def test_a_form_with_a_refused_file_is_not_sent(vendor: User, lpse: Lpse, sign_in: Browse) -> None:
    browser = sign_in(vendor)

    refused = send(browser, kind("Akun", "Gagal masuk"), lpse, files=[upload("a.pdf", EXE), upload("b.pdf", PDF)])

    assert not Ticket.objects.exists()
    assert "Galat:" in text_of(refused)
    sent = browser.post(FILE, words(refused, kind("Akun", "Gagal masuk"), lpse))
    assert sent.status_code == 302
    assert Attachment.objects.get().event.ticket == Ticket.objects.get()


NAMES = [
    ("../../../etc/passwd.txt", "passwd.txt"),
    ("..\\..\\win.ini.txt", "win.ini.txt"),
    ("C:\\Users\\a b.pdf", "a b.pdf"),
    ("dokumen\u202efdp.exe", "dokumenfdp.exe"),
    ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
    ("\u200b.pdf", "pdf"),
    ("", "berkas"),
    ("e\u0301.pdf", "\u00e9.pdf"),
    ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ("a." + "b" * 300, "a." + "b" * 19),
    ('<img onerror="x">.png', '<img onerror="x">.png'),
]


@pytest.mark.parametrize(("raw", "clean"), NAMES)
def test_a_name_is_cleaned_before_its_extension_is_read(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


# Limits


@pytest.fixture
def small(settings: Any) -> None:
    """Limits that a test can reach."""
    settings.UPLOAD_FILE_BYTES = 1000
    settings.UPLOAD_TICKET_BYTES = 2000
    settings.UPLOAD_FILES_AT_ONCE = 3


def sized(name: str, size: int) -> Any:
    return upload(name, b"%PDF-1.4\n".ljust(size, b" "))


@pytest.mark.parametrize(("size", "kept"), [(1000, 1), (1001, 0)])
def test_one_file_has_a_limit(small: None, vendor: User, sign_in: Browse, size: int, kept: int) -> None:
    post_files(sign_in(vendor), files=sized("a.pdf", size))

    assert Attachment.objects.count() == len(stored()) == kept


def test_files_beyond_the_count_are_refused_one_by_one(small: None, vendor: User, sign_in: Browse) -> None:
    response = post_files(sign_in(vendor), files=[sized(f"{n}.pdf", 100 + n) for n in range(5)])

    assert [file.name for file in Attachment.objects.all()] == ["0.pdf", "1.pdf", "2.pdf"]
    assert text_of(response).count("paling banyak 3 berkas sekaligus") >= 2


def test_all_files_of_one_draft_have_a_limit(small: None, vendor: User, sign_in: Browse) -> None:
    response = post_files(sign_in(vendor), files=[sized("a.pdf", 1000), sized("b.pdf", 900), sized("c.pdf", 101)])

    assert [file.name for file in Attachment.objects.all()] == ["a.pdf", "b.pdf"]
    assert "seluruh berkas paling besar" in text_of(response)
    assert len(stored()) == 2


def test_a_reply_counts_what_the_ticket_already_holds(small: None, ticket: Ticket, vendor: User) -> None:
    def attach(size: int, key: Any) -> Any:
        content = ContentFile(b"%PDF-1.4\n".ljust(size), name="a.pdf")
        uploads.attach(content, key=key, by=vendor, now=NOW, ticket=ticket)
        return key

    first, second, third = attach(1000, uuid4()), attach(900, uuid4()), attach(800, uuid4())  # three pages open at once
    handling.reply_to_ticket(ticket.pk, by=vendor, now=NOW, version=1, key=first, text="Ini berkasnya.")
    with pytest.raises(Refused, match="seluruh berkas paling besar"):
        attach(101, second)
    handling.reply_to_ticket(ticket.pk, by=vendor, now=NOW, version=2, key=second, text="Satu lagi.")

    with pytest.raises(Conflict):
        handling.reply_to_ticket(ticket.pk, by=vendor, now=NOW, version=3, key=third, text="Terlalu banyak.")
    assert Draft.objects.filter(key=third).exists()


def test_ten_files_up_to_the_limit_are_filed_in_one_post(vendor: User, lpse: Lpse, sign_in: Browse) -> None:
    size = settings.UPLOAD_TICKET_BYTES // 10
    body = b"%PDF-1.4\n".ljust(size, b" ")
    files = [upload(f"{n}.pdf", body[:-1] + bytes([n])) for n in range(10)]

    send(sign_in(vendor), kind("Akun", "Gagal masuk"), lpse, files=files)

    assert (
        sum(Attachment.objects.filter(event__ticket=Ticket.objects.get()).values_list("size", flat=True)) == 10 * size
    )


def test_a_full_disk_leaves_no_row_and_no_piece_and_keeps_the_words(
    vendor: User, sign_in: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    response = post_files(sign_in(vendor), files=upload("a.pdf", PDF))

    assert response.status_code == 507
    assert "penyimpanan kami sedang penuh" in text_of(response)
    assert "Muncul 504 Gateway Timeout" in response.content.decode()
    assert not Attachment.objects.exists()
    assert stored() == []


# Downloads


@pytest.fixture
def file(vendor: User, lpse: Lpse, sign_in: Browse) -> Attachment:
    """A picture sent with a ticket; its name tries to write a header of its own."""
    send(sign_in(vendor), kind("Akun", "Gagal masuk"), lpse, files=upload('layar "satu";é.png', image()))
    return Attachment.objects.select_related("event__ticket").get()


def address(name: str, file: Attachment) -> str:
    return reverse(f"tickets:{name}", args=[file.key])


def test_a_download_can_run_nothing(file: Attachment, vendor: User, sign_in: Browse) -> None:
    response = sign_in(vendor).get(address("download", file))

    assert b"".join(response.streaming_content) == image()
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''layar%20%22satu%22%3B%C3%A9.png"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_preview_is_inline_and_locked_up(file: Attachment, vendor: User, sign_in: Browse) -> None:
    response = sign_in(vendor).get(address("preview", file))

    assert response["Content-Disposition"].startswith("inline;")
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["a.txt", "a.zip", "a.mp4"])
def test_only_images_and_pdf_have_a_preview(vendor: User, lpse: Lpse, sign_in: Browse, name: str) -> None:
    browser = sign_in(vendor)
    send(browser, kind("Akun", "Gagal masuk"), lpse, files=upload(name, dict(ROWS)[name]))
    file = Attachment.objects.get()

    assert browser.get(address("preview", file)).status_code == 404
    assert browser.get(address("download", file)).status_code == 200


@pytest.mark.parametrize("page", ["download", "preview"])
def test_strangers_get_the_same_404_as_for_a_file_that_does_not_exist(
    file: Attachment, other_vendor: User, other_helpdesk: User, eproc: User, sign_in: Browse, client: Client, page: str
) -> None:
    nowhere = reverse(f"tickets:{page}", args=[uuid4()])
    for stranger in (other_vendor, other_helpdesk, eproc):
        browser = sign_in(stranger)
        refused, missing = browser.get(address(page, file)), browser.get(nowhere)
        assert refused.status_code == missing.status_code == 404
        assert len(refused.content) == len(missing.content)
    assert client.get(address(page, file))["Location"].startswith(reverse("account_login"))


def test_what_others_read_is_written_down(file: Attachment, vendor: User, helpdesk: User, sign_in: Browse) -> None:
    reads = AuditEntry.objects.filter(kind=AuditEntry.Kind.FILE_READ)
    sign_in(vendor).get(address("download", file))
    assert not reads.exists()

    sign_in(helpdesk).get(address("preview", file))

    entry = reads.get()
    assert (entry.actor, entry.subject) == (helpdesk, f"{file.event.ticket.number} {file.name}")


def test_a_file_of_an_internal_note_is_not_for_the_reporter(
    ticket: Ticket, vendor: User, helpdesk: User, sign_in: Browse
) -> None:
    key = uuid4()
    uploads.attach(ContentFile(PDF, name="a.pdf"), key=key, by=helpdesk, now=NOW)
    handling.add_internal_note(ticket.pk, by=helpdesk, now=NOW, version=1, key=key, text="Untuk petugas.")
    file = Attachment.objects.get()

    assert sign_in(helpdesk).get(address("download", file)).status_code == 200
    assert sign_in(vendor).get(address("download", file)).status_code == 404


# Removing


def test_a_file_of_a_draft_is_removed_with_the_words_around_it_kept(
    vendor: User, other_vendor: User, sign_in: Browse
) -> None:
    browser = sign_in(vendor)
    page = post_files(browser, files=upload("a.pdf", PDF))
    file = Attachment.objects.get()
    form = {"draf": token_in(page), "title": "Judul yang baru", "files": upload("b.pdf", PDF + b" ")}
    assert sign_in(other_vendor).post(address("remove_file", file)).status_code == 404
    assert browser.get(address("remove_file", file)).status_code == 405

    response = browser.post(f"{address('remove_file', file)}?next={FILE}", form)

    page = browser.get(response["Location"]).content.decode()
    assert 'value="Judul yang baru"' in page
    assert "b.pdf" in page
    assert "a.pdf" not in page
    assert len(stored()) == 1


@pytest.mark.parametrize("bad", ["https://jahat.example/", "//jahat.example/", "javascript:alert(1)", "\\\\jahat"])
def test_removing_never_leads_to_another_site(vendor: User, sign_in: Browse, bad: str) -> None:
    browser = sign_in(vendor)
    page = post_files(browser, files=upload("a.pdf", PDF))
    where = address("remove_file", Attachment.objects.get())

    response = browser.post(f"{where}?next={bad}", {"draf": token_in(page)})

    assert response["Location"].startswith(where)


def test_with_htmx_only_the_line_of_the_file_changes(vendor: User, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    need = kind("Akun", "Gagal masuk").requirements.first()
    post_files(browser, **{f"need_{need.pk}": upload("a.pdf", PDF)})

    response = browser.post(
        address("remove_file", Attachment.objects.get()) + "?data_dukung", headers={"HX-Request": "true"}
    )

    assert f'name="need_{need.pk}"' in response.content.decode()
    assert "<html" not in response.content.decode()
    assert stored() == []


def test_a_file_that_was_sent_cannot_be_removed(file: Attachment, vendor: User, sign_in: Browse) -> None:
    assert sign_in(vendor).post(address("remove_file", file)).status_code == 404
    assert len(stored()) == 1


def test_a_picture_is_never_decoded(vendor: User, sign_in: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    content = image("JPEG")
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))

    post_files(sign_in(vendor), files=upload("a.jpg", content))

    assert Attachment.objects.exists()
