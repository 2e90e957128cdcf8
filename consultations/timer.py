"""How far a consultation is in its hour, in the words of every page that shows one (R35, A19)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.models import Visit
from escalation.models import Clock
from escalation.spans import late_minutes
from tickets.countdown import Chip

BARS = {"near": "progress--warn", "late": "progress--late"}
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Timer:
    """Whole minutes of a session so far, of how many, and what that means."""

    minutes: int
    limit: int
    chip: Chip

    @property
    def bar(self) -> str:
        """The css class of its progress bar."""
        return BARS.get(self.chip.css, "")

    @property
    def is_near(self) -> bool:
        return self.chip.css == "near"

    @property
    def is_late(self) -> bool:
        return self.chip.css == "late"


def timer_of(visit: Visit, now: datetime) -> Timer | None:
    """Return how long the session has lasted, or lasted; nothing before it began."""
    if visit.clock is None or visit.started_at is None:
        return None
    end = visit.ended_at or now
    minutes = int((end - visit.started_at) / A_MINUTE)
    return Timer(minutes, visit.clock.limit, _chip(visit.clock, end, is_over=visit.ended_at is not None))


def _chip(clock: Clock, end: datetime, *, is_over: bool) -> Chip:
    if clock.is_excused:
        return Chip("excused", "shield-check", _("Dikecualikan"))
    if end > clock.due_at:
        late = late_minutes(end - clock.due_at)
        return Chip("late", "exclamation-triangle", _("Terlambat %(span)s") % {"span": late})
    if is_over:
        return Chip("met", "check-circle", _("Tepat waktu"))
    left = _left_words(clock.due_at - end)
    warned = any(point.at <= end for point in clock.points.all())
    return Chip("near", "bell-alert", left) if warned else Chip("run", "clock", left)


def _left_words(left: timedelta) -> str:
    """Return what is left, a begun minute counted whole: "Sisa 15 menit"."""
    minutes = -(-left // A_MINUTE)
    return ngettext("Sisa %(n)d menit", "Sisa %(n)d menit", minutes) % {"n": minutes}
