"""How the clock engine tells the doors above it what happened; it knows none of them.

Receivers run in the transaction of the change and raise to undo it. Those of the sweep insert rows and never touch the
case, so that the sweep, which locks clocks only, and the services, which lock the case first, cannot wait in a circle.
"""

from django.dispatch import Signal

# clocks: list[Clock], now: datetime. These promises were broken; the clocks have it in writing.
clock_breached = Signal()

# points: list[ClockPoint], now: datetime. Time to warn staff, or to remind the reporter; one point for a clock.
clock_warned = Signal()

# cases: list[str]. Lock these cases, in the order of their keys: their clocks are about to be counted anew.
cases_needed = Signal()

# moves: list[recount.Move], by: User | None, reason: str, now: datetime. These clocks are due at another time now.
clocks_moved = Signal()
