"""Workers and beats in any number, watched as `make run` and the containers watch them, to be killed at will."""

import os
import signal
import threading
from collections.abc import Mapping
from pathlib import Path

import psutil
from celery import Celery
from celery.beat import PersistentScheduler

from lpse_support.celery import app
from lpse_support.local.servers import Part
from tests.processes import CELERY, wait_until


class Crew:
    """Real processes on the test database and one Valkey. What ends is started again until it is dismissed."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.environment, self.folder = dict(environment), folder
        self.queue = Celery("tests", broker=environment["REDIS_URL"], set_as_current=False)
        self.parts: dict[str, Part] = {}
        self.over, self.lock = threading.Event(), threading.Lock()
        self.watching = threading.Thread(target=self.watch)
        self.watching.start()

    def worker(self, name: str, **variables: str) -> None:
        """Start a worker of two processes, and return when it answers."""
        words = (
            "--concurrency=2",
            "--loglevel=ERROR",
            "--without-gossip",
            "--without-mingle",
            f"--hostname={name}@test",
        )
        self.start(name, "worker", *words, **variables)
        wait_until(lambda: self.answers(name), f"{name} answers", 90)

    def beat(self, name: str) -> None:
        """Start a beat that believes everything to be overdue, so that it asks for all of it at once."""
        timetable = self.folder / f"{name}-schedule"
        memory = PersistentScheduler(app, schedule_filename=str(timetable))
        for entry in memory.schedule.values():
            entry.last_run_at = entry.last_run_at.replace(year=2020)
        memory.close()
        self.start(name, "beat", "--loglevel=ERROR", f"--schedule={timetable}")

    def start(self, name: str, *words: str, **variables: str) -> None:
        environment, log = self.environment | variables, self.folder / f"{name}.log"
        part = Part(name, [*CELERY, *words], self.folder, environment, log=log, folder=Path.cwd())
        with self.lock:
            part.start()
            self.parts[name] = part

    def watch(self) -> None:
        while not self.over.wait(0.2):
            with self.lock:
                for part in self.parts.values():
                    if part.ended() is not None:
                        part.start()

    def answers(self, name: str) -> bool:
        return bool(self.queue.control.ping(destination=[f"{name}@test"], timeout=0.5))

    def pid(self, name: str) -> int:
        """Return the number of the process that watches over the two of a worker."""
        process = self.parts[name].process
        assert process
        return process.pid

    def ring(self, times: int = 1) -> None:
        """Ask for a sweep, as beat does, without a time after which it would be too late."""
        for _time in range(times):
            self.queue.send_task("escalation.tasks.sweep_clocks")

    def kill(self, *names: str) -> None:
        """Kill these with all their children, at once; they are started again."""
        with self.lock:
            for name in names:
                process = psutil.Process(self.pid(name))
                family = [process, *process.children(recursive=True)]
                for each in family:
                    each.send_signal(signal.SIGKILL)

    def dismiss(self, *names: str) -> None:
        """Kill these for good."""
        with self.lock:
            for name in names:
                part = self.parts.pop(name)
                if part.ended() is None:
                    os.killpg(part.process.pid, signal.SIGKILL)
                part.process.wait()

    def go_home(self) -> None:
        self.over.set()
        self.watching.join()
        self.dismiss(*list(self.parts))
