"""Nothing that was typed or uploaded is lost, and nothing of it reaches anybody else (R05, R10)."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Lpse, User
from tests.conftest import NOW
from tests.tickets.pages import FILE, PDF, image, send, token_in, upload, words
from tests.tickets.test_filing import kind, text_of
from tests.tickets.test_uploads import EXE, stored
from tickets.models import Attachment, Draft, Ticket
from tickets.services import drafts, uploads

Browse = Callable[[User], Client]
LOGIN = reverse("account_login")


def test_opening_a_form_writes_nothing(vendor: User, sign_in: Browse) -> None:
    sign_in(vendor).get(FILE)

    assert not Draft.objects.exists()


@pytest.mark.standard("R05")
def test_a_failed_form_keeps_words_and_files_and_sends_them_the_second_time(
    vendor: User, lpse: Lpse, sign_in: Browse
) -> None:
    browser = sign_in(vendor)
    chosen = kind("Penawaran", "Gagal kirim")
    need = chosen.requirements.first()

    refused = send(browser, chosen, lpse, files=upload("a.pdf", PDF), **{f"need_{need.pk}": upload("b.png", image())})

    assert "a.pdf" in text_of(refused)
    assert "b.png" in text_of(refused)
    sent = browser.post(FILE, words(refused, chosen, lpse, package_code="123"))
    assert sent.status_code == 302
    files = Attachment.objects.filter(event__ticket=Ticket.objects.get())
    assert {(file.name, file.requirement) for file in files} == {("a.pdf", None), ("b.png", need)}
    assert not Draft.objects.exists()


@pytest.mark.standard("R05")
@pytest.mark.standard("R10")
def test_an_expired_session_keeps_words_and_files(vendor: User, lpse: Lpse, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    browser.handler.enforce_csrf_checks = True
    chosen = kind("Akun", "Gagal masuk")
    form = words(browser.get(FILE), chosen, lpse, occurred_at_day="20-11-2020", occurred_at_hour="09.10")
    form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"].value
    Session.objects.all().delete()

    response = browser.post(FILE, form | {"files": [upload("a.pdf", PDF), upload("buruk.pdf", EXE)]})

    draft = Draft.objects.get()
    assert response["Location"] == f"{LOGIN}?next=/tiket/buat/%3Fdraf%3D{draft.key}"
    assert draft.owner == vendor
    assert "csrfmiddlewaretoken" not in draft.data
    page = sign_in(vendor).get(f"{FILE}?draf={draft.key}")
    content = page.content.decode()
    assert form["title"] in content
    assert 'value="20-11-2020"' in content
    assert "a.pdf" in text_of(page)
    assert "Galat:" not in text_of(page)
    assert sign_in(vendor).post(FILE, words(page, chosen, lpse)).status_code == 302
    assert Attachment.objects.get().event.ticket == Ticket.objects.get()


def test_another_person_sees_nothing_of_a_draft(vendor: User, other_vendor: User, lpse: Lpse, sign_in: Browse) -> None:
    send(sign_in(vendor), kind("Penawaran", "Gagal kirim"), lpse, files=upload("rahasia.pdf", PDF))
    draft, file = Draft.objects.get(), Attachment.objects.get()
    browser = sign_in(other_vendor)

    page = browser.get(f"{FILE}?draf={draft.key}").content.decode()

    assert "504 Gateway" not in page
    assert "rahasia.pdf" not in page
    assert browser.get(reverse("tickets:download", args=[file.key])).status_code == 404
    fragment = browser.get(
        reverse("tickets:requirements"), {"draf": draft.key}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "rahasia.pdf" not in fragment


def test_a_form_of_somebody_else_is_kept_for_them_and_not_sent(
    vendor: User, other_vendor: User, lpse: Lpse, sign_in: Browse
) -> None:
    form = words(sign_in(vendor).get(FILE), kind("Akun", "Gagal masuk"), lpse)

    response = sign_in(other_vendor).post(FILE, form | {"files": upload("a.pdf", PDF)})

    assert "dibuka dengan akun lain" in text_of(response)
    assert "504 Gateway" not in response.content.decode()
    assert Draft.objects.get().owner == Attachment.objects.get().uploader == vendor
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("token", ["", "palsu", None])
def test_a_forged_token_stores_nothing_for_a_guest(db: None, client: Client, token: str | None) -> None:
    form = {"title": "x", "files": upload("a.pdf", PDF)} | ({"draf": token} if token is not None else {})

    response = client.post(FILE, form)

    assert response["Location"] == f"{LOGIN}?next={FILE}"
    assert not Draft.objects.exists()
    assert stored() == []


@pytest.mark.standard("R10")
@pytest.mark.parametrize(("age", "filed"), [(timedelta(hours=23, minutes=59), 1), (timedelta(hours=24, seconds=2), 0)])
def test_a_form_is_good_for_a_day_and_then_shown_again_with_its_words(
    vendor: User, lpse: Lpse, sign_in: Browse, settings: Any, age: timedelta, filed: int
) -> None:
    settings.SESSION_COOKIE_AGE = 7 * 24 * 3600
    browser = sign_in(vendor)
    chosen = kind("Akun", "Gagal masuk")
    form = words(browser.get(FILE), chosen, lpse)

    with time_machine.travel(timezone.now() + age, tick=False):
        response = browser.post(FILE, form)

        assert Ticket.objects.count() == filed
        if not filed:
            assert "lebih dari 24 jam yang lalu" in text_of(response)
            assert form["title"] in response.content.decode()
            assert browser.post(FILE, words(response, chosen, lpse)).status_code == 302


@pytest.mark.parametrize("bad", ["x", "1" * 5000, "00000000-0000-0000-0000-000000000000", "%F0"])
def test_a_draft_that_does_not_exist_is_an_empty_form(vendor: User, sign_in: Browse, bad: str) -> None:
    assert sign_in(vendor).get(f"{FILE}?draf={bad}").status_code == 200


def test_a_reply_keeps_its_words_and_files_over_an_expired_session(
    ticket: Ticket, vendor: User, sign_in: Browse
) -> None:
    reply = reverse("tickets:reply", args=[ticket.number])
    token = token_in(sign_in(vendor).get(ticket.get_absolute_url()))
    form = {"draf": token, "text": "Masih gagal sejak pagi.", "version": 1, "kind": "reply"}
    response = Client().post(reply, form | {"files": upload("a.pdf", PDF)})

    key = Draft.objects.get().key

    assert response["Location"] == f"{LOGIN}?next={reply}%3Fdraf%3D{key}"
    page = sign_in(vendor).get(f"{reply}?draf={key}", follow=True)
    assert "Masih gagal sejak pagi." in page.content.decode()
    assert "a.pdf" in text_of(page)


# The sweep


@pytest.mark.parametrize(("age", "left"), [(timedelta(hours=23, minutes=59), 1), (timedelta(hours=24, seconds=1), 0)])
def test_a_draft_is_swept_with_its_files_after_a_day(vendor: User, age: timedelta, left: int) -> None:
    key = uuid4()
    drafts.keep_words(key, by=vendor, now=NOW, form=FILE, data={"title": "x"})
    uploads.attach(ContentFile(PDF, name="a.pdf"), key=key, by=vendor, now=NOW)

    for _ in range(2):
        drafts.sweep_drafts(now=NOW + age)

    assert Draft.objects.count() == Attachment.objects.count() == len(stored()) == left


@pytest.mark.parametrize(("age", "left"), [(timedelta(hours=23), 2), (timedelta(hours=25), 1)])
def test_bytes_that_no_row_names_are_swept_after_a_day(vendor: User, ticket: Ticket, age: timedelta, left: int) -> None:
    key = uuid4()
    sent = uploads.attach(ContentFile(PDF, name="a.pdf"), key=key, by=vendor, now=NOW)
    Attachment.objects.filter(pk=sent.pk).update(draft=None, event=ticket.events.first())
    orphan = Path(settings.MEDIA_ROOT) / "tickets/ab/cd/abcd.part"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"setengah")
    for path in stored():
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))

    drafts.sweep_drafts(now=NOW + age)

    assert len(stored()) == left
    assert Path(sent.file.path).exists()


def test_the_sweep_takes_many_drafts_in_batches(vendor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "BATCH", 3)
    for _ in range(8):
        uploads.attach(ContentFile(PDF, name="a.pdf"), key=uuid4(), by=vendor, now=NOW)

    drafts.sweep_drafts(now=NOW + timedelta(days=2))

    assert not Draft.objects.exists()
    assert stored() == []
