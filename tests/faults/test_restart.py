"""PostgreSQL restarts in the middle of a request or a sweep: nothing is lost, halved or doubled, and work goes on."""

import http.cookiejar
import os
import re
import signal
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import psutil
import psycopg2
import pytest

from bench.sweep import MAKE_DUE
from lpse_support.local.__main__ import SHORT_LIFE
from lpse_support.local.servers import postgres_answers
from tests.faults.conftest import House
from tests.processes import wait_until

pytestmark = pytest.mark.faults
PASSWORD = "coba-lpse-144"  # of the demo accounts of `make run`
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class Guest:
    """Somebody who uses the copy of the product in a browser."""

    def __init__(self, house: House, username: str) -> None:
        self.base = f"http://localhost:{house.port}"
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self.post("/masuk/", {"login": username, "password": PASSWORD}, self.get("/masuk/")[1])

    def get(self, path: str) -> tuple[int, str]:
        return self.open(path)

    def post(self, path: str, fields: dict[str, Any], page: str) -> tuple[int, str]:
        """Send a form with the hidden fields of the page it stands on."""
        return self.open(path, urlencode(dict(HIDDEN.findall(page)) | fields).encode())

    def open(self, path: str, body: bytes | None = None) -> tuple[int, str]:
        try:
            with self.opener.open(self.base + path, body, timeout=60) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()


def rows(house: House, question: str, *facts: Any) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(house.address("DATABASE_URL"))
    with connection, connection.cursor() as cursor:
        cursor.execute(question, facts)
        found = cursor.fetchall()
    connection.close()
    return found


def broken(house: House) -> list[tuple[Any, ...]]:
    """Return every ticket whose history is not that of its version, or whose legs are not those of its status."""
    return rows(
        house,
        "SELECT number FROM tickets_ticket t WHERE version <> "
        "(SELECT count(*) FROM tickets_ticketevent e WHERE e.ticket_id = t.id AND is_public "
        "AND kind NOT IN ('breached', 'reminded', 'recounted')) "  # the clock's, which leave the ticket alone
        "OR (status IN ('new', 'in_progress'))::int <> "
        "(SELECT count(*) FROM tickets_leg l WHERE l.ticket_id = t.id AND left_at IS NULL)",
    )


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_a_restart_of_the_database_halves_no_ticket(house: House, how: signal.Signals) -> None:
    before = house.numbers()["PostgreSQL"]
    begun = psutil.Process(before).create_time()
    wait_until(lambda: time.time() - begun > SHORT_LIFE + 1, "PostgreSQL has lived long enough to be trusted")
    officer = Guest(house, "helpdesk.lpse")
    number = rows(
        house,
        "SELECT number FROM tickets_ticket t JOIN accounts_lpse l ON l.id = t.lpse_id "
        "WHERE l.code = 'sukamaju' AND tier = 1 AND status = 'in_progress' ORDER BY t.id LIMIT 1",
    )[0][0]
    path, words = f"/tiket/{number}/", f"Ditulis saat basis data dimulai ulang ({how.name})."
    page = officer.get(path)[1]
    form = {"kind": "reply", "text": words}
    lock = psycopg2.connect(house.address("DATABASE_URL"))
    lock.cursor().execute("SELECT 1 FROM tickets_ticket WHERE number = %s FOR UPDATE", [number])

    with ThreadPoolExecutor(1) as threads:
        sending = threads.submit(officer.post, f"{path}balas/", form, page)
        wait_until(lambda: is_waiting(house), "the request waits inside its transaction", 5)
        os.kill(before, how)
        status, text = sending.result()

    assert status == 503
    assert "kirim kembali" in text
    wait_until(lambda: house.numbers()["PostgreSQL"] != before, "PostgreSQL is started again")
    wait_until(lambda: postgres_answers(house.address("DATABASE_URL")), "PostgreSQL answers")
    answers = [officer.get(path)[0] for _ in range(20)]  # every thread of every process meets its dead connection
    assert answers == [200] * 20
    assert broken(house) == []
    assert words in officer.get(path)[1]  # as a draft, in the composer
    assert officer.post(f"{path}balas/", form, page)[0] == 200
    said = rows(house, "SELECT count(*) FROM tickets_ticketevent WHERE body = %s", words)
    assert said == [(1,)]
    assert broken(house) == []


