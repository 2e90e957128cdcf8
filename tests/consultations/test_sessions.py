"""The session: who may begin it, what it makes of the ticket, and how it ends (R23–R25)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Reporter, User
from consultations.models import Room, Visit, VisitEvent
from consultations.services import reception, sessions
from consultations.services.sessions import Outcome
from core.fsm import AlreadyDone, Conflict, Stale
from escalation.models import Promise
from escalation.tiers import Tier
from tests.conftest import NOW
from tests.tickets.acts import assert_history_holds, assert_promises_hold, do
from tests.tickets.pages import PDF, upload
from tickets.models import Attachment, Draft, Ticket, TicketEvent
from tickets.services import uploads
from tickets.services.feedback import latest_reply_by

pytestmark = pytest.mark.django_db
Kind, Status, State = VisitEvent.Kind, Ticket.Status, Visit.State
MINUTE = timedelta(minutes=1)
LATER = NOW + 20 * MINUTE
Make = Callable[..., Visit]


@pytest.fixture
def session(make_visit: Make) -> Visit:
    """A consultation that began two minutes after the visitor came."""
    return make_visit(State.IN_SESSION)


@pytest.fixture
def file_ticket(facts: dict[str, Any]) -> Callable[..., Ticket]:
    """Make the Tiket Konsultasi of a session, as its officer does."""

    def make(visit: Visit, *, answer: str = "Kosongkan tembolok.", **sent: Any) -> Ticket:
        form = {"by": visit.officer, "now": LATER, "key": uuid4()} | sent
        return sessions.file_ticket(visit.pk, facts=facts, answer=answer, **form)

    return make


def end(visit: Visit, outcome: str, **changes: Any) -> Visit:
    """End a session with this outcome, from a page just drawn."""
    ticket = Visit.objects.get(pk=visit.pk).ticket
    assert ticket is not None
    now = changes.get("now", LATER)
    words: dict[str, dict[str, Any]] = {
        Outcome.SOLVED: {"solution": "Kosongkan tembolok.", "agreed": False},
        Outcome.AWAITING_DATA: {
            "text": "Mohon dilengkapi.",
            "items": ["NIB"],
            "reply_by": latest_reply_by(ticket, now=now),
        },
        Outcome.TEKNIS: {"analysis": "Cacat pada aplikasi.", "line": "Kami teruskan."},
        Outcome.TIM_TEKNIS: {"analysis": "Cacat pada aplikasi.", "line": "Kami teruskan."},
    }
    form = {"by": visit.officer, "now": now, "key": uuid4(), "version": ticket.version, "outcome": outcome}
    return sessions.end_session(visit.pk, **form | words[outcome] | changes)


# The hour begins


@pytest.mark.standard("R35")
def test_the_hour_begins_with_the_button_and_not_with_the_arrival(make_visit: Make, officers: list[User]) -> None:
    visit = make_visit(State.DIRECTED)

    started = sessions.start_session(visit.pk, by=officers[0], now=LATER)

    clock = started.clock
    assert clock is not None
    assert (clock.promise.code, clock.case, clock.claim) == (Promise.Code.CONSULTATION, visit.number, visit.number)
    assert (clock.started_at, clock.due_at) == (LATER, LATER + timedelta(hours=1))
    assert [point.at for point in clock.points.all()] == [LATER + 45 * MINUTE]
    assert started.waited == LATER - NOW
    assert visit.events.last().kind == Kind.STARTED


def test_only_the_officer_of_the_room_begins(make_visit: Make, officers: list[User], receptionist: User) -> None:
    visit = make_visit(State.DIRECTED)

    for other in (officers[1], receptionist):
        with pytest.raises(PermissionDenied):
            sessions.start_session(visit.pk, by=other, now=LATER)


@pytest.mark.parametrize("state", [State.IN_SESSION, State.FINISHED])
def test_a_session_begins_once(state: str, make_visit: Make) -> None:
    visit = make_visit(state)

    with pytest.raises(Conflict):
        sessions.start_session(visit.pk, by=visit.officer, now=LATER)


def test_who_was_called_back_is_no_longer_the_officers(
    make_visit: Make, officers: list[User], receptionist: User
) -> None:
    visit = make_visit(State.DIRECTED)
    reception.call_back(visit.pk, by=receptionist, now=LATER)

    with pytest.raises(Conflict):
        sessions.start_session(visit.pk, by=officers[0], now=LATER)


# The ticket


@pytest.mark.standard("R23")
def test_the_officer_makes_the_ticket_of_the_visit(session: Visit, file_ticket: Callable[..., Ticket]) -> None:
    ticket = file_ticket(session)

    visit = Visit.objects.get(pk=session.pk)
    assert visit.ticket == ticket
    assert (ticket.channel, ticket.came_from, ticket.reporter) == ("walk_in", visit.number, visit.reporter)
    assert (ticket.tier, ticket.at_counter, ticket.assignee) == (Tier.EPROC, True, visit.officer)
    assert visit.events.last().data == {"number": ticket.number}
    assert_history_holds(ticket)
    assert_promises_hold(ticket)


@pytest.mark.standard("R24")
def test_question_and_answer_stand_in_the_history_and_meet_the_promise(
    session: Visit, file_ticket: Callable[..., Ticket]
) -> None:
    ticket = file_ticket(session)

    said = list(ticket.events.values_list("kind", "body"))
    assert said == [("filed", "Muncul pesan User ID atau Password salah."), ("replied", "Kosongkan tembolok.")]
    assert Ticket.objects.get(pk=ticket.pk).due_at is None


def test_files_scanned_at_reception_go_along_with_those_of_the_officer(
    make_visit: Make, receptionist: User, file_ticket: Callable[..., Ticket], visitor: Reporter, purpose: Any
) -> None:
    scanned, own = uuid4(), uuid4()
    uploads.attach(upload("nib.pdf", PDF), key=scanned, by=receptionist, now=NOW)
    words = {"organisation": "", "phone": visitor.phone, "email": "", "purpose": purpose}
    sent = {"by": receptionist, "now": NOW, "key": uuid4(), "reporter": visitor, "facts": words}
    visit = reception.register_visit(**sent, draft_key=scanned)
    reception.direct_visit(visit.pk, by=receptionist, now=NOW, room=Room.objects.free()[0].pk)
    visit = Visit.objects.select_related("officer").get(pk=visit.pk)
    sessions.start_session(visit.pk, by=visit.officer, now=NOW)
    uploads.attach(upload("layar.pdf", PDF), key=own, by=visit.officer, now=NOW)

    ticket = file_ticket(visit, key=own)

    assert sorted(Attachment.objects.filter(event__ticket=ticket).values_list("name", flat=True)) == [
        "layar.pdf",
        "nib.pdf",
    ]
    assert not Draft.objects.exists()


def test_the_same_form_makes_one_ticket(session: Visit, file_ticket: Callable[..., Ticket]) -> None:
    key = uuid4()
    file_ticket(session, key=key)

    with pytest.raises(AlreadyDone):
        file_ticket(session, key=key)

    assert Ticket.objects.count() == 1


def test_a_visit_has_one_ticket(session: Visit, file_ticket: Callable[..., Ticket]) -> None:
    file_ticket(session)

    with pytest.raises(Conflict, match="sudah dibuat"):
        file_ticket(session)


def test_another_officer_makes_no_ticket_of_the_visit(
    session: Visit, officers: list[User], file_ticket: Callable[..., Ticket]
) -> None:
    with pytest.raises(PermissionDenied):
        file_ticket(session, by=officers[1])


def test_before_the_session_there_is_no_ticket(make_visit: Make, file_ticket: Callable[..., Ticket]) -> None:
    with pytest.raises(Conflict):
        file_ticket(make_visit(State.DIRECTED))


# The end


def test_a_session_does_not_end_without_a_ticket(session: Visit) -> None:
    form = {"by": session.officer, "now": LATER, "key": uuid4()}

    with pytest.raises(Conflict, match="Buat Tiket Konsultasi"):
        sessions.finish_session(session.pk, **form)
    with pytest.raises(Conflict, match="Buat Tiket Konsultasi"):
        sessions.end_session(session.pk, version=1, outcome=Outcome.SOLVED, solution="Ya.", agreed=False, **form)


@pytest.mark.standard("R23")
@pytest.mark.parametrize(
    ("outcome", "tier", "status"),
    [
        (Outcome.SOLVED, Tier.EPROC, Status.AWAITING_CONFIRMATION),
        (Outcome.AWAITING_DATA, Tier.EPROC, Status.AWAITING_DATA),
        (Outcome.TEKNIS, Tier.TEKNIS, Status.NEW),
        (Outcome.TIM_TEKNIS, Tier.TIM_TEKNIS, Status.NEW),
    ],
)
def test_a_session_ends_with_what_becomes_of_the_ticket(
    outcome: str, tier: int, status: str, session: Visit, file_ticket: Callable[..., Ticket]
) -> None:
    file_ticket(session)

    ended = end(session, outcome)

    ticket = Ticket.objects.get(pk=ended.ticket_id)
    assert (ended.state, ended.ended_at) == (State.FINISHED, LATER)
    assert (ticket.tier, ticket.status) == (tier, status)
    assert ended.events.last().data["outcome"] == outcome
    assert Visit.objects.get(pk=session.pk).clock.met_at == LATER
    assert_history_holds(ticket)
    assert_promises_hold(ticket)


@pytest.mark.standard("R25")
def test_tim_teknis_is_reached_past_helpdesk_teknis(session: Visit, file_ticket: Callable[..., Ticket]) -> None:
    ticket = file_ticket(session, answer="")

    end(session, Outcome.TIM_TEKNIS)

    assert [leg.tier for leg in ticket.legs.all()] == [Tier.EPROC, Tier.TIM_TEKNIS]
    assert not Ticket.objects.get(pk=ticket.pk).at_counter
    assert Ticket.objects.get(pk=ticket.pk).response_clock.met_at == LATER


@pytest.mark.standard("R19")
def test_a_person_without_account_may_agree_on_the_spot(session: Visit, file_ticket: Callable[..., Ticket]) -> None:
    ticket = file_ticket(session)

    end(session, Outcome.SOLVED, agreed=True)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.close_reason) == (Status.CLOSED, Ticket.CloseReason.CONFIRMED)
    assert ticket.events.last().kind == TicketEvent.Kind.CONFIRMED_IN_PRESENCE


def test_a_person_with_an_account_confirms_alone(
    make_visit: Make, vendor: User, file_ticket: Callable[..., Ticket]
) -> None:
    visit = make_visit(State.IN_SESSION, reporter=vendor.reporter)
    file_ticket(visit)

    with pytest.raises(PermissionDenied):
        end(visit, Outcome.SOLVED, agreed=True)

    assert Visit.objects.get(pk=visit.pk).is_in_session
    assert Ticket.objects.get().is_in_progress


def test_the_same_form_ends_once(session: Visit, file_ticket: Callable[..., Ticket]) -> None:
    file_ticket(session)
    key = uuid4()
    end(session, Outcome.SOLVED, key=key)

    with pytest.raises(AlreadyDone):
        end(session, Outcome.SOLVED, key=key)

    assert session.events.filter(kind=Kind.FINISHED).count() == 1


def test_another_form_finds_it_ended(session: Visit, file_ticket: Callable[..., Ticket]) -> None:
    file_ticket(session)
    end(session, Outcome.SOLVED)

    with pytest.raises(Conflict):
        end(session, Outcome.TEKNIS)


def test_a_page_older_than_the_ticket_is_told(session: Visit, file_ticket: Callable[..., Ticket]) -> None:
    ticket = file_ticket(session)
    do("reply", ticket, session.officer, LATER)

    with pytest.raises(Stale):
        end(session, Outcome.SOLVED, version=ticket.version)

    assert Visit.objects.get(pk=session.pk).is_in_session


def test_only_the_officer_of_the_session_ends_it(
    session: Visit, officers: list[User], file_ticket: Callable[..., Ticket]
) -> None:
    file_ticket(session)

    with pytest.raises(PermissionDenied):
        end(session, Outcome.SOLVED, by=officers[1])


@pytest.mark.parametrize(
    ("verb", "outcome"),
    [("resolve", Outcome.SOLVED), ("request_data", Outcome.AWAITING_DATA), ("escalate", Outcome.TEKNIS)],
)
def test_what_was_done_on_the_tickets_own_page_is_only_followed_by_the_end(
    verb: str, outcome: str, session: Visit, file_ticket: Callable[..., Ticket]
) -> None:
    ticket = file_ticket(session)
    do(verb, ticket, session.officer, LATER)

    with pytest.raises(Stale):
        end(session, Outcome.SOLVED, version=Ticket.objects.get(pk=ticket.pk).version)
    ended = sessions.finish_session(session.pk, by=session.officer, now=LATER, key=uuid4())

    assert ended.is_finished
    assert ended.events.last().data["outcome"] == outcome
    assert_history_holds(ticket)


def test_a_ticket_that_the_counter_still_has_needs_an_outcome(
    session: Visit, file_ticket: Callable[..., Ticket]
) -> None:
    file_ticket(session)

    with pytest.raises(Conflict, match="Pilih hasil"):
        sessions.finish_session(session.pk, by=session.officer, now=LATER, key=uuid4())


def test_the_room_is_free_after_the_end(session: Visit, file_ticket: Callable[..., Ticket]) -> None:
    file_ticket(session)

    end(session, Outcome.SOLVED)

    assert session.room in Room.objects.free()
