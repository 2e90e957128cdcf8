"""What a sweep costs: 100 due clocks among ten thousand stored and among a million, as a ratio (`make bench`)."""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.utils import timezone

from bench.database import throwaway_database, vacuum

FIRST, DUE, MANY_DUE, ROUNDS = 10_000, 100, 5_000, 7
OPEN_SHARE = 10  # one stored clock in ten still runs
# Clocks of cases that never come up; each has the three points of the promise of a turn.
STORE = """
WITH promise AS (SELECT * FROM escalation_promise WHERE code = 'A02'),
stored AS (
  INSERT INTO escalation_clock (promise_id, reporter_id, lpse_id, "case", claim, url, "limit", unit, binds_reporter,
    earns_entitlement, started_at, due_at, "count", next_at, met_at, excuse, attempts, last_error)
  SELECT promise.id, reporter.id, reporter.lpse_id, 'BENCH-' || n, 'BENCH-' || n, '/tiket/BENCH-' || n || '/',
    promise.limit, promise.unit, false, true, %(now)s, %(now)s + interval '5 days', %(count)s::jsonb,
    CASE WHEN n %% %(share)s = 0 THEN %(now)s + n * interval '1 second' END,
    CASE WHEN n %% %(share)s > 0 THEN %(now)s END, '', 0, ''
  FROM promise, (SELECT id, lpse_id FROM accounts_reporter ORDER BY id LIMIT 1) reporter,
    generate_series(%(first)s, %(last)s) n
  RETURNING id)
INSERT INTO escalation_clockpoint (clock_id, kind, value, at)
SELECT id, kind, value, %(now)s + interval '3 days'
FROM stored, (VALUES ('part', 50), ('part', 80), ('last_morning', 0)) point (kind, value)
"""
# One overdue turn for each of the first tickets.
MAKE_DUE = """
INSERT INTO escalation_clock (promise_id, reporter_id, lpse_id, "case", claim, url, "limit", unit, binds_reporter,
  earns_entitlement, started_at, due_at, "count", next_at, excuse, attempts, last_error)
SELECT promise.id, ticket.reporter_id, ticket.lpse_id, ticket.number, ticket.number, '/tiket/' || ticket.number || '/',
  promise.limit, promise.unit, false, true, %(now)s - interval '5 days', %(now)s - interval '1 hour', %(count)s::jsonb,
  %(now)s - interval '1 hour', '', 0, ''
FROM escalation_promise promise, (SELECT * FROM tickets_ticket ORDER BY id LIMIT %(due)s OFFSET %(skip)s) ticket
WHERE promise.code = 'A02'
"""


def run(sql: str, **values: datetime | int) -> None:
    days = [f'{{"day": "2026-11-{day}", "number": {day - 18}, "why": ""}}' for day in range(18, 24)]
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(sql, values | {"count": f"[{', '.join(days)}]", "share": OPEN_SHARE})


def make_due(clocks: int, now: datetime, skip: int = 0) -> None:
    """Let this many tickets, after so many skipped, have one clock more, which ran out an hour ago."""
    run(MAKE_DUE, now=now, due=clocks, skip=skip)


def store(clocks: int, now: datetime) -> None:
    """Let there be this many clocks."""
    from escalation.models import Clock

    stored = Clock.objects.count()
    run(STORE, now=now, first=stored + 1, last=clocks)
    vacuum()


def milliseconds(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Return the median of some rounds; the first warms up."""
    spent = []
    for _round in range(ROUNDS + 1):
        before()
        begun = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - begun))
    return statistics.median(spent[1:])


def main(most: int) -> None:
    """Measure at both sizes, then a backlog of five thousand; print as it comes."""
    from escalation.models import Clock
    from escalation.services.sweep import sweep_clocks
    from tickets.demo.scale import load
    from tickets.services.closing import close_silences

    now = timezone.now()
    list(load(FIRST // 4, now=now))
    sweep_clocks(now=now)  # what came due while it was loaded
    first: dict[str, float] = {}
    for size in (FIRST, most):
        store(size, now)
        spent = {
            "sweep, nothing due": milliseconds(lambda: sweep_clocks(now=now)),
            f"sweep, {DUE} due": milliseconds(lambda: sweep_clocks(now=now), lambda: make_due(DUE, now)),
            "silences, nothing due": milliseconds(lambda: close_silences(now=now)),
        }
        print(f"\n{size:>12,} clocks{'ms':>15}{'ratio':>8}")
        for name, value in spent.items():
            print(f"{name:<25}{value:>10.1f}{value / first.setdefault(name, value):>8.1f}", flush=True)
    list(load(MANY_DUE, now=now))
    vacuum()
    make_due(MANY_DUE, now)
    begun = time.perf_counter()
    done = sweep_clocks(now=now)
    print(f"\n{done['broken']:,} overdue among {Clock.objects.running().count():,} running: ", end="")
    print(f"{time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    with throwaway_database():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
