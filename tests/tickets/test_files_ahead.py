"""One file sent ahead of its form, as a browser with JavaScript does; and a disk that is full on the way in."""

import errno
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

import pytest
from django.core.files import temp
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from escalation.tiers import Tier
from tests.tickets.pages import FILE, PDF, send, token_in, upload, words
from tests.tickets.test_filing import kind, text_of
from tests.tickets.test_uploads import EXE, stored
from tickets.models import Attachment, Draft, RequestedItem, Ticket
from tickets.services import feedback

Browse = Callable[[User], Client]
UPLOAD = reverse("tickets:upload")


def ahead(browser: Client, page: HttpResponse, form: str = FILE, /, **fields: Any) -> HttpResponse:
    """Send one file with the words of the form around it."""
    return browser.post(f"{UPLOAD}?next={form}", {"draf": token_in(page), "tiket": ""} | fields)


def test_a_file_comes_ahead_and_is_sent_with_its_form(vendor: User, lpse: Any, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    page = browser.get(FILE)

    answer = ahead(browser, page, files=upload("a.pdf", PDF), title="Baru setengah")

    assert answer.status_code == 200
    assert "a.pdf" in text_of(answer)
    file = Attachment.objects.get()
    assert reverse("tickets:remove_file", args=[file.key]) in answer.content.decode()
    assert 'value="Baru setengah"' in browser.get(FILE).content.decode()
    assert "a.pdf" in text_of(browser.get(FILE))
    browser.post(FILE, words(page, kind("Akun", "Gagal masuk"), lpse))
    file.refresh_from_db()
    assert file.event.ticket == Ticket.objects.get()


def test_a_data_dukung_says_what_it_answers(vendor: User, sign_in: Browse) -> None:
    need = kind("Akun", "Gagal masuk").requirements.first()
    browser = sign_in(vendor)

    answer = ahead(browser, browser.get(FILE), **{f"need_{need.pk}": upload("a.pdf", PDF)})

    assert need.name in text_of(answer)
    assert Attachment.objects.get().requirement == need


def test_an_item_of_the_open_request_is_answered_only_on_its_ticket(
    ticket_in: Callable[..., Ticket], vendor: User, chain: dict[int, User], sign_in: Browse
) -> None:
    ticket = ticket_in(Tier.LPSE, Ticket.Status.IN_PROGRESS)
    feedback.request_data(
        ticket.pk,
        by=chain[Tier.LPSE],
        now=ticket.changed_at,
        version=ticket.version,
        key=None,
        text="Mohon lengkapi.",
        items=["Screenshot"],
        reply_by=feedback.latest_reply_by(ticket, now=ticket.changed_at),
    )
    item = RequestedItem.objects.get()
    browser = sign_in(vendor)
    page = browser.get(ticket.get_absolute_url())
    form = reverse("tickets:provide_data", args=[ticket.number])

    ahead(browser, page, form, tiket=ticket.number, **{f"item_{item.pk}": upload("a.pdf", PDF)})
    ahead(browser, page, form, tiket="", **{f"item_{item.pk}": upload("b.pdf", PDF + b" ")})

    assert [file.item for file in Attachment.objects.all()] == [item, None]
    assert "a.pdf" in text_of(browser.get(ticket.get_absolute_url()))


@pytest.mark.parametrize(
    ("name", "content", "why"), [("a.pdf", EXE, "bukan PDF"), ("a.exe", EXE, "jenis berkas"), ("a.pdf", b"", "kosong")]
)
def test_a_refused_file_is_answered_with_a_sentence(
    vendor: User, sign_in: Browse, name: str, content: bytes, why: str
) -> None:
    browser = sign_in(vendor)

    answer = ahead(browser, browser.get(FILE), files=upload(name, content))

    assert (answer.status_code, answer["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert f"“{name}” tidak diterima: " in text_of(answer)
    assert why in text_of(answer)
    assert stored() == []


def test_a_forged_token_no_file_or_too_many_files_are_refused(vendor: User, sign_in: Browse, settings: Any) -> None:
    settings.UPLOAD_FILES_AT_ONCE = 2
    browser = sign_in(vendor)
    page = browser.get(FILE)

    assert ahead(browser, page, draf="palsu", files=upload("a.pdf", PDF)).status_code == 422
    assert ahead(browser, page).status_code == 422
    assert browser.get(UPLOAD).status_code == 405
    answers = [ahead(browser, page, files=upload("a.pdf", PDF + bytes([n]))).status_code for n in range(3)]
    assert answers == [200, 200, 422]
    assert Attachment.objects.count() == 2


def test_an_expired_session_still_stores_under_the_owner_of_the_form(
    vendor: User, other_vendor: User, sign_in: Browse, client: Client
) -> None:
    page = sign_in(vendor).get(FILE)

    assert ahead(client, page, files=upload("a.pdf", PDF)).status_code == 200
    assert ahead(sign_in(other_vendor), page, files=upload("b.pdf", PDF)).status_code == 200

    assert {file.draft.owner for file in Attachment.objects.all()} == {vendor}
    assert "a.pdf" in text_of(sign_in(vendor).get(FILE))


def test_the_same_file_twice_is_one(vendor: User, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    page = browser.get(FILE)

    for _ in range(2):
        assert ahead(browser, page, files=upload("a.pdf", PDF)).status_code == 200

    assert Attachment.objects.count() == len(stored()) == 1


# A disk that is full where Django keeps large files on their way in


@pytest.fixture
def full_disk(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every file goes to a temporary folder that has no room: the kernel itself refuses each write."""
    if not Path("/dev/full").exists():
        pytest.skip("No /dev/full here; it is part of Linux.")
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    serial = count()

    def open_full(*args: Any, **kwargs: Any) -> IO[bytes]:
        link = tmp_path / f"{next(serial)}.upload"
        link.symlink_to("/dev/full")  # what Django clears away is the link
        return link.open("wb+")

    monkeypatch.setattr(temp, "NamedTemporaryFile", open_full)


@pytest.mark.parametrize("size", [10, 200_000])
def test_a_full_disk_keeps_the_words_and_says_so(
    full_disk: None, vendor: User, lpse: Any, sign_in: Browse, size: int
) -> None:
    browser = sign_in(vendor)

    page = send(browser, kind("Akun", "Gagal masuk"), lpse, files=upload("a.pdf", PDF + b"x" * size))

    assert page.status_code == 507
    assert "“a.pdf” tidak diterima: penyimpanan kami sedang penuh." in text_of(page)
    assert 'value="Tombol Kirim Penawaran tidak merespons"' in page.content.decode()
    assert (Ticket.objects.count(), Attachment.objects.count(), stored()) == (0, 0, [])
    assert browser.post(FILE, words(page, kind("Akun", "Gagal masuk"), lpse)).status_code == 302
    assert Ticket.objects.exists()


def test_a_file_ahead_meets_the_same_full_disk(full_disk: None, vendor: User, sign_in: Browse) -> None:
    browser = sign_in(vendor)

    answer = ahead(browser, browser.get(FILE), files=upload("a.pdf", PDF))

    assert answer.status_code == 507
    assert "sedang penuh" in text_of(answer)
    assert Draft.objects.exists()


def test_the_files_before_the_one_that_found_no_room_are_kept(
    vendor: User, sign_in: Browse, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    opened = count()

    def open_once(*args: Any, **kwargs: Any) -> Any:
        if next(opened):
            raise OSError(errno.ENOSPC, "No space left on device")
        return NamedTemporaryFile(*args, **kwargs)

    monkeypatch.setattr(temp, "NamedTemporaryFile", open_once)
    browser = sign_in(vendor)

    page = send(browser, kind("Akun", "Gagal masuk"), None, files=[upload("a.pdf", PDF), upload("b.pdf", PDF)])

    assert page.status_code == 507
    assert "“b.pdf” tidak diterima: penyimpanan kami sedang penuh." in text_of(page)
    assert Attachment.objects.get().name == "a.pdf"
