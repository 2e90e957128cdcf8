"""The probes: alive asks nobody, ready asks everybody, and neither waits, remembers or tells more than numbers."""

import runpy
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import MagicMock, patch

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from accounts.models import User
from escalation.models import ScheduledJob
from lpse_support import health
from lpse_support.schedule import SCHEDULE
from notifications.models import Notification

ALIVE, READY = "/sehat/hidup", "/sehat/siap"
MINUTE = timedelta(minutes=1)
NAMES = {"database", "clock", "redis", "storage", "beat", "worker", "sweep", "relay", "outbox", "migrations"}


@pytest.fixture(autouse=True)
def clock() -> None:
    """The clock of the day: here it is compared with the clock of PostgreSQL."""


@pytest.fixture
def at_work(db: None) -> None:
    """Beat and worker have done everything just now."""
    now = timezone.now()
    moments = {"sent_at": now, "started_at": now, "ended_at": now}
    ScheduledJob.objects.bulk_create(ScheduledJob(name=name, **moments) for name in SCHEDULE)


@pytest.fixture
def frozen() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def failing(client: Client) -> set[str]:
    """Ask, and return the checks that failed."""
    answer = client.get(READY)
    found = answer.json()
    bad = {name for name, check in found["checks"].items() if not check["ok"]}
    assert (answer.status_code, found["ok"]) == ((503, False) if bad else (200, True))
    return bad


@pytest.mark.parametrize("path", [ALIVE, ALIVE + "/", READY, READY + "/"])
def test_probes_answer_plain_http_without_session_cookie_or_cache(
    client: Client, settings: Any, at_work: None, path: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True

    answer = client.get(path)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_alive_asks_nobody_not_even_who_asks(
    sign_in: Callable[[User], Client], supervisor: User, django_assert_num_queries: Any
) -> None:
    browser = sign_in(supervisor)

    with django_assert_num_queries(0):
        answer = browser.get(ALIVE)

    assert answer.json() == {"ok": True}


def test_ready_asks_a_fixed_number_of_queries_and_tells_numbers_only(
    client: Client, at_work: None, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(5 + 3 * 3):  # a limit and a savepoint around each group
        found = client.get(READY).json()

    assert found["checks"].keys() == NAMES
    details = [value for check in found["checks"].values() for value in check.values()]
    assert all(isinstance(value, bool | int) for value in details)


@pytest.mark.parametrize(
    ("job", "facts", "bad"),
    [
        (None, {"sent_at": None}, {"beat", "worker"}),
        (None, {"started_at": timezone.now() - 4 * MINUTE}, {"worker"}),
        ("sweep-clocks", {"ended_at": timezone.now() - 4 * MINUTE}, {"sweep"}),
        ("sweep-clocks", {"failed_at": timezone.now() + 600 * MINUTE}, {"sweep"}),
        ("relay", {"ended_at": None}, {"relay"}),
        ("end-day", {"ended_at": None}, set()),
    ],
)
def test_what_stands_still_is_named(client: Client, at_work: None, job: Any, facts: Any, bad: set[str]) -> None:
    rows = ScheduledJob.objects.filter(name=job) if job else ScheduledJob.objects.all()
    rows.update(**facts)

    assert failing(client) == bad


@pytest.mark.parametrize(("late", "bad"), [(2 * MINUTE, set()), (4 * MINUTE, {"outbox"}), (-60 * MINUTE, set())])
def test_letters_long_due_are_named(
    client: Client, at_work: None, vendor: User, late: timedelta, bad: set[str]
) -> None:
    now = timezone.now()
    Notification.objects.create(recipient=vendor, kind="ticket_confirmed", url="/", at=now, next_at=now - late)

    assert failing(client) == bad
    assert client.get(READY).json()["checks"]["outbox"]["depth"] == 1


def test_a_migration_that_is_not_applied_is_named(client: Client, at_work: None) -> None:
    MigrationRecorder(connection).record_unapplied("core", "0001_initial")
    MigrationRecorder(connection).record_unapplied("escalation", "0001_initial")

    assert failing(client) == {"migrations"}


def test_a_clock_that_is_off_is_named(client: Client, at_work: None) -> None:
    ahead = time.time() + 7200

    with patch.object(health.time, "time", return_value=ahead):
        assert failing(client) == {"clock"}


def test_a_full_disk_and_a_folder_that_cannot_be_written_are_named(
    client: Client, at_work: None, settings: Any
) -> None:
    with patch.object(health.shutil, "disk_usage") as usage:
        usage.return_value.free = settings.REQUEST_BYTES - 1
        assert failing(client) == {"storage"}

    settings.MEDIA_ROOT = "/proc/nowhere"

    assert failing(client) == {"storage"}


@pytest.mark.parametrize("name", ["REDIS_URL", "CLAMD_ADDRESS"])
def test_a_frozen_neighbour_is_named_within_its_time(
    client: Client, at_work: None, settings: Any, frozen: int, name: str
) -> None:
    setattr(settings, name, f"redis://127.0.0.1:{frozen}/0" if name == "REDIS_URL" else f"127.0.0.1:{frozen}")
    began = time.monotonic()

    bad = failing(client)

    assert bad == {"redis" if name == "REDIS_URL" else "scanner"}
    assert time.monotonic() - began < 2.5


def test_a_frozen_database_is_named_within_its_time_and_asked_no_further(
    client: Client, at_work: None, frozen: int
) -> None:
    there = {**connection.settings_dict, "HOST": "127.0.0.1", "PORT": str(frozen)}
    began = time.monotonic()

    with patch.dict(connection.settings_dict, there):
        bad = failing(client)

    assert bad == NAMES - {"redis", "storage"}
    assert time.monotonic() - began < 3


def test_the_reason_of_a_failure_stays_in_the_log(client: Client, at_work: None, caplog: Any) -> None:
    with patch.object(health, "all_jobs", side_effect=OperationalError("password of lpse")):
        answer = client.get(READY)

    assert b"password" not in answer.content
    assert answer.json()["checks"]["sweep"] == {"ok": False}
    assert "OperationalError" in caplog.text
    assert "password" not in caplog.text


@pytest.mark.parametrize(("status", "code"), [(200, False), (400, True)])
def test_docker_asks_whether_the_process_is_alive(monkeypatch: Any, status: int, code: bool) -> None:
    monkeypatch.setenv("BASE_URL", "https://lpse.example:8443")

    web = MagicMock()
    web.return_value.getresponse.return_value.status = status
    monkeypatch.setattr("http.client.HTTPConnection", web)

    with pytest.raises(SystemExit) as end:
        runpy.run_module("lpse_support.healthcheck", run_name="__main__")

    web.return_value.request.assert_called_once_with("GET", ALIVE, headers={"Host": "lpse.example:8443"})
    assert end.value.code is code
