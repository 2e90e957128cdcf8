"""Start everything on this machine (`run`), or one command beside the embedded servers (`exec [--test] -- COMMAND`)."""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess  # nosec B404 # starts the local servers
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured

from lpse_support.local import servers
from lpse_support.local.preflight import (
    LOCAL_DIR,
    PRIVATE_NOTE,
    clear_the_way,
    is_free,
    lock,
    make_private,
    stop_leftovers,
    tests_under_way,
)
from lpse_support.local.servers import Part

SHORT_LIFE = 10  # seconds; a part that ends sooner after its start is not started again
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_on_signals(code: int) -> None:
    """Turn the first signal into an orderly way out; the way out is short, so further ones are not heard."""

    def leave(signum: int, frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        sys.exit(code)

    for each in SIGNALS:
        signal.signal(each, leave)


def set_environment(home: Path, *, test: bool) -> None:
    """Fill in what the environment does not say; for tests say it all, so that they are the same everywhere."""
    defaults = {
        "DJANGO_SETTINGS_MODULE": "lpse_support.settings",
        "SECRET_KEY": servers.secret("secret-key"),
        "BASE_URL": f"http://localhost:{os.environ.get('PORT') or 8000}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "DEMO_MODE": "no" if test else "yes",
        "DEMO_PASSWORD": "coba-lpse-144",  # nosec B105 # it stands on the demo's own sign-in page
        "TWO_FACTORS": "no",
        "MEDIA_ROOT": str(home / "media"),
    }
    os.environ.update({name: os.environ.get(name) or value for name, value in defaults.items()})


@contextlib.contextmanager
def running_servers(home: Path, *, test: bool) -> Iterator[list[Part]]:
    """Run the servers whose addresses the environment does not give, and put their addresses there."""
    parts: list[Part] = []
    addresses = home / "addresses.json"  # for `exec` in another terminal
    addresses.unlink(missing_ok=True)
    try:
        if not os.environ.get("DATABASE_URL"):
            part, database_url = servers.postgres(home, throwaway=test)
            parts.append(part)
            part.start_and_wait(lambda: servers.postgres_answers(database_url))
            os.environ["DATABASE_URL"] = database_url
        elif not servers.postgres_answers(os.environ["DATABASE_URL"]):
            sys.exit("No PostgreSQL answers at DATABASE_URL.")
        if not os.environ.get("REDIS_URL"):
            part, redis_url = servers.valkey(home)
            parts.append(part)
            part.start_and_wait(lambda: servers.valkey_answers(redis_url))
            os.environ["REDIS_URL"] = redis_url
        elif not servers.valkey_answers(os.environ["REDIS_URL"]):
            sys.exit("No Redis or Valkey answers at REDIS_URL.")
        addresses.touch(mode=0o600)
        addresses.write_text(json.dumps({name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}))
        yield parts
    finally:
        addresses.unlink(missing_ok=True)
        for part in reversed(parts):
            part.stop()
        (home / "processes.json").unlink(missing_ok=True)


def prepare_static() -> None:
    """Build the font and collect the static files, unless nothing changed since the last time."""
    import django
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    django.setup()
    with (LOCAL_DIR / "static.stamp").open("a+") as stamp:
        fcntl.flock(stamp, fcntl.LOCK_EX)
        call_command("build_font")
        listing = sorted(
            f"{name} {storage.path(name)} {storage.get_modified_time(name)}"
            for finder in get_finders()
            for name, storage in finder.list([])
        )
        target = Path(settings.STATIC_ROOT)
        fingerprint = f"{target} {hashlib.sha256(repr(listing).encode()).hexdigest()}"
        stamp.seek(0)
        if stamp.read() != fingerprint or not (target / "staticfiles.json").exists():
            call_command("collectstatic", interactive=False, verbosity=0)
            stamp.truncate(0)
            stamp.write(fingerprint)


def prepare_database() -> None:
    """Bring the database up to date, and fill an empty one with the demo."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection, transaction

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if not get_user_model().objects.exists():
        print("First start: making the demo data.", flush=True)
        with transaction.atomic():
            call_command("seed_demo")
    connection.close()


def application(port: int) -> list[Part]:
    """Return worker, beat and web, not started, in the order they are started."""
    # Celery warns against root, rightly; here it serves one person who tries the product out.
    python = [sys.executable, "-W", "ignore:You're running the worker"]
    celery = [*python, "-m", "celery", "--quiet", "--app", "lpse_support"]
    commands = {
        "worker": [*celery, "worker", "--concurrency=2", "--loglevel=WARNING", "--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat", "--loglevel=WARNING", f"--schedule={LOCAL_DIR / 'beat-schedule'}"],
        "web": [
            *(*python, "-m", "gunicorn", "--config=python:lpse_support.gunicorn", "lpse_support.wsgi"),
            *(f"--bind=127.0.0.1:{port}", "--threads=4", "--log-level=warning", "--graceful-timeout=5"),
        ],
    }
    return [Part(name, command, LOCAL_DIR, dict(os.environ)) for name, command in commands.items()]


def lpse_application(support_port: int) -> tuple[int, Part] | None:
    """Return port and process of the demo LPSE application, not started, unless the environment names real ones."""
    if os.environ.get("OIDC_PROVIDERS"):
        return None
    port = support_port + 1 if is_free(support_port + 1) else servers.free_port()
    os.environ["SPSE_URL"] = f"http://localhost:{port}"
    provider = {"id": "spse", "name": "Aplikasi LPSE", "server": os.environ["SPSE_URL"]}
    client = {"client_id": "lpse-support", "secret": servers.secret("spse-client-secret")}
    mapping = {"kinds": {"PENYEDIA": "vendor", "PPK": "ppk"}}
    os.environ["OIDC_PROVIDERS"] = json.dumps([provider | client | mapping])
    return port, Part("spse", [sys.executable, "-m", "lpse_support.local.spse", str(port)], LOCAL_DIR, dict(os.environ))


def web_answers(port: int) -> bool:
    """Tell whether the home page is served."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).close()  # nosec B310 # a fixed address
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        return isinstance(error, urllib.error.HTTPError)
    return True


def watch(parts: list[Part]) -> NoReturn:
    """Start again whatever ends by itself; leave when it will not stay."""
    while True:
        for part in parts:
            code = part.ended()
            if code is not None:
                print(f"{part.name} ended with code {code}; starting it again.", file=sys.stderr, flush=True)
                if time.monotonic() - part.started_at < SHORT_LIFE:
                    sys.exit(f"{part.name} ends right after its start; stopping everything.")
                part.start()
        time.sleep(0.2)


def run() -> None:
    """Run everything until a signal comes."""
    held = lock(LOCAL_DIR)
    if held is None:
        sys.exit("LPSE Support already runs from this folder: stop it first (Ctrl-C where it runs).")
    port = clear_the_way()
    set_environment(LOCAL_DIR, test=False)
    with running_servers(LOCAL_DIR, test=False) as parts:
        spse_port, spse = lpse_application(port) or (0, None)
        prepare_static()
        prepare_database()
        worker, beat, web = application(port)
        try:
            worker.start()
            beat.start()
            if spse:
                spse.start_and_wait(lambda: web_answers(spse_port))
            web.start_and_wait(lambda: web_answers(port))
            announce()
            watch([*parts, worker, beat, web, *filter(None, [spse])])
        finally:
            print("Stopping.", flush=True)
            for part in filter(None, (web, spse, beat, worker)):
                part.stop()


def announce() -> None:
    """Print where to look and who to be."""
    from django.core.management import call_command
    from django.db import connection

    print(f"\nLPSE Support runs at {os.environ['BASE_URL']} (Ctrl-C stops it)")
    if url := os.environ.get("SPSE_URL"):
        print(f"An invented LPSE application that leads to it runs at {url}")
    print()
    call_command("demo_accounts")
    connection.close()
    sys.stdout.flush()


def throw_away(home: Path) -> None:
    """Remove the home of a test run, and its cluster where that lies elsewhere."""
    if PRIVATE_NOTE.exists():
        shutil.rmtree(Path(PRIVATE_NOTE.read_text()) / home.name, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def execute(command: list[str], *, test: bool) -> int:
    """Run a command beside the servers and return its exit code; tests get servers of their own, thrown away after."""
    for earlier in LOCAL_DIR.glob("test-*"):
        if not tests_under_way(earlier):
            stop_leftovers(earlier)
            throw_away(earlier)
    home = make_private(LOCAL_DIR / f"test-{os.getpid()}") if test else LOCAL_DIR
    held = lock(home)
    set_environment(home, test=test)
    if held is None:
        addresses = home / "addresses.json"
        if not addresses.exists():
            sys.exit("LPSE Support is just starting or stopping in this folder: try again in a moment.")
        os.environ.update(json.loads(addresses.read_text()))
        return subprocess.run(command, check=False).returncode  # nosec B603 # what the developer typed
    try:
        stop_leftovers(home)
        with running_servers(home, test=test):
            if test:
                prepare_static()
            with subprocess.Popen(command) as child:  # nosec B603 # what the developer typed
                try:
                    return child.wait()
                finally:
                    child.terminate()
    finally:
        if test:
            throw_away(home)


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    match arguments:
        case ["run"]:
            stop_on_signals(0)
            run()
        case ["exec", "--test", "--", *command]:
            stop_on_signals(130)
            return execute(command, test=True)
        case ["exec", "--", *command]:
            stop_on_signals(130)
            return execute(command, test=False)
        case _:
            sys.exit("Say: python -m lpse_support.local run | exec [--test] -- COMMAND")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ImproperlyConfigured as error:
        sys.exit(str(error))
