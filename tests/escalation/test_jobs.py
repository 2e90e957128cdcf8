"""What runs by itself is written down by beat and worker, and the Penyelia sees when it stands still."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from celery import states
from celery.signals import after_task_publish, beat_init
from django.db import OperationalError, connection
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit.models import AuditEntry
from escalation.models import Clock, ScheduledJob
from escalation.services import clocks, jobs
from lpse_support import celery as wiring
from lpse_support.schedule import SCHEDULE
from notifications.models import Notification
from tests.conftest import NOW

SWEEP = "escalation.tasks.sweep_clocks"
PAGE = "/pekerjaan-terjadwal/"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _wednesday_morning(request: pytest.FixtureRequest) -> Iterator[None]:
    """Only a test that commits may lose its connection: the others live in one transaction."""
    commits = request.node.get_closest_marker("django_db")
    with time_machine.travel(NOW, tick=False), ExitStack() as stack:
        if not commits:
            stack.enter_context(patch.object(jobs, "close_old_connections"))
        yield


@pytest.fixture
def page(supervisor: User, sign_in: Callable[[User], Client]) -> Client:
    """The browser of the Penyelia."""
    return sign_in(supervisor)


def text_of(answer: Any) -> str:
    """Return the words of a page."""
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def run(task: str, state: str = states.SUCCESS, result: Any = None) -> None:
    """Let the worker's signals come as they do around one run of a task."""
    it = SimpleNamespace(name=task, request=SimpleNamespace())
    wiring.note_started(task=it)
    if state == states.FAILURE:
        wiring.note_failed(sender=it, exception=result)
    wiring.note_ended(task=it, retval=result, state=state)


def noted(sent_at: datetime | None = None, started_at: datetime | None = None) -> None:
    """Let every job of the timetable have been asked for, and have run, at these moments."""
    rows = [ScheduledJob(name=name, sent_at=sent_at, started_at=started_at, ended_at=started_at) for name in SCHEDULE]
    ScheduledJob.objects.bulk_create(rows)


@pytest.fixture
def parked(db: None) -> Clock:
    """A clock the sweep gave up."""
    clock = clocks.start_clock("R33", case="UJI-1", url="/tiket/UJI-1/", reporter=None, lpse=None, now=NOW)
    facts = {"parked_at": NOW - MINUTE, "next_at": None, "attempts": 5, "last_error": "KeyError: 'x'"}
    Clock.objects.filter(pk=clock.pk).update(**facts)
    return clock


# Beat and worker write


def test_a_run_is_written_down_with_what_it_did_and_how_long_it_took(db: None) -> None:
    run(SWEEP, result={"warned": 2, "broken": 1, "postponed": 0})

    job = ScheduledJob.objects.get(name="sweep-clocks")
    assert (job.started_at, job.ended_at, job.failed_at) == (NOW, NOW, None)
    assert job.did == {"warned": 2, "broken": 1, "postponed": 0}
    assert job.took_ms is not None


def test_a_failed_run_leaves_its_error_and_what_the_last_good_one_did(db: None) -> None:
    run(SWEEP, result={"warned": 2, "broken": 0, "postponed": 0})

    run(SWEEP, states.FAILURE, ValueError("tanggal keliru"))

    job = ScheduledJob.objects.get(name="sweep-clocks")
    assert (job.failed_at, job.error) == (NOW, "ValueError: tanggal keliru")
    assert job.did["warned"] == 2


def test_all_runs_are_counted_whichever_workers_they_were(db: None) -> None:
    ScheduledJob.objects.create(name="sweep-clocks", runs=7, failures=1, total_ms=5000)

    jobs.note("sweep-clocks", ended_at=NOW, took_ms=1200)
    jobs.note("sweep-clocks", ended_at=NOW, took_ms=800)
    jobs.note("sweep-clocks", failed_at=NOW, error="WorkerLostError")
    jobs.note("sweep-clocks", started_at=NOW)

    assert ScheduledJob.objects.values_list("runs", "failures", "total_ms").get() == (9, 2, 7000)


