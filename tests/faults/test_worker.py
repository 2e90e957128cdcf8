"""The hourly work happens by real beat and worker, and an outage of either only delays it."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from celery.beat import PersistentScheduler
from django.utils import timezone

from accounts.models import User
from lpse_support.celery import app
from tests.processes import CELERY, Worker, wait_until
from tickets.models import Draft

pytestmark = pytest.mark.faults


@pytest.fixture
def forgotten(worker: Worker, vendor: User) -> Draft:
    """A draft that nobody touched for more than 24 hours."""
    return Draft.objects.create(owner=vendor, changed_at=timezone.now() - timedelta(hours=25))


def gone(draft: Draft) -> bool:
    return not Draft.objects.filter(pk=draft.pk).exists()


def test_the_worker_sweeps_forgotten_drafts_and_spares_the_others(
    worker: Worker, vendor: User, forgotten: Draft
) -> None:
    fresh = Draft.objects.create(owner=vendor, changed_at=timezone.now() - timedelta(hours=23))

    worker.send("tickets.tasks.sweep_drafts")

    wait_until(lambda: gone(forgotten), "the forgotten draft is gone")
    assert not gone(fresh)


def test_beat_catches_up_after_an_outage(worker: Worker, forgotten: Draft, tmp_path: Path) -> None:
    timetable = tmp_path / "beat-schedule"
    command = [*CELERY, "beat", "--loglevel=WARNING", f"--schedule={timetable}"]
    memory = PersistentScheduler(app, schedule_filename=str(timetable))
    memory.schedule["sweep-drafts"].last_run_at -= timedelta(hours=2)
    memory.close()

    with subprocess.Popen(command, env=worker.environment) as beat:
        wait_until(lambda: gone(forgotten), "the forgotten draft is gone")
        beat.terminate()


def test_a_call_that_came_while_no_worker_was_there_is_answered_by_the_next(worker: Worker, forgotten: Draft) -> None:
    worker.process.kill()
    worker.process.wait()

    worker.send("tickets.tasks.sweep_drafts")
    worker.start()

    wait_until(lambda: gone(forgotten), "the forgotten draft is gone")
