"""Pages over HTTP: gunicorn as `make run` starts it, and eight people who ask at once without a pause."""

import gzip
import http.client
import os
import statistics
import subprocess  # nosec B404 # serves what is measured
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client

from lpse_support.local.servers import free_port

PEOPLE, SECONDS, PATIENCE = 8, 4.0, 60
EMPTY = "/kosong/"


@dataclass(frozen=True)
class Served:
    """What eight people at once got of one page in some seconds; times in milliseconds, weight in bytes."""

    per_second: float
    median: float
    p95: float
    weight: int  # compressed


@contextmanager
def gunicorn() -> Iterator[int]:
    """Serve the database that is measured, and give the port."""
    port, address = free_port(), urlsplit(os.environ["DATABASE_URL"])
    environment = os.environ | {
        "DATABASE_URL": address._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "BASE_URL": "http://localhost",
    }
    command = [sys.executable, "-m", "gunicorn", "lpse_support.wsgi", f"--bind=127.0.0.1:{port}"]
    command += ["--workers=2", "--threads=4", "--log-level=error", "--no-control-socket"]
    with subprocess.Popen(command, env=environment) as server:  # nosec B603 # our own words
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            _ask(http.client.HTTPConnection("127.0.0.1", port), EMPTY, {})
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("gunicorn does not answer.")


def _ask(line: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> bytes:
    line.request("GET", path, headers={"Host": "localhost", **headers})
    answer = line.getresponse()
    body = answer.read()
    if answer.status != 200:
        sys.exit(f"{path} answers {answer.status}.")
    return body


def serve(port: int, browser: Client | None, path: str) -> Served:
    """Let eight people ask for one page over and over, with the session of this browser."""
    cookie = browser.cookies.get(settings.SESSION_COOKIE_NAME) if browser else None
    headers = {"Cookie": f"{cookie.key}={cookie.value}"} if cookie else {}

    def person(_number: int) -> list[float]:
        line, spent = http.client.HTTPConnection("127.0.0.1", port), []
        _ask(line, path, headers)  # warms up
        until = time.perf_counter() + SECONDS
        while (begun := time.perf_counter()) < until:
            _ask(line, path, headers)
            spent.append(1000 * (time.perf_counter() - begun))
        return spent

    with ThreadPoolExecutor(PEOPLE) as people:
        each = list(people.map(person, range(PEOPLE)))
    times = [one for spent in each for one in spent]
    weight = len(gzip.compress(_ask(http.client.HTTPConnection("127.0.0.1", port), path, headers), 6))
    return Served(len(times) / SECONDS, statistics.median(times), statistics.quantiles(times, n=20)[-1], weight)
