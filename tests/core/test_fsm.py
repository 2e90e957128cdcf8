"""Refusals: who comes before what state, and a refusal changes nothing."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Reporter, User
from core.fsm import AlreadyDone, Conflict, Stale, require
from tickets.models import Ticket

Status = Ticket.Status
OWNER, STRANGER = User(pk=1), User(pk=2)


def ticket_in(status: str) -> Ticket:
    """A ticket of the owner that is stored nowhere."""
    return Ticket(status=status, reporter=Reporter(user_id=OWNER.pk))


def test_the_right_person_in_the_right_state_passes() -> None:
    ticket = ticket_in(Status.AWAITING_CONFIRMATION)

    require(ticket.confirm, OWNER, reason="Belum ada solusi.")

    assert ticket.status == Status.AWAITING_CONFIRMATION


@pytest.mark.parametrize("status", Status)
def test_the_wrong_person_is_refused_whatever_the_state(status: str) -> None:
    with pytest.raises(PermissionDenied):
        require(ticket_in(status).confirm, STRANGER, reason="Belum ada solusi.")


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.AWAITING_CONFIRMATION}))
def test_the_right_person_in_the_wrong_state_is_told_the_reason(status: str) -> None:
    ticket = ticket_in(status)

    with pytest.raises(Conflict, match=r"Belum ada solusi\."):
        require(ticket.confirm, OWNER, reason="Belum ada solusi.")

    assert ticket.status == status


def test_a_stale_form_is_a_conflict_but_a_repeated_one_is_not() -> None:
    """A page that catches Conflict shows the form again; a form that was already done must not come back."""
    assert issubclass(Stale, Conflict)
    assert not issubclass(AlreadyDone, Conflict)
