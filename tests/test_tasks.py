"""Every task done twice, or twice at once, leaves what it leaves when done once: a worker may always be killed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry, AuditSeal
from consultations.models import Visit
from escalation.models import Clock, ClockPoint
from escalation.services.sweep import sweep_clocks
from lpse_support.celery import app
from lpse_support.schedule import SCHEDULE
from notifications.models import Notification
from tests.consultations.rows import visit_row
from tests.rows import everything
from tests.tickets.test_races import at_once
from tickets.models import Draft, Ticket

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
app.loader.import_default_modules()
TASKS = sorted(name for name in app.tasks if not name.startswith("celery."))
DAY = timedelta(days=1)


@pytest.fixture
def much_to_do(ticket_in: Callable[..., Ticket], make_ticket: Callable[..., Ticket], vendor: User) -> None:
    """A silent reporter, an overdue ticket, a forgotten draft, letters, a visit nobody ended, an entry, old news."""
    now = timezone.now()
    ticket_in(status=Ticket.Status.AWAITING_DATA, now=now - 40 * DAY)
    sweep_clocks(now=now - 2 * DAY)
    make_ticket(now=now - 30 * DAY)
    Draft.objects.create(owner=vendor, changed_at=now - 2 * DAY)
    AuditEntry.objects.create(kind=AuditEntry.Kind.TRACKED, at=now)
    news = {"kind": "ticket_confirmed", "url": "/", "unsent": Notification.Fate.DIGEST}
    Notification.objects.create(recipient=vendor, at=now - 2 * DAY, **news)
    visit_row(1, Visit.State.REGISTERED, reporter=vendor.reporter, at=now - 2 * DAY, room=None).save()


def state() -> list[Any]:
    points = ClockPoint.objects.order_by("pk").values("pk", "passed_at")
    seals = AuditSeal.objects.order_by("pk").values("pk", "digest")
    return [*everything(), list(points), list(Draft.objects.values("pk")), list(seals)]


def test_the_timetable_names_every_task() -> None:
    assert {entry["task"] for entry in SCHEDULE.values()} == set(TASKS)


@pytest.mark.parametrize("name", TASKS)
def test_a_second_run_changes_nothing(much_to_do: None, name: str) -> None:
    before = state()
    app.tasks[name]()
    once = state()

    app.tasks[name]()

    assert state() == once
    assert once != before or name == "tickets.tasks.scan_files"  # there is no scanner here


@pytest.mark.parametrize("name", TASKS)
def test_two_runs_at_once_do_it_once(much_to_do: None, name: str) -> None:
    at_once([app.tasks[name], app.tasks[name]])

    once = state()
    app.tasks[name]()
    assert state() == once
    kinds = list(Notification.objects.values_list("kind", "recipient", "url"))
    assert len(kinds) == len(set(kinds))
    assert Ticket.objects.filter(events__kind="closed_unanswered").count() <= 1
    broken = Clock.objects.breached().values_list("pk", flat=True)
    lines = [event.data["clock"] for ticket in Ticket.objects.all() for event in ticket.events.filter(kind="breached")]
    assert sorted(lines) == sorted(broken)
