"""Mail servers refuse, hang and vanish, relays are killed, Valkey is gone: every letter arrives, and arrives once."""

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from lpse_support.local import servers
from notifications.models import Notification
from notifications.services import notify
from tests.faults.mail_servers import BlackHole, Sink
from tests.processes import CELERY, Browser, Web, environment_of_processes, wait_until
from tickets.models import Ticket

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
TIMEOUT = 10  # seconds; EMAIL_TIMEOUT
FOREVER = [sys.executable, "manage.py", "relay", "--forever"]


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server that takes every letter unless told otherwise."""
    with Sink() as sink:
        yield sink


@pytest.fixture
def start_relay(transactional_db: None) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start relays that need no broker; there is none at the address they are given."""
    started: list[subprocess.Popen[bytes]] = []

    def start(port: int) -> subprocess.Popen[bytes]:
        nobody = {"REDIS_URL": "redis://127.0.0.1:1/0", "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        process = subprocess.Popen(FOREVER, env=environment_of_processes() | nobody)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def tell(*people: User, about: str = "1", kind: str = "ticket_received") -> None:
    url, facts = f"/tiket/{about}/", {"number": f"TKT-{about}", "title": "Uji", "sender": "Intan"}
    notify(people, kind, url=url, now=timezone.now(), **facts)


def all_sent() -> bool:
    return not Notification.objects.filter(sent_at=None).exists()


def settled() -> bool:
    return not Notification.objects.waiting().exists()


def an_hour_passes() -> None:
    Notification.objects.waiting().update(next_at=timezone.now())


def test_a_server_that_refuses_or_swallows_calls_delays_letters_and_nothing_else(
    start_relay: Callable[..., Any], vendor: User, helpdesk: User, verifier: User, serve: Callable[..., Web]
) -> None:
    """F13 and F14."""
    sink, web, browser = Sink(), serve(), Browser(vendor)
    start_relay(sink.port)
    tell(vendor, helpdesk, verifier)

    wait_until(lambda: set(Notification.objects.values_list("attempts", flat=True)) == {1}, "each was tried once")
    assert set(Notification.objects.filter(last_error__contains="Refused").values_list("dead_at", flat=True)) == {None}

    with BlackHole(sink.port) as hole:
        an_hour_passes()
        wait_until(lambda: hole.calls == 2, "a second letter is tried after the first", 2 * TIMEOUT)
        begun = time.monotonic()
        assert browser.get(web, "/pemberitahuan/").status == 200
        assert browser.post(web, "/pemberitahuan/tandai-dibaca/", {}).status == 302
        assert time.monotonic() - begun < 2
        tried = Notification.objects.filter(attempts__gte=2, last_error__contains="timed out")
        assert tried.count() == 1
        wait_until(lambda: len(hole.stays) == 2, "it hangs up again", 2 * TIMEOUT)
        assert max(hole.stays) < TIMEOUT + 1

    with sink:
        an_hour_passes()
        wait_until(all_sent, "all letters have left", 20)

    assert sink.reached() == dict.fromkeys((vendor.email, helpdesk.email, verifier.email), 1)
    assert set(sink.copies.values()) == {1}


def test_greylisted_letters_arrive_once_and_refused_ones_are_given_up_at_once(
    start_relay: Callable[..., Any], sink: Sink, chain: dict[int, User], vendor: User, other_vendor: User, ppk: User
) -> None:
    """F15, F16, F17 and F20."""
    grey, full, closing, gone = (person.email for person in chain.values())
    sink.at_rcpt = {grey: ["451 come back later"], gone: ["550 unknown user"] * 9}
    sink.at_data = {full: ["452 no room"], closing: ["421 closing"], vendor.email: ["554 spam"] * 9}
    tell(*chain.values(), vendor)
    tell(other_vendor, kind="no_such_kind")
    tell(ppk)

    start_relay(sink.port)

    poisoned = Notification.objects.filter(recipient=other_vendor)
    wait_until(lambda: not Notification.objects.waiting().difference(poisoned).exists(), "all others are done", 30)
    wait_until(lambda: poisoned.get().attempts >= 2, "the poisoned one is tried again", 30)
    assert sink.reached() == dict.fromkeys((grey, full, closing, ppk.email), 1)
    assert {person.recipient.email for person in Notification.objects.dead()} == {gone, vendor.email}
    assert sink.tries == {grey: 2, full: 2, closing: 2, gone: 1, vendor.email: 1, ppk.email: 1}
    assert Notification.objects.get(recipient__email=full).attempts == 1
    poisoned.update(attempts=11, next_at=timezone.now())
    wait_until(settled, "the poisoned one is given up")
    assert poisoned.get().dead_at


def test_a_line_lost_after_the_letter_was_taken_brings_a_second_copy_of_the_same_name(
    start_relay: Callable[..., Any], sink: Sink, vendor: User
) -> None:
    """F18."""
    sink.cut = True
    tell(vendor)

    start_relay(sink.port)

    wait_until(all_sent, "it is sent")
    assert [copies for _name, copies in sink.copies.items()] == [2]


def test_a_relay_killed_in_the_middle_of_a_letter_doubles_that_one_at_most(
    start_relay: Callable[..., Any], sink: Sink, vendor: User, helpdesk: User
) -> None:
    """T3."""
    for number in range(10):
        tell(vendor, helpdesk, about=f"{number}")
    sink.hold.set()
    first = start_relay(sink.port)
    wait_until(sink.held.is_set, "the first letter is with the server")

    first.kill()
    first.wait()
    sink.hold.clear()
    start_relay(sink.port)
    start_relay(sink.port)

    wait_until(all_sent, "all letters have left")
    assert len(sink.copies) == 20
    assert sorted(sink.copies.values()) == [1] * 19 + [2]


def test_the_relay_survives_its_connection_to_the_database_and_stops_when_told(
    start_relay: Callable[..., Any], sink: Sink, vendor: User
) -> None:
    relay = start_relay(sink.port)
    tell(vendor)
    wait_until(all_sent, "the first is sent")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    tell(vendor)
    wait_until(all_sent, "the second is sent")

    relay.send_signal(signal.SIGTERM)
    assert relay.wait(10) == 0
    assert set(sink.copies.values()) == {1}


@pytest.fixture
def worker_and_beat(
    valkey: tuple[servers.Part, str], sink: Sink, transactional_db: None, tmp_path: Path
) -> Iterator[None]:
    """Worker and beat on that Valkey, started again when they end, as `make run` and the containers do.

    They may end: kombu fails when the connection is lost while a task is not acknowledged yet.
    """
    environment = environment_of_processes() | {"REDIS_URL": valkey[1], "EMAIL_URL": sink.url}
    commands = {
        "worker": [*CELERY, "worker", "--concurrency=2", "--loglevel=CRITICAL"],
        "beat": [*CELERY, "beat", "--loglevel=CRITICAL", f"--schedule={tmp_path / 'beat-schedule'}"],
    }
    parts = [servers.Part(name, command, tmp_path, environment) for name, command in commands.items()]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.2):
            for part in parts:
                if part.ended() is not None:
                    part.start()

    watching = threading.Thread(target=watch)
    watching.start()
    yield
    over.set()
    watching.join()
    for part in parts:
        part.stop()


