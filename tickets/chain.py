"""The chain on every ticket page: four stations, always drawn, with the time each tier took."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Role
from core.dates import short_day
from escalation.models import Clock
from escalation.spans import late_words, spent_words
from escalation.tiers import Tier
from tickets.countdown import is_late
from tickets.journey import Journey
from tickets.models import Leg, Ticket

Reason = Ticket.CloseReason


@dataclass(frozen=True)
class Station:
    """One tier as drawn: state is done, late, now, solved, ahead, or skip where a consultation passed it by.

    `breach` is the promise that a tier has left broken; `is_late` says that where the ticket is now it is late.
    """

    tier: Tier
    state: str
    unit: str
    time: str = ""
    note: str = ""
    breach: Clock | None = None
    is_late: bool = False

    at_counter: bool = False

    @property
    def name(self) -> str:
        return str(Role.CONSULTANT.label if self.at_counter else self.tier.label)

    @property
    def position(self) -> str:
        """What a screen reader hears before the name."""
        words = {
            "done": _("selesai di tingkat ini"),
            "late": _("terlambat di tingkat ini"),
            "now": _("posisi tiket saat ini, terlambat") if self.is_late else _("posisi tiket saat ini"),
            "solved": _("diselesaikan di tingkat ini"),
            "ahead": _("belum dituju"),
            "skip": _("dilewati"),
        }
        return _("Tingkat %(tier)s dari 4, %(state)s:") % {"tier": self.tier.value, "state": words[self.state]}


def stations(journey: Journey, *, is_late: bool) -> list[Station]:
    """Return the four stations of a ticket; `is_late` says whether what is due now is overdue."""
    return [_station(journey, tier, [leg for leg in journey.legs if leg.tier == tier], is_late) for tier in Tier]


def _station(journey: Journey, tier: Tier, legs: list[Leg], is_late: bool) -> Station:
    ticket = journey.ticket
    unit = ticket.lpse.name if tier == Tier.LPSE else "LKPP"
    if tier == Tier.EPROC and ticket.is_walk_in:
        return replace(_visited(journey, tier, unit, legs, is_late), at_counter=ticket.at_counter or ticket.tier > tier)
    return _visited(journey, tier, unit, legs, is_late)


def _visited(journey: Journey, tier: Tier, unit: str, legs: list[Leg], is_late: bool) -> Station:
    ticket = journey.ticket
    if not legs and tier < ticket.tier:
        return Station(tier, "skip", "", note=_("Dilewati: konsultasi"))
    if not legs or tier > ticket.tier:
        return Station(tier, "ahead", unit, note=_("Tidak diperlukan") if ticket.is_closed else "")
    if tier == ticket.tier and not ticket.is_closed:
        return _present(journey, tier, unit, legs[-1], is_late)
    stays = [(leg.entered_at, leg.left_at or journey.now) for leg in legs]
    spent = spent_words(stays, journey.calendar_at(tier))
    breach = next((leg.clock for leg in reversed(legs) if leg.clock and leg.clock.is_breached), None)
    if breach:
        return Station(tier, "late", unit, spent, _lateness(breach, journey), breach)
    if tier < ticket.tier:
        note = _("Diteruskan %(day)s") % {"day": short_day(legs[-1].left_at or journey.now, journey.zone)}
        return Station(tier, "done", unit, spent, note)
    note = _("Ditutup %(day)s") % {"day": short_day(ticket.closed_at or journey.now, journey.zone)}
    return Station(tier, "solved" if was_solved(ticket) else "done", unit, spent, note)


def _present(journey: Journey, tier: Tier, unit: str, leg: Leg, is_late: bool) -> Station:
    """Draw where an open ticket is, with whoever has it."""
    ticket = journey.ticket
    who = str(ticket.assignee) if ticket.assignee else _("Belum diambil")
    time = _("sejak %(day)s") % {"day": short_day(leg.entered_at, journey.zone)}
    if ticket.awaits_confirmation:
        time = _("solusi diberikan")
    elif ticket.awaits_data:
        time = _("jam berhenti")
    return Station(tier, "now", unit, time, who, is_late=is_late)


def was_solved(ticket: Ticket) -> bool:
    """Whether a solution stands at the end, confirmed or not contradicted."""
    return ticket.close_reason in (Reason.CONFIRMED, Reason.UNCONFIRMED)


def _lateness(clock: Clock, journey: Journey) -> str:
    late = late_words(clock.due_at, clock.met_at or clock.stopped_at or journey.now, journey.calendar_of(clock))
    return _("Terlambat %(span)s") % {"span": late}


def mini(ticket: Ticket, now: datetime) -> str:
    """Return the letters of the mini chain: passed, skipped, current, late, waiting for data, done here, ahead."""
    solved = ticket.awaits_confirmation or was_solved(ticket)
    here = "w" if ticket.awaits_data else "d" if solved else "p" if ticket.is_closed else "c"
    if here == "c" and is_late(ticket, now):
        here = "l"
    tier, first = int(ticket.tier), "s" if ticket.is_walk_in else "p"
    return (first + "pp")[: tier - 1] + here + "a" * (Tier.TIM_TEKNIS - tier)
