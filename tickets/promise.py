"""What hangs under the chain: until when which side has to act, how that day was counted, and how it ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Lpse
from core.dates import DAYS, MONTHS, SHORT, local, long_date, long_day, short_date
from escalation.models import Clock, Promise
from escalation.services.calendar import calendar_of
from escalation.spans import days_words, late_words, left_words, spent_words
from escalation.tiers import Tier
from escalation.working import Day, count_due, working_days_between
from tickets.chain import was_solved
from tickets.countdown import Chip, due_chip, is_today
from tickets.journey import Journey
from tickets.models import DataRequest, Ticket, TicketEvent

Reason = Ticket.CloseReason
MOST, LAST = 10, 7  # days drawn in full; beyond that the first and the last ones


@dataclass(frozen=True)
class Cell:
    """One day of a count as drawn; without a day it stands for those left out."""

    words: str
    day: date | None = None
    css: str = ""

    @property
    def name(self) -> str:
        return DAYS[self.day.weekday()][:SHORT] if self.day else ""


def cells(days: Iterable[Day], today: date) -> list[Cell]:
    """Return the day cells of a count; the last day is when it is due."""
    drawn = list(days)
    last = drawn[-1]
    found = [_cell(day, today, is_due=day is last) for day in drawn]
    if len(found) <= MOST:
        return found
    left_out = len(found) - LAST - 1
    gap = ngettext("%(n)d hari lainnya", "%(n)d hari lainnya", left_out) % {"n": left_out}
    return [found[0], Cell(gap), *found[-LAST:]]


def cells_of(clock: Clock, now: datetime) -> list[Cell]:
    """Return the day cells of a clock, with today marked in its own zone."""
    return cells(map(Day.from_json, clock.count), local(now, clock.zone).date())


def _cell(day: Day, today: date, *, is_due: bool) -> Cell:
    words = count_words(day)
    if day.day == today:
        words = _("hari ini, %(words)s") % {"words": words}
    if is_due:
        words = _("batas, %(words)s") % {"words": words}
    off = "day--off" if day.number is None else "day--past" if day.number == 0 else ""
    css = [off, "day--now" if day.day == today else "", "day--due" if is_due else ""]
    return Cell(words, day.day, " ".join(filter(None, css)))


def count_of(clock: Clock) -> list[tuple[str, str]]:
    """Return every day of a clock's count as it is read: "Kam 24 Des", "Cuti bersama Natal, tidak dihitung"."""
    return [(day_words(day.day), count_words(day)) for day in map(Day.from_json, clock.count)]


def day_words(day: date) -> str:
    return f"{DAYS[day.weekday()][:SHORT]} {day.day} {MONTHS[day.month - 1][:SHORT]}"


def count_words(day: Day) -> str:
    """Return what one day of a count is: "hari kerja ke-1", "libur, tidak dihitung"."""
    if day.number == 0:
        return _("hari masuk, tidak dihitung")
    if day.number:
        return _("hari kerja ke-%(n)d") % {"n": day.number}
    if day.why == DAYS[day.day.weekday()]:
        return _("libur, tidak dihitung")
    return _("%(holiday)s, tidak dihitung") % {"holiday": day.why}


@dataclass(frozen=True)
class Box:
    """The words under the chain; `state` is its css modifier, `left` the number at the right with what it counts."""

    state: str
    icon: str
    label: str
    due: str
    note: str = ""
    left: str = ""
    left_note: str = ""
    cells: Iterable[Cell] = ()
    excused: bool = False

    @property
    def is_late(self) -> bool:
        return self.state == "late"


def box_of(
    journey: Journey, *, asked: DataRequest | None, solution: TicketEvent | None, last_answer: TicketEvent | None
) -> Box:
    """Return what stands under the chain of a ticket for this reader."""
    ticket = journey.ticket
    if ticket.is_closed:
        return _closed(journey, solution)
    if ticket.awaits_data and asked:
        return _paused(journey, asked)
    if ticket.awaits_confirmation and solution:
        return _to_confirm(journey, solution)
    if journey.due:
        return _late(journey, journey.due) if journey.now > journey.due.due_at else _running(journey, journey.due)
    if last_answer and last_answer.at >= ticket.entered_at:
        return _answered(journey, last_answer)
    return Box("run", "clock", _("Menunggu tanggapan"), _("Dalam penanganan %(desk)s") % {"desk": ticket.holder})