def is_waiting(house: House) -> bool:
    question = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    return bool(rows(house, question)[0][0])


# F8: in the middle of a sweep
CLOCKS = 1500


def manage(house: House, *words: str) -> None:
    program = [sys.executable, *words]
    assert house.command("-m", "lpse_support.local", "exec", "--", *program).wait(300) == 0, house.output.read_text()


def ring(house: House) -> None:
    manage(house, "-m", "celery", "--quiet", "--app", "lpse_support", "call", "escalation.tasks.sweep_clocks")


@pytest.fixture(scope="module")
def many_tickets(copy_of_the_product: House) -> int:
    """Load them once; return the number of tickets before them."""
    house = copy_of_the_product
    if not hasattr(house, "main") or house.main.poll() is not None:
        house.start()
    before: int = rows(house, "SELECT count(*) FROM tickets_ticket")[0][0]
    manage(house, "manage.py", "load_scale", "--tickets", str(2 * CLOCKS))
    ring(house)
    question = "SELECT count(*) FROM escalation_clock WHERE next_at < now()"
    wait_until(lambda: rows(house, question) == [(0,)], "what came due while they were loaded is swept")
    return before


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_a_restart_of_the_database_in_the_middle_of_a_sweep_doubles_nothing(
    house: House, many_tickets: int, how: signal.Signals
) -> None:
    before = house.numbers()["PostgreSQL"]
    begun = psutil.Process(before).create_time()
    wait_until(lambda: time.time() - begun > SHORT_LIFE + 1, "PostgreSQL has lived long enough to be trusted")
    skip = many_tickets + (CLOCKS if how == signal.SIGQUIT else 0)
    late = run_out(house, skip)
    left = "SELECT count(*) FROM escalation_clock WHERE id = ANY(%s) AND breached_at IS NULL"

    ring(house)
    wait_until(lambda: rows(house, left, late)[0][0] < CLOCKS * 4 / 5, "a sweep is under way", 90)
    os.kill(before, how)
    wait_until(lambda: house.numbers()["PostgreSQL"] != before, "PostgreSQL is started again")
    wait_until(lambda: postgres_answers(house.address("DATABASE_URL")), "PostgreSQL answers")
    assert rows(house, left, late)[0][0] > 0
    wait_until(lambda: rows(house, left, late)[0][0] == 0, "the next tick completes it", 90)

    for table, clock in (("tickets_ticketevent", "(data->>'clock')::bigint"), ("escalation_entitlement", "clock_id")):
        found = rows(house, f"SELECT {clock}, count(*) FROM {table} WHERE {clock} = ANY(%s) GROUP BY 1", late)
        assert {count for _clock, count in found} == {1}
        assert len(found) == CLOCKS or table == "escalation_entitlement"
    told = (
        "SELECT url, recipient_id, kind, count(*) FROM notifications_notification WHERE url IN "
        "(SELECT url FROM escalation_clock WHERE id = ANY(%s)) AND kind IN ('promise_broken', 'ticket_late') "
        "GROUP BY url, recipient_id, kind"
    )
    found = rows(house, told, late)
    assert {count for *_who, count in found} == {1}
    assert len({url for url, *_rest in found}) == CLOCKS
    assert broken(house) == []


def run_out(house: House, skip: int) -> list[int]:
    """Let so many promises have been over for an hour; return their keys."""
    connection = psycopg2.connect(house.address("DATABASE_URL"))
    with connection, connection.cursor() as cursor:
        facts = {"now": datetime.now(UTC), "due": CLOCKS, "skip": skip, "count": "[]"}
        cursor.execute(MAKE_DUE + " RETURNING id", facts)
        keys = [key for (key,) in cursor.fetchall()]
    connection.close()
    return keys
