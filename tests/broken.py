"""The product with one thing broken on purpose, as the variable FAULT says; only tests serve it."""

import os
import signal
import time
from collections.abc import Callable, Iterable
from typing import Any

from lpse_support.wsgi import application as whole

STALL = 0.15  # seconds between reading a ticket and changing it: long enough for the other request to read it too


def without_locks() -> None:
    """Read tickets as if nobody else were there: no lock, no version."""
    from tickets.models import Ticket

    def read_only(self: Any, pk: int, **_ignored: Any) -> Ticket:
        ticket: Ticket = self.select_related("reporter", "lpse").get(pk=pk)
        time.sleep(STALL)
        return ticket

    type(Ticket.objects.all()).lock = read_only


def dying(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Do everything that a request asks, and die before the answer leaves when it asks for that too."""
    answer = whole(environ, start_response)
    if "HTTP_X_DIE" in environ:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer


application = whole
if os.environ["FAULT"] == "no locks":
    without_locks()
else:
    application = dying
