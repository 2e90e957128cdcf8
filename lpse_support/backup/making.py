"""Making a backup while people work: what the database knew at one moment, and every file it names."""

import contextlib
import fcntl
import json
import os
import platform
import shutil
import subprocess  # nosec B404 # starts pg_dump
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from lpse_support.backup.parts import (
    DUMP,
    FILES,
    FORMAT,
    MANIFEST,
    BackupError,
    copy,
    count_rows,
    database_environment,
    facts_of,
    program,
)


def make_backup(target: Path) -> dict[str, Any]:
    """Make a backup in a folder that does not exist yet, and return its manifest; raise BackupError.

    It has another name until it is whole, so one that was interrupted is never taken for a backup.
    """
    if target.exists():
        raise BackupError(f"{target} exists already: name a new folder.")
    with unfinished(target) as folder:
        manifest = write_parts(folder)
        path = folder / MANIFEST
        path.touch(mode=0o600)
        path.write_text(json.dumps(manifest, indent=1))
        os.sync()  # all of it is on disk before it gets its name
        folder.rename(target)
    return manifest


@contextlib.contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """Give an empty folder beside the target, kept from other backups; what an interrupted one left is thrown away."""
    folder = target.with_name(f".{target.name}.unfinished")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise BackupError(f"{folder} cannot be made: {error.strerror}.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise BackupError(f"Another backup to {target} is under way.") from None
    try:
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # gone already if all went well
        os.close(handle)


def write_parts(folder: Path) -> dict[str, Any]:
    """Dump the database, copy the files, count the rows, all as one transaction saw them; return the manifest."""
    with transaction.atomic():
        at, snapshot = export_snapshot()
        dump(folder / DUMP, snapshot)
        parts = {DUMP: facts_of(folder / DUMP)}
        absent = []
        for name in stored_files():
            try:
                parts[f"{FILES}/{name}"] = copy(Path(default_storage.path(name)), folder / FILES / name)
            except FileNotFoundError:
                absent.append(name)
        tables, migrations = count_rows(), sorted(MigrationRecorder(connection).applied_migrations())
    # Files are never changed once written; drafts and infected files may have been thrown away since.
    still_named = set(stored_files()) if absent else set()
    return {
        "format": FORMAT,
        "at": at.isoformat(),
        "versions": {
            "postgresql": connection.pg_version,  # type: ignore[attr-defined]
            "django": django.get_version(),
            "python": platform.python_version(),
        },
        "migrations": migrations,
        "tables": tables,
        "deleted_meanwhile": [name for name in absent if name not in still_named],
        "missing": [name for name in absent if name in still_named],
        "parts": parts,
    }


def export_snapshot() -> tuple[datetime, str]:
    """Let others see the database as this transaction does, which only reads; return the moment and its name."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # It is idle while the dump is made, and counting may take its time.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT now(), pg_export_snapshot()")
        at, snapshot = cursor.fetchone()
    return at, snapshot


def dump(path: Path, snapshot: str) -> None:
    """Write the database of a snapshot down in the custom format, compressed."""
    options = ["--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout=60s", f"--snapshot={snapshot}"]
    path.touch(mode=0o600)
    command = [program("pg_dump"), *options, f"--file={path}"]
    environment = database_environment()
    done = subprocess.run(command, env=environment, stderr=subprocess.PIPE, text=True, check=False)  # nosec B603 # our own words
    if done.returncode:
        raise BackupError(f"pg_dump could not read the database: {done.stderr.strip()}")


def stored_files() -> Iterator[str]:
    """Yield the name of every file that a row names."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.FileField):
                names = model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
                yield from names.iterator()
