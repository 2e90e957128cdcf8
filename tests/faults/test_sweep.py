"""Workers are killed, Valkey freezes and forgets, clocks are wrong: each breach is recorded once.

Variables make it longer: SWEEP_CLOCKS (5,000) run out at once, Valkey is frozen for SWEEP_FROZEN seconds (8).
"""

import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Lpse, User
from bench.sweep import make_due
from escalation.models import Clock, Entitlement, ScheduledJob
from escalation.services.clocks import TRIES
from escalation.services.jobs import all_jobs, health_of
from escalation.services.sweep import sweep_clocks
from lpse_support.local import servers
from notifications.models import Notification
from tests.faults.crew import Crew
from tests.faults.test_database import reply
from tests.processes import Browser, Web, wait_until
from tickets.demo.scale import load
from tickets.models import Ticket, TicketEvent

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
CLOCKS = int(os.environ.get("SWEEP_CLOCKS", "5000"))
PART = CLOCKS // 5  # due at once before each of six kills
FROZEN = float(os.environ.get("SWEEP_FROZEN", "8"))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PACKAGE = find_spec("libfaketime")


def run_out(count: int, skip: int = 0) -> set[int]:
    """Let so many promises have been over for an hour, one for each of so many tickets; return their keys."""
    now = timezone.now()
    if Ticket.objects.count() < skip + count:
        list(load(count, now=now))
        sweep_clocks(now=now)
    before = set(Clock.objects.values_list("pk", flat=True))
    make_due(count, now, skip)
    return set(Clock.objects.values_list("pk", flat=True)) - before


def left(clocks: set[int]) -> int:
    return Clock.objects.filter(pk__in=clocks, breached_at=None).count()


def swept(clocks: set[int]) -> Callable[[], bool]:
    return lambda: not left(clocks)


def assert_each_once(clocks: set[int]) -> None:
    """Each of these has one breach, one line of history, one priority for its case, one message for every person."""
    rows = Clock.objects.filter(pk__in=clocks)
    assert all(clock.breached_at == clock.due_at <= clock.detected_at for clock in rows)
    lines = TicketEvent.objects.filter(kind=TicketEvent.Kind.BREACHED, data__clock__in=list(clocks))
    assert Counter(lines.values_list("data__clock", flat=True)) == dict.fromkeys(clocks, 1)
    cases = {clock.case for clock in rows}
    assert set(Entitlement.objects.filter(case__in=cases).values_list("case", flat=True)) == cases
    urls = {clock.url for clock in rows}
    told = Counter(Notification.objects.filter(url__in=urls).values_list("kind", "url", "recipient"))
    assert set(told.values()) == {1}
    for kind in ("promise_broken", "ticket_late"):
        assert {url for name, url, _person in told if name == kind} == urls


# F1 and F2


@pytest.mark.standard("R39")
def test_six_times_all_workers_are_killed_under_two_beats_and_every_breach_is_recorded_once(crew: Crew) -> None:
    clocks, kills = set(), 0
    crew.worker("w1")
    crew.worker("w2")

    for part in range(6):
        late = run_out(PART, skip=part * PART)  # however fast the machine, there is work left to be killed in
        clocks |= late
        crew.ring(2)
        crew.beat(f"beat{part % 2}") if part < 2 else None
        wait_until(lambda late=late: left(late) < PART, "a sweep is under way", 60)
        kills += left(late) > 0
        crew.kill("w1", "w2")
        wait_until(lambda: crew.answers("w1") and crew.answers("w2"), "both are back", 60)
    crew.ring()
    wait_until(swept(clocks), "all is swept", 300)

    assert kills == 6
    assert_each_once(clocks)


# F4 and F5


def seconds(work: Callable[[], Any]) -> float:
    begun = time.monotonic()
    assert work().status in (200, 302)
    return time.monotonic() - begun


def a_job_ran_since(moment: Any) -> Callable[[], bool]:
    """Tell whether beat and a worker have met again: mail is asked for every five seconds."""
    return lambda: ScheduledJob.objects.filter(name="relay", sent_at__gt=moment, ended_at__gt=moment).exists()


