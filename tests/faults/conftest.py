"""A whole copy of the product, run as `make run` runs it, to be killed and started again."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from lpse_support.local import servers
from lpse_support.local.preflight import birth
from lpse_support.local.servers import free_port
from tests.faults.crew import Crew
from tests.processes import environment_of_processes, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
LEFT_OUT = (".git", ".local", ".venv", ".mypy_cache", ".ruff_cache", "__pycache__", "tests", "docs")
# Nothing of the test run's own servers may reach the copy.
KEPT = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}


@pytest.fixture(autouse=True)
def clock() -> None:
    """The clock of the day: other processes have no other."""


class House:
    """One copy in a folder of its own, with its own servers, data and port."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.local, self.port = folder, folder / ".local", free_port()
        self.output = folder.with_suffix(".log")

    def command(self, *words: str, **variables: str) -> subprocess.Popen[bytes]:
        environment = KEPT | {"PORT": str(self.port), "PYTHONPATH": str(self.folder)} | variables
        with self.output.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, *words],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def start(self) -> None:
        """Start everything, and return when people are told where to look."""
        self.output.write_text("")
        self.main = self.command("-m", "lpse_support.local", "run")
        wait_until(lambda: self.main.poll() is not None or "runs at" in self.output.read_text(), "it runs", 180)
        assert self.main.poll() is None, self.output.read_text()

    def numbers(self) -> dict[str, int]:
        """Process numbers by name."""
        return {name: entry[0] for name, entry in json.loads((self.local / "processes.json").read_text()).items()}

    def kill(self, *names: str) -> None:
        """Kill these parts, and return when they are gone."""
        for number in [self.numbers()[name] for name in names]:
            born = birth(number)
            os.kill(number, signal.SIGKILL)
            wait_until(lambda number=number, born=born: birth(number) != born, "a killed process is gone")

    def kill_main(self) -> None:
        """Kill the process that watches the others."""
        self.main.kill()
        self.main.wait()

    def address(self, name: str) -> str:
        return str(json.loads((self.local / "addresses.json").read_text())[name])

    def users(self) -> int:
        """Return how many accounts the database holds."""
        connection = psycopg2.connect(self.address("DATABASE_URL"))
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM accounts_user")
            count = cursor.fetchone()
        connection.close()
        return int(count[0])

    def get(self, path: str = "/") -> tuple[int, float]:
        """Return the status of a page and the seconds it took."""
        begun = time.monotonic()
        connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status, time.monotonic() - begun

    def stop(self) -> int:
        """End it as `kill` does, and return its exit code."""
        self.main.send_signal(signal.SIGTERM)
        return self.main.wait(60)


@pytest.fixture(scope="session")
def copy_of_the_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A copy that has never run; what it leaves outside its folder is removed at the end."""
    folder = tmp_path_factory.mktemp("product") / "copy"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    house = House(folder)
    yield house
    if hasattr(house, "main") and house.main.poll() is None:
        house.stop()
    assert house.command("lpse_support/local/preflight.py", "reset").wait(60) == 0


@pytest.fixture
def house(copy_of_the_product: House) -> House:
    """The copy, running."""
    house = copy_of_the_product
    if not hasattr(house, "main") or house.main.poll() is not None:
        house.start()
    return house


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[tuple[servers.Part, str]]:
    """A Valkey that may be hurt, and its address."""
    part, address = servers.valkey(tmp_path)
    part.start_and_wait(lambda: servers.valkey_answers(address))
    yield part, address
    part.process.kill()
    part.process.wait()


@pytest.fixture
def crew(valkey: tuple[servers.Part, str], tmp_path: Path) -> Iterator[Crew]:
    """Nobody yet; whoever is hired works on the test database and that Valkey."""
    crew = Crew(environment_of_processes() | {"REDIS_URL": valkey[1]}, tmp_path)
    yield crew
    crew.go_home()
