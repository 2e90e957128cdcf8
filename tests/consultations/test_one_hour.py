"""The one hour: both sides of it, what it earns, and when it is excused (R35, R39, A17)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Reporter, User
from consultations.models import Visit, VisitEvent
from consultations.services import excusing, sessions
from consultations.services.sessions import Outcome
from consultations.timer import timer_of
from core.fsm import Conflict
from escalation.models import Clock, Entitlement
from escalation.services.entitlements import redeem
from escalation.services.sweep import sweep_clocks
from notifications.models import Notification
from tests.conftest import NOW
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
Kind, State = VisitEvent.Kind, Visit.State
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
START = NOW + 2 * MINUTE  # when make_visit begins a session
HOUR = START + 60 * MINUTE
Make = Callable[..., Visit]


@pytest.fixture
def session(make_visit: Make, visitor: Reporter, supervisor: User) -> Visit:
    """A consultation that began at START."""
    return make_visit(State.IN_SESSION, reporter=visitor)


@pytest.fixture
def end(facts: dict[str, Any]) -> Callable[[Visit, datetime], Visit]:
    """Write the ticket in the last minute and solve it there and then."""

    def make(visit: Visit, now: datetime) -> Visit:
        sent: dict[str, Any] = {"by": visit.officer, "now": now}
        ticket = sessions.file_ticket(visit.pk, key=uuid4(), facts=facts, answer="", **sent)
        words = {"outcome": Outcome.SOLVED, "solution": "Kosongkan tembolok.", "agreed": True}
        return sessions.end_session(visit.pk, key=uuid4(), version=ticket.version, **sent, **words)

    return make


def told(*kinds: str) -> dict[str, list[str]]:
    """Return who was told of each kind, by user name."""
    rows = Notification.objects.filter(kind__in=kinds).order_by("recipient__username")
    return {kind: [row.recipient.username for row in rows if row.kind == kind] for kind in kinds}


# Both sides of the hour


@pytest.mark.standard("R35")
@pytest.mark.parametrize(
    ("lasted", "is_late"),
    [(60 * MINUTE - SECOND, False), (60 * MINUTE, False), (60 * MINUTE + SECOND, True), (72 * MINUTE, True)],
)
@pytest.mark.parametrize("swept", [True, False])
def test_one_hour_is_in_time_and_a_second_more_is_not(
    lasted: timedelta, is_late: bool, swept: bool, session: Visit, end: Callable[..., Visit]
) -> None:
    if swept:
        sweep_clocks(now=START + lasted)

    ended = end(session, START + lasted)

    clock = Clock.objects.get(pk=ended.clock_id)
    assert (clock.is_breached, clock.met_at) == (is_late, START + lasted)
    assert clock.breached_at == (HOUR if is_late else None)
    kinds = list(session.events.values_list("kind", flat=True))
    assert kinds[3:] == [Kind.BREACHED] * (swept and is_late) + [Kind.TICKET_FILED] + [Kind.BREACHED] * (
        is_late and not swept
    ) + [Kind.FINISHED]
    assert Entitlement.objects.filter(case=session.number).count() == is_late


@pytest.mark.standard("R39")
def test_more_than_an_hour_earns_priority_and_everybody_is_told(session: Visit, supervisor: User) -> None:
    sweep_clocks(now=HOUR + SECOND)

    owed = Entitlement.objects.owed_to(session.reporter).get()
    assert (owed.case, owed.clock.url) == (session.number, session.get_absolute_url())
    assert told("visit_late", "visit_broken") == {
        "visit_late": ["consultant", "supervisor"],
        "visit_broken": [session.reporter.user.username],
    }
    apology = Notification.objects.get(kind="visit_broken")
    assert apology.context == {"number": session.number, "owed": True, "limit": "60 menit"}


@pytest.mark.parametrize(("minutes", "count"), [(45, 0), (45.1, 1), (59, 1)])
def test_the_officer_is_warned_once_at_45_minutes(minutes: float, count: int, session: Visit) -> None:
    for _ in range(2):
        sweep_clocks(now=START + minutes * MINUTE)

    assert told("visit_near") == {"visit_near": ["consultant"] * count}


def test_sweeping_again_tells_nobody_again(session: Visit) -> None:
    for minutes in (61, 62, 90):
        sweep_clocks(now=START + minutes * MINUTE)

    assert session.events.filter(kind=Kind.BREACHED).count() == 1
    assert Notification.objects.filter(kind="visit_broken").count() == 1


# One case


@pytest.mark.standard("R39")
def test_a_visit_and_its_ticket_earn_one_priority(session: Visit, facts: dict[str, Any]) -> None:
    sent: dict[str, Any] = {"by": session.officer, "now": START + 5 * MINUTE}
    ticket = sessions.file_ticket(session.pk, key=uuid4(), facts=facts, answer="", **sent)

    sweep_clocks(now=HOUR + SECOND)
    sweep_clocks(now=NOW + timedelta(days=30))

    assert Clock.objects.breached().filter(case=ticket.number).exists()
    assert list(Entitlement.objects.values_list("case", "reporter")) == [(session.number, session.reporter_id)]


# The two excuses


@pytest.fixture
def late(session: Visit, end: Callable[[Visit, datetime], Visit]) -> Visit:
    """A consultation of 72 minutes that is over."""
    return end(session, START + 72 * MINUTE)


def ask(visit: Visit, **changes: Any) -> Visit:
    form = {"by": visit.officer, "now": HOUR + 15 * MINUTE, "excuse": "documents", "note": "NIB tidak dibawa."}
    return excusing.ask_excuse(visit.pk, **form | changes)


@pytest.mark.standard("R35")
def test_a_reason_that_the_penyelia_accepts_takes_the_unused_priority_back(late: Visit, supervisor: User) -> None:
    ask(late)
    excusing.agree_excuse(late.pk, by=supervisor, now=HOUR + 30 * MINUTE)

    clock = Clock.objects.get(pk=late.clock_id)
    assert (clock.is_breached, clock.excused_by) == (True, supervisor)
    assert clock.excuse == "Data dukung belum lengkap: NIB tidak dibawa."
    assert not Entitlement.objects.owed_to(late.reporter).exists()
    assert [event.kind for event in late.events.all()][-2:] == [Kind.EXCUSE_ASKED, Kind.EXCUSE_AGREED]
    assert told("visit_excuse_asked", "visit_excused") == {
        "visit_excuse_asked": ["supervisor"],
        "visit_excused": [late.reporter.user.username],
    }


def test_a_priority_already_used_stays(late: Visit, supervisor: User) -> None:
    redeem(late.reporter, case="BT-20261119-001", url="/", now=HOUR + 20 * MINUTE)
    ask(late)

    excusing.agree_excuse(late.pk, by=supervisor, now=HOUR + 30 * MINUTE)

    assert Entitlement.objects.get().withdrawn_at is None


def test_a_priority_stays_while_the_ticket_of_the_visit_is_late_too(
    session: Visit, facts: dict[str, Any], supervisor: User
) -> None:
    sent: dict[str, Any] = {"by": session.officer, "now": START + 5 * MINUTE}
    sessions.file_ticket(session.pk, key=uuid4(), facts=facts, answer="", **sent)
    sweep_clocks(now=NOW + timedelta(days=30))
    ask(session)

    excusing.agree_excuse(session.pk, by=supervisor, now=NOW + timedelta(days=30))

    assert Entitlement.objects.owed_to(session.reporter).exists()


def test_an_officer_may_ask_while_the_visitor_still_sits_there(session: Visit, supervisor: User) -> None:
    sweep_clocks(now=HOUR + SECOND)

    ask(session, now=HOUR + MINUTE)

    assert Visit.objects.get(pk=session.pk).excuse == Visit.Excuse.DOCUMENTS


@pytest.mark.parametrize("now", [START + 30 * MINUTE, HOUR])
def test_what_is_in_time_needs_no_excuse(now: datetime, session: Visit) -> None:
    with pytest.raises(Conflict, match="tidak melewati"):
        ask(session, now=now)


def test_only_the_officer_of_the_visit_asks(late: Visit, officers: list[User], supervisor: User) -> None:
    for other in (officers[1], supervisor):
        with pytest.raises(PermissionDenied):
            ask(late, by=other)


def test_only_the_penyelia_agrees(late: Visit, officers: list[User], receptionist: User) -> None:
    ask(late)

    for other in (officers[0], receptionist):
        with pytest.raises(PermissionDenied):
            excusing.agree_excuse(late.pk, by=other, now=HOUR + 30 * MINUTE)


def test_there_is_nothing_to_agree_to_before_the_officer_has_asked(late: Visit, supervisor: User) -> None:
    with pytest.raises(Conflict, match="belum mengajukan"):
        excusing.agree_excuse(late.pk, by=supervisor, now=HOUR + 30 * MINUTE)


def test_it_is_excused_once(late: Visit, supervisor: User) -> None:
    ask(late)
    excusing.agree_excuse(late.pk, by=supervisor, now=HOUR + 30 * MINUTE)

    with pytest.raises(Conflict):
        excusing.agree_excuse(late.pk, by=supervisor, now=HOUR + 31 * MINUTE)
    with pytest.raises(Conflict):
        ask(late)


# In words


@pytest.mark.parametrize(
    ("lasted", "minutes", "css", "words"),
    [
        (timedelta(), 0, "run", "Sisa 60 menit"),
        (45 * MINUTE - SECOND, 44, "run", "Sisa 16 menit"),
        (45 * MINUTE, 45, "near", "Sisa 15 menit"),
        (60 * MINUTE - SECOND, 59, "near", "Sisa 1 menit"),
        (60 * MINUTE + SECOND, 60, "late", "Terlambat kurang dari 1 menit"),
        (72 * MINUTE, 72, "late", "Terlambat 12 menit"),
        (timedelta(hours=3), 180, "late", "Terlambat 2 jam"),
    ],
)
def test_the_timer_says_how_the_hour_stands(
    lasted: timedelta, minutes: int, css: str, words: str, session: Visit
) -> None:
    timer = timer_of(Visit.objects.get(pk=session.pk), START + lasted)

    assert timer is not None
    assert (timer.minutes, timer.limit, timer.chip.css, timer.chip.words) == (minutes, 60, css, words)


def test_the_timer_stands_still_after_the_end(late: Visit, make_visit: Make) -> None:
    timer = timer_of(Visit.objects.get(pk=late.pk), NOW + timedelta(days=3))

    assert timer is not None
    assert (timer.minutes, timer.chip.words) == (72, "Terlambat 12 menit")
    assert timer_of(make_visit(State.DIRECTED, room=2), NOW) is None


def test_the_ticket_of_a_late_visit_is_not_late_itself(late: Visit) -> None:
    assert not Ticket.objects.late().filter(pk=late.ticket_id).exists()
