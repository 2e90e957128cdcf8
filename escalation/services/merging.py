"""Promises about cases that become another person's (accounts.merging)."""

from collections.abc import Collection

from accounts.merging import move_rows
from accounts.models import Reporter
from escalation.models import Clock, Entitlement


def hand_over(cases: Collection[str], *, to: Reporter) -> None:
    """Let the clocks of these cases, which the caller has locked, and what they earned go along with them."""
    move_rows(Clock.objects.filter(case__in=cases), reporter=to)
    move_rows(Entitlement.objects.filter(clock__case__in=cases), reporter=to)
