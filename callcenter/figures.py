"""What a day or a period of calls comes to."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, FloatField, Sum

from callcenter.models import Call
from callcenter.models.call import CallQuerySet
from core.percentiles import Percentile

TOP = 3


@dataclass(frozen=True)
class Figures:
    """What a period of calls comes to; durations are of ended calls, none without any, and nobody's breach (R37)."""

    calls: int
    median: timedelta | None
    ninetieth: timedelta | None
    outcomes: list[tuple[str, int]]
    repeaters: int  # numbers from which more than one call came
    repeats: int  # their calls
    categories: list[tuple[str, int]]


def figures_of(rows: CallQuerySet) -> Figures:
    """Count a period in four queries."""
    whole = rows.aggregate(calls=Count("pk"), median=_share(0.5), ninetieth=_share(0.9))
    outcomes = rows.exclude(outcome="").values_list("outcome").annotate(n=Count("pk")).order_by("-n", "outcome")
    again = rows.exclude(from_phone="").values("from_phone").annotate(n=Count("pk")).filter(n__gt=1)
    repeated = again.aggregate(callers=Count("from_phone"), calls=Sum("n", default=0))
    named = rows.filter(category__isnull=False).values_list("category__name").annotate(n=Count("pk"))
    return Figures(
        calls=whole["calls"],
        median=_span(whole["median"]),
        ninetieth=_span(whole["ninetieth"]),
        outcomes=[(str(Call.Outcome(outcome).label), n) for outcome, n in outcomes],
        repeaters=repeated["callers"],
        repeats=repeated["calls"],
        categories=list(named.order_by("-n", "category__name")[:TOP]),
    )


def _share(share: float) -> Percentile:
    return Percentile("duration_seconds", share, output_field=FloatField())


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=round(seconds))
