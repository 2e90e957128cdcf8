"""Somebody without an account, and the ticket that was written for them at the counter."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import Lpse, Reporter, User
from accounts.services import add_visitor
from tests.conftest import NOW
from tickets.models import Application, Subcategory, Ticket
from tickets.services.counter import file_consultation
from tracking.services import make_access_code


@pytest.fixture(autouse=True)
def forget_tries(db: None) -> None:
    """Nobody has tried anything yet."""
    cache.clear()


@pytest.fixture
def visitor(db: None) -> Reporter:
    """Somebody without an account who came to the counter."""
    return add_visitor(
        kind=Reporter.Kind.VENDOR,
        name="Hasan Khayal",
        email="hasan@contoh.invalid",
        phone="+6281200000008",
        business_name="PT Awan Contoh Teknologi",
    )


@pytest.fixture
def consultation(visitor: Reporter, consultant: User, lpse: Lpse, subcategory: Subcategory) -> Ticket:
    """The Tiket Konsultasi of the visitor, at the counter."""
    facts = {
        "lpse": lpse,
        "application": Application.objects.first(),
        "subcategory": subcategory,
        "type": Ticket.Type.PROBLEM,
        "title": "Gagal dekripsi",
        "description": "Berkas penawaran tidak dapat dibuka.",
    }
    visit = {"visit": "BT-20261118-001", "is_compensated": False}
    return file_consultation(by=consultant, key=uuid4(), now=NOW, reporter=visitor, facts=facts, **visit)


@pytest.fixture
def followed(consultation: Ticket) -> Client:
    """A browser in which number and code of that ticket were given."""
    browser = Client()
    code = make_access_code(consultation.number, by=None, now=NOW)
    answer = browser.post(reverse("tracking:track"), {"nomor": consultation.number, "kode": code})
    assert answer.status_code == 302
    return browser


@pytest.fixture
def try_code() -> Callable[..., Any]:
    """One try with number and code, from an address."""

    def give(number: str, code: str, *, address: str = "192.0.2.7", **headers: str) -> Any:
        form = {"nomor": number, "kode": code}
        return Client().post(reverse("tracking:track"), form, REMOTE_ADDR=address, headers=headers)

    return give
