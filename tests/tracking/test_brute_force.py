"""Guessing numbers and codes leads nowhere, and shuts nobody out for good (reliability §4B)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache

from core.numbers import make_number
from tests.conftest import NOW
from tickets.models import Ticket
from tracking import views
from tracking.services import make_access_code, revoke_access_code

pytestmark = [pytest.mark.django_db, pytest.mark.standard("A22")]
Give = Callable[..., Any]
UNKNOWN = make_number("TKT", 2026, 999_999)


def bare(answer: Any) -> str:
    """Return a page without its one-time token and without what was typed."""
    text = re.sub(r"(csrfmiddlewaretoken\W+value=|X-CSRFToken\W+)\W?\w+", "", answer.content.decode())
    return re.sub(r'value="[^"]*"', "", text)


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes that were compared with the right one."""
    codes: list[str] = []
    monkeypatch.setattr(views, "check_access_code", lambda number, code, **_sent: codes.append(code))
    return codes


def test_of_the_codes_of_one_address_for_one_number_five_are_looked_at(
    ticket: Ticket, try_code: Give, looked_at: list[str]
) -> None:
    with time_machine.travel(NOW, tick=False):
        answers = [try_code(ticket.number, f"AAAA{n:04}") for n in range(9)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 4
    assert len(looked_at) == 5


@pytest.mark.faults
def test_of_the_codes_of_all_addresses_for_one_number_a_thousand_a_day_are_looked_at(
    ticket: Ticket, try_code: Give, looked_at: list[str]
) -> None:
    with time_machine.travel(NOW, tick=False):
        answers = [try_code(ticket.number, f"AAAA{n:04}", address=f"198.51.{n // 250}.{n % 250}") for n in range(1200)]

    assert [answer.status_code for answer in answers] == [200] * 1000 + [429] * 200
    assert len(looked_at) == 1000


def test_a_stranger_who_guesses_does_not_keep_the_owner_out(ticket: Ticket, try_code: Give) -> None:
    code = make_access_code(ticket.number, by=None, now=NOW)
    with time_machine.travel(NOW, tick=False):
        guesses = [try_code(ticket.number, "AAAA-AAAA", address="192.0.2.1").status_code for _ in range(6)]

        assert guesses == [200] * 5 + [429]
        assert try_code(ticket.number, code, address="192.0.2.2").status_code == 302


def test_what_others_try_does_not_push_a_limit_out_of_the_cache(ticket: Ticket, try_code: Give) -> None:
    code = make_access_code(ticket.number, by=None, now=NOW)
    for _ in range(5):
        try_code(ticket.number, "AAAA-AAAA", address="192.0.2.99")

    for n in range(400):
        cache.set(f"others-{n}", [0.0], timeout=900)

    assert try_code(ticket.number, code, address="192.0.2.99").status_code == 429


def test_a_right_code_clears_what_was_mistyped_before(ticket: Ticket, try_code: Give) -> None:
    code = make_access_code(ticket.number, by=None, now=NOW)

    tries = [try_code(ticket.number, given).status_code for given in [*["AAAA-AAAA"] * 4, code, *["AAAA-AAAA"] * 4]]

    assert tries == [200] * 4 + [302] + [200] * 4


def test_other_numbers_stay_open_and_the_limit_passes(make_ticket: Callable[..., Ticket], try_code: Give) -> None:
    ticket, other = make_ticket(), make_ticket()
    code, other_code = (make_access_code(row.number, by=None, now=NOW) for row in (ticket, other))
    with time_machine.travel(NOW, tick=False):
        for _ in range(6):
            try_code(ticket.number, "AAAA-AAAA", address="192.0.2.99")

        shut = try_code(ticket.number, code, address="192.0.2.99").status_code
        open_ = try_code(other.number, other_code, address="192.0.2.98").status_code
    with time_machine.travel(NOW.replace(hour=NOW.hour + 1), tick=False):
        later = try_code(ticket.number, code, address="192.0.2.99").status_code

    assert (shut, open_, later) == (429, 302, 302)


def test_one_address_gets_ten_tries_a_minute_whatever_it_claims_to_be(try_code: Give) -> None:
    numbers = [make_number("TKT", 2026, serial) for serial in range(12)]

    answers = [
        try_code(number, "AAAA-AAAA", address="192.0.2.50", X_Forwarded_For=f"203.0.113.{n}").status_code
        for n, number in enumerate(numbers)
    ]

    assert answers == [200] * 10 + [429] * 2


@pytest.mark.parametrize("what", ["wrong code", "unknown number", "wrong check digit", "no number at all", "revoked"])
def test_every_mistake_looks_the_same(ticket: Ticket, try_code: Give, what: str) -> None:
    code = make_access_code(ticket.number, by=None, now=NOW)
    revoked = what == "revoked"
    if revoked:
        revoke_access_code(ticket.number, by=ticket.reporter.user, now=NOW)
    number = {
        "unknown number": UNKNOWN,
        "wrong check digit": f"{ticket.number[:-1]}{(int(ticket.number[-1]) + 1) % 10}",
        "no number at all": "halo",
    }.get(what, ticket.number)
    plain = try_code(UNKNOWN, "AAAA-AAAA", address="192.0.2.60")

    answer = try_code(number, code if what != "wrong code" else "AAAA-AAAA", address="192.0.2.61")

    assert answer.status_code == plain.status_code == 200
    assert bare(answer) == bare(plain)
    assert answer.headers.keys() == plain.headers.keys()


@pytest.mark.parametrize("what", ["wrong code", "unknown number", "no number at all", "revoked", "right code"])
def test_every_try_costs_one_hash(ticket: Ticket, try_code: Give, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    code = make_access_code(ticket.number, by=None, now=NOW)
    if what == "revoked":
        revoke_access_code(ticket.number, by=ticket.reporter.user, now=NOW)
    number = {"unknown number": UNKNOWN, "no number at all": "halo"}.get(what, ticket.number)
    hashes: list[str] = []
    for name in ("encode", "verify"):
        work = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher, name, lambda *given, work=work, name=name: hashes.append(name) or work(*given)
        )

    try_code(number, "AAAA-AAAA" if what == "wrong code" else code)

    assert len(hashes) == 1


@pytest.mark.parametrize("nonsense", ["\0", "9" * 5000, "' OR 1=1 --", "\u202e", ""])
def test_nonsense_is_only_another_mistake(try_code: Give, nonsense: str) -> None:
    assert try_code(nonsense, nonsense).status_code in (200, 400)
