"""How far the hours of an answer are (R45): a bar for every 24 of them, and what is left in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from complaints.models import Complaint
from core.dates import long_date, staff_date
from escalation.models import Clock
from escalation.models.promise import Unit
from escalation.services.calendar import calendar_of
from escalation.working import count_due, hours_between

DAY_HOURS = 24


@dataclass(frozen=True)
class Bar:
    """One day of 24 hours, or the rest: its minutes, those passed, until when it lasts, whether it runs now."""

    ordinal: int
    minutes: int
    passed: int
    until: str
    is_running: bool

    @property
    def name(self) -> str:
        if self.minutes < DAY_HOURS * 60:
            return _("%(n)d jam terakhir") % {"n": self.minutes // 60}
        return _("24 jam ke-%(n)d") % {"n": self.ordinal}

    @property
    def label(self) -> str:
        """What a screen reader hears."""
        state = _("terpakai %(n)d menit") if self.passed else _("belum berjalan")
        if self.is_running:
            state = _("berjalan %(n)d menit")
        if self.passed >= self.minutes:
            state = _("habis")
        return f"{self.name}, {state % {'n': self.passed}}"


@dataclass(frozen=True)
class Hours:
    """The clock of one complaint as its page draws it; css is run, near, late, met, paused or closed."""

    css: str
    icon: str
    label: str
    due: str
    bars: list[Bar]
    note: str = ""
    left: str = ""


def hours_of(complaint: Complaint, now: datetime) -> Hours:
    """Return how far the answer to a complaint is; working days are those of LKPP, in WIB (A23)."""
    clock = complaint.clock
    if complaint.state == Complaint.State.WITHDRAWN and complaint.ended_at:
        return Hours("closed", "x-circle", _("Dicabut pengadu"), long_date(complaint.ended_at, complaint.zone), [])
    if clock is None:
        label = _("Jam belum berjalan: menunggu bukti") if complaint.asked_for else _("Jam belum berjalan")
        return Hours("paused", "pause-circle", label, _("Dihitung sejak bukti lengkap."), [])
    end = clock.met_at or now
    bars = _bars(clock, end)
    due = long_date(clock.due_at, clock.zone)
    limit = _("Batas tanggapan %(due)s") % {"due": due}
    met = _("Ditanggapi %(at)s") % {"at": long_date(clock.met_at, clock.zone)} if clock.met_at else ""
    if clock.is_excused:
        return Hours("closed", "shield-check", _("Dikecualikan"), met or due, bars, limit if met else "")
    if end > clock.due_at:
        past = _("%(limit)s telah lewat") % {"limit": limit}
        return Hours("late", "exclamation-triangle", _("Terlambat"), past, bars, met)
    if clock.met_at:
        return Hours(
            "met", "check-circle", _("Ditanggapi tepat waktu"), long_date(clock.met_at, clock.zone), bars, limit
        )
    left = timedelta(minutes=sum(bar.minutes - bar.passed for bar in bars))
    is_near = left <= timedelta(hours=DAY_HOURS)
    css, icon = ("near", "bell-alert") if is_near else ("run", "clock")
    words = _("%(h)d jam %(m)d menit") % {"h": left // timedelta(hours=1), "m": left.seconds // 60 % 60}
    return Hours(css, icon, _("Batas tanggapan"), due, bars, left=words)


def _bars(clock: Clock, end: datetime) -> list[Bar]:
    """Return each day of 24 hours on working days from the start: when it ends, and how much of it has passed."""
    calendar = calendar_of(None)
    passed = hours_between(clock.started_at, end, calendar) // timedelta(minutes=1)
    bars = []
    for ordinal, begins in enumerate(range(0, clock.limit, DAY_HOURS), start=1):
        ends = min(begins + DAY_HOURS, clock.limit)
        minutes, used = (ends - begins) * 60, max(passed - begins * 60, 0)
        due = count_due(clock.started_at, ends, Unit.HOURS, calendar).due_at
        is_running = clock.met_at is None and 0 < used < minutes
        bars.append(Bar(ordinal, minutes, min(used, minutes), staff_date(due, calendar.zone), is_running))
    return bars
