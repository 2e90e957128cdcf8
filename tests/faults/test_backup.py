"""A backup is whole or none; restored into an empty system it gives back every row and file and mails nothing twice."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from audit.services import record, seal_entries
from lpse_support.backup import making, parts
from notifications.services.relay import relay
from tests.processes import environment_of_processes
from tickets.models import Attachment, Ticket
from tickets.services import handling
from tickets.services.uploads import attach

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def office(make_ticket: Callable[..., Ticket], vendor: User, helpdesk: User) -> Ticket:
    """A ticket with a history, letters that left and one that waits, two files, and what was audited."""
    now, key = timezone.now(), uuid4()
    for name in ("satu.txt", "dua.txt"):
        attach(SimpleUploadedFile(name, f"isi {name}".encode()), key=key, by=vendor, now=now)
    ticket = make_ticket(key=key, now=now)
    relay(now=now)
    taken = handling.take_ticket(ticket.pk, by=helpdesk, now=now)
    form = {"version": taken.version, "key": uuid4(), "now": now}
    handling.resolve_ticket(ticket.pk, by=helpdesk, solution="Silakan coba lagi.", **form)
    record(AuditEntry.Kind.FILE_READ, by=helpdesk, subject=ticket.number, address="192.0.2.1", now=now)
    seal_entries(now=now)
    return ticket


@pytest.fixture
def backup(office: Ticket, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A backup of that office."""
    call_command("backup", str(tmp_path / "cadangan"))
    return tmp_path / "cadangan"


LETTERS = "SELECT sent_at IS NOT NULL, next_at IS NOT NULL FROM notifications_notification"


class Elsewhere:
    """An empty machine: a database and a folder of its own, and our commands there."""

    def __init__(self, folder: Path) -> None:
        self.name, self.media = f"restored_{uuid4().hex[:8]}", folder / "media"
        own = environment_of_processes()
        self.url = urlsplit(own["DATABASE_URL"])._replace(path=f"/{self.name}").geturl()
        self.environment = own | {
            "DATABASE_URL": self.url,
            "MEDIA_ROOT": str(self.media),
            "EMAIL_URL": "consolemail://",
        }

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        other = psycopg2.connect(self.url)
        with other, other.cursor() as cursor:
            cursor.execute(question)
            found = cursor.fetchall()
        other.close()
        return found


@pytest.fixture
def elsewhere(transactional_db: None, tmp_path: Path) -> Iterator[Elsewhere]:
    """A machine on which nothing has run yet."""
    machine = Elsewhere(tmp_path / "elsewhere")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {machine.name} TEMPLATE template0")
    yield machine
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {machine.name} WITH (FORCE)")


def rows_here(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())


def all_of(table: str) -> str:
    return f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM public."{table}" t'


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_empty_system_gets_every_row_and_file_back_and_mails_nothing_until_told(
    backup: Path, elsewhere: Elsewhere, settings: Any
) -> None:
    """F25."""
    done = elsewhere.manage("restore", str(backup))

    assert done.returncode == 0, done.stderr
    assert "Mail is paused" in done.stdout
    tables = connection.introspection.table_names()
    different = [t for t in tables if rows_here(all_of(t)) != elsewhere.ask(all_of(t))]
    assert different == ["notifications_mailpause"]
    assert len(files_in(elsewhere.media)) == 2
    assert files_in(elsewhere.media) == files_in(Path(settings.MEDIA_ROOT))
    assert "none was changed or removed" in elsewhere.manage("verify_audit").stdout
    assert set(elsewhere.ask(LETTERS)) == {(True, False), (False, True)}
    assert "Nothing is mailed since the restore" in elsewhere.manage("relay").stdout
    assert "1 from the backup among them" in elsewhere.manage("relay", "--resume", "send").stdout
    mailed = elsewhere.manage("relay").stdout
    assert mailed.count("Message-ID:") == 1
    assert "1 sent, 0 postponed" in mailed
    assert set(elsewhere.ask(LETTERS)) == {(True, False)}
    # New rows do not collide with restored ones.
    fresh = "INSERT INTO django_content_type (app_label, model) VALUES ('uji', 'uji') RETURNING id > 1"
    assert elsewhere.ask(fresh) == [(True,)]


def test_a_system_that_is_not_empty_is_left_alone(backup: Path, elsewhere: Elsewhere, tmp_path: Path) -> None:
    kept = elsewhere.media / "milik-orang.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("lama")

    with_files = elsewhere.manage("restore", str(backup))
    kept.unlink()
    elsewhere.ask("CREATE TABLE theirs AS SELECT 1 AS n; SELECT 1")
    with_tables = elsewhere.manage("restore", str(backup))

    assert with_files.returncode == with_tables.returncode == 1
    assert "holds files already: name an empty folder in MEDIA_ROOT" in with_files.stderr
    assert "The database is not empty: name a new one in DATABASE_URL" in with_tables.stderr
    assert files_in(elsewhere.media) == {}


