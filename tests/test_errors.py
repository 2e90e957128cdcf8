"""Errors reach a server that speaks the protocol of Sentry without a word about anybody; by default nothing leaves."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import brotli
import pytest
from django.conf import settings as project

from tests.processes import environment_of_processes

SECRETS = ["Wulan", "Rekaan", "wulan@contoh.invalid", "rahasia-cookie", "kode-akses", "081234567890", "kata-sandi"]
# One request that fails in a view, and one task that fails, with words that quote what people wrote.
FAILURES = """
import django
django.setup()
from unittest.mock import patch
from django.test import Client
import sys
def fail(*args, **facts):
    person = "Wulan Rekaan wulan@contoh.invalid 081234567890"
    raise ValueError(person)
browser = Client(raise_request_exception=False, SERVER_NAME="localhost")
browser.get("/", headers={"Host": "pemindai.invalid"})  # nobody's error but their own
browser.cookies["theme"] = "rahasia-cookie"
with patch("lpse_support.views.calendar_of", fail):
    headers = {"Authorization": "Bearer kata-sandi", "X-Request-ID": "0" * 12 + "4" + "0" * 3 + "8" + "0" * 15}
    browser.get("/?kode=kode-akses&nama=Wulan", headers=headers)
from escalation.tasks import sweep_clocks
from escalation.services import jobs, sweep
with patch.object(sweep, "sweep_clocks", fail), patch.object(jobs, "note"), patch.object(sweep, "database_now"):
    sweep_clocks.apply()
print("sentry_sdk" in sys.modules)
if "sentry_sdk" in sys.modules:
    import sentry_sdk
    sentry_sdk.flush(10)
"""


class Server(ThreadingHTTPServer):
    """Takes what is sent to it, unpacked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.got.append(brotli.decompress(body) if self.headers["Content-Encoding"] == "br" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            pass

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.got: list[bytes] = []


@pytest.fixture
def server() -> Iterator[Server]:
    """What stands in for Sentry."""
    with Server() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def fail(**variables: str) -> str:
    environment = {**environment_of_processes(), "DJANGO_SETTINGS_MODULE": "lpse_support.settings", **variables}
    command = [sys.executable, "-c", FAILURES]
    done = subprocess.run(
        command, env=environment, cwd=project.BASE_DIR, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_errors_of_web_and_worker_arrive_without_a_word_about_anybody(server: Server, db: None) -> None:
    fail(SENTRY_DSN=f"http://kunci@127.0.0.1:{server.server_port}/1", SENTRY_RELEASE="2026.11")

    events = [json.loads(body.splitlines()[-1]) for body in server.got]
    assert [event["exception"]["values"][-1]["type"] for event in events] == ["ValueError", "ValueError"]
    web, worker = events
    assert (web["release"], web["environment"], web["transaction"]) == ("2026.11", "localhost", "/")
    assert web["tags"]["request_id"] == "0" * 12 + "4" + "0" * 3 + "8" + "0" * 15
    assert worker["transaction"] == "escalation.tasks.sweep_clocks"
    functions = [frame["function"] for frame in web["exception"]["values"][-1]["stacktrace"]["frames"]]
    assert "home" in functions
    assert [word for word in SECRETS if any(word.encode() in body for body in server.got)] == []
    held_back = {"request", "user", "extra", "breadcrumbs", "modules", "server_name"}
    assert not any(held_back & event.keys() for event in events)


def test_without_an_address_nothing_is_sent_or_even_imported(server: Server, db: None) -> None:
    assert fail(SENTRY_DSN="").strip() == "False"

    assert server.got == []
