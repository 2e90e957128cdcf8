"""The middle of a list of values, counted by PostgreSQL: the median is Percentile("wait", 0.5)."""

from typing import Any

from django.db.models import Aggregate


class Percentile(Aggregate):
    """The value below which this share (0 to 1) of the rows lies, between two rows in proportion; null without rows.

    Of durations it is a duration; of whole numbers it is a fraction, so say output_field=FloatField().
    """

    function = "percentile_cont"
    name = "percentile"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression: Any, share: float, **extra: Any) -> None:
        super().__init__(expression, share=float(share), **extra)
