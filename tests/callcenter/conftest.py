"""Calls made through the services."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from callcenter.models import Call
from callcenter.services import calls
from tests.conftest import NOW


@pytest.fixture
def make_call(call_agent: User) -> Callable[..., Call]:
    """A running call of the agent, with these facts already filled in."""

    def make(*, by: User = call_agent, now: datetime = NOW, **facts: Any) -> Call:
        call = calls.start_call(by=by, now=now)
        Call.objects.filter(pk=call.pk).update(**facts)
        return Call.objects.get(pk=call.pk)

    return make


@pytest.fixture
def end_call(make_call: Callable[..., Call]) -> Callable[..., Call]:
    """A call that was ended after these minutes."""

    def end(*, now: datetime = NOW, minutes: int = 6, outcome: str = Call.Outcome.ANSWERED, **facts: Any) -> Call:
        call = make_call(now=now, **facts)
        return calls.end_call(call.pk, by=call.agent, now=now + timedelta(minutes=minutes), outcome=outcome)

    return end
