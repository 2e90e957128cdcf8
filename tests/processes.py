"""Real processes for tests: a Celery worker on the test database and the test's own corner of Valkey."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

if not os.environ.get("DATABASE_URL") or not os.environ.get("REDIS_URL"):
    pytest.exit("The tests need PostgreSQL and Valkey: run `make test`, or set DATABASE_URL and REDIS_URL.", 4)

CELERY = [sys.executable, "-m", "celery", "--quiet", "--app", "lpse_support"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests that commit last: they leave the database empty, and only each other is prepared for that."""

    def commits(item: pytest.Item) -> bool:
        marker = item.get_closest_marker("django_db")
        return bool(marker and marker.kwargs.get("transaction")) or "transactional_db" in item.fixturenames

    items.sort(key=commits)


def wait_until(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Return as soon as the condition holds; fail the test when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"Waited {seconds} seconds in vain until {what}.")
        time.sleep(0.05)


def environment_of_processes() -> dict[str, str]:
    """Return the environment with the addresses of the test database and of this test process's part of Valkey."""
    from django.conf import settings
    from django.db import connection

    database = connection.settings_dict["NAME"]
    part = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return os.environ | {
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl(),
        "REDIS_URL": urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{part}").geturl(),
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }


class Worker:
    """A Celery worker in processes of its own, and the queue it listens to."""

    def __init__(self, environment: dict[str, str]) -> None:
        from celery import Celery

        self.queue = Celery("tests", broker=environment["REDIS_URL"], set_as_current=False)
        self.environment = environment

    def start(self) -> None:
        """Start it, and return when it answers."""
        command = [*CELERY, "worker", "--concurrency=2", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]
        self.process = subprocess.Popen(command, env=self.environment, start_new_session=True)
        wait_until(lambda: self.queue.control.ping(timeout=0.5), "the worker answers", seconds=60)

    def send(self, task: str) -> None:
        """Ring for a task, as beat does."""
        self.queue.send_task(task)

    def stop(self) -> None:
        """Let it finish what it does, then end it."""
        self.process.terminate()
        self.process.wait(60)


@pytest.fixture
def worker(transactional_db: None, django_db_serialized_rollback: None) -> Iterator[Worker]:
    """A real worker; what it does is seen in the database only."""
    worker = Worker(environment_of_processes())
    with worker.queue.connection() as connection:
        connection.default_channel.client.flushdb()
    worker.start()
    yield worker
    worker.stop()
