"""Look before the start: Python's age, a second start, leftovers of a crash, a taken port.

Standard library only: `make` runs this file by path before the virtual environment exists, on whatever Python is there.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess  # nosec B404 # asks ps
import sys
import time
from pathlib import Path
from typing import IO

LOCAL_DIR = Path(__file__).resolve().parent.parent.parent / ".local"
PRIVATE_NOTE = LOCAL_DIR / "private-folder"  # names the folder outside .local that a start as root made
PATIENCE = 10  # seconds a process may take to stop before it is killed


def make_private(folder: Path) -> Path:
    """Make a folder that nobody else may read, and return it; a folder already there keeps its permissions."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def lock(home: Path) -> IO[str] | None:
    """Return the lock of a home while held by this process, or None: a living process holds it already."""
    handle = (make_private(home) / "lock").open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        return None
    return handle


def birth(pid: int) -> str:
    """Return when a process began, or "" when it is gone, so that a number used again is not taken for ours."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if state == "Z" else rest[18]
    except OSError:
        if Path("/proc/self").exists():
            return ""
        command = ["ps", "-o", "lstart=", "-p", str(pid)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # nosec B603 # words of ours, a number
        return done.stdout.strip()


def write_down(home: Path, name: str, pid: int, how_to_stop: int) -> None:
    """Note a started process, so that the next start finds it even when this one is killed."""
    ledger = home / "processes.json"
    entries = json.loads(ledger.read_text()) if ledger.exists() else {}
    entries[name] = [pid, birth(pid), int(how_to_stop)]
    fresh = ledger.with_suffix(".new")
    fresh.write_text(json.dumps(entries))
    fresh.replace(ledger)


def stop_leftovers(home: Path) -> bool:
    """Stop what a killed earlier run left running, the servers last; tell whether there was such a run."""
    ledger = home / "processes.json"
    entries = json.loads(ledger.read_text()) if ledger.exists() else {}
    for name, (pid, born, how_to_stop) in reversed(list(entries.items())):
        if birth(pid) == born:
            print(f"Stopping {name} (process {pid}), left by an earlier run that was killed.", flush=True)
            deadline = time.monotonic() + PATIENCE
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how_to_stop)
                while birth(pid) == born:
                    if time.monotonic() > deadline:
                        os.kill(pid, signal.SIGKILL)
                    time.sleep(0.05)
    ledger.unlink(missing_ok=True)
    return bool(entries)


def is_free(port: int) -> bool:
    """Tell whether a server may listen on this port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            sys.exit(f"Port {port} is for the administrator only: choose another, for example `make run PORT=8080`.")
        except OSError:
            return False
    return True


def clear_the_way() -> int:
    """Stop leftovers, then return PORT (8000 unless set); leave with one sentence when that cannot be had."""
    raw = os.environ.get("PORT") or "8000"
    if not raw.isdecimal() or not 1 <= int(raw) <= 65535:
        sys.exit(f"PORT is {raw!r}: give a number from 1 to 65535.")
    # When a web server was killed, its workers notice within seconds, and let go of the port.
    deadline = time.monotonic() + PATIENCE if stop_leftovers(LOCAL_DIR) else 0
    while not is_free(int(raw)):
        if time.monotonic() > deadline:
            sys.exit(f"Port {raw} is taken by another program: choose another, for example `make run PORT=8080`.")
        time.sleep(0.05)
    return int(raw)


def check() -> None:
    """Leave with one sentence when `make run` cannot work; stop leftovers first, since they may hold the port."""
    held = lock(LOCAL_DIR)
    if held is None:
        sys.exit("LPSE Support already runs from this folder: stop it first (Ctrl-C where it runs).")
    clear_the_way()


def tests_under_way(home: Path) -> bool:
    """Tell whether the test run that made this home (named after its process) still goes on."""
    return bool(birth(int(home.name.removeprefix("test-"))))


def reset() -> None:
    """Throw away everything a run made: database, queue, files, mail."""
    homes = list(LOCAL_DIR.glob("test-*"))
    held = lock(LOCAL_DIR)
    if held is None or any(map(tests_under_way, homes)):
        sys.exit("LPSE Support or its tests run from this folder: stop them first (Ctrl-C where they run).")
    for home in (*homes, LOCAL_DIR):
        stop_leftovers(home)
    if PRIVATE_NOTE.exists():
        shutil.rmtree(PRIVATE_NOTE.read_text(), ignore_errors=True)
    shutil.rmtree(LOCAL_DIR)


def python() -> None:
    """Leave with one sentence when this Python cannot make a virtual environment for us."""
    if sys.version_info < (3, 11):
        sys.exit("LPSE Support needs Python 3.11 or newer; say which, for example `make run PYTHON=python3.11`.")
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("Python's venv module is not complete here: install the package python3-venv, then try again.")


if __name__ == "__main__":
    {"check": check, "reset": reset, "python": python}[sys.argv[1]]()
