"""What visitors bring: files for the ticket (R04), and forms filled in on a phone (R03)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from consultations.models import RequestDraft, Visit
from consultations.services import reception
from consultations.services.requests import make_request_draft
from tests.conftest import NOW
from tests.consultations.conftest import DESK
from tests.tickets.pages import image, token_in, upload
from tickets.models import Attachment, Category, Draft
from tickets.services import counter
from tickets.services.drafts import sweep_drafts

State = Visit.State
Make = Callable[..., Visit]
Post = Callable[..., Any]


@time_machine.travel(NOW, tick=False)
@pytest.mark.standard("R04")
def test_scanned_files_wait_under_the_number_of_the_visit_and_go_with_its_ticket(
    post: Post, consultant: User, facts: dict[str, Any]
) -> None:
    post(files=upload("nib.png", image()), foto=upload("foto.png", image(width=5)))

    visit = Visit.objects.get()
    draft = Draft.objects.get(case=visit.number)
    assert (visit.draft_key, visit.has_documents) == (draft.key, True)
    assert (draft.data, draft.key == visit.key) == ({}, False)
    assert sorted(draft.attachments.values_list("name", flat=True)) == ["foto.png", "nib.png"]
    assert sweep_drafts(now=NOW + timedelta(days=30))["drafts"] == 0

    ticket = counter.file_consultation(
        by=consultant,
        key=uuid4(),
        now=NOW,
        reporter=visit.reporter,
        visit=visit.number,
        is_compensated=False,
        facts=facts,
    )

    assert Attachment.objects.filter(event__ticket=ticket).count() == 2


@time_machine.travel(NOW, tick=False)
def test_a_file_survives_a_mistake_and_a_late_copy_of_the_form_adds_nothing(desk: Client, sent: dict[str, Any]) -> None:
    form = sent | {"draf": token_in(desk.get(DESK))}

    wrong = desk.post(DESK, form | {"name": "", "files": upload("nib.png", image())}).content.decode()
    desk.post(DESK, form)
    desk.post("/berkas/unggah/", form | {"files": upload("milik-orang-lain.png", image(width=5))})

    assert "nib.png" in wrong
    assert list(Attachment.objects.filter(draft__case=Visit.objects.get().number).values_list("name", flat=True)) == [
        "nib.png"
    ]


@time_machine.travel(NOW, tick=False)
def test_a_draft_without_files_is_not_kept(post: Post) -> None:
    post()

    assert Visit.objects.get().draft_key is None
    assert not Draft.objects.exists()


@pytest.fixture
def phone_form(purpose: Category) -> RequestDraft:
    """A form that a visitor filled in on a phone this morning."""
    words = {"name": "Sekar Fiktif", "kind": "pokja", "organisation": "UKPBJ Khayal", "phone": "0812-0000-0050"}
    words |= {"purpose": str(purpose.pk), "problem": "Jadwal tender tidak tersimpan.", "has_form": "on"}
    return make_request_draft(key=uuid4(), now=NOW - timedelta(minutes=30), data=words)


@time_machine.travel(NOW, tick=False)
@pytest.mark.standard("R03, R21")
def test_a_form_from_a_phone_is_taken_over_by_its_code(desk: Client, phone_form: RequestDraft) -> None:
    listed = desk.get(DESK).content.decode()
    code = f" {phone_form.code[:3]} {phone_form.code[3:]} ".lower()
    filled = desk.get(DESK, {"formulir": code})
    page = filled.content.decode()
    words = phone_form.data | {"formulir": phone_form.code, "draf": token_in(filled)}

    answer = desk.post(DESK, words)
    late = desk.post(DESK, words | {"name": "Meja Lain", "draf": token_in(desk.get(DESK))})

    visit = Visit.objects.get()
    phone_form.refresh_from_db()
    assert f"?formulir={phone_form.code}" in listed
    assert 'value="Sekar Fiktif"' in page
    assert "Jadwal tender tidak tersimpan." in page
    assert answer.status_code == 302
    assert (visit.problem, visit.has_form, phone_form.visit, phone_form.data) == (words["problem"], True, visit, {})
    assert f"Formulir {phone_form.code} sudah dipakai meja lain" in late.content.decode()
    assert f"?formulir={phone_form.code}" not in desk.get(DESK).content.decode()


@pytest.mark.parametrize("code", ["XXXXXX", "", "9" * 99, "<b>"])
def test_an_unknown_code_says_so(code: str, desk: Client) -> None:
    answer = desk.get(DESK, {"formulir": code})

    assert answer.status_code == 200
    assert ("tidak ditemukan di antara yang diisi hari ini" in answer.content.decode()) is bool(code)


def test_a_form_lives_one_day(phone_form: RequestDraft) -> None:
    tomorrow = NOW + timedelta(days=1)

    assert list(RequestDraft.objects.open(NOW)) == [phone_form]
    assert not RequestDraft.objects.open(tomorrow).exists()
    assert reception.end_day(now=tomorrow) == {"visits": 0, "rooms": 0, "forms": 1}
