"""Whether the parts work together, in numbers that give nothing away; each check answers within about two seconds."""

import logging
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from redis.backoff import NoBackoff
from redis.retry import Retry

from escalation.services.jobs import PATIENCE, all_jobs, health_of
from notifications.models import Notification
from tickets.services.scanning import scanner_answers

SECONDS = 2  # for one answer
CLOCK_MS = 5000  # how far the clocks of this machine and of PostgreSQL may be apart
Checks = dict[str, dict[str, Any]]
log = logging.getLogger(__name__)


def check_all(*, now: datetime) -> Checks:
    """Return every check as {ok, numbers}; those that ask the database are not tried when it does not answer."""
    checks = _asked(_database, "database", "clock") | _asked(_redis, "redis") | _asked(_storage, "storage")
    if settings.CLAMD_ADDRESS:
        checks |= {"scanner": {"ok": scanner_answers()}}
    for check, *names in (
        (lambda: _jobs(now), "beat", "worker", "sweep", "relay"),
        (lambda: _outbox(now), "outbox"),
        (_migrations, "migrations"),
    ):
        checks |= _asked(_hurried(check), *names) if checks["database"]["ok"] else _failed(*names)
    return checks


def _failed(*names: str) -> Checks:
    return {name: {"ok": False} for name in names}


def _asked(check: Callable[[], Checks], *names: str) -> Checks:
    """Return what a check says; one that breaks has failed, and its reason is for the log."""
    try:
        return check()
    except Exception as error:
        log.warning("The check of %s failed: %s", ", ".join(names), type(error).__name__)
        return _failed(*names)


def _hurried(check: Callable[[], Checks]) -> Callable[[], Checks]:
    """Return the check with each of its queries cut off in time."""

    def hurried() -> Checks:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [SECONDS * 1000])
            return check()

    return hurried


def _database() -> Checks:
    """Ask on a connection of its own: one that is open already would wait for ever for a server that is frozen."""
    own = connection.copy()
    own.settings_dict["OPTIONS"] |= {"connect_timeout": SECONDS}
    began = time.monotonic()
    with closing(own), own.cursor() as cursor:
        asked_at = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        offset = round((float(cursor.fetchone()[0]) - (asked_at + time.time()) / 2) * 1000)
    return {
        "database": {"ok": True, "ms": round((time.monotonic() - began) * 1000)},
        "clock": {"ok": abs(offset) <= CLOCK_MS, "offset_ms": offset},
    }


def _redis() -> Checks:
    began = time.monotonic()
    patience = {"socket_timeout": SECONDS / 2, "socket_connect_timeout": SECONDS / 2, "retry": Retry(NoBackoff(), 0)}
    with closing(redis.Redis.from_url(settings.REDIS_URL, **patience)) as client:
        client.ping()
    return {"redis": {"ok": True, "ms": round((time.monotonic() - began) * 1000)}}


def _storage() -> Checks:
    """Write a file, and see that there is room for the largest form."""
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.MEDIA_ROOT) as file:
        file.write(b"0")
    free = shutil.disk_usage(settings.MEDIA_ROOT).free
    return {"storage": {"ok": free >= settings.REQUEST_BYTES, "free_mb": free // settings.MB}}


def _age(moment: datetime | None, now: datetime) -> int | None:
    """Return whole seconds since then; none before the first time."""
    return round((now - moment).total_seconds()) if moment else None


def _jobs(now: datetime) -> Checks:
    """Read what beat and worker have written down, by the rules of the page Pekerjaan Terjadwal."""
    jobs = all_jobs()
    health, by_name = health_of(jobs, now=now), {job.name: job for job in jobs}
    checks = {
        "beat": {"ok": not health.beat_is_down, "age_s": _age(health.sent_at, now)},
        "worker": {
            "ok": not (health.beat_is_down or health.worker_is_down),
            "age_s": _age(health.started_at, now),
        },
    }
    for name, job in (("sweep", by_name["sweep-clocks"]), ("relay", by_name["relay"])):
        checks[name] = {"ok": not (job.is_late(now) or job.has_failed), "age_s": _age(job.last.ended_at, now)}
    return checks


def _outbox(now: datetime) -> Checks:
    """Count what waits to be mailed, and how long the first of it has been due."""
    first = Notification.objects.waiting().order_by("next_at").values_list("next_at", flat=True).first()
    late = max(_age(first, now) or 0, 0)
    depth = Notification.objects.waiting().count()
    return {"outbox": {"ok": late <= PATIENCE.total_seconds(), "depth": depth, "late_s": late}}


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def _migrations() -> Checks:
    missing = len(_known_migrations() - MigrationRecorder(connection).applied_migrations().keys())
    return {"migrations": {"ok": not missing, "missing": missing}}