def test_a_task_outside_the_timetable_is_not_written_down(db: None) -> None:
    run("celery.ping")

    assert not ScheduledJob.objects.exists()


def test_only_what_beat_asks_for_counts_as_asked_for(db: None) -> None:
    after_task_publish.send(sender=SWEEP)
    assert not ScheduledJob.objects.exists()

    beat_init.send(sender=None)
    try:
        after_task_publish.send(sender=SWEEP)
    finally:
        after_task_publish.disconnect(wiring.note_sent)

    assert ScheduledJob.objects.get().sent_at == NOW


def test_a_database_that_is_away_stops_neither_beat_nor_a_task(db: None, caplog: pytest.LogCaptureFixture) -> None:
    with patch.object(ScheduledJob.objects, "bulk_create", side_effect=OperationalError("connection refused")):
        wiring.note_sent(SWEEP)
        run(SWEEP)

    assert "connection refused" in caplog.text
    assert not ScheduledJob.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_restarted_database_is_written_to_again() -> None:
    wiring.note_sent(SWEEP)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    other.close()

    with time_machine.travel(NOW + MINUTE, tick=False):
        wiring.note_sent(SWEEP)

    assert ScheduledJob.objects.get().sent_at == NOW + MINUTE


# The page


@pytest.mark.parametrize(
    ("sent", "started", "says"),
    [
        (None, None, "Penjadwal atau antrean pekerjaan belum pernah berjalan."),
        (4, 4, "Penjadwal atau antrean pekerjaan tidak berjalan sejak Rabu, 18 November 2026 pukul 09.08 WIB."),
        (1, 4, "Pelaksana pekerjaan tidak berjalan sejak Rabu, 18 November 2026 pukul 09.08 WIB."),
        (1, None, "Pelaksana pekerjaan belum pernah berjalan."),
        (3, 3, "Penjadwal dan pelaksana pekerjaan berjalan."),
    ],
)
def test_the_page_says_plainly_when_beat_or_worker_is_down(
    page: Client, sent: int | None, started: int | None, says: str
) -> None:
    noted(*(None if minutes is None else NOW - minutes * MINUTE for minutes in (sent, started)))

    assert says in text_of(page.get(PAGE))


def test_one_job_that_runs_often_shows_that_beat_and_worker_are_there(page: Client) -> None:
    noted(NOW - 60 * MINUTE, NOW - 60 * MINUTE)
    ScheduledJob.objects.filter(name="relay").update(sent_at=NOW, started_at=NOW)

    assert "Penjadwal dan pelaksana pekerjaan berjalan." in text_of(page.get(PAGE))


def test_every_job_is_told_in_words_with_its_last_run_and_what_it_did(page: Client) -> None:
    run(SWEEP, result={"warned": 3, "broken": 1, "postponed": 0})
    ScheduledJob.objects.update(took_ms=1234)

    words = text_of(page.get(PAGE))

    assert "Mengingatkan sebelum batas waktu lewat, dan mencatat keterlambatan setiap 1 menit" in words
    assert "Rabu, 18 November 2026 pukul 09.12 WIB" in words
    assert "1,2 detik Selesai 3 peringatan, 1 keterlambatan dicatat, 0 ditunda" in words


@pytest.mark.parametrize("name", SCHEDULE)
def test_every_entry_of_the_timetable_has_words(name: str) -> None:
    words = jobs.Job(name, MINUTE, ScheduledJob(name=name)).words

    assert get_template(f"{words}#purpose").render().strip()
    assert re.search(r"\d", get_template(f"{words}#did").render({"did": Any7()}))


class Any7(dict):
    """Counts of whatever name."""

    def __missing__(self, key: str) -> int:
        return 7


