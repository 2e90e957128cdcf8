"""Bad input on our pages: nothing answers 500, changes a row, or comes back as markup."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.rows import everything
from tests.tickets.pages import FILE, send, words
from tickets.models import Draft, Subcategory, Ticket, TicketEvent
from tickets.views.drafted import SALT, TOKEN

Browse = Callable[[User], Client]
ZERO_WIDTH = "\u200b\u200c\u2060\ufeff"
LONG = "9" * 5000


@pytest.fixture
def vendors(vendor: User, sign_in: Browse) -> Client:
    """The reporter's browser; an error in the product is an answer of 500, as in production."""
    browser = sign_in(vendor)
    browser.raise_request_exception = False
    return browser


@pytest.fixture
def staffs(helpdesk: User, sign_in: Browse) -> Client:
    """The browser of the helpdesk, likewise."""
    browser = sign_in(helpdesk)
    browser.raise_request_exception = False
    return browser


GARBAGE = ["-1", "abc", "9" * 22, LONG, "1 OR 1=1", "x'or", "%FF", "%ED%A0%80", "?", "id;drop", "password", ":", "::::"]


@pytest.mark.parametrize("value", GARBAGE)
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
        ("vendor", "/profil/?jenis="),
        ("helpdesk", "/profil/?jenis="),
        ("helpdesk", "/antrean/lpse-sukamaju/?tampil="),
        ("helpdesk", "/antrean/lpse-sukamaju/?urut="),
        ("helpdesk", "/antrean/lpse-sukamaju/?sesudah="),
        ("helpdesk", "/antrean/lpse-sukamaju/?tampil=ditutup&sebelum="),
    ],
)
def test_garbage_in_an_address_shows_the_page(
    who: str, page: str, value: str, ticket: Ticket, vendors: Client, staffs: Client
) -> None:
    browser = {"vendor": vendors, "helpdesk": staffs}[who]

    answer = browser.get(page.format(number=ticket.number) + value)

    assert answer.status_code == 200
