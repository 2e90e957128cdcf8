"""Bad input at our addresses: nothing answers 500, changes a row, leads elsewhere or comes back as markup."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.pagination import position
from tests.rows import everything
from tests.tickets.pages import FILE
from tickets.models import Ticket
from tickets.views.lists import OWN_ORDER

LONG = "9" * 5000
GARBAGE = ["-1", "abc", "9" * 22, LONG, "1 OR 1=1", "x'or", "%FF", "%ED%A0%80", "?", "id;drop", "password", ":", "::::"]
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}"


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("vendor", "/tiket/?sesudah="),
        ("vendor", "/tiket/?sebelum="),
        ("vendor", "/tiket/{number}/?sebelum="),
        ("vendor", "/tiket/{number}/?draf="),
        ("vendor", "/tiket/buat/?draf="),
        ("vendor", "/pemberitahuan/?sesudah="),
        ("vendor", "/pemberitahuan/?sebelum="),
        ("vendor", "/profil/?next="),
        ("vendor", "/tiket/?tampil="),
        ("vendor", "/cari/?q="),
        ("helpdesk", "/cari/?q="),
        ("helpdesk", "/tiket/{number}/?dari="),
        ("helpdesk", "/tiket/{number}/?dari=lpse-sukamaju?urut=tenggat&sesudah="),
        ("helpdesk", "/profil/?jenis="),
        ("helpdesk", "/antrean/lpse-sukamaju/?tampil="),
        ("helpdesk", "/antrean/lpse-sukamaju/?urut="),
        ("helpdesk", "/antrean/lpse-sukamaju/?terlambat="),
        ("helpdesk", "/antrean/lpse-sukamaju/?sesudah="),
        ("helpdesk", "/antrean/lpse-sukamaju/?tampil=ditutup&sebelum="),
        ("guest", "/masuk/?next="),
    ],
)
def test_garbage_in_an_address_shows_the_page(who: str, page: str, ticket: Ticket, browsers: dict[str, Client]) -> None:
    answers = {value: browsers[who].get(page.format(number=ticket.number) + value).status_code for value in GARBAGE}

    assert answers == dict.fromkeys(GARBAGE, 200)


def test_a_cursor_of_another_list_shows_the_first_page(ticket: Ticket, browsers: dict[str, Client]) -> None:
    of_own_list = position(ticket, OWN_ORDER)

    queue = browsers["helpdesk"].get("/antrean/lpse-sukamaju/", {"sesudah": of_own_list})

    assert queue.context["page"].rows == [ticket]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/tiket/%00/", 400),
        ("/antrean/lpse-sukamaju%00/", 400),
        ("/tiket/?sesudah=%00", 400),
        ("/static/%00", 400),
        ("/tiket/%FF/", 404),
        (f"/tiket/{LONG}/", 404),
        ("/tiket/0000-0-0/", 404),
        ("/tiket/٢٠٢٦٠٠٠٠٠١٥/", 404),
        ("/tiket/%F0%9F%98%80/", 404),
        ("/tiket/..%2f..%2fetc%2fpasswd/", 404),
        ("/static/%2e%2e/%2e%2e/manage.py", 404),
        (f"/antrean/{'a' * 5000}/", 404),
        ("/berkas/1/unduh/", 404),
        ("/.git/config", 404),
        (f"/kata-sandi/baru/{'z' * 13}-kunci/", 200),
        (f"/kata-sandi/baru/{'z' * 5000}-kunci/", 200),
    ],
    ids=lambda value: str(value)[:40],
)
def test_garbage_for_an_address_is_answered_in_words(path: str, expected: int, browsers: dict[str, Client]) -> None:
    answer = browsers["vendor"].get(path)

    assert answer.status_code == expected
    assert "LPSE Support</title>" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("vendor", "/tiket/{number}/bagikan/{digits}/hentikan/"),
        ("helpdesk", "/balasan/lpse-sukamaju/{digits}/"),
        ("helpdesk", "/balasan/lpse-sukamaju/{digits}/hapus/"),
        ("helpdesk", "/antrean/lpse-sukamaju/tampilan/{digits}/hapus/"),
    ],
)
@pytest.mark.parametrize("digits", ["9" * 25, LONG])
def test_a_row_beyond_all_numbers_changes_nothing(
    digits: str, who: str, path: str, ticket: Ticket, browsers: dict[str, Client]
) -> None:
    before = everything()

    answer = browsers[who].post(path.format(number=ticket.number, digits=digits))

    assert answer.status_code in (302, 404)
    assert everything() == before


@pytest.mark.parametrize("digits", ["9" * 25, LONG])
def test_a_message_beyond_all_numbers_does_not_exist(digits: str, browsers: dict[str, Client]) -> None:
    assert browsers["vendor"].post(f"/pemberitahuan/{digits}/buka/").status_code == 404


REQUESTS: list[tuple[str, int, dict[str, Any]]] = [
    ("a foreign host", 400, {"HTTP_HOST": "jahat.example"}),
    ("a host that is none", 400, {"HTTP_HOST": "local host"}),
    ("a forwarded host", 200, {"HTTP_X_FORWARDED_HOST": "jahat.example"}),
    ("NUL in the session cookie", 400, {"HTTP_COOKIE": 'sessionid="\\000\\000\\000\\000\\000\\000\\000\\000"'}),
    ("markup in cookies", 200, {"HTTP_COOKIE": 'theme="<script>"; csrftoken=<script>; messages=<script>'}),
    ("an endless length", 400, {"CONTENT_LENGTH": LONG}),
    ("a negative length", 400, {"CONTENT_LENGTH": "-1"}),
    ("odd headers", 200, {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://[::1", "HTTP_RANGE": "bytes=9-"}),
    ("TRACE", 405, {"REQUEST_METHOD": "TRACE"}),
    ("a method of its own", 405, {"REQUEST_METHOD": "SEDUH"}),
]


@pytest.mark.parametrize(("what", "expected", "facts"), REQUESTS, ids=[row[0] for row in REQUESTS])
def test_a_broken_request(what: str, expected: int, facts: dict[str, Any], browsers: dict[str, Client]) -> None:
    answer = browsers["guest"].generic("GET", "/", **facts)

    assert answer.status_code == expected
    assert b"<script>" not in answer.content
    assert b"jahat.example" not in answer.content


BODIES: list[tuple[str, int, str, bytes]] = [
    ("not a form", 200, "application/json", b"[" * 100_000),
    ("no boundary", 400, "multipart/form-data", b"x"),
    ("a broken boundary", 400, "multipart/form-data; boundary=\xe9", b"x"),
    ("a form in another charset", 400, "application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
    ("parts in another charset", 400, "multipart/form-data; boundary=a; charset=utf-7", b"--a--\r\n"),
    ("parts in no charset", 400, "multipart/form-data; boundary=a; charset=hex", b"--a--\r\n"),
    ("3 MB of text", 400, "application/x-www-form-urlencoded", b"text=" + b"a" * 3_000_000),
    ("1,001 fields", 400, "application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(1001))),
    ("broken UTF-8", 200, "application/x-www-form-urlencoded", b"text=%ED%A0%80%FF"),
]


@pytest.mark.parametrize(("what", "expected", "kind", "body"), BODIES, ids=[row[0] for row in BODIES])
@pytest.mark.parametrize("page", [FILE, "/tiket/{number}/balas/"])
def test_a_broken_body(
    page: str, what: str, expected: int, kind: str, body: bytes, ticket: Ticket, browsers: dict[str, Client]
) -> None:
    before = everything()

    answer = browsers["vendor"].generic("POST", page.format(number=ticket.number), body, content_type=kind)

    assert answer.status_code == expected
    assert everything() == before


class Unread:
    """A body nobody may touch."""

    def read(self, *_size: int) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def test_a_body_over_the_limit_is_refused_unread(browsers: dict[str, Client], ticket: Ticket) -> None:
    facts = {"CONTENT_LENGTH": str(settings.REQUEST_BYTES + 1), "CONTENT_TYPE": "multipart/form-data; boundary=a"}

    answer = browsers["vendor"].request(**facts, REQUEST_METHOD="POST", PATH_INFO=FILE, **{"wsgi.input": Unread()})

    assert answer.status_code == 413
    assert answer["Connection"] == "close"
    assert "melebihi batas 150 MB" in answer.content.decode()


def test_a_body_without_a_length_is_an_empty_form(browsers: dict[str, Client], ticket: Ticket) -> None:
    before = everything()
    facts = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_LENGTH": "",
        "CONTENT_TYPE": "multipart/form-data; boundary=a",
    }

    answer = browsers["vendor"].request(**facts, REQUEST_METHOD="POST", PATH_INFO=FILE)

    assert answer.status_code in (200, 400)
    assert everything() == before


ELSEWHERE = ["//jahat.example", "https:jahat.example", "/\\jahat.example", "%2f%2fjahat.example", "http://[::1", "abc"]
ELSEWHERE += ["https://jahat.example/", "javascript:alert(1)", "\t//jahat.example", "///jahat.example"]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_next_leads_nowhere_else(address: str, vendor: User, browsers: dict[str, Client]) -> None:
    browser = browsers["vendor"]
    profile = {"name": "Wulan", "email": "wulan@contoh.invalid", "phone": "0812-0000-0001", "spse_user_id": "wulan"}
    profile |= {"business_form": "cv", "business_name": "CV Rekaan", "npwp": "1" * 16}
    account = {"login": "vendor", "password": "kata-sandi-contoh"}

    answers = [
        browser.post(reverse("theme"), {"theme": "dark", "next": address}),
        browser.post(f"{reverse('accounts:profile')}?next={address}", profile),
        browser.get(reverse("account_login"), {"next": address}),
        browsers["guest"].post(f"{reverse('account_login')}?next={address}", account),
        browser.post(reverse("account_logout"), {"next": address}),
    ]

    assert [answer.status_code for answer in answers] == [302] * 5
    assert {answer["Location"] for answer in answers} <= {"/", "/profil/", "/mulai/"}


@pytest.mark.parametrize(
    "login", ["vendor\0", "a" * 1_000_000, "' OR 1=1", SCRIPT, "vendor\r\nX: y"], ids=lambda x: x[:9]
)
def test_garbage_does_not_sign_in(login: str, vendor: User, browsers: dict[str, Client]) -> None:
    answer = browsers["guest"].post(reverse("account_login"), {"login": login, "password": "kata\0sandi" * 1000})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
    assert "_auth_user_id" not in browsers["guest"].session


@pytest.mark.parametrize("email", ["a@contoh.invalid\r\nBcc: b@contoh.invalid", "a\0@contoh.invalid", "a" * 100_000])
def test_garbage_asks_for_no_new_password(email: str, vendor: User, mailoutbox: list[Any], browsers: Any) -> None:
    answer = browsers["guest"].post(reverse("account_reset_password"), {"email": email})

    assert answer.status_code == 200
    assert mailoutbox == []


@pytest.mark.parametrize("origin", [None, "https://jahat.example"])
def test_a_post_without_our_token_is_refused_in_indonesian(origin: str | None, ticket: Ticket, helpdesk: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(helpdesk, backend=settings.AUTHENTICATION_BACKENDS[0])
    before = everything()

    answer = browser.post(reverse("tickets:take", args=[ticket.number]), headers={"Origin": origin} if origin else {})

    assert answer.status_code == 403
    assert "Halaman ini sudah terlalu lama terbuka" in answer.content.decode()
    assert everything() == before


def test_a_form_that_came_too_late_gives_back_what_was_written_but_no_secret(helpdesk: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(helpdesk, backend=settings.AUTHENTICATION_BACKENDS[0])
    secret = "kata-sandi-yang-panjang-sekali-2026-lpse-support"
    text = "Sudah diperiksa bersama penyedia, <b>belum</b> selesai."

    answer = browser.post(reverse("account_change_password"), {"body": text, "oldpassword": secret})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Sudah diperiksa bersama penyedia, &lt;b&gt;belum&lt;/b&gt; selesai." in page
    assert secret not in page
