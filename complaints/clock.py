"""How far the three times 24 hours of an answer are (R45): three bars, and what is left in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from complaints.models import Complaint
from core.dates import long_date, staff_date
from escalation.models.promise import Unit
from escalation.services.calendar import calendar_of
from escalation.working import count_due, hours_between

DAY_HOURS = 24
DAYS = 3
MINUTES = DAY_HOURS * 60


@dataclass(frozen=True)
class Bar:
    """One of the three days of 24 hours: its minutes that have passed, until when it lasts, whether it runs now."""

    ordinal: int
    passed: int
    until: str
    is_running: bool

    @property
    def label(self) -> str:
        """What a screen reader hears."""
        state = _("terpakai %(n)d menit") if self.passed else _("belum berjalan")
        if self.is_running:
            state = _("berjalan %(n)d menit")
        if self.passed >= MINUTES:
            state = _("habis")
        return _("24 jam ke-%(n)d, %(state)s") % {"n": self.ordinal, "state": state % {"n": self.passed}}


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
        return Hours("paused", "pause-circle", label, _("Tiga kali 24 jam dihitung sejak bukti lengkap."), [])
    end = clock.met_at or now
    bars = _bars(clock.started_at, end, is_open=clock.met_at is None)
    due = long_date(clock.due_at, clock.zone)
    limit = _("Batas tanggapan %(due)s") % {"due": due}
    met = _("Ditanggapi %(at)s") % {"at": long_date(clock.met_at, clock.zone)} if clock.met_at else ""
    if clock.is_excused:
        return Hours("closed", "shield-check", _("Dikecualikan"), met or due, bars, limit if met else "")
    if end > clock.due_at:
        past = _("%(limit)s telah lewat") % {"limit": limit}
        return Hours("late", "exclamation-triangle", _("Terlambat"), past, bars, met)
    if clock.met_at:
        return Hours("met", "check-circle", _("Sudah ditanggapi"), long_date(clock.met_at, clock.zone), bars, limit)
    left = timedelta(minutes=sum(MINUTES - bar.passed for bar in bars))
    is_near = left <= timedelta(hours=DAY_HOURS)
    css, icon = ("near", "bell-alert") if is_near else ("run", "clock")
    words = _("%(h)d jam %(m)d menit") % {"h": left // timedelta(hours=1), "m": left.seconds // 60 % 60}
    return Hours(css, icon, _("Batas tanggapan"), due, bars, left=words)


def _bars(start: datetime, end: datetime, *, is_open: bool) -> list[Bar]:
    """Return each day of 24 hours on working days from the start: when it ends, and how much of it has passed."""
    calendar = calendar_of(None)
    passed = hours_between(start, end, calendar) // timedelta(minutes=1)
    bars = []
    for ordinal in range(1, DAYS + 1):
        used = min(max(passed - (ordinal - 1) * MINUTES, 0), MINUTES)
        due = count_due(start, ordinal * DAY_HOURS, Unit.HOURS, calendar).due_at
        bars.append(Bar(ordinal, used, staff_date(due, calendar.zone), is_open and 0 < used < MINUTES))
    return bars
