"""The cast of the counter, one sentence each."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Lpse, Reporter, Role, User
from accounts.services import add_visitor
from consultations.models import Room, Visit
from consultations.services import reception, sessions
from tests.conftest import NOW
from tests.tickets.pages import token_in
from tickets.models import Application, Category, Subcategory, Ticket

DESK = "/resepsionis/"
State = Visit.State
MINUTE = timedelta(minutes=1)


@pytest.fixture
def officers(consultant: User, make_user: Callable[..., User]) -> list[User]:
    """Three Petugas Konsultasi; the first is the consultant of the whole cast."""
    return [consultant, *(make_user(f"consultant{n}", (Role.CONSULTANT, None)) for n in (2, 3))]


@pytest.fixture
def rooms(officers: list[User]) -> list[Room]:
    """Ruang 1 to 4: an officer sits in each of the first three."""
    seats = [*officers, None]
    return [Room.objects.create(name=f"Ruang {n}", order=n, officer=seat) for n, seat in enumerate(seats, start=1)]


@pytest.fixture
def visitor(db: None) -> Reporter:
    """Somebody without an account who came in before."""
    return add_visitor(
        kind=Reporter.Kind.VENDOR,
        name="Hasan Khayal",
        email="hasan@contoh.invalid",
        phone="+6281200000008",
        business_name="PT Awan Contoh Teknologi",
    )


@pytest.fixture
def purpose(db: None) -> Category:
    """What most visitors come about."""
    return Category.objects.get(name="Akun")


@pytest.fixture
def newcomer() -> Callable[[], Reporter]:
    """A new person without an account at each call."""
    serials = count(1)

    def make() -> Reporter:
        n = next(serials)
        return add_visitor(
            kind=Reporter.Kind.VENDOR, name=f"Tamu {n} Rekaan", email="", phone=f"+628130000{n:04}", business_name=""
        )

    return make


@pytest.fixture
def facts(purpose: Category, lpse: Lpse, subcategory: Subcategory) -> dict[str, Any]:
    """What an officer fills into a Tiket Konsultasi."""
    return {
        "lpse": lpse,
        "application": Application.objects.first(),
        "subcategory": subcategory,
        "type": Ticket.Type.PROBLEM,
        "title": "Tidak dapat masuk ke SPSE",
        "description": "Muncul pesan User ID atau Password salah.",
    }


@pytest.fixture
def make_visit(
    receptionist: User,
    rooms: list[Room],
    purpose: Category,
    newcomer: Callable[[], Reporter],
    facts: dict[str, Any],
) -> Callable[..., Visit]:
    """A visit brought to a state through the services, one minute for each step; of a new person if none is named.

    `room` counts from 1. A session that is over was solved on the spot.
    """

    def bring(
        state: str = State.REGISTERED,
        *,
        reporter: Reporter | None = None,
        room: int = 1,
        now: datetime = NOW,
        **given: Any,
    ) -> Visit:
        person = reporter or newcomer()
        words = {"organisation": person.organisation, "phone": person.phone, "email": person.email, "purpose": purpose}
        visit = reception.register_visit(by=receptionist, now=now, key=uuid4(), reporter=person, facts=words | given)
        if state in (State.DIRECTED, State.IN_SESSION, State.FINISHED, State.NO_SHOW):
            now += MINUTE
            reception.direct_visit(visit.pk, by=receptionist, now=now, room=rooms[room - 1].pk)
        if state in (State.IN_SESSION, State.FINISHED):
            now += MINUTE
            start_session(visit, now)
        if state == State.FINISHED:
            finish_session(visit, now + MINUTE, facts)
        if state == State.LEFT:
            reception.leave(visit.pk, by=receptionist, now=now + MINUTE)
        if state == State.NO_SHOW:
            reception.no_show(visit.pk, by=receptionist, now=now + MINUTE)
        return Visit.objects.select_related("reporter__user", "officer", "room").get(pk=visit.pk)

    return bring


@pytest.fixture
def desk(receptionist: User, sign_in: Callable[[User], Client]) -> Client:
    """The browser of the front desk."""
    return sign_in(receptionist)


@pytest.fixture
def sent(purpose: Category) -> dict[str, Any]:
    """A line of the guest book as the receptionist types it."""
    return {
        "name": "Petrus Contoh",
        "kind": "vendor",
        "organisation": "CV Contoh Bersama",
        "phone": "0812-0000-0042",
        "purpose": purpose.pk,
    }


@pytest.fixture
def post(desk: Client, sent: dict[str, Any]) -> Callable[..., Any]:
    """Open the desk and send its form, with these words changed."""

    def send(query: str = "", **words: Any) -> Any:
        page = desk.get(DESK + query)
        return desk.post(DESK, sent | {"draf": token_in(page)} | words)

    return send


def start_session(visit: Visit, now: datetime) -> None:
    """Begin the hour as the officer of its room does."""
    officer = Visit.objects.get(pk=visit.pk).officer
    assert officer is not None
    sessions.start_session(visit.pk, by=officer, now=now)


def finish_session(visit: Visit, now: datetime, facts: dict[str, Any]) -> None:
    """File the Tiket Konsultasi and solve it on the spot."""
    officer = Visit.objects.get(pk=visit.pk).officer
    assert officer is not None
    ticket = sessions.file_ticket(visit.pk, by=officer, now=now, key=uuid4(), facts=facts, answer="")
    words = {"outcome": sessions.Outcome.SOLVED, "solution": "Kosongkan tembolok.", "agreed": False}
    version = Ticket.objects.get(pk=ticket.pk).version
    sessions.end_session(visit.pk, by=officer, now=now, version=version, key=uuid4(), **words)
