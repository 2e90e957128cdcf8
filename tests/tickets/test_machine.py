"""No sequence of acts by anybody breaks a ticket: a short walk here, a long one in tests/faults."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from accounts.models import Role, User
from tests.tickets.machine import Desks
from tests.tickets.machine_in_time import DesksInTime
from tickets.models import Ticket
from tickets.models.queryset import TicketQuerySet

pytestmark = pytest.mark.django_db
STEPS = 40


@pytest.fixture
def desks(
    chain: dict[int, User],
    vendor: User,
    colleague: User,
    other_vendor: User,
    author: User,
    verifier: User,
    other_helpdesk: User,
    supervisor: User,
    receptionist: User,
    consultant: User,
    walk_in: User,
    make_user: Callable[..., User],
    make_ticket: Callable[..., Ticket],
    file_consultation: Callable[..., Ticket],
) -> type[Desks]:
    """The machine with its people."""
    people = [vendor, colleague, other_vendor, author, verifier, other_helpdesk, supervisor, receptionist]
    people += [*chain.values(), make_user("eproc2", (Role.HELPDESK_EPROC, None)), consultant]
    people += [make_user("consultant2", (Role.CONSULTANT, None))]
    cast = {person.username: person for person in people} | {"walk_in": walk_in}
    return DesksInTime.cast(cast, make_ticket=make_ticket, file_consultation=file_consultation)


def walk(desks: type[Desks], examples: int, *, same_every_time: bool) -> None:
    run_state_machine_as_test(
        desks,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=same_every_time,
            phases=[Phase.generate] if same_every_time else list(Phase),  # to shorten a failure takes minutes
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_sequence_of_acts_breaks_a_ticket(desks: type[Desks]) -> None:
    walk(desks, 6, same_every_time=True)


def test_the_walk_notices_when_old_pages_may_act(desks: type[Desks], monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: without the check of versions, the same walk finds a lost update."""
    lock = TicketQuerySet.lock

    def ignore_the_version(rows: TicketQuerySet, pk: int, *, key: Any = None, **_ignored: Any) -> Ticket:
        return lock(rows, pk, key=key)

    monkeypatch.setattr(TicketQuerySet, "lock", ignore_the_version)

    with pytest.raises(AssertionError):
        walk(desks, 20, same_every_time=True)
