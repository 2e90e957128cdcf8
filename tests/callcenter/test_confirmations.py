"""Permintaan Konfirmasi: only at LKPP, to whoever answers for the ticket, back to the agent in one sentence (R32)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from callcenter.models import Call, CallEvent, ConfirmationRequest
from callcenter.services import confirmations
from core.fsm import Conflict
from escalation.tiers import Tier
from notifications.models import Notification
from notifications.services.letters import write
from tests.conftest import NOW
from tickets.models import Ticket
from tickets.services import handling

pytestmark = pytest.mark.standard("R32")
Status = Ticket.Status
Browse = Callable[[User], Client]
HOUR = timedelta(hours=1)
HEARD = {"caller_name": "Ibu Wulan Rekaan", "business_name": "CV Rekaan 1"}  # fits the vendor of the tickets
QUESTION = "Mohon perkiraan tindak lanjut, batas kualifikasi 30 November 2026."
SENTENCE = "Data sudah diperbaiki, silakan coba kirim kembali hari ini."


@pytest.fixture
def at_teknis(ticket_in: Callable[..., Ticket]) -> Ticket:
    """A ticket that an officer of Helpdesk Teknis has taken."""
    return ticket_in(Tier.TEKNIS, Status.IN_PROGRESS)


@pytest.fixture
def asked(make_call: Callable[..., Call], at_teknis: Ticket, call_agent: User) -> ConfirmationRequest:
    """What the agent asks about it."""
    return confirmations.ask(make_call(**HEARD, ticket=at_teknis).pk, by=call_agent, now=NOW, question=QUESTION)


def recipients(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=kind).values_list("recipient__username", flat=True))


def test_the_officer_responsible_is_asked_alone(
    asked: ConfirmationRequest, at_teknis: Ticket, make_user: Callable[..., User]
) -> None:
    assert recipients("confirmation_asked") == {at_teknis.assignee.username}


def test_without_one_everybody_on_duty_in_the_holding_unit_is_asked(
    make_call: Callable[..., Call], ticket_in: Callable[..., Ticket], make_user: Callable[..., User], call_agent: User
) -> None:
    make_user("teknis2", (Role.HELPDESK_TEKNIS, None))
    ticket = ticket_in(Tier.TEKNIS, Status.NEW)

    confirmations.ask(make_call(**HEARD, ticket=ticket).pk, by=call_agent, now=NOW, question=QUESTION)

    assert recipients("confirmation_asked") == {"teknis", "teknis2"}


@pytest.mark.standard("R32, A20")
@pytest.mark.parametrize(("tier", "status"), [(Tier.LPSE, Status.IN_PROGRESS), (Tier.TEKNIS, Status.CLOSED)])
def test_a_ticket_at_its_lpse_or_closed_is_not_asked_about(
    make_call: Callable[..., Call], ticket_in: Callable[..., Ticket], call_agent: User, tier: int, status: str
) -> None:
    call = make_call(**HEARD, ticket=ticket_in(tier, status))

    with pytest.raises(Conflict):
        confirmations.ask(call.pk, by=call_agent, now=NOW, question=QUESTION)

    assert not ConfirmationRequest.objects.exists()


def test_a_question_that_cannot_be_asked_is_shown_again_with_what_is_wrong(
    make_call: Callable[..., Call], at_teknis: Ticket, call_agent: User, sign_in: Browse
) -> None:
    call = make_call(**HEARD, ticket=at_teknis)

    page = sign_in(call_agent).post(reverse("callcenter:ask", args=[call.number]), {"question": "x" * 251})

    assert "is-invalid" in page.content.decode()
    assert "x" * 251 in page.content.decode()
    assert not ConfirmationRequest.objects.exists()


def test_a_call_without_a_ticket_has_nothing_to_ask(make_call: Callable[..., Call], call_agent: User) -> None:
    with pytest.raises(Conflict):
        confirmations.ask(make_call().pk, by=call_agent, now=NOW, question=QUESTION)


@pytest.mark.standard("R32, A21")
def test_for_a_caller_who_may_not_hear_about_the_ticket_nothing_is_asked(
    make_call: Callable[..., Call], at_teknis: Ticket, call_agent: User
) -> None:
    call = make_call(caller_name="Wulan Rekaan", business_name="CV Lain", ticket=at_teknis)

    with pytest.raises(Conflict):
        confirmations.ask(call.pk, by=call_agent, now=NOW, question=QUESTION)


def test_only_the_agent_of_the_call_asks(
    make_call: Callable[..., Call], at_teknis: Ticket, make_user: Callable[..., User], supervisor: User
) -> None:
    call = make_call(**HEARD, ticket=at_teknis)

    for other in (make_user("call_agent2", (Role.CALL_AGENT, None)), supervisor):
        with pytest.raises(PermissionDenied):
            confirmations.ask(call.pk, by=other, now=NOW, question=QUESTION)


@pytest.mark.parametrize(
    ("asked_at", "due_at"),
    [
        (datetime(2026, 11, 20, 3, 0, tzinfo=UTC), datetime(2026, 11, 20, 4, 0, tzinfo=UTC)),  # Friday 10.00 WIB
        (datetime(2026, 11, 20, 9, 0, tzinfo=UTC), datetime(2026, 11, 23, 1, 0, tzinfo=UTC)),  # half an hour is left
        (datetime(2026, 11, 21, 3, 0, tzinfo=UTC), datetime(2026, 11, 23, 1, 30, tzinfo=UTC)),  # Saturday
        (datetime(2026, 12, 23, 8, 30, tzinfo=UTC), datetime(2026, 12, 28, 1, 0, tzinfo=UTC)),  # before Natal
    ],
)
def test_it_is_due_after_one_hour_in_which_lkpp_is_open(
    make_call: Callable[..., Call], at_teknis: Ticket, call_agent: User, asked_at: datetime, due_at: datetime
) -> None:
    call = make_call(**HEARD, ticket=at_teknis, now=asked_at)

    asked = confirmations.ask(call.pk, by=call_agent, now=asked_at, question=QUESTION)

    assert asked.due_at == due_at


def test_the_office_decides_how_long_officers_have(
    make_call: Callable[..., Call], at_teknis: Ticket, call_agent: User, settings: Any
) -> None:
    settings.CONFIRMATION_MINUTES = 30

    asked = confirmations.ask(make_call(**HEARD, ticket=at_teknis).pk, by=call_agent, now=NOW, question=QUESTION)

    assert asked.due_at == NOW + HOUR / 2


def test_the_first_answer_counts(asked: ConfirmationRequest, teknis: User, make_user: Callable[..., User]) -> None:
    colleague = make_user("teknis2", (Role.HELPDESK_TEKNIS, None))
    confirmations.answer(asked.pk, by=teknis, now=NOW + HOUR, text=SENTENCE)

    with pytest.raises(Conflict):
        confirmations.answer(asked.pk, by=colleague, now=NOW + HOUR, text="Besok.")
    with pytest.raises(Conflict):
        confirmations.answer(asked.pk, by=teknis, now=NOW + HOUR, text="Besok.")
    again = confirmations.answer(asked.pk, by=teknis, now=NOW + 2 * HOUR, text=SENTENCE)

    assert (again.answer, again.answered_by, again.answered_at) == (SENTENCE, teknis, NOW + HOUR)
    assert Notification.objects.filter(kind="confirmation_answered").count() == 1
    assert asked.call.events.filter(kind=CallEvent.Kind.ANSWERED).count() == 1


def test_a_question_sent_twice_is_asked_once(
    make_call: Callable[..., Call], at_teknis: Ticket, call_agent: User
) -> None:
    call = make_call(**HEARD, ticket=at_teknis)

    for _time in range(2):
        confirmations.ask(call.pk, by=call_agent, now=NOW, question=QUESTION)

    assert ConfirmationRequest.objects.count() == 1
    assert Notification.objects.filter(kind="confirmation_asked").count() == 1


def test_whoever_holds_the_ticket_now_answers_and_nobody_else(
    asked: ConfirmationRequest,
    at_teknis: Ticket,
    teknis: User,
    tim_teknis: User,
    eproc: User,
    helpdesk: User,
    vendor: User,
    call_agent: User,
    supervisor: User,
) -> None:
    words = {"analysis": "Perlu perubahan aplikasi.", "line": "Diteruskan."}
    handling.escalate_ticket(
        at_teknis.pk, by=teknis, now=NOW + 9 * HOUR, version=at_teknis.version, key=uuid4(), **words
    )

    for other in (teknis, eproc, helpdesk, vendor, call_agent, supervisor):
        with pytest.raises(PermissionDenied):
            confirmations.answer(asked.pk, by=other, now=NOW + 9 * HOUR, text=SENTENCE)
    confirmations.answer(asked.pk, by=tim_teknis, now=NOW + 9 * HOUR, text=SENTENCE)

    assert ConfirmationRequest.objects.get().answered_by == tim_teknis


@pytest.mark.standard("R38")
def test_asking_and_answering_leave_the_ticket_as_it_is(
    asked: ConfirmationRequest, at_teknis: Ticket, teknis: User, call_agent: User
) -> None:
    events = at_teknis.events.count()

    confirmations.answer(asked.pk, by=teknis, now=NOW + HOUR, text=SENTENCE)
    confirmations.call_back(asked.pk, by=call_agent, now=NOW + HOUR)

    at_teknis.refresh_from_db()
    assert (at_teknis.events.count(), at_teknis.version) == (events, asked.ticket.version)


def test_the_agent_calls_back_and_that_is_written_down_once(
    asked: ConfirmationRequest, teknis: User, call_agent: User
) -> None:
    with pytest.raises(Conflict):
        confirmations.call_back(asked.pk, by=call_agent, now=NOW)
    confirmations.answer(asked.pk, by=teknis, now=NOW + HOUR, text=SENTENCE)

    for hours in (2, 3):
        confirmations.call_back(asked.pk, by=call_agent, now=NOW + hours * HOUR)

    asked.refresh_from_db()
    assert asked.called_back_at == asked.read_at == NOW + 2 * HOUR
    assert asked.call.events.filter(kind=CallEvent.Kind.CALLED_BACK).count() == 1
    with pytest.raises(PermissionDenied):
        confirmations.mark_read(asked.pk, by=teknis, now=NOW)


def test_no_words_of_caller_or_officer_leave_the_house_by_mail(
    asked: ConfirmationRequest, teknis: User, call_agent: User
) -> None:
    confirmations.answer(asked.pk, by=teknis, now=NOW + HOUR, text=SENTENCE)

    letters = [write(row) for row in Notification.objects.filter(kind__startswith="confirmation_")]

    assert len(letters) == 2
    for letter in letters:
        assert asked.ticket.number in letter.subject
        assert QUESTION not in letter.body
        assert SENTENCE not in letter.body


def test_the_answer_comes_to_the_agents_screen_by_itself(
    asked: ConfirmationRequest, teknis: User, call_agent: User, sign_in: Browse
) -> None:
    browser, path = sign_in(call_agent), reverse("callcenter:waiting")
    first = browser.get(path)
    state = first.context["state"]
    same = browser.get(path, {"keadaan": state})
    confirmations.answer(asked.pk, by=teknis, now=NOW + HOUR, text=SENTENCE)

    news = browser.get(path, {"keadaan": state})

    assert QUESTION in first.content.decode()
    assert f"keadaan={state}" in first.content.decode()
    assert same.status_code == 204
    assert SENTENCE in news.content.decode()
    assert "every 5s" not in news.content.decode()  # nothing is open any more


def test_what_is_read_leaves_the_screen(
    asked: ConfirmationRequest, teknis: User, call_agent: User, sign_in: Browse
) -> None:
    confirmations.answer(asked.pk, by=teknis, now=NOW + HOUR, text=SENTENCE)
    browser = sign_in(call_agent)

    browser.post(reverse("callcenter:mark_read", args=[asked.pk]))

    assert SENTENCE not in browser.get(reverse("callcenter:waiting")).content.decode()


@pytest.mark.parametrize("text", ["", "   ", "Baris satu\nbaris dua", "x" * 251, "\0"])
def test_an_answer_is_one_line_fit_to_be_read_aloud(
    asked: ConfirmationRequest, teknis: User, sign_in: Browse, text: str
) -> None:
    answer = sign_in(teknis).post(asked.get_absolute_url(), {"text": text})

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not ConfirmationRequest.objects.get().is_answered


def test_the_officer_answers_on_the_page_of_the_request(
    asked: ConfirmationRequest, teknis: User, sign_in: Browse
) -> None:
    browser = sign_in(teknis)
    assert QUESTION in browser.get(asked.get_absolute_url()).content.decode()

    browser.post(asked.get_absolute_url(), {"text": SENTENCE})

    assert SENTENCE in browser.get(asked.get_absolute_url()).content.decode()


@pytest.mark.standard("R32, A14")
def test_staff_see_it_on_the_ticket_and_the_reporter_never_does(
    asked: ConfirmationRequest, at_teknis: Ticket, teknis: User, vendor: User, helpdesk: User, sign_in: Browse
) -> None:
    path = reverse("callcenter:of_ticket", args=[at_teknis.number])

    piece = sign_in(teknis).get(path, headers={"HX-Request": "true"}).content.decode()
    page = sign_in(helpdesk).get(path).content.decode()

    assert QUESTION in piece
    assert asked.get_absolute_url() in piece
    assert "<html" not in piece
    assert QUESTION in page
    assert "<html" in page
    assert asked.get_absolute_url() not in page  # another unit answers
    assert sign_in(vendor).get(path).status_code == 404
    assert QUESTION not in sign_in(vendor).get(at_teknis.get_absolute_url()).content.decode()


def test_the_list_shows_officers_their_own_and_agents_and_penyelia_all_with_what_is_overdue(
    asked: ConfirmationRequest, teknis: User, eproc: User, call_agent: User, supervisor: User, sign_in: Browse
) -> None:
    path = reverse("callcenter:confirmations")

    with time_machine.travel(asked.due_at + HOUR, tick=False):
        pages = {user.username: sign_in(user).get(path) for user in (teknis, eproc, call_agent, supervisor)}

    assert {name for name, page in pages.items() if QUESTION in page.content.decode()} == {
        "teknis",
        "call_agent",
        "supervisor",
    }
    assert "1 lewat batas jawab" in pages["supervisor"].content.decode()
    assert "lewat batas jawab" not in pages["eproc"].content.decode()