def test_a_valkey_that_freezes_or_forgets_costs_seconds_and_no_breach(
    crew: Crew,
    valkey: tuple[servers.Part, str],
    serve: Callable[..., Web],
    ticket: Ticket,
    helpdesk: User,
) -> None:
    part, address = valkey
    web, browser = serve(REDIS_URL=address), Browser(helpdesk)
    path = reverse("tickets:reply", args=[ticket.number])

    def work() -> Any:
        form = reply(Ticket.objects.get(pk=ticket.pk), helpdesk, "Sedang diperiksa.")
        return browser.post(web, path, form)

    crew.worker("w1")
    crew.beat("beat")
    wait_until(a_job_ran_since(timezone.now()), "worker and beat are at work", 60)
    usual = sorted(seconds(work) for _try in range(10))

    part.process.send_signal(signal.SIGSTOP)
    frozen_at, clocks = time.monotonic(), run_out(100, skip=1)  # all but the ticket above
    frozen = sorted(seconds(work) for _try in range(10))
    wait_until(lambda: time.monotonic() > frozen_at + FROZEN, "all have lost patience", FROZEN + 1)
    part.process.send_signal(signal.SIGCONT)
    thawed_at = timezone.now()
    wait_until(a_job_ran_since(thawed_at), "worker and beat have met again after the freeze", 60)
    crew.ring()
    wait_until(swept(clocks), "the sweep has caught up", 60)
    assert_each_once(clocks)
    assert frozen[5] < usual[5] + 0.5

    os.kill(crew.pid("w1"), signal.SIGSTOP)
    clocks |= run_out(100, skip=101)
    crew.ring(5)
    with crew.queue.connection() as connection:
        connection.default_channel.client.flushall()
    os.kill(crew.pid("w1"), signal.SIGCONT)
    wait_until(a_job_ran_since(timezone.now()), "worker and beat have met again after FLUSHALL", 60)

    part.process.kill()
    part.process.wait()
    shutil.rmtree(part.folder / "appendonlydir")
    part.start_and_wait(lambda: servers.valkey_answers(address))
    wait_until(a_job_ran_since(timezone.now()), "worker and beat have met again without their data", 60)
    wait_until(swept(clocks), "beat itself has asked for the sweep", 70)
    assert_each_once(clocks)
    assert not web.complaints()


# F19


@pytest.mark.standard("R39")
def test_promises_that_ran_out_while_nobody_worked_are_recorded_when_they_were_due(crew: Crew) -> None:
    clocks = run_out(50)
    Clock.objects.filter(pk__in=clocks).update(due_at=timezone.now() - 3 * HOUR)
    crew.beat("beat")
    wait_until(lambda: ScheduledJob.objects.filter(name="sweep-clocks").exists(), "beat has asked for it")
    assert health_of(all_jobs(), now=timezone.now()).worker_is_down

    back = timezone.now()
    crew.worker("w1")
    wait_until(swept(clocks), "all is swept", 70)

    for clock in Clock.objects.filter(pk__in=clocks):
        assert clock.breached_at == clock.due_at < back - 2 * HOUR
        assert back < clock.detected_at < back + 2 * MINUTE
    assert_each_once(clocks)
    wait_until(a_job_ran_since(back), "what ran is written down", 30)
    assert not health_of(all_jobs(), now=timezone.now()).worker_is_down


# F20


def test_a_clock_that_cannot_be_dealt_with_is_parked_and_the_worker_lives(crew: Crew) -> None:
    clocks = run_out(150)
    bad = Clock.objects.get(pk=max(clocks))
    nowhere = Lpse.objects.create(code="tak-ada", name="LPSE Antah Berantah", time_zone="Asia/Nowhere")
    Clock.objects.filter(pk=bad.pk).update(lpse=nowhere)
    crew.worker("w1")
    family = {child.pid for child in psutil.Process(crew.pid("w1")).children()}

    crew.ring()
    wait_until(swept(clocks - {bad.pk}), "the others are swept", 60)
    for attempt in range(1, TRIES + 1):
        wait_until(lambda n=attempt: Clock.objects.filter(pk=bad.pk, attempts=n).exists(), "it was tried", 30)
        Clock.objects.filter(pk=bad.pk, parked_at=None).update(next_at=timezone.now() - MINUTE)
        crew.ring()
    later = run_out(10, skip=150)
    crew.ring()
    wait_until(swept(later), "later ones are swept", 60)

    bad.refresh_from_db()
    assert bad.parked_at
    assert (bad.attempts, bad.next_at, bad.breached_at) == (TRIES, None, None)
    assert "Asia/Nowhere" in bad.last_error
    assert {child.pid for child in psutil.Process(crew.pid("w1")).children()} == family
    assert_each_once(clocks - {bad.pk})


# F23


def wrong_by(shift: str) -> dict[str, str]:
    """Return what makes a process believe in another time; its sleeps stay as long as they are."""
    assert PACKAGE
    assert PACKAGE.origin
    library = next(Path(PACKAGE.origin).parent.glob("vendor/**/libfaketime.so.1"))
    return {"LD_PRELOAD": str(library), "FAKETIME": shift, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def test_workers_whose_clocks_are_wrong_break_nothing_early_and_nothing_twice(
    crew: Crew, make_ticket: Callable[..., Ticket]
) -> None:
    clocks, ticket = run_out(400), make_ticket(now=timezone.now())
    Clock.objects.filter(case=ticket.number).update(due_at=timezone.now() + HOUR, next_at=timezone.now() + HOUR)
    crew.worker("ahead", **wrong_by("+2h"))

    crew.ring(3)
    wait_until(swept(clocks), "what ran out is swept", 60)
    now = timezone.now()
    assert all(abs(clock.detected_at - now) < 5 * MINUTE for clock in Clock.objects.filter(pk__in=clocks))

    crew.worker("behind", **wrong_by("-1h"))
    crew.worker("right")
    clocks |= run_out(400, skip=401)  # all but that ticket
    crew.ring(12)
    wait_until(swept(clocks), "what ran out since is swept", 60)
    crew.ring(3)
    for name in ("ahead", "behind", "right"):
        wait_until(lambda name=name: crew.answers(name), f"{name} has nothing left to do")

    assert not Clock.objects.breached().filter(case=ticket.number).exists()
    assert_each_once(clocks)
