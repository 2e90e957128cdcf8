"""Anybody does anything, in any order, from pages of any age; a model of a few lines says what must come of it."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import override_settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from accounts.models import Duty, Role, User
from core.fsm import AlreadyDone, Conflict
from escalation.tiers import ROLES_AT, Desk, Tier
from tests.conftest import NOW
from tests.tickets.acts import ACTS, BY_THE_CLOCK, assert_history_holds
from tickets.models import Ticket
from tickets.services import handling, moving
from tickets.services.verbs import verbs_for

Status = Ticket.Status
AWAITS_STAFF = (Status.NEW, Status.IN_PROGRESS)
UNVERSIONED = ("rate", "share", "unshare")
REFUSED = (PermissionDenied, Conflict)
VISITOR = "walk_in"
LKPP_ROLES = {role for tier in (2, 3, 4) for role in ROLES_AT[tier]} | {Role.CONSULTANT}


@dataclass
class Model:
    """What a ticket must look like."""

    pk: int
    reporter: str
    can_share: bool
    closed_at: datetime | None = None
    tier: int = 1
    status: str = Status.NEW
    assignee: str = ""
    version: int = 1
    rating: int | None = None
    withdrawn: bool = False
    reached_lkpp: bool = False
    walk_in: bool = False
    at_counter: bool = False
    shares: set[str] = field(default_factory=set)
    legs: list[tuple[int, str]] = field(default_factory=lambda: [(1, "")])
    told: list[tuple[str, str]] = field(default_factory=list)  # every line of history: kind and who


class Desks(RuleBasedStateMachine):
    """The people of conftest on the tickets of two reporters; each run is rolled back."""

    people: ClassVar[dict[str, User]]
    make_ticket: ClassVar[Callable[..., Ticket]]
    file_consultation: ClassVar[Callable[..., Ticket]]
    pages = Bundle("pages")

    def __init__(self) -> None:
        super().__init__()
        self.clock = NOW
        self.models: dict[int, Model] = {}
        self.sent: list[tuple[str, int, UUID, str]] = []
        self.may_return = override_settings(TICKET_RETURN=True)
        self.may_return.enable()
        self.run = transaction.atomic()
        self.run.__enter__()
        self.duties = {name: list(Duty.objects.filter(user=user)) for name, user in self.people.items()}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.run.__exit__(None, None, None)
        self.may_return.disable()

    # Who is who, without asking the product

    def works_at(self, name: str, tier: int) -> bool:
        """The only office of the model is the one all tickets are filed at; one person belongs to another."""
        return name != "other_helpdesk" and any(duty.role in ROLES_AT[tier] for duty in self.duties[name])

    def works_on(self, name: str, model: Model) -> bool:
        """Whether somebody belongs to the unit that holds the ticket; the counter is one of its own."""
        if model.at_counter:
            return self.sees_visitors(name)
        return self.works_at(name, model.tier)

    def sees_visitors(self, name: str) -> bool:
        return any(duty.role == Role.CONSULTANT for duty in self.duties[name])

    def supervises(self, name: str) -> bool:
        return name == "supervisor" and bool(self.duties[name])

    def answers(self, name: str, model: Model) -> bool:
        return name == model.reporter or name in model.shares

    def officers(self, model: Model) -> set[str]:
        """Who may become responsible instead of whom the ticket has."""
        unit = {name for name in self.people if self.works_on(name, model) and not self.answers(name, model)}
        return unit - {model.assignee}

    def is_allowed(self, verb: str, name: str, model: Model) -> bool:
        own, answers = name == model.reporter, self.answers(name, model)
        works, lowest = self.works_on(name, model), Tier.EPROC if model.walk_in else Tier.LPSE
        serves, turn = works and not answers, model.status in AWAITS_STAFF
        solved = model.status == Status.AWAITING_CONFIRMATION
        return {
            "take": serves and model.status == Status.NEW,
            "escalate": works and turn and model.tier < Tier.TIM_TEKNIS,
            "return": works and turn and model.tier > lowest,
            "resolve": serves and model.status == Status.IN_PROGRESS,
            "request_data": serves and model.status == Status.IN_PROGRESS,
            "reassign": (
                (serves or (self.supervises(name) and not answers))
                and bool(model.assignee and self.officers(model))
                and model.status != Status.CLOSED
            ),
            "note": serves and model.status != Status.CLOSED,
            "reply": turn if answers else serves and model.status != Status.CLOSED,
            "provide_data": (answers or (works and model.at_counter)) and model.status == Status.AWAITING_DATA,
            "confirm": own and solved,
            "confirm_in_presence": model.walk_in and model.reporter == VISITOR and solved and self.sees_visitors(name),
            "reject": own and solved,
            "withdraw": own and (turn or model.status == Status.AWAITING_DATA),
            "rate": own and model.status == Status.CLOSED and not model.withdrawn and not model.rating,
            "reopen": own and bool(model.closed_at and self.clock - model.closed_at <= timedelta(days=30)),
            "excuse": self.supervises(name) and not answers and self.is_late(model),
            "share": own and model.can_share,
            "unshare": own and model.can_share,
        }[verb]

    def is_late(self, model: Model) -> bool:
        """Whether a promise was broken that nobody has excused; the walk in time says when."""
        return False

    # What comes of an act

    def change(self, verb: str, name: str, model: Model) -> None:
        """Write down what a person was told has happened."""
        lines = {"escalate": "analysed escalated", "return": "noted returned", "reassign": "noted reassigned"}
        lines["excuse"] = "noted excused"
        kinds = {"take": "taken", "reply": "replied", "note": "noted", "request_data": "data_requested"}
        kinds |= {"provide_data": "data_provided", "resolve": "resolved", "confirm": "confirmed", "share": "shared"}
        kinds |= {"reject": "rejected", "rate": "rated", "withdraw": "withdrawn", "reopen": "reopened"}
        kinds |= {"unshare": "unshared", "confirm_in_presence": "confirmed_in_presence"}
        nothing_new = (verb == "share" and "colleague" in model.shares) or (verb == "unshare" and not model.shares)
        if nothing_new:
            return
        model.told += [(kind, name) for kind in lines.get(verb, kinds.get(verb, "")).split()]
        model.version += verb != "note"
        self.turn(verb, name, model)

    def turn(self, verb: str, name: str, model: Model) -> None:
        match verb:
            case "take":
                model.status, model.assignee = Status.IN_PROGRESS, name
            case "escalate" | "return":
                self.end_turn(model, "escalated" if verb == "escalate" else "returned")
                model.tier += 1 if verb == "escalate" else -1
                model.status, model.assignee, model.reached_lkpp, model.at_counter = Status.NEW, "", True, False
                model.legs.append((model.tier, ""))
            case "request_data":
                self.end_turn(model, "data_requested")
                model.status = Status.AWAITING_DATA
            case "resolve":
                self.end_turn(model, "resolved")
                model.status = Status.AWAITING_CONFIRMATION
            case "provide_data" | "reject":
                model.status = Status.IN_PROGRESS
                model.legs.append((model.tier, ""))
            case "confirm" | "confirm_in_presence" | "withdraw":
                if model.status in AWAITS_STAFF:
                    self.end_turn(model, "withdrawn")
                model.status, model.closed_at, model.withdrawn = Status.CLOSED, self.clock, verb == "withdraw"
            case "reopen":
                model.status, model.assignee, model.rating, model.at_counter = Status.NEW, "", None, False
                model.closed_at, model.withdrawn = None, False
                model.legs.append((model.tier, ""))
            case "rate":
                model.rating = 5
            case "share":
                model.shares.add("colleague")
            case "unshare":
                model.shares.clear()

    @staticmethod
    def end_turn(model: Model, outcome: str) -> None:
        model.legs[-1] = (model.tier, outcome)

    # What people do

    def file(self, by: str) -> Ticket:
        self.clock += timedelta(minutes=1)
        ticket = self.make_ticket(by=self.people[by], now=self.clock)
        self.models[ticket.pk] = Model(ticket.pk, by, can_share=by == "vendor", told=[("filed", by)])
        return ticket

    def file_at_counter(self, of: str) -> Ticket:
        """The officer of the counter writes down the problem of a visitor, or of somebody with an account."""
        self.clock += timedelta(minutes=1)
        visit = f"BT-{len(self.models)}"
        ticket = self.file_consultation(of=self.people[of], now=self.clock, visit=visit)
        facts: dict[str, Any] = {"tier": 2, "status": Status.IN_PROGRESS, "assignee": "consultant", "legs": [(2, "")]}
        facts |= {"walk_in": True, "at_counter": True, "reached_lkpp": True, "told": [("filed", "consultant")]}
        self.models[ticket.pk] = Model(ticket.pk, of, can_share=of == "vendor", **facts)
        return ticket

    @initialize(target=pages)
    def reporters_file_and_one_walks_in(self) -> Any:
        return multiple(self.file("vendor"), self.file("author"), self.file_at_counter(VISITOR))

    @rule(target=pages, by=st.sampled_from(["vendor", "author"]))
    @precondition(lambda self: len(self.models) < 5)
    def file_another(self, by: str) -> Ticket:
        return self.file(by)

    @rule(target=pages, of=st.sampled_from(["vendor", VISITOR]))
    @precondition(lambda self: len(self.models) < 5)
    def another_walks_in(self, of: str) -> Ticket:
        return self.file_at_counter(of)

    @rule(target=pages, page=pages)
    def open_page(self, page: Ticket) -> Ticket:
        """Draw the page anew; the old one stays open in another tab."""
        return Ticket.objects.get(pk=page.pk)

    @rule(page=pages, data=st.data())
    def act(self, page: Ticket, data: st.DataObject) -> None:
        """Anybody tries anything, from a page of any age."""
        self.attempt(page, data.draw(st.sampled_from(sorted(ACTS))), data.draw(st.sampled_from(sorted(self.people))))

    @rule(page=pages, data=st.data())
    def act_as_allowed(self, page: Ticket, data: st.DataObject) -> None:
        """Somebody does what the model allows, from a page just drawn: this is how tickets travel far."""
        self.attempt(Ticket.objects.get(pk=page.pk), *self.draw_allowed(page, data))

    @rule(page=pages, data=st.data())
    def act_as_allowed_from_an_old_page(self, page: Ticket, data: st.DataObject) -> None:
        """The right person does the right thing, but the ticket may have changed since."""
        self.attempt(page, *self.draw_allowed(page, data))

    def draw_allowed(self, page: Ticket, data: st.DataObject, without: tuple[str, ...] = ()) -> tuple[str, str]:
        """Choose a verb and a person who may use it now; the reporter may always ask to stop sharing."""
        model = self.models[page.pk]
        allowed = [(v, n) for v in sorted(ACTS) for n in sorted(self.people) if self.is_allowed(v, n, model)]
        allowed = [(v, n) for v, n in allowed if v not in without]
        verb = data.draw(st.sampled_from(sorted({v for v, _name in allowed}) or ["unshare"]))
        return verb, data.draw(st.sampled_from([n for v, n in allowed if v == verb] or [model.reporter]))

    def attempt(self, page: Ticket, verb: str, name: str) -> None:
        self.clock += timedelta(minutes=1)
        model, by = self.models[page.pk], User.objects.get(pk=self.people[name].pk)
        fresh = verb in UNVERSIONED or page.version == model.version
        form = copy.copy(page)
        form.changed_at = self.clock - timedelta(minutes=10)  # from which acts count the moment of sending
        expected = fresh and self.is_allowed(verb, name, model)
        try:
            with transaction.atomic():
                after = ACTS[verb](form, by)
        except REFUSED:
            assert not expected, (verb, name, model)
            return
        assert expected, (verb, name, model)
        self.change(verb, name, model)
        if verb == "reassign":
            officers = {self.people[each].pk: each for each in self.officers(model)}
            model.assignee = officers[after.assignee_id]

    @rule(page=pages, by=st.sampled_from(["vendor", "helpdesk", "eproc"]))
    def send_a_form_twice(self, page: Ticket, by: str) -> None:
        """The second send of a reply with the same key changes nothing and is a success."""
        model, key = self.models[page.pk], uuid4()
        if not self.is_allowed("reply", by, model):
            return
        self.clock += timedelta(minutes=1)
        facts = {"by": User.objects.get(pk=self.people[by].pk), "key": key, "version": model.version, "text": "Sekali."}
        handling.reply_to_ticket(page.pk, now=self.clock, **facts)
        self.change("reply", by, model)
        try:
            with transaction.atomic():
                handling.reply_to_ticket(page.pk, now=self.clock, **facts)
        except AlreadyDone:
            return
        raise AssertionError("a form was sent twice")

    @rule(tier=st.sampled_from(Tier), data=st.data())
    def take_next(self, tier: Tier, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.people)))
        self.clock += timedelta(minutes=1)
        waiting = [m for m in self.models.values() if m.tier == tier and self.is_allowed("take", name, m)]
        try:
            with transaction.atomic():
                taken = handling.take_next_ticket(self.desk(tier), by=self.fresh(name), now=self.clock)
        except REFUSED:
            assert not waiting, (name, waiting)
            return
        assert taken.pk in {model.pk for model in waiting}
        self.change("take", name, self.models[taken.pk])

    @rule(tier=st.sampled_from(Tier), data=st.data())
    def hand_over(self, tier: Tier, data: st.DataObject) -> None:
        names = st.sampled_from(sorted(self.people))
        by, absent, officer = data.draw(names), data.draw(names), data.draw(names)
        self.clock += timedelta(minutes=1)
        facts = {"absent": self.people[absent], "officer": self.fresh(officer), "reason": "Cuti."}
        try:
            with transaction.atomic():
                moved = moving.hand_over(self.desk(tier), by=self.fresh(by), now=self.clock, **facts)
        except REFUSED:
            assert not self.works_at(by, tier)
            assert not self.supervises(by)
            return
        here = [model for model in self.models.values() if model.tier == tier and not model.at_counter]
        theirs = [model for model in here if model.assignee == absent and self.is_allowed("reassign", by, model)]
        theirs = [model for model in theirs if officer in self.officers(model)]
        assert moved == len(theirs)
        for model in theirs:
            self.change("reassign", by, model)
            model.assignee = officer

    @rule(days=st.sampled_from([1, 15, 29, 31]))
    def time_passes(self, days: int) -> None:
        self.clock += timedelta(days=days)

    @rule(name=st.sampled_from(["helpdesk", "eproc", "teknis", "supervisor"]))
    def lose_or_get_back_a_duty(self, name: str) -> None:
        """A change of duties acts at once, whoever is responsible for a ticket then."""
        held = Duty.objects.filter(user=self.people[name])
        if self.duties[name]:
            held.delete()
            self.duties[name] = []
        else:
            first = Duty(user=self.people[name], **self.first_duties[name])
            first.save()
            self.duties[name] = [first]

    @rule(page=pages, data=st.data())
    def look(self, page: Ticket, data: st.DataObject) -> None:
        """Who may read the ticket reads it, and the buttons are what the model allows."""
        name, model = data.draw(st.sampled_from(sorted(self.people))), self.models[page.pk]
        roles = {duty.role for duty in self.duties[name]}
        reads = self.answers(name, model) or "supervisor" in roles
        reads = reads or (self.works_at(name, Tier.LPSE) and not model.walk_in)
        reads = reads or (model.reached_lkpp and bool(roles & LKPP_ROLES))
        person, row = self.fresh(name), Ticket.objects.get(pk=page.pk)
        assert Ticket.objects.visible_to(person).filter(pk=page.pk).exists() == reads
        buttons = set(verbs_for(row, person)) - {"reopen", "reassign"}  # reopen asks the real clock
        assert buttons == {v for v in ACTS if self.is_allowed(v, name, model)} - {"reopen", "reassign", "unshare"}

    def fresh(self, name: str) -> User:
        return User.objects.get(pk=self.people[name].pk)

    def desk(self, tier: Tier) -> Desk:
        return Desk(tier, Ticket.objects.get(pk=min(self.models)).lpse if tier == Tier.LPSE else None)

    # What holds after every one

    @invariant()
    def every_ticket_is_as_people_were_told(self) -> None:
        names = {user.pk: name for name, user in self.people.items()}
        for model in self.models.values():
            row = Ticket.objects.get(pk=model.pk)
            assert_history_holds(row)
            assert row.at_counter == model.at_counter
            here = (row.tier, row.status, names.get(row.assignee_id, ""), row.version, row.rating, row.closed_at)
            there = (model.tier, model.status, model.assignee, model.version, model.rating, model.closed_at)
            assert here == there
            events = row.events.exclude(kind__in=BY_THE_CLOCK).values_list("kind", "actor")
            told = [(kind, names.get(actor, "")) for kind, actor in events]
            assert told == model.told
            legs = list(row.legs.values_list("tier", "outcome"))
            assert legs == model.legs
            assert all(abs(after - before) <= 1 for (before, _), (after, _) in pairwise(legs))
            shared = {names[user] for user in row.shares.values_list("reporter__user", flat=True)}
            assert shared == model.shares

    @classmethod
    def cast(cls, people: dict[str, User], **services: Callable[..., Ticket]) -> "type[Desks]":
        """Return the machine for these people of one test; `services` are what files its tickets."""
        duties = {name: user.duties.values("role", "lpse_id").first() for name, user in people.items()}
        filing = {name: staticmethod(service) for name, service in services.items()}
        return type("Desks", (cls,), {"people": people, "first_duties": duties, **filing})

    first_duties: ClassVar[dict[str, Any]]
