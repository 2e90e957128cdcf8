"""A ticket's way so far, read once for a page: its turns with their clocks, and the calendars they are counted on."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q

from escalation.models import Clock, Entitlement
from escalation.services.calendar import calendar_of
from escalation.tiers import Tier
from escalation.working import Calendar
from tickets.models import Leg, Ticket

CLOCKS = ("clock__promise", "clock__lpse", "clock__excused_by", "wait__lpse")


@dataclass(frozen=True)
class Journey:
    """One ticket for one reader: `zone` is where they read times, `own` says that they are the reporter's side."""

    ticket: Ticket
    zone: str
    own: bool
    now: datetime

    @cached_property
    def legs(self) -> list[Leg]:
        """The turns of the staff, oldest first."""
        return list(self.ticket.legs.select_related(*CLOCKS))

    @property
    def promise(self) -> Clock | None:
        """The first response that was promised to the reporter (R33); tickets from before clocks have none."""
        return self.ticket.response_clock

    @property
    def turn(self) -> Clock | None:
        """Our clock of the present or last turn (A02)."""
        return self.legs[-1].clock if self.legs else None

    @property
    def wait(self) -> Clock | None:
        """The reporter's clock, while it is their turn."""
        wait = self.legs[-1].wait if self.legs else None
        return wait if wait and wait.is_running else None

    @property
    def running(self) -> list[Clock]:
        """What we owe now, first due first; the promise to the reporter before a turn that is due with it."""
        clocks = [clock for clock in (self.promise, self.turn) if clock and clock.is_running]
        return sorted(clocks, key=lambda clock: clock.due_at)

    @property
    def due(self) -> Clock | None:
        """The clock this reader is shown: the reporter the promise as long as it stands, staff what is due first."""
        return min(self.running, key=lambda clock: not self.own or clock != self.promise, default=None)

    @property
    def answered(self) -> Clock | None:
        """The clock that the last answer has met; for the reporter the promise, where that answer was the first."""
        first, turn = self.promise, self.turn
        return first if self.own and first and turn and first.met_at == turn.met_at else turn

    @cached_property
    def _of_lpse(self) -> Calendar:
        return calendar_of(self.ticket.lpse)

    @cached_property
    def _of_lkpp(self) -> Calendar:
        return calendar_of(None)

    def calendar_at(self, tier: int) -> Calendar:
        """Return the calendar of the unit at a tier (A04)."""
        return self._of_lpse if tier == Tier.LPSE else self._of_lkpp

    def calendar_of(self, clock: Clock) -> Calendar:
        return self._of_lpse if clock.lpse_id else self._of_lkpp

    @cached_property
    def _entitlements(self) -> list[Entitlement]:
        claim = self.ticket.claim
        return list(Entitlement.objects.filter(Q(case=claim) | Q(redeemed_case=claim)))

    @property
    def earned(self) -> Entitlement | None:
        """The priority that this ticket, being late, has earned its reporter (R39)."""
        return next((owed for owed in self._entitlements if owed.case == self.ticket.claim), None)

    @property
    def redeemed(self) -> Entitlement | None:
        """The priority by which this ticket goes before others."""
        return next((owed for owed in self._entitlements if owed.redeemed_case == self.ticket.claim), None)
