"""How long a call lasts, in the words of the agent's screen: a target, never a breach (R37)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from callcenter.models import Call
from escalation.models import Promise


@dataclass(frozen=True)
class Timer:
    """The time since a call began, or that it took."""

    span: timedelta
    promise: Promise

    @property
    def limit(self) -> int:
        """Minutes that a call should take at most."""
        return self.promise.limit

    @property
    def minutes(self) -> int:
        return int(self.span.total_seconds()) // 60

    @property
    def face(self) -> str:
        """Minutes and seconds: "03.42"."""
        return f"{self.minutes:02}.{int(self.span.total_seconds()) % 60:02}"

    @property
    def state(self) -> str:
        """The modifier of its chip: run, near from half of the limit on, late from the limit."""
        return "late" if self.minutes >= self.limit else "near" if self.minutes >= self.limit // 2 else "run"

    @property
    def icon(self) -> str:
        return {"run": "clock", "near": "bell-alert", "late": "exclamation-triangle"}[self.state]

    @property
    def words(self) -> str:
        told = {
            "run": _("Sasaran %(limit)s"),
            "near": _("Lewat %(half)d menit: mulailah menyimpulkan"),
            "late": _("Lewat %(n)d menit: arahkan ke LPSE Support atau minta konfirmasi"),
        }
        return told[self.state] % {"limit": self.promise.public_words, "half": self.limit // 2, "n": self.limit}


def timer_of(call: Call, now: datetime) -> Timer:
    promise = Promise.objects.get(code=Promise.Code.CALL)
    return Timer(max((call.ended_at or now) - call.started_at, timedelta()), promise)
