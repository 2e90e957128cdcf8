"""The pages of the phone cost the same after 100,000 calls: as many questions, and each list by its index."""

from collections.abc import Callable

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.models import User
from callcenter.models import Call, ConfirmationRequest
from core.numbers import make_number
from escalation.tiers import Tier
from tests.conftest import NOW
from tests.test_pages_at_scale import plan_of, queries_of, reads
from tickets.models import Category, Ticket

TABLE = "callcenter_call"
LOG, LIST = "/panggilan/riwayat/", "/permintaan-konfirmasi/"
QUERIES = {
    ("call_agent", LOG): 12,
    ("call_agent", f"{LOG}?masa=2026-11&hasil=answered"): 12,
    ("call_agent", f"{LOG}?cari=Hasan"): 12,
    ("supervisor", LOG): 12,
    ("supervisor", "/panggilan/{call}/"): 10,
    ("call_agent", "/panggilan/jawaban/"): 4,
    ("call_agent", LIST): 7,
    ("teknis", LIST): 7,
    ("teknis", "/panggilan/tiket/{call.ticket}/"): 9,
}
MANY_ROWS, BATCH = 100_000, 10_000
# A call every five minutes, for ever longer, dropped now and then; for every hundredth an officer is asked.
MANY = """
INSERT INTO callcenter_call (number, agent_id, started_at, ended_at, duration_seconds, outcome, from_phone, caller_name,
    business_name, institution_name, category_id, ticket_id, question, answer)
SELECT 'CC-2025-' || lpad(n::text, 6, '0') || '-0', %(agent)s, %(now)s - n * interval '5 minutes',
    %(now)s - n * interval '5 minutes' + interval '4 minutes', 240,
    CASE WHEN n %% 997 = 0 THEN 'dropped' ELSE (ARRAY['answered', 'status_given', 'referred'])[1 + n %% 3] END,
    '+62812' || lpad((n %% 5000)::text, 8, '0'), 'Nama ' || md5(n::text), 'PT Rekaan ' || md5((n %% 3000)::text), '',
    %(category)s, NULL, 'Pertanyaan', 'Jawaban'
FROM generate_series(%(first)s, %(last)s) AS n
"""
ASKED = """
INSERT INTO callcenter_confirmationrequest (call_id, ticket_id, question, asked_by_id, asked_at, due_at, answer)
SELECT id, %(ticket)s, 'Kapan?', agent_id, started_at, started_at + interval '1 hour', ''
FROM callcenter_call ORDER BY id LIMIT %(asked)s
"""


def fill(count: int, agent: User, ticket: Ticket) -> None:
    """Make calls straight into the tables, some with a question that waits, all about one category."""
    given = {"agent": agent.pk, "now": NOW, "category": Category.objects.get(name="Akun").pk}
    with connection.cursor() as cursor:
        for first in range(1, count + 1, BATCH):
            cursor.execute(MANY, given | {"first": first, "last": min(first + BATCH - 1, count)})
        cursor.execute(ASKED, {"ticket": ticket.pk, "asked": max(count // 100, 3)})


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("count", [20, 2000])
def test_every_page_of_the_phone_asks_as_often_with_20_calls_as_with_2000(
    count: int,
    call_agent: User,
    ticket_in: Callable[..., Ticket],
    request: pytest.FixtureRequest,
    sign_in: Callable[[User], Client],
) -> None:
    fill(count, call_agent, ticket_in(Tier.TEKNIS, Ticket.Status.IN_PROGRESS))
    call = Call.objects.earliest("pk")
    Call.objects.filter(pk=call.pk).update(ticket=Ticket.objects.get())
    call.refresh_from_db()
    browsers = {who: sign_in(request.getfixturevalue(who)) for who, _page in QUERIES}

    asked = {(who, page): queries_of(browsers[who], page.format(call=call)) for who, page in QUERIES}

    assert ConfirmationRequest.objects.count() >= 3
    assert asked == QUERIES


# By which index the log is read for each filter and each search.
READS = {
    "": "calls_newest_first",
    "masa=2026-10": "calls_newest_first",
    "hasil=dropped": "calls_by_outcome",
    f"cari={make_number('CC', 2026, 42)}": "callcenter_call_number",
    "cari=0812-0000-2048": "calls_from_number",
}
NAMES = {"cari=Hasan Khayal": "calls_by_name"}  # few names are as fast compared one by one


@pytest.mark.parametrize("count", [5_000, pytest.param(MANY_ROWS, marks=pytest.mark.faults)])
def test_many_calls_are_read_by_their_indexes(
    count: int, call_agent: User, ticket: Ticket, sign_in: Callable[[User], Client]
) -> None:
    fill(count, call_agent, ticket)
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('calls_by_name')")  # as vacuum does
        cursor.execute("ANALYZE")
        if count < MANY_ROWS:  # so few are faster read whole; forbidden, PostgreSQL shows which index would answer
            cursor.execute("SET LOCAL enable_seqscan = off")
    browser, wanted = sign_in(call_agent), READS | (NAMES if count == MANY_ROWS else {})

    with time_machine.travel(NOW, tick=False):
        used = {query: set(reads(plan_of(browser, f"{LOG}?{query}", TABLE), TABLE)) for query in wanted}
        following = browser.get(LOG).context["page"].next
        deep = plan_of(browser, f"{LOG}?sesudah={following}", TABLE)

    assert not {query: found for query, found in used.items() if "Seq Scan" in found}
    assert not {
        query: used[query] for query, index in wanted.items() if not any(n.startswith(index) for n in used[query])
    }
    assert set(reads(deep, TABLE)) == {"calls_newest_first"}
    assert "ROW(" in str(deep)
