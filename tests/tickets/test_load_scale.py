"""The command that fills the database with very many tickets; tests/faults/test_scale.py sees what they do to pages."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.tickets.acts import assert_history_holds, assert_promises_hold
from tickets.models import Ticket


def test_it_is_for_demo_mode_only(db: None, settings: Any) -> None:
    settings.DEMO_MODE = False

    with pytest.raises(CommandError, match="demo mode"):
        call_command("load_scale", tickets=5)

    assert not Ticket.objects.exists()


def test_it_adds_as_many_as_it_says_and_shows_how_far_it_is(db: None, settings: Any) -> None:
    settings.DEMO_MODE, said = True, StringIO()

    call_command("load_scale", tickets=60, stderr=said)

    assert "60 of 60 tickets" in said.getvalue()
    tickets = list(Ticket.objects.all())
    assert len(tickets) == 60
    for ticket in tickets:
        assert_history_holds(ticket)
        assert_promises_hold(ticket)


def test_it_refuses_a_number_that_makes_no_sense(db: None, settings: Any) -> None:
    settings.DEMO_MODE = True

    with pytest.raises(CommandError, match="from 1"):
        call_command("load_scale", tickets=0)
