"""Real processes for tests: worker and web on the test database and the test's own corner of Valkey."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection
from pytest_django.plugin import blocking_manager_key

from lpse_support.local.servers import free_port

if not os.environ.get("DATABASE_URL") or not os.environ.get("REDIS_URL"):
    pytest.exit("The tests need PostgreSQL and Valkey: run `make test`, or set DATABASE_URL and REDIS_URL.", 4)

CELERY = [sys.executable, "-m", "celery", "--quiet", "--app", "lpse_support"]


@pytest.hookimpl(trylast=True)
def commits(item: pytest.Item) -> bool:
    """Tell whether a test commits, after which the database is emptied."""
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or "transactional_db" in getattr(item, "fixturenames", ())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests that commit last, so that what migrations have written is put back seldom."""
    items.sort(key=commits)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """After a test that commits, give the next one that does not what migrations have written."""
    yield
    if commits(item) and nextitem and not commits(nextitem):
        with item.config.stash[blocking_manager_key].unblock():
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)


def wait_until(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Return as soon as the condition holds; fail the test when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"Waited {seconds} seconds in vain until {what}.")
        time.sleep(0.05)


def somebody_waits_for_a_lock() -> bool:
    """Tell whether a transaction on the test database waits for another one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        cursor.execute(waits)
        return bool(cursor.fetchone()[0])


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


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    location: str
    text: str


class Browser:
    """Somebody signed in, who sends forms to any web process."""

    CSRF = "k" * 32

    def __init__(self, user: Any) -> None:
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        self.user, self.cookie = user, f"sessionid={client.session.session_key}; csrftoken={self.CSRF}"

    def get(self, web: "Web", path: str) -> Answer:
        return self.send(web, "GET", path)

    def post(self, web: "Web", path: str, fields: Mapping[str, Any], **headers: str) -> Answer:
        body = urlencode({"csrfmiddlewaretoken": self.CSRF, **fields}, doseq=True).encode()
        return self.send(web, "POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", **headers})

    def send(self, web: "Web", method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> Answer:
        connection = http.client.HTTPConnection("localhost", web.port, timeout=60)
        try:
            connection.request(method, path, body, {"Cookie": self.cookie, **headers})
            response = connection.getresponse()
            return Answer(response.status, response.getheader("Location") or "", response.read().decode())
        finally:
            connection.close()


class Web:
    """One gunicorn with one process and four threads, on a port of its own."""

    def __init__(self, environment: Mapping[str, str], log: Path, application: str = "lpse_support.wsgi") -> None:
        self.port, self.log, self.environment = free_port(), log, environment
        self.command = [sys.executable, "-m", "gunicorn", application, f"--bind=127.0.0.1:{self.port}"]
        self.command += ["--threads=4", "--timeout=120", "--log-level=warning", "--no-control-socket"]

    def start(self) -> None:
        """Start it, and return when it answers."""
        with self.log.open("ab") as log:
            facts: Any = {"env": self.environment, "stdout": log, "stderr": log, "start_new_session": True}
            self.process = subprocess.Popen(self.command, **facts)
        wait_until(self.answers, f"the web process answers (see {self.log})", seconds=60)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=10)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)

    def complaints(self) -> str:
        """Return its log when it holds a traceback."""
        text = self.log.read_text()
        return text if "Traceback" in text else ""


@pytest.fixture
def serve(transactional_db: None, django_db_serialized_rollback: None, tmp_path: Path) -> Iterator[Callable[..., Web]]:
    """Start web processes on the test database; `FAULT` and other variables break one on purpose."""
    started: list[Web] = []

    def start(**variables: str) -> Web:
        application = "tests.broken" if "FAULT" in variables else "lpse_support.wsgi"
        environment = environment_of_processes() | variables
        web = Web(environment, tmp_path / f"web-{len(started)}.log", application)
        web.start()
        started.append(web)
        return web

    yield start
    for web in started:
        web.stop()
