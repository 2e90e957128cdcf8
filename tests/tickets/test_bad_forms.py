"""Bad input in the forms of a ticket: it is told in words, nothing is lost, nothing changes, nothing becomes markup."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Lpse, User
from tests.conftest import NOW
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


Status = Ticket.Status
NUL, MUCH = "a\0", "a" * 10_001
# Who writes it, on a ticket in which status, a whole form, and what is then wrong with which field.
VERBS: dict[str, tuple[str, str, dict[str, Any], list[tuple[str, str, str]]]] = {
    "request_data": (
        "helpdesk",
        Status.IN_PROGRESS,
        {"text": "Mohon lengkapi.", "items": "NIB", "reply_by": "20-11-2026"},
        [
            ("text", NUL, "Karakter null"),
            ("items", " \n ", "Isi Data yang diminta."),
            ("items", "a\n" * 11, "paling banyak 10 data"),
            ("items", "a" * 201, "200 huruf"),
            ("reply_by", "31-02-2026", "Tulis tanggal"),
            ("reply_by", "2026-11-20", "Tulis tanggal"),
            ("reply_by", "18-11-2026", "Pilih tanggal"),
            ("reply_by", "18-11-9999", "Pilih tanggal"),
            ("version", LONG, ""),
        ],
    ),
    "provide_data": (
        "vendor",
        Status.AWAITING_DATA,
        {"text": "NIB sedang kami urus."},
        [("text", " ", "Lampirkan data"), ("text", NUL, "Karakter null"), ("text", MUCH, "10000")],
    ),
    "reassign": (
        "helpdesk",
        Status.IN_PROGRESS,
        {"reason": "Sedang cuti."},
        [("officer", value, "pilihan") for value in ("0", "-1", "abc", LONG, "1 OR 1=1")],
    ),
    "escalate": (
        "helpdesk",
        Status.IN_PROGRESS,
        {"analysis": "Log diperiksa.", "line": "Kami teruskan."},
        [("analysis", ZERO_WIDTH, "huruf yang terlihat"), ("line", MUCH, "10000"), ("line", NUL, "Karakter null")],
    ),
    "resolve": (
        "helpdesk",
        Status.IN_PROGRESS,
        {"solution": "Kosongkan tembolok."},
        [("solution", ZERO_WIDTH, "huruf yang terlihat"), ("solution", MUCH, "10000")],
    ),
    "confirm": ("vendor", Status.AWAITING_CONFIRMATION, {}, [("comment", MUCH, "10000"), ("comment", NUL, "null")]),
    "reject": ("vendor", Status.AWAITING_CONFIRMATION, {}, [("reason", " ", "Isi"), ("reason", MUCH, "10000")]),
    "withdraw": ("vendor", Status.NEW, {}, [("reason", MUCH, "10000"), ("reason", NUL, "Karakter null")]),
    "reopen": ("vendor", Status.CLOSED, {}, [("reason", ZERO_WIDTH, "huruf yang terlihat"), ("reason", MUCH, "10000")]),
    "share": ("vendor", Status.NEW, {}, [("colleague", value, "pilihan") for value in ("0", "-1", "abc", LONG)]),
}
BAD = [(verb, *row) for verb, (_who, _status, _form, rows) in VERBS.items() for row in rows]


@time_machine.travel(NOW + timedelta(hours=6), tick=False)
@pytest.mark.parametrize(
    ("verb", "field", "value", "sentence"), BAD, ids=[f"{row[0]} {row[1]}={row[2][:9]!r}" for row in BAD]
)
def test_a_form_of_a_verb_says_what_is_wrong_and_keeps_the_rest(
    verb: str,
    field: str,
    value: str,
    sentence: str,
    ticket_in: Callable[..., Ticket],
    verifier: User,
    colleague: User,
    browsers: dict[str, Client],
) -> None:
    who, status, form, _rows = VERBS[verb]
    ticket = ticket_in(1, status)
    path = reverse(f"tickets:{verb}", args=[ticket.number])
    page = browsers[who].get(path)
    token = {} if verb == "share" else {"draf": token_in(page)}
    before = everything()

    answer = browsers[who].post(path, form | token | {"version": ticket.version, field: value})

    html = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in html
    assert all(kept in html for name, kept in form.items() if name != field)
    assert everything() == before


AT_DESK = [
    ("serah-terima/", {"absent": LONG, "officer": "abc"}, 200),
    ("serah-terima/", {"absent": "-1", "officer": "0", "reason": NUL}, 200),
    ("tampilan/", {"name": "", "query": "?"}, 302),
    ("tampilan/", {"name": "a" * 41, "query": LONG}, 302),
    ("tampilan/", {"name": NUL, "query": NUL}, 302),
    ("ambil-pilihan/", {"tickets": [LONG, "\0", "TKT-2026-000001-0"]}, 302),
    ("alihkan-pilihan/", {"tickets": ["abc"], "officer": LONG, "query": "//jahat.example"}, 302),
]


@pytest.mark.parametrize(("path", "form", "expected"), AT_DESK)
def test_a_form_of_a_desk_changes_nothing_and_leads_nowhere_else(
    path: str, form: dict[str, Any], expected: int, ticket: Ticket, browsers: dict[str, Client]
) -> None:
    desk = reverse("tickets:queue", args=["lpse-sukamaju"])
    before = everything()

    answer = browsers["helpdesk"].post(desk + path, form)

    assert answer.status_code == expected
    assert answer.get("Location", desk).startswith(desk)
    assert everything() == before


TEXTS = [
    ({"title": "", "body": "Yth."}, "Isi Judul."),
    ({"title": "a" * 101, "body": "Yth."}, "100"),
    ({"title": NUL, "body": "Yth."}, "Karakter null"),
    ({"title": "Dua\nbaris", "body": "Yth."}, "satu baris"),
    ({"title": "Salam", "body": ZERO_WIDTH}, "huruf yang terlihat"),
    ({"title": "Salam", "body": "a" * 5_001}, "5000"),
    ({"title": SCRIPT, "body": "{sandi}"}, "tidak dikenal"),
]


@pytest.mark.parametrize(("form", "sentence"), TEXTS)
def test_a_ready_reply_that_is_none_is_not_kept(
    form: dict[str, str], sentence: str, browsers: dict[str, Client]
) -> None:
    before = everything()

    answer = browsers["helpdesk"].post(reverse("knowledge:texts", args=["lpse-sukamaju"]), form)

    html = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in html
    assert "<script>alert" not in html
    assert everything() == before


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
        browsers["vendor"].get(reverse("tickets:search"), {"q": "<script>alert(1)"}),
        browsers["helpdesk"].get(marked.get_absolute_url()),
        browsers["helpdesk"].get(reverse("tickets:queue", args=["lpse-sukamaju"])),
        browsers["helpdesk"].get(reverse("notifications:inbox")),
    ]

    for page in pages:
        html = page.content.decode().replace("<mark>", "").replace("</mark>", "")
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
