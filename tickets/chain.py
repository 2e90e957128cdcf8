"""The chain on every ticket page: four stations, always drawn, and what is awaited at the lit one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core.dates import duration, short_date
from escalation.tiers import Tier
from tickets.models import Leg, Ticket


@dataclass(frozen=True)
class Station:
    """One tier as drawn: state is done, now, solved or ahead."""

    tier: Tier
    state: str
    unit: str
    time: str = ""
    note: str = ""

    @property
    def position(self) -> str:
        """What a screen reader hears before the name."""
        words = {
            "done": _("selesai di tingkat ini"),
            "now": _("posisi tiket saat ini"),
            "solved": _("diselesaikan di tingkat ini"),
            "ahead": _("belum dituju"),
        }
        return _("Tingkat %(tier)s dari 4, %(state)s:") % {"tier": self.tier.value, "state": words[self.state]}


def _day(at: datetime, zone: str) -> str:
    """Return day and month only, e.g. "19 Nov"."""
    return " ".join(short_date(at, zone).split()[:2])


def _spent(legs: list[Leg], now: datetime) -> timedelta:
    return sum(((leg.left_at or now) - leg.entered_at for leg in legs), timedelta())


def stations(ticket: Ticket, legs: list[Leg], *, zone: str, now: datetime) -> list[Station]:
    """Return the four stations of a ticket from its legs, oldest first; times are printed in `zone`."""
    return [_station(ticket, tier, [leg for leg in legs if leg.tier == tier], zone, now) for tier in Tier]


def _station(ticket: Ticket, tier: Tier, legs: list[Leg], zone: str, now: datetime) -> Station:
    unit = ticket.lpse.name if tier == Tier.LPSE else "LKPP"
    if not legs or tier > ticket.tier:
        return Station(tier, "ahead", unit, note=_("Tidak diperlukan") if ticket.is_closed else "")
    if tier < ticket.tier:
        note = _("Diteruskan %(day)s") % {"day": _day(legs[-1].left_at or now, zone)}
        return Station(tier, "done", unit, duration(_spent(legs, now)), note)
    if ticket.is_closed:
        note = _("Ditutup %(day)s") % {"day": _day(ticket.closed_at or now, zone)}
        state = "done" if ticket.was_withdrawn else "solved"
        return Station(tier, state, unit, duration(_spent(legs, now)), note)
    officer = str(ticket.assignee) if ticket.assignee else _("Belum diambil")
    if ticket.awaits_confirmation:
        return Station(tier, "now", unit, _("solusi diberikan"), officer)
    if ticket.awaits_data:
        return Station(tier, "now", unit, _("menunggu data"), officer)
    return Station(tier, "now", unit, _("sejak %(day)s") % {"day": _day(legs[-1].entered_at, zone)}, officer)


def mini(ticket: Ticket) -> str:
    """Return the letters of the mini chain, one per tier: passed, current, waiting for data, done here, ahead."""
    solved = ticket.awaits_confirmation or (ticket.is_closed and not ticket.was_withdrawn)
    here = "w" if ticket.awaits_data else "d" if solved else "p" if ticket.is_closed else "c"
    tier = int(ticket.tier)
    return "p" * (tier - 1) + here + "a" * (Tier.TIM_TEKNIS - tier)
