"""How the pages grow: time the database spends on each, at ten thousand tickets and more, as ratios (`make bench`)."""

import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from bench.database import throwaway_database, vacuum
from bench.lookup import lookups

ROUNDS = 7
FIRST = 10_000


def sizes(most: int) -> Iterator[int]:
    """Yield ten thousand, then ten times as many until `most` is reached."""
    size = min(FIRST, most)
    while size < most:
        yield size
        size *= 10
    yield most


class Clock:
    """Counts queries and the seconds that the database took for them."""

    def __init__(self) -> None:
        self.seconds, self.queries = 0.0, 0

    def __call__(self, execute: Any, *query: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(*query)
        finally:
            self.seconds += time.perf_counter() - begun
            self.queries += 1


def milliseconds(browser: Client, path: str) -> tuple[float, int]:
    """Return the median time in the database of one page, and its number of queries; the first round warms up."""
    clocks = [Clock() for _round in range(ROUNDS + 1)]
    for clock in clocks:
        with connection.execute_wrapper(clock):
            status = browser.get(path).status_code
        if status != 200:
            sys.exit(f"{path} answers {status}.")
    return statistics.median(1000 * clock.seconds for clock in clocks[1:]), clocks[-1].queries


def pages() -> dict[str, tuple[Client, str]]:
    """Return each page with the browser of somebody who opens it every day."""
    from accounts.models import Role, User
    from tickets.models import Ticket

    newest = Ticket.objects.closed().filter(tier=3).exclude(package_code="").latest("pk")
    alike = Ticket.objects.closed().filter(tier=1, is_compensated=False).order_by("pk")  # each size shows the same page
    middle = alike[alike.count() // 2]
    helpdesk = User.objects.filter(duties__role=Role.HELPDESK_LPSE, duties__lpse=middle.lpse).earliest("pk")
    teknis = User.objects.filter(duties__role=Role.HELPDESK_TEKNIS).earliest("pk")
    lpse = f"/antrean/lpse-{middle.lpse.code}/"
    return {
        "queue of an LPSE": (browser_of(helpdesk), lpse),
        "closed at an LPSE": (browser_of(helpdesk), f"{lpse}?tampil=ditutup"),
        "queue of Helpdesk Teknis": (browser_of(teknis), "/antrean/teknis/"),
        "ticket page, staff": (browser_of(teknis), newest.get_absolute_url()),
        "ticket page, reporter": (browser_of(middle.reporter.user), middle.get_absolute_url()),
        "Tiket Saya": (browser_of(middle.reporter.user), "/tiket/"),
        "search, number": (browser_of(teknis), f"/cari/?q={newest.number}"),
        "search, rare word": (browser_of(teknis), f"/cari/?q={newest.pk}"),
        "search, common word": (browser_of(teknis), "/cari/?q=paket"),
        "search, common word, LPSE": (browser_of(helpdesk), "/cari/?q=paket"),
        "search, misspelt name": (browser_of(teknis), "/cari/?q=Melatti+Rekan"),
        "search, reporter": (browser_of(middle.reporter.user), "/cari/?q=paket"),
    }


def browser_of(user: object) -> Client:
    browser = Client(headers={"host": "localhost"})
    browser.force_login(user)  # type: ignore[arg-type]
    return browser


def main(most: int) -> None:
    """Fill a database of its own step by step, measure, print, and throw it away."""
    from tickets.demo.scale import load
    from tickets.models import Ticket

    first: dict[str, float] = {}
    for size in sizes(most):
        for done in load(size - Ticket.objects.count(), now=timezone.now()):
            print(f"\r{done:,} tickets more", end="", file=sys.stderr, flush=True)
        vacuum()
        print(f"\n{size:>12,} tickets{'ms':>14}{'ratio':>8}{'queries':>9}")
        for name, (browser, path) in (pages() | lookups()).items():
            spent, queries = milliseconds(browser, path)
            ratio = spent / first.setdefault(name, spent)
            print(f"{name:<27}{spent:>8.1f}{ratio:>8.1f}{queries:>9}", flush=True)


if __name__ == "__main__":
    with throwaway_database():
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
