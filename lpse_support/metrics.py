"""What Prometheus reads: requests of all web processes, and how much waits, is late or has failed. Nothing personal.

Labels take few values: names of views, methods, statuses, tiers, promises and jobs.
"""

import os
from collections.abc import Iterator
from datetime import datetime

from django.db import Error, transaction
from django.db.models import Count, Min, Q
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from escalation.models import Clock
from escalation.services.jobs import all_jobs
from escalation.tiers import Tier
from notifications.models import Notification
from tickets.models import Ticket

VIEW = ["view", "method"]
# Registered by hand: with several processes they are read from files, and would else be there twice.
REQUESTS = Counter("lpse_requests", "Requests answered.", [*VIEW, "status"], registry=None)
SECONDS = Histogram(
    "lpse_request_seconds",
    "Time until a request was answered.",
    VIEW,
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
    registry=None,
)


def exposition(*, now: datetime) -> bytes:
    """Return all metrics in the text format of Prometheus."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    registry.register(Figures(now))
    return generate_latest(registry)


class Figures(Collector):
    """What the database knows, asked for at each scrape by a fixed number of queries."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        """Give all figures, or none and the fact that the database does not answer."""
        try:
            with transaction.atomic():
                found = [*self._tickets(), *self._clocks(), *self._letters(), *self._jobs()]
        except Error:
            found = []
        yield gauge("lpse_database_up", "Whether the database answers.", bool(found))
        yield from found

    def _tickets(self) -> Iterator[Metric]:
        open_at = dict(Ticket.objects.exclude(status="closed").values_list("tier").annotate(Count("pk")).order_by())
        family = GaugeMetricFamily("lpse_tickets_open", "Tickets that are not closed.", labels=["tier"])
        for tier in Tier:
            family.add_metric([str(tier.value)], open_at.get(tier, 0))
        yield family

    def _clocks(self) -> Iterator[Metric]:
        running = GaugeMetricFamily("lpse_clocks_running", "Promises that are not kept yet.", labels=["promise"])
        overdue = GaugeMetricFamily("lpse_clocks_overdue", "Those of them that are late.", labels=["promise"])
        for code, all_of_it, late in (
            Clock.objects.running()
            .values_list("promise__code")
            .annotate(all=Count("pk"), late=Count("pk", filter=Q(due_at__lt=self.now)))
            .order_by("promise__code")
        ):
            running.add_metric([code], all_of_it)
            overdue.add_metric([code], late)
        waiting, parked = Clock.objects.filter(next_at__lte=self.now), Clock.objects.filter(parked_at__isnull=False)
        yield running
        yield overdue
        yield gauge("lpse_clocks_due", "Clocks that wait for the sweep.", waiting.count())
        yield gauge("lpse_clocks_parked", "Clocks that the sweep has given up.", parked.count())
        yield CounterMetricFamily("lpse_breaches", "Promises ever broken.", Clock.objects.breached().count())

    def _letters(self) -> Iterator[Metric]:
        waiting = Notification.objects.waiting().aggregate(count=Count("pk"), first=Min("next_at"))
        late = max((self.now - (waiting["first"] or self.now)).total_seconds(), 0)
        yield gauge("lpse_outbox_letters", "Letters that wait to be mailed.", waiting["count"])
        yield gauge("lpse_outbox_late_seconds", "How long the first of them has been due.", late)
        yield gauge("lpse_outbox_dead", "Letters that were given up.", Notification.objects.dead().count())

    def _jobs(self) -> Iterator[Metric]:
        families = {
            "lpse_job_started_timestamp_seconds": "When the last run began.",
            "lpse_job_ended_timestamp_seconds": "When the last run ended.",
            "lpse_job_last_seconds": "How long the last run took.",
            "lpse_job_failed": "Whether the last run failed.",
            "lpse_job_late": "Whether it has not ended for three of its intervals.",
        }
        totals = {
            "lpse_job_runs": "Runs that ended.",
            "lpse_job_failures": "Runs that failed or were killed.",
            "lpse_job_seconds": "How long all runs took together.",
        }
        found: list[GaugeMetricFamily | CounterMetricFamily] = [
            *(GaugeMetricFamily(name, words, labels=["job"]) for name, words in families.items()),
            *(CounterMetricFamily(name, words, labels=["job"]) for name, words in totals.items()),
        ]
        for job in all_jobs():
            last = job.last
            values = (
                last.started_at.timestamp() if last.started_at else 0,
                last.ended_at.timestamp() if last.ended_at else 0,
                (last.took_ms or 0) / 1000,
                job.has_failed,
                job.is_late(self.now),
                last.runs,
                last.failures,
                last.total_ms / 1000,
            )
            for family, value in zip(found, values, strict=True):
                family.add_metric([job.name], float(value))
        yield from found


def gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, float(value))
