"""Bad input in the forms of a ticket: it is told in words, nothing is lost, nothing changes, nothing becomes markup."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Lpse, User
from tests.rows import everything
from tests.tickets.pages import FILE, send, token_in, words
from tickets.models import Draft, Subcategory, Ticket

Browse = Callable[[User], Client]
ZERO_WIDTH = "\u200b\u200c\u2060\ufeff"
LONG = "9" * 5000
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"
WORDS = [
    ("title", "\0Judul", "Karakter null"),
    ("title", "   ", "Isi Judul Tiket."),
    ("title", ZERO_WIDTH, "tidak memuat huruf yang terlihat"),
    ("title", "a" * 121, "120"),
    ("title", "Judul\r\nBcc: orang@contoh.invalid", "satu baris"),
    ("description", "Uraian\0", "Karakter null"),
    ("description", " \n\t ", "Isi Deskripsi Permasalahan."),
    ("description", ZERO_WIDTH, "tidak memuat huruf yang terlihat"),
    ("description", "a" * 1_000_000, "10000"),
    ("subcategory", LONG, "pilihan"),
    ("application", "\0", "Karakter null"),
    ("lpse", "9" * 26, "pilihan"),
    ("type", "x'or", "pilihan"),
    ("occurred_at_day", "31-02-2026", "Tulis tanggal"),
    ("occurred_at_hour", "99.99", "Tulis pukul"),
    ("nib", "1" * 5000, "13 angka"),
]


@pytest.mark.parametrize(("field", "value", "sentence"), WORDS, ids=[f"{row[0]}={row[1][:9]!r}" for row in WORDS])
def test_filing_says_what_is_wrong_and_keeps_the_rest(
    field: str, value: str, sentence: str, subcategory: Subcategory, lpse: Lpse, browsers: dict[str, Client]
) -> None:
    before = everything()

    answer = send(browsers["vendor"], subcategory, lpse, **{field: value})

    kept = "Muncul 504 Gateway Timeout" if field != "description" else "Tombol Kirim Penawaran"
    assert answer.status_code == 200
    assert sentence in str(answer.context["form"].errors)
    assert kept in answer.content.decode()
    assert everything() == before


@pytest.mark.parametrize("version", ["", "abc", "-1", "0", "1.5", LONG, "\0", "1 OR 1=1", "2147483648"])
def test_a_garbled_version_changes_nothing(version: str, ticket: Ticket, browsers: dict[str, Client]) -> None:
    before = everything()

    answer = reply(browsers["vendor"], ticket, version=version)

    assert answer.status_code == 200
    assert "Tulisan saya." in answer.content.decode()
    assert everything() == before


@pytest.mark.parametrize(
    "text", ["", "   ", "\0", ZERO_WIDTH, "a" * 10_001, "a" * 1_000_000], ids=lambda text: text[:5]
)
def test_a_reply_that_nobody_could_read_is_not_sent(text: str, ticket: Ticket, browsers: dict[str, Client]) -> None:
    before = everything()

    answer = reply(browsers["vendor"], ticket, text=text)

    assert answer.status_code == 200
    assert everything() == before


def reply(browser: Client, ticket: Ticket, **changes: Any) -> Any:
    """Send the composer of the page that was drawn a moment ago."""
    token = token_in(browser.get(ticket.get_absolute_url()))
    form = {"draf": token, "kind": "reply", "version": ticket.version, "text": "Tulisan saya."}
    return browser.post(reverse("tickets:reply", args=[ticket.number]), form | changes)


EXTRA = {
    "id": 1,
    "number": "TKT-2026-000999-1",
    "status": "closed",
    "tier": 4,
    "assignee": 1,
    "reporter": 1,
    "rating": 5,
    "filed_at": "2020-01-01",
    "reached_lkpp_at": "2020-01-01",
    "reopen_count": 9,
    "is_staff": "on",
    "is_public": "",
    "actor": 1,
    "actor_role": "tim_teknis",
}


def test_fields_the_composer_does_not_have_are_ignored(
    ticket: Ticket, vendor: User, browsers: dict[str, Client]
) -> None:
    reply(browsers["vendor"], ticket, **EXTRA)

    after, said = Ticket.objects.get(), ticket.events.last()
    assert (after.status, after.tier, after.assignee, after.number) == (Ticket.Status.NEW, 1, None, ticket.number)
    assert (said.actor, said.actor_role, said.is_public, said.body) == (vendor, "", True, "Tulisan saya.")


def test_a_reporter_cannot_write_an_internal_note(ticket: Ticket, browsers: dict[str, Client]) -> None:
    before = everything()

    answer = reply(browsers["vendor"], ticket, kind="note")

    assert answer.status_code == 403
    assert everything() == before


def test_markup_is_shown_as_text(
    make_ticket: Callable[..., Ticket],
    ticket: Ticket,
    browsers: dict[str, Client],
    subcategory: Subcategory,
    lpse: Lpse,
) -> None:
    send(browsers["vendor"], subcategory, lpse, title=SCRIPT, description=SCRIPT, error_code=SCRIPT)
    marked = Ticket.objects.get(title=SCRIPT)
    reply(browsers["vendor"], marked, text=f"{SCRIPT} javascript:alert(3) [x](javascript:alert(4))")

    pages = [
        browsers["vendor"].get(marked.get_absolute_url()),
        browsers["vendor"].get(reverse("tickets:mine")),
        browsers["vendor"].get(reverse("tickets:filed", args=[marked.number])),
        browsers["helpdesk"].get(marked.get_absolute_url()),
        browsers["helpdesk"].get(reverse("tickets:queue", args=["lpse-sukamaju"])),
        browsers["helpdesk"].get(reverse("notifications:inbox")),
    ]

    for page in pages:
        html = page.content.decode()
        assert page.status_code == 200
        assert "&lt;script&gt;alert(1)" in html
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert 'href="javascript' not in html


def test_only_web_addresses_become_links(ticket: Ticket, browsers: dict[str, Client]) -> None:
    reply(browsers["vendor"], ticket, text="https://spse.example/a?b=<i> javascript:alert(1) data:text/html,x")

    html = browsers["helpdesk"].get(ticket.get_absolute_url()).content.decode()

    assert 'href="https://spse.example/a?b=' in html
    assert 'rel="nofollow"' in html
    assert 'href="javascript' not in html
    assert 'href="data:text' not in html


def test_a_title_loses_its_direction_marks(subcategory: Subcategory, lpse: Lpse, browsers: dict[str, Client]) -> None:
    send(browsers["vendor"], subcategory, lpse, title="Gagal \u202emasuk\u200b")

    assert Ticket.objects.get().title == "Gagal masuk"


@pytest.mark.parametrize("token", ["", "x", "x:y:z", LONG, "\0"])
def test_a_forged_form_key_sends_nothing(token: str, ticket: Ticket, browsers: dict[str, Client]) -> None:
    before = everything()

    answer = reply(browsers["vendor"], ticket, draf=token)

    assert answer.status_code == 200
    assert "Tulisan saya." in answer.content.decode()
    assert everything() == before


def test_a_field_with_nul_in_its_name_is_kept_without_it(
    subcategory: Subcategory, lpse: Lpse, browsers: dict[str, Client]
) -> None:
    page = browsers["vendor"].get(FILE)

    answer = browsers["vendor"].post(FILE, words(page, subcategory, lpse, title="") | {"na\0ma": "isi\0"})

    assert answer.status_code == 200
    assert "\0" not in "".join(Draft.objects.get().data)
