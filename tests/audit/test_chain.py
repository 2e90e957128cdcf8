"""The chain over the audit trail: whoever changes or removes a row, even in the database itself, is found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit import services
from audit.chain import Walk
from audit.models import AuditEntry, AuditSeal
from audit.services import record, seal_entries
from tests.conftest import NOW
from tests.test_pages_at_scale import reads
from tests.tickets.test_races import at_once

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Write = Callable[..., list[AuditEntry]]


@pytest.fixture
def write(db: None) -> Write:
    """Write entries at NOW, or at another moment."""

    def write(count: int = 1, **facts: Any) -> list[AuditEntry]:
        given: dict[str, Any] = {
            "by": None,
            "address": "192.0.2.1",
            "now": NOW,
            "limit": 1.5,
            "words": "Ya – é",
        } | facts
        return [record(AuditEntry.Kind.SIGN_IN, subject=f"orang-{n}", **given) for n in range(count)]

    return write


@pytest.fixture
def sealed(write: Write) -> list[AuditEntry]:
    """Five entries in the chain."""
    entries = write(5)
    seal_entries(now=NOW)
    return entries


@contextmanager
def as_superuser() -> Iterator[Any]:
    """Do to the database what no trigger stops, as its owner could."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield cursor
        cursor.execute("SET session_replication_role = DEFAULT")


def tamper(statement: str, *values: object) -> None:
    with as_superuser() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount


def faults(**facts: Any) -> list[str]:
    return list(Walk().faults(now=NOW, **facts))


def verify(*arguments: str) -> str:
    """Return what the command prints; raise CommandError where it ends with 1."""
    told = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("verify_audit", *arguments, stdout=told, stderr=told)
    return told.getvalue()


def head() -> str:
    return AuditSeal.objects.latest("position").digest


# An intact chain


def test_an_intact_chain_is_counted_and_its_head_told(sealed: list[AuditEntry]) -> None:
    told = verify()

    assert told.startswith("5 entries are sealed; none was changed or removed.\n")
    assert f"Head: {head()}" in told
    assert "outside the server" in told


def test_an_empty_trail_is_intact(db: None) -> None:
    assert "Head: none yet" in verify()


def test_a_head_of_an_earlier_day_is_still_in_the_chain(sealed: list[AuditEntry], write: Write) -> None:
    earlier = head()
    write(3)
    seal_entries(now=NOW + MINUTE)

    assert "8 entries" in verify("--head", earlier.upper())


def test_a_head_that_is_none_is_refused_with_a_sentence(db: None) -> None:
    with pytest.raises(CommandError, match="64 letters and digits"):
        verify("--head", "abc")


def test_every_column_is_in_the_digest(sealed: list[AuditEntry]) -> None:
    changes = {
        "at": "at + interval '1 microsecond'",
        "kind": "'sign_out'",
        "subject": "subject || ' '",
        "address": "'192.0.2.2'",
        "data": """data || '{"limit": 2}'""",
        "id": "id + 1000",
    }
    assert {*changes, "actor_id"} == {field.attname for field in AuditEntry._meta.concrete_fields}

    found = {}
    for column, value in changes.items():
        with transaction.atomic():
            tamper(f"UPDATE audit_auditentry SET {column} = {value} WHERE id = %s", sealed[2].pk)
            found[column] = faults()
            transaction.set_rollback(True)

    assert all(found.values()), found


def test_who_did_it_is_in_the_digest(sealed: list[AuditEntry], helpdesk: Any) -> None:
    tamper("UPDATE audit_auditentry SET actor_id = %s WHERE id = %s", helpdesk.pk, sealed[2].pk)

    assert len(faults()) == 1


# What is found


def test_an_altered_entry_is_found(sealed: list[AuditEntry]) -> None:
    tamper("UPDATE audit_auditentry SET subject = 'orang lain' WHERE id = %s", sealed[1].pk)

    assert faults() == [f"Entry {sealed[1].pk} does not fit its seal at 2: one of them was changed."]