def test_without_valkey_nothing_is_lost_and_after_it_all_is_sent_within_a_minute(
    valkey: tuple[servers.Part, str],
    worker_and_beat: None,
    start_relay: Callable[..., Any],
    sink: Sink,
    make_ticket: Callable[..., Ticket],
    helpdesk: User,
) -> None:
    """F3, F4, F5."""
    part, address = valkey
    make_ticket(now=timezone.now())
    wait_until(all_sent, "worker and beat are at work", 60)

    part.process.send_signal(signal.SIGSTOP)
    frozen_at = time.monotonic()
    for _number in range(20):
        make_ticket(now=timezone.now())
    wait_until(lambda: time.monotonic() > frozen_at + 6, "worker and beat have lost patience, which takes 5 seconds")
    part.process.send_signal(signal.SIGCONT)
    wait_until(all_sent, "all letters have left after the freeze", 60)

    part.process.kill()
    part.process.wait()
    shutil.rmtree(part.folder / "appendonlydir")
    for _number in range(20):
        make_ticket(now=timezone.now())
    alone = start_relay(sink.port)
    wait_until(all_sent, "all letters have left without Valkey")
    alone.kill()
    alone.wait()
    for _number in range(20):
        make_ticket(now=timezone.now())
    part.start_and_wait(lambda: servers.valkey_answers(address))
    wait_until(all_sent, "all letters have left after the outage", 60)

    assert len(sink.copies) == Notification.objects.count() == 2 * 61
    assert set(sink.copies.values()) == {1}
