"""A long walk of tests/tickets/machine.py, another one every time; hypothesis prints how to repeat a failure."""

import pytest

from tests.tickets.machine import Desks
from tests.tickets.test_machine import desks, walk

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
EXAMPLES = 60
__all__ = ["desks"]  # the fixture


def test_no_long_sequence_of_acts_breaks_a_ticket(desks: type[Desks]) -> None:
    walk(desks, EXAMPLES, same_every_time=False)
