"""The Celery application. Valkey is a doorbell: losing all of it loses nothing but seconds."""

import logging
import os
from logging.config import dictConfig
from time import monotonic
from typing import Any

from celery import Celery, states
from celery.signals import after_task_publish, beat_init, setup_logging, task_failure, task_postrun, task_prerun
from django.utils import timezone

from lpse_support.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lpse_support.settings")
app = Celery("lpse_support")


def configure() -> None:
    """Set what keeps work safe when a worker or the broker dies; the reasons are in docs/architecture.md."""
    from django.conf import settings

    app.conf.update(
        broker_url=settings.REDIS_URL,
        broker_transport_options={
            "visibility_timeout": 900,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "max_retries": 0,
            "interval_start": 0,
        },
        visibility_timeout=900,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_publish_retry_policy={"max_retries": 0},
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        task_reject_on_worker_lost=False,
        task_soft_time_limit=240,
        task_time_limit=300,
        worker_max_tasks_per_child=500,
        worker_soft_shutdown_timeout=30,
        worker_hijack_root_logger=False,
        beat_max_loop_interval=10,
        beat_schedule=SCHEDULE,
        timezone="Asia/Jakarta",
    )


app.on_configure.connect(lambda **_: configure(), weak=False)
app.autodiscover_tasks()


@setup_logging.connect
def write_logs_as_the_web_does(loglevel: int, **_: Any) -> None:
    """Keep Celery from setting up logging of its own; `--loglevel` says how much it tells of itself."""
    from django.conf import settings

    dictConfig(settings.LOGGING)
    logging.getLogger("celery").setLevel(loglevel)


# Beat and worker write down what they do, for the page of scheduled jobs.
ENTRIES = {entry["task"]: name for name, entry in SCHEDULE.items()}


def note(task: str, *moments: str, **facts: Any) -> None:
    """Write down facts, and the present moment in these columns, if a task is on the timetable."""
    from escalation.services import jobs  # models are not ready when this module is read

    if task in ENTRIES:
        jobs.note(ENTRIES[task], **dict.fromkeys(moments, timezone.now()), **facts)


def note_sent(sender: str, **_: Any) -> None:
    note(sender, "sent_at")


@beat_init.connect
def watch_beat(**_: Any) -> None:
    """Only what beat asks for is on time; a task asked for by hand says nothing about beat."""
    after_task_publish.connect(note_sent)


@task_prerun.connect
def note_started(task: Any, **_: Any) -> None:
    task.request.began = monotonic()
    note(task.name, "started_at")


@task_postrun.connect
def note_ended(task: Any, retval: Any, state: str, **_: Any) -> None:
    facts: dict[str, Any] = {"took_ms": round((monotonic() - task.request.began) * 1000)}
    if state == states.SUCCESS:
        facts["did"] = retval if isinstance(retval, dict) else {}
    note(task.name, "ended_at", **facts)


@task_failure.connect
def note_failed(sender: Any, exception: BaseException, **_: Any) -> None:
    """Sent by the task's own process, or by the one above it after a time limit or a kill."""
    note(sender.name, "failed_at", error=f"{type(exception).__name__}: {exception}"[:2000])
