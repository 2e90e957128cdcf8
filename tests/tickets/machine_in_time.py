"""The walk of tests/tickets/machine.py with time in it: promises run out, are swept, excused, and silences end."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from escalation.models import Clock, Entitlement
from escalation.services.sweep import sweep_clocks
from tests.tickets.acts import assert_promises_hold
from tests.tickets.machine import Desks, Model, Status
from tickets.models import Ticket
from tickets.services import closing

LEAST, MOST = timedelta(days=13), timedelta(days=40)  # ten working days, whatever holidays there are
ASIDE = ("note", "reply", "reassign", "share", "unshare", "rate", "withdraw")  # what leaves the turn, or ends it all
AWAITS_REPORTER = (Status.AWAITING_DATA, Status.AWAITING_CONFIRMATION)


class DesksInTime(Desks):
    """What the clocks do is read from the tables and compared with what they may; who did what is still the model's."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: set[int] = set()
        self.asked: dict[int, datetime] = {}  # since when the reporter is awaited
        self.warned: dict[int, datetime] = {}  # when a sweep came by after that wait was long over

    def number(self, model: Model) -> str:
        return Ticket.objects.get(pk=model.pk).number

    def is_late(self, model: Model) -> bool:
        """A sweep or an act has recorded a breach that is not excused."""
        return Clock.objects.breached().filter(case=self.number(model), excused_at=None).exists()

    def file(self, by: str) -> Ticket:
        is_owed = Entitlement.objects.owed_to(self.people[by].reporter).exists()
        ticket = super().file(by)
        assert ticket.is_compensated == is_owed
        return ticket

    def turn(self, verb: str, name: str, model: Model) -> None:
        super().turn(verb, name, model)
        if model.status in AWAITS_REPORTER:
            self.asked.setdefault(model.pk, self.clock)
        else:
            self.asked.pop(model.pk, None)
            self.warned.pop(model.pk, None)

    @rule(page=Desks.pages, data=st.data())
    def much_happens(self, page: Ticket, data: st.DataObject) -> None:
        """A ticket goes far in a few days, without a sweep: whoever is late records it alone."""
        for _act in range(data.draw(st.integers(2, 8))):
            self.clock += timedelta(hours=data.draw(st.sampled_from([1, 30, 120])))
            self.attempt(Ticket.objects.get(pk=page.pk), *self.draw_allowed(page, data, ASIDE))

    @rule(hours=st.sampled_from([1, 8, 24, 72, 480]))
    def sweep(self, hours: int) -> None:
        """Time passes, and what has run out by then is broken, and nothing else."""
        self.clock += timedelta(hours=hours)
        done = sweep_clocks(now=self.clock)
        assert done["postponed"] == 0
        assert sweep_clocks(now=self.clock) == {"warned": 0, "broken": 0, "postponed": 0}
        over = Clock.objects.running().filter(binds_reporter=False, due_at__lt=self.clock)
        assert not over.filter(breached_at=None).exists()
        for pk, since in self.asked.items():
            if self.clock - since > MOST:
                self.warned.setdefault(pk, self.clock)

    @rule(hours=st.sampled_from([0, 23, 25, 600]))
    def close_silences(self, hours: int) -> None:
        """Who had ten working days and a day after the last reminder is closed out; nobody else is."""
        self.clock += timedelta(hours=hours, minutes=1)
        assert closing.close_silences(now=self.clock)["postponed"] == 0
        for model in self.models.values():
            if model.status not in AWAITS_REPORTER:
                continue
            waited = self.clock - self.asked[model.pk]
            if Ticket.objects.get(pk=model.pk).is_closed:
                assert waited > LEAST
                self.give_up(model)
            else:
                long_ago = self.warned.get(model.pk)
                assert not long_ago or self.clock - long_ago <= closing.REMINDED_FOR

    def give_up(self, model: Model) -> None:
        model.status, model.closed_at = Status.CLOSED, self.clock
        model.version += 1
        model.told.append(("closed_unanswered", ""))
        self.asked.pop(model.pk)
        self.warned.pop(model.pk, None)

    @invariant()
    def promises_hold(self) -> None:
        for model in self.models.values():
            assert_promises_hold(Ticket.objects.get(pk=model.pk))

    @invariant()
    def what_is_broken_stays_broken(self) -> None:
        broken = Clock.objects.breached()
        now: set[Any] = set(broken.values_list("pk", flat=True))
        assert now >= self.broken
        assert not broken.filter(due_at__gt=self.clock).exists()
        self.broken = now
