"""Many filings at once, one in ten of them failing, as tests/tickets/test_races.py does with a few.

`FILINGS=10000 make faults` files ten thousand times.
"""

import os
from collections.abc import Callable

import pytest

from accounts.models import User
from tests.tickets.test_races import file_at_once
from tickets.models import Ticket

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
FILINGS = int(os.environ.get("FILINGS", "1000"))


@pytest.mark.standard("R10")
def test_numbers_have_no_gap_and_no_duplicate_although_many_filings_fail(
    make_ticket: Callable[..., Ticket], make_user: Callable[..., User]
) -> None:
    file_at_once(make_ticket, make_user, FILINGS)
