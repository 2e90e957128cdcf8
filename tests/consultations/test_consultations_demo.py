"""The counter of the demo lives at whatever hour somebody starts it; what it shows is in tests/test_demo.py."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from consultations.demo import counter_deeds
from consultations.display import board_at
from consultations.models import Visit
from consultations.models.queue import day_of
from tickets.demo.people import make_people

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday 11.00 WIB


@pytest.mark.parametrize("hours", [-9, -4, 13, 60])
def test_the_counter_of_the_demo_is_alive_at_any_hour(hours: int, db: None) -> None:
    now = NOW + timedelta(hours=hours)
    people = make_people("rekaan-26-2022")

    for deed in counter_deeds(people, now=now):
        deed.act(deed.at, uuid4())

    board = board_at(now)
    assert len(board.called) == len(board.served) == len(board.waiting) == 1
    assert all(day_of(visit.arrived_at) == visit.day for visit in Visit.objects.all())
