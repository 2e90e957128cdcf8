"""The officer's pages as a browser uses them: the fixtures and steps that several files of tests share."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Reporter, User
from consultations.models import Visit
from tests.conftest import NOW
from tests.tickets.pages import token_in
from tickets.models import Ticket

Browse = Callable[[User], Client]
Make = Callable[..., Visit]
State = Visit.State
MINUTE = timedelta(minutes=1)
WORDS = {"title": "Tidak dapat masuk", "description": "Muncul pesan salah.", "answer": "Kosongkan tembolok."}


@pytest.fixture(autouse=True)
def today() -> Any:
    """The pages are used 20 minutes after the visitors came."""
    with time_machine.travel(NOW + 20 * MINUTE, tick=False) as clock:
        yield clock


@pytest.fixture
def session(make_visit: Make, visitor: Reporter) -> Visit:
    """A visitor without account sits with the officer."""
    facts = {"problem": "Gagal masuk.\nMuncul pesan salah.", "error_code": "ERR-17"}
    return make_visit(State.IN_SESSION, reporter=visitor, **facts)


@pytest.fixture
def officer(session: Visit, sign_in: Browse) -> Client:
    """The browser of the officer of the session."""
    assert session.officer is not None
    return sign_in(session.officer)


def path(name: str, visit: Visit) -> str:
    return reverse(f"consultations:{name}", args=[visit.number])


def filled(page: Any, facts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a whole and valid form of the Tiket Konsultasi for the page that was drawn."""
    chosen = {name: facts[name].pk for name in ("lpse", "application", "subcategory")}
    return {"draf": token_in(page), "type": "problem"} | chosen | WORDS | changes


def file(browser: Client, visit: Visit, facts: dict[str, Any], **changes: Any) -> Any:
    address = path("session", visit)
    return browser.post(address, filled(browser.get(address), facts, **changes))


@pytest.fixture
def written(session: Visit, officer: Client, facts: dict[str, Any]) -> Visit:
    """The session has its ticket."""
    file(officer, session, facts)
    return Visit.objects.get(pk=session.pk)


def ending(browser: Client, visit: Visit, **words: Any) -> dict[str, Any]:
    """Return a form of the end for the page just drawn."""
    page = browser.get(path("end", visit))
    return {"draf": token_in(page), "version": Ticket.objects.get(pk=visit.ticket_id).version} | words