def test_a_job_that_failed_or_still_runs_shows_it(page: Client) -> None:
    run(SWEEP, states.FAILURE, ValueError("tanggal keliru"))
    ScheduledJob.objects.create(name="relay", started_at=NOW, ended_at=NOW - MINUTE)

    words = text_of(page.get(PAGE))

    assert "Galat terakhir Rabu, 18 November 2026 pukul 09.12 WIB: ValueError: tanggal keliru" in words
    assert "Sedang berjalan" in words

    with time_machine.travel(NOW + MINUTE, tick=False):
        run(SWEEP, result={"warned": 0, "broken": 0, "postponed": 0})
        page.force_login(User.objects.get(username="supervisor"), "allauth.account.auth_backends.AuthenticationBackend")
        words = text_of(page.get(PAGE))

    assert "Selesai 0 peringatan" in words
    assert "Galat terakhir" in words


def test_mail_that_waits_or_was_given_up_is_counted(page: Client, supervisor: User) -> None:
    facts = [{"next_at": NOW}, {"next_at": NOW + MINUTE}, {"dead_at": NOW}, {"sent_at": NOW}]
    Notification.objects.bulk_create(
        Notification(recipient=supervisor, kind="ticket_arrived", url="/", at=NOW, **fact) for fact in facts
    )

    words = text_of(page.get(PAGE))

    assert "2 surel menunggu dikirim 1 surel gagal dan dihentikan 0 batas waktu gagal diproses" in words


def test_mail_that_was_given_up_is_sent_again_by_hand_but_codes_are_not(page: Client, supervisor: User) -> None:
    kinds = ("ticket_arrived", "access_code", "one_time_code")
    letter, *codes = Notification.objects.bulk_create(
        Notification(recipient=supervisor, kind=kind, url="/", at=NOW, dead_at=NOW, attempts=12) for kind in kinds
    )
    assert "Kirim ulang" in text_of(page.get(PAGE))

    answer = page.post(f"{PAGE}surel/kirim-ulang/", follow=True)

    assert "1 surel akan dikirim ulang." in text_of(answer)
    letter.refresh_from_db()
    assert (letter.dead_at, letter.attempts, letter.next_at) == (None, 0, NOW)
    assert set(Notification.objects.dead()) == set(codes)
    entry = AuditEntry.objects.get(kind="mail_resent")
    assert (entry.actor, entry.data) == (supervisor, {"count": 1})
    assert "Kirim ulang" not in text_of(page.get(PAGE))
    assert page.post(f"{PAGE}surel/kirim-ulang/").status_code == 409


def test_the_page_refreshes_itself_with_its_rows_alone(page: Client) -> None:
    assert 'hx-trigger="every 30s"' in page.get(PAGE).content.decode()

    html = page.get(PAGE, headers={"HX-Request": "true"}).content.decode()

    assert html.strip().startswith('<div id="pekerjaan">')


def test_a_parked_clock_is_tried_again_by_hand(page: Client, parked: Clock, supervisor: User) -> None:
    html = page.get(PAGE).content.decode()
    assert 'href="/tiket/UJI-1/"' in html
    assert "KeyError" in html

    answer = page.post(f"{PAGE}jam-layanan/{parked.pk}/coba-lagi/", follow=True)

    assert "Batas waktu UJI-1 akan dicoba lagi dalam satu menit." in text_of(answer)
    parked.refresh_from_db()
    assert (parked.parked_at, parked.attempts, parked.next_at) == (None, 0, NOW)
    entry = AuditEntry.objects.get(kind="clock_retried")
    assert (entry.actor, entry.subject) == (supervisor, "UJI-1")
    assert page.post(f"{PAGE}jam-layanan/{parked.pk}/coba-lagi/").status_code == 409


@pytest.mark.parametrize("count", [1, 60])
def test_the_page_asks_as_often_with_many_parked_clocks_as_with_one(count: int, page: Client) -> None:
    for number in range(count):
        clocks.start_clock("R33", case=f"UJI-{number}", url="/", reporter=None, lpse=None, now=NOW)
    Clock.objects.update(parked_at=NOW, next_at=None)

    with CaptureQueriesContext(connection) as queries:
        page.get(PAGE)

    assert len(queries) == 12
