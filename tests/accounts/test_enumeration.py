"""Nobody learns who has an account or which case exists: same words, same status, same time (reliability §4B)."""

import re
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.numbers import make_number
from tests.accounts.test_safety import LOGIN, RESET
from tests.conftest import NOW
from tickets.models import Ticket
from tracking.services import make_access_code

pytestmark = pytest.mark.django_db
SIGNUP, TRACK = reverse("account_signup"), reverse("tracking:track")
CODE = "AAAA-AAAA"
TRIES, ROUNDS = 200, 3
# Page, a form about what is there, the same form about what is not.
FORMS: dict[str, Callable[[str], dict[str, str]]] = {
    LOGIN: lambda who: {"login": who, "password": "x" * 12},
    RESET: lambda who: {"email": f"{who}@contoh.invalid"},
    SIGNUP: lambda who: {"username": who, "email": f"{who}@contoh.invalid", "password1": CODE, "password2": CODE},
    TRACK: lambda number: {"nomor": number, "kode": CODE},
}


@pytest.fixture
def sought(vendor: User, ticket: Ticket) -> dict[str, tuple[str, str]]:
    """What is asked about on each page: one that is there and one that is not."""
    make_access_code(ticket.number, by=None, now=NOW)
    names = (vendor.username, "tidak1")
    return dict.fromkeys(FORMS, names) | {TRACK: (ticket.number, make_number("TKT", 2026, 999_999))}


def answers(page: str, sought: tuple[str, str]) -> Iterator[Any]:
    return (Client().post(page, FORMS[page](each)) for each in sought)


def bare(answer: Any) -> str:
    """Return a page without its one-time token and without what was typed."""
    text = re.sub(r"(csrfmiddlewaretoken\W+value=|X-CSRFToken\W+)\W?\w+", "", answer.content.decode())
    return re.sub(r'value="[^"]*"', "", text)


@pytest.mark.parametrize("page", FORMS)
def test_what_is_there_and_what_is_not_get_the_same_answer(page: str, sought: dict[str, tuple[str, str]]) -> None:
    there, not_there = answers(page, sought[page])

    assert there.status_code == not_there.status_code < 400
    assert bare(there) == bare(not_there)
    assert there.headers.get("Location") == not_there.headers.get("Location")
    assert there.headers.keys() == not_there.headers.keys()


def test_an_account_that_is_disabled_or_has_no_password_looks_like_none(
    make_user: Callable[..., User], vendor: User
) -> None:
    off, from_spse = make_user("nonaktif", is_active=False), make_user("darispse")
    from_spse.set_unusable_password()
    from_spse.save()

    pages = [Client().post(LOGIN, FORMS[LOGIN](name)) for name in ("vendor", off.username, "darispse", "tidak1")]

    assert {page.status_code for page in pages} == {200}
    assert len({bare(page) for page in pages}) == 1


def differ(page: str, sought: tuple[str, str]) -> float:
    """Return by which part of it the median times of the two answers differ, tried in turns."""
    took: dict[str, list[float]] = {each: [] for each in sought}
    for _try in range(TRIES):  # what else the machine does then weighs on both
        for each, times in took.items():
            form = FORMS[page](each)
            began = time.perf_counter()
            Client().post(page, form)
            times.append(time.perf_counter() - began)
    there, not_there = (statistics.median(times) for times in took.values())
    return abs(there - not_there) / not_there


@pytest.mark.faults
@pytest.mark.parametrize("page", FORMS)
def test_the_two_answers_take_as_long(page: str, sought: dict[str, tuple[str, str]], settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False

    # A leak is there in every round, noise is not.
    assert any(differ(page, sought[page]) <= 0.1 for _round in range(ROUNDS))