def test_a_part_that_was_changed_removed_or_added_is_found_before_anything_is_restored(
    backup: Path, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    changed, *_others = (backup / "files").rglob("*")
    changed = next(path for path in (backup / "files").rglob("*") if path.is_file())
    changed.write_bytes(b"x" * changed.stat().st_size)
    (backup / "asing.txt").write_text("asing")

    with pytest.raises(CommandError) as error:
        call_command("backup", str(backup), verify=True)
    refused = elsewhere.manage("restore", str(backup))

    assert f"{changed.relative_to(backup)} was changed." in str(error.value)
    assert "asing.txt does not belong to this backup." in str(error.value)
    assert refused.returncode == 1
    assert "was changed." in refused.stderr
    assert elsewhere.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
    (backup / "asing.txt").unlink()
    (backup / parts.DUMP).unlink()
    with pytest.raises(CommandError, match=r"database\.dump is missing"):
        call_command("backup", str(backup), verify=True)


def test_a_dump_that_breaks_off_leaves_the_database_empty(backup: Path, elsewhere: Elsewhere) -> None:
    dump, manifest = backup / parts.DUMP, json.loads((backup / parts.MANIFEST).read_text())
    dump.write_bytes(dump.read_bytes()[:-5000])
    manifest["parts"][parts.DUMP] = parts.facts_of(dump)
    (backup / parts.MANIFEST).write_text(json.dumps(manifest))

    done = elsewhere.manage("restore", str(backup))

    assert done.returncode == 1
    assert "is empty still" in done.stderr
    assert elsewhere.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
    assert files_in(elsewhere.media) == {}


def test_an_interrupted_backup_is_not_taken_for_whole(
    office: Ticket, tmp_path: Path, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "cadangan"
    remains = tmp_path / ".cadangan.unfinished"
    (remains / "files").mkdir(parents=True)
    (remains / parts.DUMP).write_text("setengah")

    refused = elsewhere.manage("restore", str(remains))
    with monkeypatch.context() as patch:
        patch.setattr(making, "copy", lambda *_: (_ for _ in ()).throw(OSError("the disk is full")))
        with pytest.raises(OSError, match="disk is full"):
            call_command("backup", str(target))

    assert "is no whole backup: it has no manifest.json" in refused.stderr
    assert [path.name for path in tmp_path.iterdir() if "cadangan" in path.name] == []
    call_command("backup", str(target))
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(target))


def test_a_backup_is_for_the_eyes_of_its_owner(backup: Path) -> None:
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in (backup, *backup.rglob("*"))}

    assert modes == {True: 0o700, False: 0o600}


def test_a_file_deleted_meanwhile_is_told_and_a_lost_one_is_an_error(
    office: Ticket, tmp_path: Path, settings: Any, vendor: User, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = attach(SimpleUploadedFile("draf.txt", b"draf"), key=uuid4(), by=vendor, now=timezone.now())
    true_copy = making.copy

    def thrown_away_first(source: Path, target: Path) -> dict[str, Any]:
        if target.name == draft.key.hex:
            other = psycopg2.connect(environment_of_processes()["DATABASE_URL"])
            with other, other.cursor() as cursor:
                cursor.execute("DELETE FROM tickets_attachment WHERE id = %s", [draft.pk])
            other.close()
            source.unlink()
        return true_copy(source, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "copy", thrown_away_first)
        call_command("backup", str(tmp_path / "satu"))
    told = capsys.readouterr().out
    shutil.rmtree(settings.MEDIA_ROOT)
    with pytest.raises(CommandError, match="Files were missing before it was made: tickets/"):
        call_command("backup", str(tmp_path / "dua"))

    assert f"Deleted while it was made, as drafts are: {draft.file.name}" in told
    assert Attachment.objects.count() == 2


def test_a_backup_of_a_newer_version_is_refused(backup: Path, elsewhere: Elsewhere) -> None:
    manifest = json.loads((backup / parts.MANIFEST).read_text())
    manifest["migrations"].append(["tickets", "9999_later"])
    (backup / parts.MANIFEST).write_text(json.dumps(manifest))

    done = elsewhere.manage("restore", str(backup))

    assert "newer version of LPSE Support: here tickets.9999_later is unknown" in done.stderr


def test_an_older_client_of_postgresql_is_told_in_a_sentence(
    office: Ticket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "program", lambda _name: shutil.which("false"))

    with pytest.raises(CommandError, match="pg_dump could not read the database"):
        call_command("backup", str(tmp_path / "cadangan"))

    assert not os.path.lexists(tmp_path / "cadangan")
