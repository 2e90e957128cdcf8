"""How long a call lasts, in the words of the agent's screen: a target, never a breach (R37)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from callcenter.models import Call

TARGET, LIMIT = 5, 10  # minutes


@dataclass(frozen=True)
class Timer:
    """The time since a call began, or that it took."""

    span: timedelta

    @property
    def minutes(self) -> int:
        return int(self.span.total_seconds()) // 60

    @property
    def face(self) -> str:
        """Minutes and seconds: "03.42"."""
        return f"{self.minutes:02}.{int(self.span.total_seconds()) % 60:02}"

    @property
    def state(self) -> str:
        """The modifier of its chip: run, near from 5 minutes on, late from 10."""
        return "late" if self.minutes >= LIMIT else "near" if self.minutes >= TARGET else "run"

    @property
    def icon(self) -> str:
        return {"run": "clock", "near": "bell-alert", "late": "exclamation-triangle"}[self.state]

    @property
    def words(self) -> str:
        told = {
            "run": _("Sasaran 5–10 menit"),
            "near": _("Lewat 5 menit: mulailah menyimpulkan"),
            "late": _("Lewat 10 menit: arahkan ke LPSE Support atau minta konfirmasi"),
        }
        return told[self.state]


def timer_of(call: Call, now: datetime) -> Timer:
    return Timer(max((call.ended_at or now) - call.started_at, timedelta()))
