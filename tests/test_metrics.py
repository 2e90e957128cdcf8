"""What Prometheus reads: behind a token, the same for all processes, few labels, nothing about people."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from escalation.models import Clock, ScheduledJob
from escalation.services.clocks import start_clock
from escalation.services.sweep import sweep_clocks
from lpse_support import metrics
from lpse_support.local.servers import free_port
from lpse_support.schedule import SCHEDULE
from notifications.models import Notification
from tests.processes import environment_of_processes, wait_until
from tickets.models import Ticket

PATH, TOKEN = "/metrik", "kunci-pengukur-yang-panjang"
DAY = timedelta(days=1)
Samples = dict[tuple[str, str], float]


@pytest.fixture
def scrape(settings: Any, client: Client, db: None) -> Callable[[], Samples]:
    """Prometheus: read all samples, each by its name and the values of its labels, in the order of their names."""
    settings.METRICS_TOKEN = TOKEN

    def read() -> Samples:
        answer = client.get(PATH, headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        return samples_of(answer.content.decode())

    return read


def samples_of(text: str) -> Samples:
    families = text_string_to_metric_families(text)
    return {(s.name, " ".join(s.labels.values())): s.value for family in families for s in family.samples}


def test_without_the_setting_there_are_no_metrics(client: Client, settings: Any, db: None) -> None:
    settings.METRICS_TOKEN = ""

    assert client.get(PATH, headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer kunci", f"Basic {TOKEN}", f"Bearer {TOKEN}é", TOKEN]
)
def test_without_the_token_nothing_is_told(client: Client, settings: Any, db: None, given: str) -> None:
    settings.METRICS_TOKEN = TOKEN

    answer = client.get(PATH, headers={"Authorization": given})

    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.parametrize("path", [PATH, PATH + "/"])
def test_metrics_answer_plain_http_without_session_cookie_or_cache(
    client: Client, settings: Any, scrape: Callable[[], Samples], path: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True

    answer = client.get(path, headers={"Authorization": f"Bearer {TOKEN}"})

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_requests_are_counted_by_view_and_never_by_what_was_asked(
    client: Client, scrape: Callable[[], Samples]
) -> None:
    before = scrape()

    client.get("/?q=Wulan")
    client.get("/tidak-ada/Wulan/")
    client.generic("WULAN", "/")

    after = scrape()
    for labels in ("GET 200 home", "GET 404 none", "other 405 home"):
        key = ("lpse_requests_total", labels)
        assert after[key] == before.get(key, 0) + 1
    key = ("lpse_request_seconds_count", "GET home")
    assert after[key] == before.get(key, 0) + 1
    assert not any("wulan" in labels.lower() for _name, labels in after)


def test_queues_clocks_and_letters_are_counted(
    scrape: Callable[[], Samples], make_ticket: Callable[..., Ticket], vendor: User
) -> None:
    now = timezone.now()
    make_ticket(now=now - 30 * DAY)
    sweep_clocks(now=now - 2 * DAY)
    make_ticket(now=now)
    start_clock("R35", case="UJI-1", url="/x/", reporter=None, lpse=None, now=now - 30 * DAY)
    Notification.objects.update(next_at=None)
    Notification.objects.create(recipient=vendor, kind="x", url="/1", at=now, next_at=now - timedelta(minutes=10))
    Notification.objects.create(recipient=vendor, kind="x", url="/2", at=now, dead_at=now)

    found = scrape()

    clocks = Clock.objects.running()
    assert [found["lpse_tickets_open", str(tier)] for tier in (1, 2, 3, 4)] == [2, 0, 0, 0]
    assert found["lpse_clocks_running", "R35"] == found["lpse_clocks_overdue", "R35"] == 1
    assert found["lpse_clocks_running", "R33"] == clocks.filter(promise__code="R33").count()
    assert found["lpse_clocks_overdue", "R33"] == 1
    assert found["lpse_clocks_due", ""] == clocks.filter(next_at__lte=now).count() > 0
    assert found["lpse_breaches_total", ""] == Clock.objects.breached().count() > 0
    assert found["lpse_outbox_letters", ""] == found["lpse_outbox_dead", ""] == 1
    assert 600 <= found["lpse_outbox_late_seconds", ""] < 660


def test_jobs_tell_when_they_ran_and_how_it_went(scrape: Callable[[], Samples]) -> None:
    now = timezone.now()
    ended = {"started_at": now, "ended_at": now, "took_ms": 1500}
    ScheduledJob.objects.create(name="relay", **ended, runs=9, failures=2, total_ms=7250)
    ScheduledJob.objects.create(name="sweep-clocks", **ended, failed_at=now, error="Wulan")

    found = scrape()

    assert found["lpse_job_last_seconds", "relay"] == 1.5
    assert found["lpse_job_ended_timestamp_seconds", "relay"] == pytest.approx(now.timestamp(), abs=0.01)
    assert [found["lpse_job_failed", name] for name in ("relay", "sweep-clocks")] == [0, 1]
    assert [found["lpse_job_late", name] for name in ("relay", "end-day")] == [0, 1]
    assert {labels for name, labels in found if name == "lpse_job_last_seconds"} == set(SCHEDULE)
    totals = [f"lpse_job_{name}_total" for name in ("runs", "failures", "seconds")]
    assert [found[name, "relay"] for name in totals] == [9, 2, 7.25]
    assert [found[name, "end-day"] for name in totals] == [0, 0, 0]


def test_a_scrape_asks_the_same_number_of_questions_however_much_there_is(
    scrape: Callable[[], Samples], make_ticket: Callable[..., Ticket], django_assert_num_queries: Any
) -> None:
    for _serial in range(3):
        with django_assert_num_queries(8 + 2):  # in one savepoint
            scrape()
        make_ticket()


def test_requests_are_told_even_while_the_database_is_down(scrape: Callable[[], Samples]) -> None:
    with patch.object(metrics, "all_jobs", side_effect=OperationalError):
        found = scrape()

    assert found["lpse_database_up", ""] == 0
    assert not any(name.startswith("lpse_tickets") for name, _labels in found)
    assert any(name == "lpse_requests_total" for name, _labels in found)
    assert scrape()["lpse_database_up", ""] == 1


def test_two_processes_count_as_one_and_write_one_kind_of_log(db: None, tmp_path: Path) -> None:
    port, log, measured = free_port(), tmp_path / "log", tmp_path / "measured"
    measured.mkdir()
    ours = {"METRICS_TOKEN": TOKEN, "LOG_FORMAT": "json", "PROMETHEUS_MULTIPROC_DIR": str(measured)}
    command = [sys.executable, "-m", "gunicorn", "--config=python:lpse_support.gunicorn", "lpse_support.wsgi"]
    with log.open("wb") as output:
        web = subprocess.Popen(
            [*command, f"--bind=127.0.0.1:{port}"], env=environment_of_processes() | ours, stdout=output, stderr=output
        )

    def get(path: str) -> str:
        request = urllib.request.Request(f"http://localhost:{port}{path}", headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return str(answer.read().decode())

    try:
        wait_until(lambda: "Booting worker" in log.read_text() and _answers(get), "the web process answers")
        processes = Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text().split()
        before = samples_of(get(PATH))["lpse_requests_total", "GET 200 alive"]
        for _time in range(20):
            get("/sehat/hidup")
        counts = [samples_of(get(PATH))["lpse_requests_total", "GET 200 alive"] - before for _time in range(6)]
    finally:
        web.send_signal(signal.SIGTERM)
        web.wait(30)

    assert len(processes) == 2
    assert counts == [20] * 6
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {"gunicorn.error", "lpse_support.middleware"} <= {line["name"] for line in lines}
    assert not measured.exists()


def _answers(get: Callable[[str], str]) -> bool:
    try:
        return bool(get("/sehat/hidup"))
    except OSError:
        return False
