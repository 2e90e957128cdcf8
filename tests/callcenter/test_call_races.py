"""Two people at the same moment on the phone: one answer counts, one ticket comes of one link."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.models import Role, User
from callcenter.models import Call, ConfirmationRequest
from callcenter.services import confirmations, links
from core.fsm import Conflict
from escalation.tiers import Tier
from notifications.models import Notification
from tests.conftest import NOW
from tickets.models import Draft, Ticket

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
TIMES = 10
HEARD = {"caller_name": "Wulan Rekaan", "business_name": "CV Rekaan 1"}


def at_once(acts: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run the acts in threads with connections of their own; return what each came to, or its refusal."""
    acts = list(acts)
    start = Barrier(len(acts), timeout=10)

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait()
            return act()
        except Conflict as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


@pytest.mark.standard("R32")
def test_of_two_officers_who_answer_at_once_one_is_heard_and_the_other_is_told(
    make_call: Callable[..., Call],
    ticket_in: Callable[..., Ticket],
    make_user: Callable[..., User],
    call_agent: User,
    teknis: User,
) -> None:
    colleague = make_user("teknis2", (Role.HELPDESK_TEKNIS, None))
    call = make_call(**HEARD, ticket=ticket_in(Tier.TEKNIS, Ticket.Status.NEW))

    for turn in range(TIMES):
        asked = confirmations.ask(call.pk, by=call_agent, now=NOW, question=f"Pertanyaan {turn}")
        told = at_once(
            [
                lambda by=by, asked=asked: confirmations.answer(asked.pk, by=by, now=NOW, text=f"Kata {by.username}.")
                for by in (teknis, colleague)
            ]
        )

        winners = [answer for answer in told if isinstance(answer, ConfirmationRequest)]
        asked.refresh_from_db()
        assert len(winners) == 1, told
        assert asked.answer == f"Kata {winners[0].answered_by.username}."

    assert Notification.objects.filter(kind="confirmation_answered").count() == TIMES


@pytest.mark.standard("R31")
def test_a_link_opened_in_two_windows_at_once_makes_one_draft(
    make_call: Callable[..., Call], call_agent: User, vendor: User
) -> None:
    facts = {"question": "Unggahan ditolak.", "subcategory": None, "email": "", "by_mail": False}
    call = make_call(reporter=vendor.reporter)
    link = links.direct(call.pk, by=call_agent, now=NOW, **facts)

    told = at_once([lambda: links.take_up(link.pk, by=vendor, now=NOW)] * 2)

    assert told[0] == told[1] == Draft.objects.get()


@pytest.mark.standard("R32")
def test_a_question_sent_twice_at_once_is_asked_once(
    make_call: Callable[..., Call], ticket_in: Callable[..., Ticket], call_agent: User
) -> None:
    call = make_call(**HEARD, ticket=ticket_in(Tier.TEKNIS))

    told = at_once([lambda: confirmations.ask(call.pk, by=call_agent, now=NOW, question="Kapan?")] * 2)

    assert told[0] == told[1] == ConfirmationRequest.objects.get()
