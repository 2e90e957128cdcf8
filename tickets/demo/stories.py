"""What happened to the 42 invented tickets (tickets.json), told through the services as the product would write it."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery

from accounts.models import Lpse, User
from core.dates import local
from escalation.services.sweep import sweep_clocks
from notifications.models import Notification
from tickets.demo.files import make_file
from tickets.demo.hours import dated, deadline, moment, weekday_near
from tickets.models import Application, DocumentRequirement, RequestedItem, Subcategory, Ticket, TicketEvent
from tickets.services import closing, excusing, feedback, filing, handling, moving
from tickets.services.uploads import attach

SEED = 26_2022
READ_AFTER = timedelta(days=7)
MAILED_FOR = timedelta(days=4)  # what is older was never mailed: a demo starts with a few letters, not with hundreds
VERBS: dict[str, Callable[..., Ticket]] = {
    "take": handling.take_ticket,
    "reply": handling.reply_to_ticket,
    "note": handling.add_internal_note,
    "request_data": feedback.request_data,
    "provide_data": feedback.provide_data,
    "reassign": moving.reassign_ticket,
    "escalate": handling.escalate_ticket,
    "resolve": handling.resolve_ticket,
    "reject": closing.reject_resolution,
    "confirm": closing.confirm_closing,
    "rate": closing.rate_ticket,
    "withdraw": closing.withdraw_ticket,
    "reopen": closing.reopen_ticket,
    "excuse": excusing.excuse_breaches,
}
BY_BUTTON = ("take", "rate")  # verbs without a form, so without version and key
WEIGHTS = {"take": 0.3, "rate": 0.01}  # taking soon follows, rating is one tap; other verbs weigh about 1


@dataclass(frozen=True)
class Deed:
    """Something that somebody did then; the act is told when, and gets a key for its form."""

    at: datetime
    act: Callable[[datetime, UUID], object]


@dataclass
class Story:
    """One ticket of the file, with its office, the moment it was filed and, once filed, its row."""

    facts: dict[str, Any]
    lpse: Lpse
    filed_at: datetime
    pk: int = 0

    def dated(self, text: str) -> str:
        return dated(text, self.filed_at)


def tell_stories(people: dict[str, User], *, now: datetime, others: Iterable[Deed] = ()) -> None:
    """File and handle every ticket, in the order in which it happened up to now, between what happened elsewhere."""
    random = Random(SEED)  # nosec B311 # stories, the same each time
    offices = {lpse.code: lpse for lpse in Lpse.objects.all()}
    deeds = list(others)
    for facts in json.loads(Path(__file__).with_name("tickets.json").read_text(encoding="utf-8")):
        lpse, steps = offices[facts["lpse"]], facts["story"]
        times = [moment(age, zone=lpse.time_zone, now=now) for age in _ages(facts["ages"], steps, random)]
        story = Story(facts, lpse, times[0])
        acts = [partial(_file, story, people[facts["by"]]), *(partial(_do, story, people, step) for step in steps)]
        deeds += map(Deed, times, acts)
    for deed in sorted(deeds, key=lambda deed: deed.at):
        _let_time_pass(deed.at)
        deed.act(deed.at, UUID(int=random.getrandbits(128), version=4))  # nosec B311 # keys of stories
    _let_time_pass(now)
    _read_messages(now)


def _let_time_pass(now: datetime) -> None:
    """Do what the worker would have done by now."""
    sweep_clocks(now=now)
    closing.close_silences(now=now)


def _read_messages(now: datetime) -> None:
    """Everybody has read what is older than a week, and what came before their own last deed."""
    deeds = TicketEvent.objects.filter(actor=OuterRef("recipient")).order_by("-at").values("at")[:1]
    read = Q(at__lt=now - READ_AFTER) | Q(at__lte=Subquery(deeds))
    Notification.objects.filter(read).update(read_at=F("at"))
    Notification.objects.filter(at__lt=now - MAILED_FOR).update(next_at=None)


def _ages(span: list[float], steps: list[dict[str, Any]], random: Random) -> list[float]:
    """Spread filing and steps from the first to the last age of the span, given in working days before now."""
    first, last = span
    weights = [WEIGHTS.get(step["do"]) or random.uniform(0.6, 1.4) for step in steps]  # nosec B311 # of stories
    ages, passed, total = [first], 0.0, sum(weights)
    for weight in weights:
        passed += weight
        ages.append(first - (first - last) * passed / total)
    return ages


def _file(story: Story, by: User, at: datetime, key: UUID) -> None:
    facts, zone = story.facts, story.lpse.time_zone
    category, name = facts["subcategory"]
    subcategory = Subcategory.objects.get(category__name=category, name=name)
    ticket: dict[str, Any] = {part: facts[part] for part in ("title", "type")}
    ticket |= {part: facts.get(part, "") for part in ("package_code", "error_code")}
    if "occurred_hours_before" in facts:
        ticket["occurred_at"] = at - timedelta(hours=facts["occurred_hours_before"])
    if "deadline" in facts:
        days, hour = facts["deadline"]
        ticket["stage_deadline_at"] = deadline(at, zone=zone, days=days, hour=hour)
    if subcategory.needs_spse_version:
        ticket["spse_version"] = story.lpse.spse_version
    ticket["description"] = story.dated(facts["description"])
    ticket |= {"lpse": story.lpse, "subcategory": subcategory}
    ticket["application"] = Application.objects.get(name=facts["application"])
    _attach(story, facts.get("files", {}), by, at, key)
    story.pk = filing.file_ticket(by=by, key=key, now=at, facts=ticket, identity={}).pk


def _do(story: Story, people: dict[str, User], given: dict[str, Any], at: datetime, key: UUID) -> None:
    step = dict(given)
    by, verb = people[step.pop("by")], step.pop("do")
    _attach(story, step.pop("files", {}), by, at, key)
    if "officer" in step:
        step["officer"] = people[step["officer"]]
    if "reply_by" in step:
        step["reply_by"] = weekday_near(local(at, story.lpse.time_zone).date(), step["reply_by"])
    if "answers" in step:
        step["unavailable"] = _answer(story, step.pop("answers"), by, at, key)
    if verb not in BY_BUTTON:
        step |= {"key": key, "version": Ticket.objects.get(pk=story.pk).version}
    VERBS[verb](story.pk, by=by, now=at, **step)


def _answer(story: Story, answers: dict[str, Any], by: User, at: datetime, key: UUID) -> dict[int, str]:
    """Attach the files that answer requested items; return the reasons for those that the reporter does not have."""
    unavailable = {}
    for item in RequestedItem.objects.filter(request__ticket=story.pk, request__answered_at=None):
        answer = answers[item.name]
        if isinstance(answer, str):
            attach(make_file(answer, item.name, story.facts["title"]), key=key, by=by, now=at, item=item)
        else:
            unavailable[item.pk] = answer["reason"]
    return unavailable


def _attach(story: Story, files: dict[str, str | None], by: User, at: datetime, key: UUID) -> None:
    """Put files into the draft that the coming deed sends; a file may answer one item of the data dukung."""
    category, subcategory = story.facts["subcategory"]
    for name, wanted in files.items():
        item = wanted and DocumentRequirement.objects.get(
            name=wanted, subcategory__name=subcategory, subcategory__category__name=category
        )
        shown = story.facts.get("error_code") or story.facts["application"]
        heading = wanted if wanted and name.endswith(".pdf") else shown
        attach(make_file(name, heading, story.facts["title"]), key=key, by=by, now=at, requirement=item or None)