def _name(journey: Journey, clock: Clock) -> str:
    first = journey.promise
    is_first = first is not None and clock.due_at == first.due_at
    return _("Batas tanggap") if is_first else _("Batas tanggap tingkat ini")


def _running(journey: Journey, clock: Clock) -> Box:
    near = is_today(clock.due_at, clock.zone, journey.now)
    return Box(
        "near" if near else "run",
        "bell-alert" if near else "clock",
        f"{_name(journey, clock)} {_('hari ini')}" if near else _name(journey, clock),
        long_date(clock.due_at, journey.zone),
        _other_promise(journey, clock) or _limit_note(clock),
        left_words(journey.now, clock.due_at, journey.calendar_of(clock)),
        _("tersisa"),
        cells_of(clock, journey.now),
    )


def _limit_note(clock: Clock) -> str:
    unit = clock.lpse or "LKPP"
    return _("Janji layanan: %(limit)s menurut jam kerja %(unit)s.") % {"limit": clock.limit_words, "unit": unit}


def _other_promise(journey: Journey, clock: Clock) -> str:
    """Say to staff what else is owed, where that is due at another time."""
    other = next((one for one in journey.running if one.due_at != clock.due_at), None)
    if journey.own or other is None:
        return ""
    words = _("Janji kepada pelapor: %(date)s.") if other == journey.promise else _("Batas tingkat ini: %(date)s.")
    return words % {"date": short_date(other.due_at, journey.zone)}


def _late(journey: Journey, clock: Clock) -> Box:
    due = _("%(limit)s %(date)s telah lewat") % {
        "limit": _name(journey, clock),
        "date": long_date(clock.due_at, journey.zone),
    }
    note = _other_promise(journey, clock)
    if not journey.own and not clock.is_excused:
        note = " ".join(filter(None, [note, _("Balas sekarang untuk memulihkan layanan.")]))
    late = late_words(clock.due_at, journey.now, journey.calendar_of(clock))
    return Box(
        "late", "exclamation-triangle", _("Terlambat"), due, note, late, _("terlambat"), excused=clock.is_excused
    )


def _answered(journey: Journey, answer: TicketEvent) -> Box:
    """The last turn has its answer: how long before or after its limit that came."""
    due, clock = long_date(answer.at, journey.zone), journey.answered
    note = _("Penyelesaian mengikuti kelengkapan data dan kondisi permasalahan.")
    if clock is None or clock.met_at is None:
        return Box("met", "check-circle", _("Sudah ditanggapi"), due, note)
    calendar = journey.calendar_of(clock)
    if clock.is_breached:
        label, late = _("Ditanggapi terlambat"), late_words(clock.due_at, clock.met_at, calendar)
        note = _("Batas tanggap %(date)s.") % {"date": long_date(clock.due_at, journey.zone)}
        icon, words = "exclamation-triangle", _("terlambat")
        return Box("late", icon, label, due, note, late, words, excused=clock.is_excused)
    left = left_words(clock.met_at, clock.due_at, calendar)
    return Box("met", "check-circle", _("Sudah ditanggapi"), due, note, left, _("lebih cepat dari batas"))


