"""Restoring a backup into an empty system, which then mails nothing until somebody says so."""

import contextlib
import os
import shutil
import subprocess  # nosec B404 # starts pg_restore and psql
import tempfile
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from audit.chain import Walk
from lpse_support.backup.parts import (
    DUMP,
    FILES,
    BackupError,
    copy,
    count_rows,
    database_environment,
    program,
    require_whole,
)

AUDIT = "All is restored, mail is paused, but the audit trail is not intact, as it was not when the backup was made:"


def restore_backup(folder: Path, *, now: datetime) -> dict[str, Any]:
    """Bring back database and files of a backup, and return its manifest; raise BackupError.

    The database comes back whole or not at all, with the pause of all mail in it. What it says last is about the audit
    trail, when all else is done.
    """
    require_empty()
    manifest = require_whole(folder)
    require_known(manifest)
    media = Path(settings.MEDIA_ROOT)
    try:
        for path in (folder / FILES).rglob("*"):
            if path.is_file():
                copy(path, media / path.relative_to(folder / FILES))
        os.sync()
        load(folder / DUMP, at=datetime.fromisoformat(manifest["at"]), now=now)
    except BaseException:
        for path in media.iterdir() if media.is_dir() else ():
            shutil.rmtree(path)
        raise
    check(manifest)
    return manifest


def require_empty() -> None:
    """Raise BackupError if the database holds a table or the folder of attachments a file."""
    with connection.cursor() as cursor:
        if connection.introspection.table_names(cursor):
            raise BackupError("The database is not empty: name a new one in DATABASE_URL, then restore again.")
    if any(path.is_file() for path in Path(settings.MEDIA_ROOT).rglob("*")):
        raise BackupError(f"{settings.MEDIA_ROOT} holds files already: name an empty folder in MEDIA_ROOT.")


def require_known(manifest: dict[str, Any]) -> None:
    """Raise BackupError for a backup of a newer version, whose tables this one does not know."""
    known = MigrationLoader(None).disk_migrations
    newer = [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in known]
    if newer:
        raise BackupError(f"The backup is of a newer version of LPSE Support: here {', '.join(newer)} is unknown.")


def load(path: Path, *, at: datetime, now: datetime) -> None:
    """Write the database in one transaction that also pauses the mail; without its last line nothing stays."""
    environment = database_environment()
    read = [program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--file=-", str(path)]
    write = [program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    pause = f"VALUES ('{now.isoformat()}', '{at.isoformat()}')"
    with tempfile.TemporaryFile() as errors:
        with (
            contextlib.suppress(BrokenPipeError),  # psql has met an error, and says so
            subprocess.Popen(read, stdout=subprocess.PIPE, stderr=errors, env=environment) as reading,  # nosec B603 # our own words
            subprocess.Popen(write, stdin=subprocess.PIPE, stderr=errors, env=environment) as writing,  # nosec B603 # our own words
        ):
            source, sink = cast(IO[bytes], reading.stdout), cast(IO[bytes], writing.stdin)
            sink.write(b"BEGIN;\n")
            shutil.copyfileobj(source, sink)
            if reading.wait() == 0:
                end = f"INSERT INTO public.notifications_mailpause (since, backed_up_at) {pause};\nCOMMIT;\n"
                sink.write(end.encode())
        if reading.returncode or writing.returncode:
            errors.seek(0)
            raise BackupError(f"The database could not be written, and is empty still: {errors.read().decode()}")


def check(manifest: dict[str, Any]) -> None:
    """Raise BackupError unless all rows are there and the audit trail is intact; brings the tables up to date."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # big tables take their time
        cursor.execute("ANALYZE")
    counts = count_rows()
    told = manifest["tables"] | {"notifications_mailpause": manifest["tables"]["notifications_mailpause"] + 1}
    if wrong := [table for table in told.keys() | counts.keys() if told.get(table) != counts.get(table)]:
        raise BackupError(f"These tables have other numbers of rows than in the backup: {', '.join(sorted(wrong))}.")
    call_command("migrate", interactive=False, verbosity=0)
    if found := list(Walk().faults(now=datetime.fromisoformat(manifest["at"]))):
        raise BackupError("\n".join([AUDIT, *found]))
