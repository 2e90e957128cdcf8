"""A crashed run does not block the next one, a lost part comes back, and nothing is forgotten."""

import os
import re
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest

from lpse_support.local.__main__ import SHORT_LIFE
from tests.faults.conftest import House
from tests.processes import wait_until

pytestmark = pytest.mark.faults
PARTS = ("web", "beat", "worker", "Valkey", "PostgreSQL")


def test_term_stops_every_part(house: House) -> None:
    started = [psutil.Process(number) for number in house.numbers().values()]

    code = house.stop()

    assert code == 0
    assert [process for process in started if process.is_running()] == []


def test_orphans_of_a_killed_run_are_replaced(house: House) -> None:
    users, before = house.users(), house.numbers()

    house.kill_main()
    house.start()

    assert house.get()[0] == 200
    assert house.users() == users > 0
    assert not before.items() & house.numbers().items()


def test_a_run_killed_with_all_its_parts_starts_again(house: House) -> None:
    users = house.users()

    house.kill_main()
    house.kill(*PARTS)
    house.start()

    assert house.get()[0] == 200
    assert house.users() == users > 0


def test_an_old_number_that_is_somebody_elses_now_does_not_block(house: House) -> None:
    house.kill_main()
    house.kill(*PARTS)
    ledger = house.local / "processes.json"
    ledger.write_text(re.sub(r"\[\d+", f"[{os.getpid()}", ledger.read_text()))
    note = house.local / "private-folder"
    cluster = (Path(note.read_text()) / ".local" if note.exists() else house.local) / "postgres"
    (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n")

    house.start()

    assert house.get()[0] == 200


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_dies_is_started_again(house: House, part: str) -> None:
    before = house.numbers()[part]
    begun = psutil.Process(before).create_time()
    wait_until(lambda: time.time() - begun > SHORT_LIFE + 1, "the part has lived long enough to be trusted")

    house.kill(part)
    wait_until(lambda: house.numbers()[part] != before, "it is started again")

    wait_until(lambda: answers(house), "pages are served", 10)


def answers(house: House) -> bool:
    try:
        return house.get()[0] == 200
    except ConnectionError:
        return False


def test_pages_do_not_wait_for_a_frozen_queue(house: House) -> None:
    number = house.numbers()["Valkey"]
    os.kill(number, signal.SIGSTOP)
    try:
        status, seconds = house.get()
    finally:
        os.kill(number, signal.SIGCONT)

    assert status == 200
    assert seconds < 2


def test_a_second_run_says_that_one_is_there(house: House) -> None:
    second = house.command("-m", "lpse_support.local", "run")

    assert second.wait(30) == 1
    assert "already runs" in house.output.read_text()


def test_a_taken_port_is_one_sentence(copy_of_the_product: House) -> None:
    house = copy_of_the_product
    if house.main.poll() is None:
        house.stop()
    house.output.write_text("")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])

        code = house.command("lpse_support/local/preflight.py", "check", PORT=port).wait(10)

    assert code == 1
    assert house.output.read_text().splitlines() == [
        f"Port {port} is taken by another program: choose another, for example `make run PORT=8080`."
    ]