def _paused(journey: Journey, asked: DataRequest) -> Box:
    """Our clock stands still: data were asked for until a day, and at the latest until we close (A05, A06)."""
    calendar, wait = journey.calendar_at(Tier.LPSE), journey.wait
    label = _("Jam kami berhenti sejak %(date)s") % {"date": long_date(asked.event.at, journey.zone)}
    whose = _("Giliran Anda: paling lambat %(day)s") if journey.own else _("Menunggu data dari pelapor sampai %(day)s")
    note = _("Setelah data kami terima, batas tanggap baru dihitung.")
    if wait:
        note += " " + _("Tanpa jawaban sampai %(date)s, tiket ditutup otomatis.") % {
            "date": long_date(wait.due_at, journey.zone)
        }
    end = datetime.combine(asked.reply_by, time(), ZoneInfo(calendar.zone))
    days = working_days_between(journey.now, end, calendar)
    left = days_words(days) if days else ""
    return Box(
        "paused", "pause-circle", label, whose % {"day": long_day(asked.reply_by)}, note, left, _("waktu melengkapi")
    )


def _to_confirm(journey: Journey, solution: TicketEvent) -> Box:
    """A solution awaits the reporter's word, or the end of the wait (A08)."""
    label = _("Solusi diberikan %(date)s") % {"date": long_date(solution.at, journey.zone)}
    due = _("Menunggu konfirmasi Anda") if journey.own else _("Menunggu konfirmasi pelapor")
    wait = journey.wait
    if wait is None or journey.now > wait.due_at:
        return Box("confirm", "check-circle", label, due)
    due = _("%(whose)s paling lambat %(date)s") % {"whose": due, "date": long_date(wait.due_at, journey.zone)}
    left = left_words(journey.now, wait.due_at, journey.calendar_of(wait))
    return Box("confirm", "check-circle", label, due, "", left, _("lalu ditutup otomatis"))


def _closed(journey: Journey, solution: TicketEvent | None) -> Box:
    ticket = journey.ticket
    closed_at = ticket.closed_at or journey.now
    label, due = ticket.get_close_reason_display(), long_date(closed_at, journey.zone)
    if ticket.close_reason == Reason.CONFIRMED:
        label, due = _("Ditutup"), f"{label} {due}"
    end, words = closed_at, _("dari dibuat sampai ditutup")
    if solution and was_solved(ticket):
        end, words = solution.at, _("dari dibuat sampai solusi")
    spent = left_words(ticket.filed_at, end, journey.calendar_at(Tier.LPSE))
    return Box("closed", "check-circle", label, due, "", spent, words)


def face_of(clock: Clock, journey: Journey) -> Chip:
    """Return what came of one clock, or what is left of it."""
    calendar = journey.calendar_of(clock)
    if clock.is_excused:
        return Chip("excused", "shield-check", _("Dikecualikan"))
    if clock.is_running:
        return due_chip(clock.due_at, clock.zone, journey.now, calendar)
    end = clock.met_at or clock.stopped_at or journey.now
    if clock.is_breached:
        late = late_words(clock.due_at, end, calendar)
        return Chip("late", "exclamation-triangle", _("Terlambat %(span)s") % {"span": late})
    if clock.met_at is None:
        return Chip("paused", "pause-circle", _("Tidak berjalan lagi"))
    return Chip("met", "check-circle", spent_words([(clock.started_at, end)], calendar))


def faces(journey: Journey) -> list[tuple[str, Chip]]:
    """Return what came of the promise to the reporter and of the present turn, each under its name."""
    named = ((_("Tanggapan pertama"), journey.promise), (_("Tingkat ini"), journey.turn))
    return [(name, face_of(clock, journey)) for name, clock in named if clock]


@dataclass(frozen=True)
class Preview:
    """What is promised to somebody who files now: nothing is stored."""

    lpse: Lpse
    due: str
    limit: str
    cells: Iterable[Cell]
    earns: bool  # whether being late would give priority on the next service


def preview(lpse: Lpse, *, now: datetime) -> Preview:
    """Return until when a ticket filed now at this LPSE is answered; raise ImpossibleCalendar where none can be."""
    promise = Promise.objects.get(code=Promise.Code.FIRST_RESPONSE)
    counted = count_due(now, promise.limit, promise.unit, calendar_of(lpse))
    days = cells(counted.days, local(now, lpse.time_zone).date())
    return Preview(lpse, long_date(counted.due_at, lpse.time_zone), promise.words, days, promise.earns_entitlement)
