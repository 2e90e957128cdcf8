"""At very many tickets each page asks as many questions as at few, and every plan uses an index."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.pages import pages
from bench.sweep import make_due
from escalation.models import Entitlement
from escalation.services import clocks
from escalation.services.sweep import sweep_clocks
from tests.conftest import NOW
from tests.tickets.acts import assert_history_holds, assert_promises_hold
from tickets.demo.scale import load
from tickets.models import Leg, NumberCounter, Ticket, TicketEvent
from tickets.services.closing import close_silences

pytestmark = pytest.mark.faults
FEW, MANY = 1_000, 100_000
# These grow with every ticket. People and catalogues are small enough here to be read whole and hashed.
LARGE = {"tickets_ticket", "tickets_ticketevent", "tickets_leg", "escalation_clock", "escalation_clockpoint"}


def add(tickets: int) -> None:
    assert list(load(tickets, now=NOW))[-1] == tickets


def questions(path: str, browser: Any) -> list[str]:
    """Return the SQL that one page sends; the first visit of a browser reads more."""
    browser.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(path).status_code == 200
    return [query["sql"] for query in seen.captured_queries]


def plan_of(sql: str) -> list[dict[str, Any]]:
    """Return every step of the plan of a query."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
        answer = cursor.fetchone()[0]
    plan = json.loads(answer) if isinstance(answer, str) else answer
    return list(nodes(plan[0]["Plan"]))


def read_whole(sql: str) -> set[str]:
    """Return the large tables that the plan of a query reads from end to end."""
    return {step["Relation Name"] for step in plan_of(sql) if step["Node Type"] == "Seq Scan"} & LARGE


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def test_pages_cost_the_same_at_many_tickets(db: None) -> None:
    add(FEW)
    few = {name: len(questions(path, browser)) for name, (browser, path) in pages().items()}

    add(MANY)
    asked = {name: questions(path, browser) for name, (browser, path) in pages().items()}

    assert {name: len(queries) for name, queries in asked.items()} == few
    selects = [(name, sql) for name, queries in asked.items() for sql in queries if sql.startswith(("SELECT", "("))]
    whole = [(name, tables, sql) for name, sql in selects if (tables := read_whole(sql))]
    assert not whole, [(name, tables) for name, tables, _sql in whole]


def test_the_sweep_reads_what_is_due_and_nothing_else(db: None) -> None:
    add(MANY)
    make_due(100, NOW)
    ticket = Ticket.objects.open().latest("pk")

    with CaptureQueriesContext(connection) as seen:
        assert sweep_clocks(now=NOW)["broken"] == 100
        close_silences(now=NOW)
        clocks.meet(ticket.response_clock_id, now=NOW)

    asked = [query["sql"] for query in seen if query["sql"].startswith(("SELECT", "UPDATE"))]
    asked = [sql for sql in asked if any(table in sql for table in LARGE)]
    assert not [(sql, tables) for sql in asked if (tables := read_whole(sql))]
    used = {step.get("Index Name") for sql in asked for step in plan_of(sql)}
    assert used >= {"clocks_to_look_at", "silences_to_end", "clocks_of_claim"}


def test_what_somebody_is_owed_is_found_by_an_index(db: None) -> None:
    add(FEW)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # there are few of them: nothing else would be used for so few

    owed = Entitlement.objects.owed_to(Ticket.objects.latest("pk").reporter)

    assert "entitlements_owed" in {step.get("Index Name") for step in plan_of(str(owed.query))}


def test_what_was_loaded_is_as_if_it_had_been_worked(db: None) -> None:
    add(FEW)

    for ticket in Ticket.objects.all()[:200]:
        assert_history_holds(ticket)
        assert_promises_hold(ticket)
    assert sweep_clocks(now=NOW)["broken"] == 0
    assert Ticket.objects.numbered(Ticket.objects.latest("pk").number).exists()
    last = NumberCounter.objects.filter(kind="TKT").latest("year")
    assert Ticket.objects.filter(number__startswith=f"TKT-{last.year}-{last.last:06}-").exists()
    assert Leg.objects.exists()
    assert TicketEvent.objects.filter(is_public=False).exists()


def test_loading_twice_adds_more(db: None) -> None:
    add(500)
    add(500)

    assert Ticket.objects.count() == 1_000