def test_the_command_says_what_is_wrong_and_fails(sealed: list[AuditEntry], capsys: Any) -> None:
    tamper("UPDATE audit_auditentry SET subject = 'orang lain' WHERE id = %s", sealed[1].pk)
    told = StringIO()

    with pytest.raises(CommandError, match="not intact: 1 of these in 5 sealed entries") as refusal:
        call_command("verify_audit", stderr=told)

    assert refusal.value.returncode == 1
    assert told.getvalue() == f"Entry {sealed[1].pk} does not fit its seal at 2: one of them was changed.\n"


def test_a_removed_entry_is_found(sealed: list[AuditEntry]) -> None:
    tamper("DELETE FROM audit_auditentry WHERE id = %s", sealed[1].pk)

    assert faults() == [f"Entry {sealed[1].pk} is missing: it was sealed at 2 and removed later."]


def test_an_entry_removed_with_its_seal_is_found(sealed: list[AuditEntry]) -> None:
    tamper("DELETE FROM audit_auditentry WHERE id = %s", sealed[1].pk)
    tamper("DELETE FROM audit_auditseal WHERE position = 2")

    assert faults() == ["The seals at 2 to 2 are missing: they were removed."]


def test_a_beginning_that_was_removed_is_found(sealed: list[AuditEntry]) -> None:
    tamper("DELETE FROM audit_auditseal WHERE position < 4")
    tamper("DELETE FROM audit_auditentry WHERE id <= %s", sealed[2].pk)

    assert faults() == ["The seals at 1 to 3 are missing: they were removed."]


@pytest.mark.parametrize("change", ["digest = repeat('0', 64)", "sealed_at = sealed_at - interval '1 day'"])
def test_an_altered_seal_is_found_once(sealed: list[AuditEntry], change: str) -> None:
    tamper(f"UPDATE audit_auditseal SET {change} WHERE position = 3")

    assert faults() == [f"Entry {sealed[2].pk} does not fit its seal at 3: one of them was changed."]


def test_two_seals_that_changed_places_are_found(sealed: list[AuditEntry]) -> None:
    tamper("UPDATE audit_auditseal SET position = position + 100 WHERE position = 2")
    tamper("UPDATE audit_auditseal SET position = 2 WHERE position = 3")
    tamper("UPDATE audit_auditseal SET position = 3 WHERE position = 102")

    assert len(faults()) >= 2


def test_an_entry_sealed_anew_after_a_change_breaks_the_link_behind_it(sealed: list[AuditEntry]) -> None:
    tamper("UPDATE audit_auditentry SET subject = 'orang lain' WHERE id = %s", sealed[1].pk)
    entry, seal = AuditEntry.objects.get(pk=sealed[1].pk), AuditSeal.objects.get(position=1)
    digest = services.digest_of(entry, previous=seal.digest, sealed_at=NOW)
    tamper("UPDATE audit_auditseal SET digest = %s WHERE position = 2", digest)

    assert faults() == [f"Entry {sealed[2].pk} does not fit its seal at 3: one of them was changed."]


def test_a_tail_that_was_cut_off_is_found_by_a_digest_kept_elsewhere(sealed: list[AuditEntry], write: Write) -> None:
    kept = head()
    tamper("DELETE FROM audit_auditseal WHERE position > 3")
    tamper("DELETE FROM audit_auditentry WHERE id > %s", sealed[2].pk)
    write(2)
    seal_entries(now=NOW)

    assert faults() == []
    assert faults(earlier=kept) == [f"The digest {kept} is nowhere in the chain: its end was cut off or written anew."]


def test_a_chain_written_anew_is_found_by_a_digest_kept_elsewhere(sealed: list[AuditEntry]) -> None:
    kept = head()
    tamper("DELETE FROM audit_auditseal")
    tamper("UPDATE audit_auditentry SET subject = 'orang lain' WHERE id = %s", sealed[1].pk)
    seal_entries(now=NOW)

    assert faults() == []
    assert len(faults(earlier=kept)) == 1


def test_entries_that_wait_longer_than_ten_minutes_for_their_seal_are_told(write: Write) -> None:
    old, *_rest = write(2, now=NOW - 11 * MINUTE)
    write(1, now=NOW - 9 * MINUTE)

    assert faults() == [f"2 entries older than ten minutes have no seal, the first of them {old.pk}."]


