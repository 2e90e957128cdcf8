"""How the pages grow: over HTTP and in the database, at ten thousand tickets and at many, as ratios (`make bench`)."""

import statistics
import sys
import time
from collections import defaultdict
from itertools import islice
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from bench.database import throwaway_database, vacuum
from bench.lookup import lookups
from bench.serving import EMPTY, PEOPLE, gunicorn, serve

ROUNDS = 7
FIRST = 10_000
MAIN = 10  # pages that are asked for over HTTP as well
SLOWEST = 3


class Clock:
    """Notes the questions to the database in their order, with the milliseconds that each took."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, str, Any]] = []

    def __call__(self, execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, values, many, context)
        finally:
            self.asked.append((1000 * (time.perf_counter() - begun), sql, values))


def asked_by(browser: Client, path: str) -> list[tuple[float, str, Any]]:
    """Return the questions of one page, each with its median time; the first round warms up."""
    clocks = [Clock() for _round in range(ROUNDS + 1)]
    for clock in clocks:
        with connection.execute_wrapper(clock):
            status = browser.get(path).status_code
        if status != 200:
            sys.exit(f"{path} answers {status}.")
    rounds = zip(*(clock.asked for clock in clocks[1:]), strict=False)
    return [(statistics.median(spent for spent, *_ in each), *each[-1][1:]) for each in rounds]


def pages() -> dict[str, tuple[Client, str]]:
    """Return the MAIN pages first, then others, each with the browser of somebody who opens it every day."""
    from accounts.models import Role, User
    from tickets.models import Ticket

    newest = Ticket.objects.closed().filter(tier=3).exclude(package_code="").latest("pk")
    alike = Ticket.objects.closed().filter(tier=1, is_compensated=False).order_by("pk")  # each size shows the same page
    middle = alike[alike.count() // 2]
    reporter = browser_of(middle.reporter.user)
    helpdesk = browser_of(User.objects.filter(duties__role=Role.HELPDESK_LPSE, duties__lpse=middle.lpse).earliest("pk"))
    teknis = browser_of(User.objects.filter(duties__role=Role.HELPDESK_TEKNIS).earliest("pk"))
    supervisor = browser_of(User.objects.filter(duties__role=Role.SUPERVISOR).earliest("pk"))
    lpse = f"/antrean/lpse-{middle.lpse.code}/"
    return {
        "front page": (Client(headers={"host": "localhost"}), "/"),
        "Tiket Saya": (reporter, "/tiket/"),
        "Buat Tiket": (reporter, "/tiket/buat/"),
        "ticket page, reporter": (reporter, middle.get_absolute_url()),
        "ticket page, staff": (teknis, newest.get_absolute_url()),
        "queue of an LPSE": (helpdesk, lpse),
        "queue of Helpdesk Teknis": (teknis, "/antrean/teknis/"),
        "search, common word": (teknis, "/cari/?q=paket"),
        "Pemberitahuan": (reporter, "/pemberitahuan/"),
        "Keterlambatan": (supervisor, "/keterlambatan/"),
        "closed at an LPSE": (helpdesk, f"{lpse}?tampil=ditutup"),
        "search, number": (teknis, f"/cari/?q={newest.number}"),
        "search, rare word": (teknis, f"/cari/?q={newest.pk}"),
        "search, common word, LPSE": (helpdesk, "/cari/?q=paket"),
        "search, misspelt name": (teknis, "/cari/?q=Melatti+Rekan"),
        "search, reporter": (reporter, "/cari/?q=paket"),
    }


def browser_of(user: object) -> Client:
    browser = Client(headers={"host": "localhost"})
    browser.force_login(user)  # type: ignore[arg-type]
    return browser


class Growth:
    """What each page cost at the first size, and the questions that took longest at the last."""

    def __init__(self) -> None:
        self.first: dict[str, dict[str, float]] = defaultdict(dict)
        self.slowest: list[tuple[float, str, str, Any]] = []

    def ratio(self, kind: str, name: str, value: float) -> float:
        return value / self.first[kind].setdefault(name, value)

    def measure(self) -> None:
        """Print both tables for what the database holds now."""
        self.slowest = []
        shown = pages()
        head = f"{PEOPLE} people over HTTP"
        print(f"{head:<27}{'a second':>9}{'p50':>8}{'p95':>8}{'ratio':>7}{'empty':>7}{'KB':>6}")
        with gunicorn() as port:
            empty = serve(port, None, EMPTY)
            print(f"{'an empty page':<27}{empty.per_second:>9.0f}{empty.median:>8.1f}{empty.p95:>8.1f}")
            for name, (browser, path) in islice(shown.items(), MAIN):
                got = serve(port, browser, path)
                grown = self.ratio("HTTP", name, got.median)
                print(f"{name:<27}{got.per_second:>9.0f}{got.median:>8.1f}{got.p95:>8.1f}{grown:>7.1f}", end="")
                print(f"{got.median / empty.median:>7.1f}{got.weight / 1000:>6.1f}", flush=True)
        print(f"\n{'in the database':<27}{'ms':>9}{'ratio':>8}{'queries':>9}")
        for name, (browser, path) in (shown | lookups()).items():
            asked = asked_by(browser, path)
            spent = sum(each for each, *_ in asked)
            print(f"{name:<27}{spent:>9.1f}{self.ratio('SQL', name, spent):>8.1f}{len(asked):>9}", flush=True)
            self.slowest += [(ms, name, sql, values) for ms, sql, values in asked if sql.startswith("SELECT")]

    def explain(self) -> None:
        """Print how PostgreSQL reads for the slowest questions, each of another page."""
        slowest = {name: each for each in sorted(self.slowest, key=lambda each: each[0]) for name in [each[1]]}
        for ms, name, sql, values in sorted(slowest.values(), key=lambda each: -each[0])[:SLOWEST]:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", values)  # nosemgrep: no-words-in-sql
                plan = "\n".join(line for (line,) in cursor.fetchall())
            print(f"\n{name}: {ms:.1f} ms\n{sql}\n{plan}", flush=True)


def main(most: int) -> None:
    """Fill a database of its own at both sizes, measure, print, and throw it away."""
    from tickets.demo.scale import load
    from tickets.models import Ticket

    growth = Growth()
    for size in sorted({min(FIRST, most), most}):
        for done in load(size - Ticket.objects.count(), now=timezone.now()):
            print(f"\r{done:,} tickets more", end="", file=sys.stderr, flush=True)
        vacuum()
        print(f"\n{size:,} tickets")
        growth.measure()
    growth.explain()


if __name__ == "__main__":
    with throwaway_database():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
