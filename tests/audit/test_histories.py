"""The histories of cases in the audit trail: altering or removing a row is found, taking its words away is not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit import histories, tasks
from audit.histories import HISTORIES, HistoryWalk, seal_histories
from audit.models import AuditEntry, AuditSeal, HistorySeal
from audit.services import seal_entries
from callcenter.models import CallEvent
from callcenter.services.calls import start_call
from complaints.models import ComplaintEvent
from complaints.services import filing
from consultations.models import Visit, VisitEvent
from tests.audit.test_chain import as_superuser, faults, tamper, verify
from tests.complaints.conftest import FACTS
from tests.conftest import NOW
from tests.consultations.rows import visit_row
from tests.test_pages_at_scale import reads
from tickets.models import Ticket, TicketEvent

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVENT = "tickets_ticketevent"


@pytest.fixture
def ours(make_ticket: Callable[..., Ticket]) -> list[TicketEvent]:
    """Three rows of histories in the chain."""
    for _ticket in range(3):
        make_ticket()
    seal()
    return list(TicketEvent.objects.order_by("pk"))


def seal(now: Any = NOW) -> int:
    count = seal_histories(now=now)
    seal_entries(now=now)
    return count


def wrong(walk: HistoryWalk | None = None) -> list[str]:
    return list((walk or HistoryWalk()).faults(now=NOW))


def test_every_history_of_a_case_is_kept() -> None:
    assert {history.model for history in HISTORIES.values()} == {TicketEvent, VisitEvent, CallEvent, ComplaintEvent}


@pytest.mark.parametrize("name", HISTORIES)
def test_every_column_of_a_history_is_in_a_digest(name: str) -> None:
    columns = {field.attname for field in HISTORIES[name].model._meta.concrete_fields if not field.generated}

    assert columns == {"id", "redacted_at", *HISTORIES[name].columns, *histories.ERASABLE}


def test_rows_of_every_history_are_sealed(
    ticket: Ticket, vendor: User, call_agent: User, consultant: User, complaint_officer: User
) -> None:
    visit = visit_row(1, Visit.State.REGISTERED, reporter=vendor.reporter, at=NOW, room=None)
    visit.save()
    VisitEvent.objects.create(visit=visit, kind="registered", actor=consultant, at=NOW)
    start_call(by=call_agent, now=NOW)
    filing.file_complaint(by=None, now=NOW, key=uuid4(), facts=FACTS)

    count = seal()

    assert set(HistorySeal.objects.values_list("history", flat=True)) == set(HISTORIES)
    assert count == sum(history.model._base_manager.count() for history in HISTORIES.values())
    assert wrong() == faults() == []


def test_the_trail_holds_digests_and_no_words(ours: list[TicketEvent]) -> None:
    entry = AuditEntry.objects.get(kind="history_sealed")

    assert (entry.subject, entry.data.keys(), entry.data["rows"]) == ("tickets.ticketevent", {"rows", "sha256"}, 3)
    assert AuditSeal.objects.filter(entry=entry).exists()
    assert not AuditEntry.objects.outside_complaints().filter(kind="history_sealed").exists()


def test_the_command_counts_them(ours: list[TicketEvent]) -> None:
    assert "\n3 rows of the histories of cases are as they were; 0 of them redacted.\n" in verify()


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'closed_unanswered'",
        "at = at + interval '1 second'",
        "actor_id = NULL",
        "is_public = NOT is_public",
        "key = gen_random_uuid()",
        "body = 'Ditulis ulang.'",
        """data = '{"nama": "lain"}'""",
        "body = 'Ditulis ulang.', redacted_at = now()",
        "kind = 'taken', body = '', redacted_at = now()",
    ],
)
def test_an_altered_row_is_found(ours: list[TicketEvent], change: str) -> None:
    tamper(f"UPDATE {EVENT} SET {change} WHERE id = %s", ours[1].pk)

    assert wrong() == [f"Row {ours[1].pk} of tickets.ticketevent was changed after it was sealed."]
    with pytest.raises(CommandError, match="not intact: 1 of these in"):
        verify()


def test_a_removed_row_is_found(ours: list[TicketEvent]) -> None:
    tamper(f"DELETE FROM {EVENT} WHERE id = %s", ours[1].pk)

    assert wrong() == [f"Row {ours[1].pk} of tickets.ticketevent is missing: it was sealed and removed later."]


def test_a_row_removed_with_its_digest_is_found(ours: list[TicketEvent]) -> None:
    tamper(f"DELETE FROM {EVENT} WHERE id = %s", ours[1].pk)
    tamper("DELETE FROM audit_historyseal WHERE row = %s", ours[1].pk)

    entry = AuditEntry.objects.get(kind="history_sealed")
    assert wrong() == [f"The digests of tickets.ticketevent under entry {entry.pk} were changed or removed."]


def test_a_row_removed_with_its_digest_and_entry_is_found_by_the_chain(ours: list[TicketEvent]) -> None:
    entry = AuditEntry.objects.get(kind="history_sealed")
    for table in ("audit_historyseal WHERE entry_id", "audit_auditentry WHERE id"):
        tamper(f"DELETE FROM {table} = %s", entry.pk)

    assert any(f"Entry {entry.pk} is missing" in fault for fault in faults())


def test_a_digest_written_anew_is_found(ours: list[TicketEvent]) -> None:
    tamper(f"UPDATE {EVENT} SET body = 'Ditulis ulang.' WHERE id = %s", ours[1].pk)
    history = HISTORIES["tickets.ticketevent"]
    _lasting, erasable = history.digests_of(history.rows().get(pk=ours[1].pk))
    tamper("UPDATE audit_historyseal SET erasable = %s WHERE row = %s", erasable, ours[1].pk)

    assert len(wrong()) == 1
    assert "under entry" in wrong()[0]


def test_a_digest_that_was_slipped_in_is_found(ours: list[TicketEvent], make_ticket: Callable[..., Ticket]) -> None:
    make_ticket()
    row = TicketEvent.objects.latest("pk").pk
    HistorySeal.objects.create(entry_id=0, history="tickets.ticketevent", row=row, lasting=b"", erasable=b"")

    assert wrong() == ["1 digests of histories belong to no entry."]


def test_redaction_is_counted_and_no_alarm(ours: list[TicketEvent]) -> None:
    TicketEvent.objects.filter(pk=ours[1].pk).update(body="", redacted_at=NOW)
    walk = HistoryWalk()

    assert wrong(walk) == []
    assert (walk.rows, walk.redacted) == (3, 1)
    assert "3 rows of the histories of cases are as they were; 1 of them redacted." in verify()


def test_rows_that_wait_longer_than_ten_minutes_for_their_digest_are_told(make_ticket: Callable[..., Ticket]) -> None:
    make_ticket(now=NOW - 11 * MINUTE)

    assert wrong() == ["1 rows of tickets.ticketevent older than ten minutes have no digest."]


@pytest.mark.parametrize("change", ["UPDATE audit_historyseal SET row = 0", "DELETE FROM audit_historyseal"])
def test_the_database_refuses_to_change_or_remove_a_digest(ours: list[TicketEvent], change: str) -> None:
    with pytest.raises(DatabaseError, match="never changed or removed"), connection.cursor() as cursor:
        cursor.execute(change)


def test_what_has_a_digest_gets_no_other(ours: list[TicketEvent]) -> None:
    assert [seal(NOW + MINUTE), seal(NOW + 30 * HOUR)] == [0, 0]
    assert AuditEntry.objects.filter(kind="history_sealed").count() == 1


def test_many_rows_are_sealed_in_batches(make_ticket: Callable[..., Ticket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "BATCH", 2)
    monkeypatch.setattr(histories, "MOST", 5)
    for _ticket in range(7):
        make_ticket()

    assert [seal(), seal(), seal()] == [5, 2, 0]

    assert [entry.data["rows"] for entry in AuditEntry.objects.filter(kind="history_sealed").order_by("pk")] == [
        2,
        2,
        1,
        2,
    ]
    assert wrong() == faults() == []


@pytest.mark.parametrize("waited", [30 * MINUTE, 3 * HOUR])
def test_a_row_committed_late_under_a_lower_key_is_sealed(
    make_ticket: Callable[..., Ticket], waited: timedelta
) -> None:
    """Within the hour at once, later by the first look of the next day."""
    late = TicketEvent.objects.get(ticket=make_ticket())
    make_ticket()
    with as_superuser() as cursor:
        cursor.execute(f"DELETE FROM {EVENT} WHERE id = %s", [late.pk])
    seal()
    make_ticket()
    seal(NOW + waited)

    late.save(force_insert=True)

    assert seal(NOW + waited + MINUTE) == (1 if waited < HOUR else 0)
    assert seal(NOW + DAY) == (0 if waited < HOUR else 1)
    assert HistorySeal.objects.filter(row=late.pk).exists()


def test_few_rows_with_a_digest_are_read_to_find_those_without(ticket: Ticket) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {EVENT} (ticket_id, kind, actor_role, tier, version, is_public, body, data, at) "
            "SELECT %s, 'noted', '', 1, 1, false, '', '{}', %s FROM generate_series(1, 5000)",
            [ticket.pk, NOW - 2 * HOUR],
        )
    seal(NOW - 2 * HOUR)
    event = TicketEvent.objects.latest("pk")
    event.pk = None
    event.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {EVENT}, audit_historyseal, audit_auditentry")

    with CaptureQueriesContext(connection) as asked:
        found = list(histories._since(HISTORIES["tickets.ticketevent"], NOW)[:100])

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {asked.captured_queries[-1]['sql']}")
        plan = cursor.fetchone()[0][0]["Plan"]
    assert len(found) == 1
    assert set(reads(plan, EVENT)) == {f"{EVENT}_pkey"}


def test_the_job_of_each_minute_seals_both(ticket: Ticket) -> None:
    assert tasks.seal_entries() == {"rows": 1, "sealed": 1}
