"""The request form on a visitor's phone: it makes a draft, gives a code, and tells nothing about anybody (R03)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.models import Reporter, User
from consultations.models import RequestDraft, Visit
from consultations.models.queue import CODE_LETTERS
from consultations.services.requests import make_request_draft
from core.numbers import make_number
from tests.conftest import NOW
from tests.rows import everything
from tests.tickets.pages import text_of
from tickets.models import Category, Draft, Ticket

FORM = "/formulir-konsultasi/"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def nobody_was_here(db: None) -> None:
    """No address has sent anything in the last hour."""
    cache.clear()


@pytest.fixture
def words(purpose: Category) -> dict[str, Any]:
    """A form as a visitor fills it in."""
    return {
        "key": str(uuid4()),
        "name": "Sekar Fiktif",
        "kind": "pokja",
        "organisation": "UKPBJ Kota Randu Khayalan",
        "phone": "0812-0000-0050",
        "email": "sekar@contoh.invalid",
        "purpose": purpose.pk,
        "problem": "Jadwal tender tidak tersimpan.",
        "is_vulnerable": "on",
    }


def code_on(client: Client, answer: Any) -> str:
    found = re.search(r"\b[A-Z2-9]{6}\b", text_of(client.get(answer.url)).partition("Kode formulir Anda")[2])
    assert found
    return found.group()


@time_machine.travel(NOW, tick=False)
@pytest.mark.standard("R03")
def test_a_form_becomes_a_draft_with_a_code_and_nothing_else(client: Client, words: dict[str, Any]) -> None:
    before = everything()

    answer = client.post(FORM, words)

    draft = RequestDraft.objects.get()
    assert code_on(client, answer) == draft.code
    assert (draft.day, draft.made_at, draft.visit) == (NOW.date(), NOW, None)
    assert draft.data["name"] == "Sekar Fiktif"
    assert draft.data["is_vulnerable"] == draft.data["has_form"] == "on"
    assert everything() == before
    assert not Visit.objects.exists()
    assert not Draft.objects.exists()
    assert not User.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_nothing_personal_comes_back(client: Client, words: dict[str, Any]) -> None:
    answer = client.post(FORM, words)

    page = client.get(answer.url).content.decode()
    fresh = client.get(FORM).content.decode()
    for secret in ("Sekar", "UKPBJ", "0050", "sekar@", "Jadwal"):
        assert secret not in page + fresh + answer.url


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("known", [True, False])
def test_known_people_and_tickets_are_answered_like_unknown_ones(
    known: bool, client: Client, words: dict[str, Any], visitor: Reporter, ticket: Ticket
) -> None:
    number = ticket.number if known else make_number("TKT", 2026, 999)
    person = {"name": visitor.name, "phone": visitor.phone} if known else {}

    answer = client.post(FORM, words | person | {"ticket_number": number})

    assert answer.status_code == 302
    assert text_of(client.get(answer.url)).count("Kode formulir Anda") == 1


@time_machine.travel(NOW, tick=False)
def test_a_double_click_makes_one_draft(client: Client, words: dict[str, Any]) -> None:
    first, second = client.post(FORM, words), client.post(FORM, words)

    assert RequestDraft.objects.count() == 1
    assert code_on(client, first) == code_on(client, second)


MISTAKES = [
    ("name", ""),
    ("phone", "x"),
    ("purpose", "0"),
    ("problem", "\u200b"),
    ("ticket_number", "1"),
    ("organisation", ""),
]


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(("name", "text"), MISTAKES)
def test_a_mistake_keeps_what_was_typed_and_makes_nothing(
    name: str, text: str, client: Client, words: dict[str, Any]
) -> None:
    answer = client.post(FORM, words | {"error_code": "ERR-17", name: text})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Galat:" in page
    assert "ERR-17" in page
    assert f"id_{name}" in page
    assert not RequestDraft.objects.exists()


@pytest.mark.parametrize("key", ["", "x", "\0", "9" * 90])
def test_a_forged_key_makes_nothing(key: str, client: Client, words: dict[str, Any]) -> None:
    assert client.post(FORM, words | {"key": key}).status_code == 200
    assert not RequestDraft.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_ten_forms_an_hour_come_from_one_address(client: Client, words: dict[str, Any]) -> None:
    def send(**headers: str) -> int:
        return client.post(FORM, words | {"key": str(uuid4())}, **headers).status_code

    sent = [send() for _ in range(10)]
    refused = client.post(FORM, words | {"key": str(uuid4())})
    elsewhere = send(REMOTE_ADDR="192.0.2.7")
    with time_machine.travel(NOW + HOUR, tick=False):
        later = send()

    assert sent == [302] * 10
    assert refused.status_code == 429
    assert "Silakan ke meja resepsionis." in text_of(refused)
    assert "Jadwal tender tidak tersimpan." in refused.content.decode()
    assert (elsewhere, later) == (302, 302)


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("code", ["", "K7M4PX", "x:y:z", "9" * 300])
def test_a_code_that_we_did_not_sign_shows_the_empty_form(code: str, client: Client) -> None:
    make_request_draft(key=uuid4(), now=NOW, data={"name": "Sekar Fiktif"})

    answer = client.get(FORM, {"kode": code})

    assert answer.status_code == 200
    assert "Kirim form" in text_of(answer)
    assert "Sekar" not in answer.content.decode()


def test_codes_are_readable_and_free_ones_are_found(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    codes = iter(["AAAAAA", "AAAAAA", "AAAAAA", "BBBBBB"])
    drawn = [RequestDraft.new_code() for _ in range(200)]
    monkeypatch.setattr(RequestDraft, "new_code", staticmethod(lambda: next(codes)))

    made = [make_request_draft(key=uuid4(), now=NOW, data={}) for _ in range(2)]

    assert len(set(drawn)) == 200
    assert set("".join(drawn)) <= set(CODE_LETTERS)
    assert not set("IO01") & set(CODE_LETTERS)
    assert [draft.code for draft in made] == ["AAAAAA", "BBBBBB"]


@pytest.mark.standard("R03")
def test_the_blank_form_and_the_poster_can_be_printed(
    client: Client, receptionist: User, sign_in: Callable[[User], Client]
) -> None:
    blank, poster = client.get(f"{FORM}cetak/"), sign_in(receptionist).get("/resepsionis/qr/")

    title = "Form Permohonan Permasalahan Layanan Pengadaan Secara Elektronik (LPSE)"
    assert title in text_of(blank)
    assert "http://localhost:8000/formulir-konsultasi/" in text_of(poster)
    assert "<svg" in poster.content.decode()