def test_entries_written_behind_the_back_of_the_service_are_sealed_as_well(sealed: list[AuditEntry]) -> None:
    tamper("INSERT INTO audit_auditentry (at, kind, subject, address, data) VALUES (%s, 'x', '', '', '{}')", NOW)

    assert seal_entries(now=NOW) == 1
    assert faults() == []


# Sealing


@pytest.mark.parametrize("change", ["UPDATE audit_auditseal SET digest = ''", "DELETE FROM audit_auditseal"])
def test_the_database_refuses_to_change_or_remove_a_seal(sealed: list[AuditEntry], change: str) -> None:
    with pytest.raises(DatabaseError, match="never changed or removed"), connection.cursor() as cursor:
        cursor.execute(change)


def test_what_is_sealed_is_not_sealed_again(sealed: list[AuditEntry]) -> None:
    assert seal_entries(now=NOW + MINUTE) == 0
    assert seal_entries(now=NOW + 30 * HOUR) == 0


def test_many_entries_are_sealed_in_batches_in_order(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    monkeypatch.setattr(services, "MOST", 5)
    entries = write(7)

    assert [seal_entries(now=NOW), seal_entries(now=NOW), seal_entries(now=NOW)] == [5, 2, 0]

    chain = AuditSeal.objects.order_by("position").values_list("position", "entry_id")
    assert list(chain) == list(enumerate((entry.pk for entry in entries), 1))
    assert faults() == []


@pytest.mark.parametrize("waited", [30 * MINUTE, 3 * HOUR])
def test_an_entry_committed_late_under_a_lower_key_is_sealed(write: Write, waited: timedelta) -> None:
    """Within the hour at once, later by the first look of the next day."""
    late, _early = write(2)
    with as_superuser() as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE id = %s", [late.pk])
    seal_entries(now=NOW)
    write(1)
    seal_entries(now=NOW + waited)

    late.save(force_insert=True)

    assert seal_entries(now=NOW + waited + MINUTE) == (1 if waited < HOUR else 0)
    assert seal_entries(now=NOW + timedelta(days=1)) == (0 if waited < HOUR else 1)
    assert AuditSeal.objects.filter(entry=late).exists()
    assert faults() == []


def test_few_entries_with_a_seal_are_read_to_find_those_without(write: Write) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditentry (at, kind, subject, address, data) "
            "SELECT %s, 'tracked', 'orang', '', '{}' FROM generate_series(1, 5000)",
            [NOW - 2 * HOUR],
        )
    seal_entries(now=NOW - 2 * HOUR)
    write(3)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_auditentry, audit_auditseal")
    last = AuditSeal.objects.latest("position")

    with CaptureQueriesContext(connection) as asked:
        found = list(services.unsealed(last, now=NOW)[: services.MOST])

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {asked.captured_queries[-1]['sql']}")
        plan = cursor.fetchone()[0][0]["Plan"]
    assert len(found) == 3
    assert set(reads(plan, "audit_auditentry")) == {"audit_auditentry_pkey"}
    assert max(_rows(plan)) <= 3


def _rows(node: dict[str, Any]) -> Iterator[float]:
    """Return how many rows each node of a plan handled in all, those it threw away included."""
    yield (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    for child in node.get("Plans", []):
        yield from _rows(child)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_seal_at_the_same_moment_make_one_chain(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 3)
    monkeypatch.setattr(services, "MOST", 20)
    write(30)

    at_once([lambda: seal_entries(now=NOW)] * 2)  # type: ignore[list-item]
    seal_entries(now=NOW)

    assert AuditSeal.objects.count() == 30
    assert faults() == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_who_writes_waits_for_nobody_who_seals(write: Write) -> None:
    write(1)
    done: list[int] = []

    def elsewhere() -> None:
        write(1)
        done.append(seal_entries(now=NOW))
        connection.close()

    with transaction.atomic():
        seal_entries(now=NOW)
        other = Thread(target=elsewhere)
        other.start()
        other.join(timeout=10)

    assert done == [0]
    assert seal_entries(now=NOW) == 1
    assert faults() == []
