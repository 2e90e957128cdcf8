"""Percentiles, as PostgreSQL counts them."""

import pytest
from django.db.models import Count, FloatField, Q

from accounts.models import User
from core.percentiles import Percentile
from notifications.models import Notification
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("values", "median", "ninth"),
    [([], None, None), ([7], 7, 7), ([1, 2, 3], 2, 2.8), ([4, 1, 3, 2], 2.5, 3.7), (list(range(101)), 50, 90)],
)
def test_percentiles_lie_between_the_rows(
    values: list[int], median: float | None, ninth: float | None, helpdesk: User
) -> None:
    Notification.objects.bulk_create(
        Notification(recipient=helpdesk, kind="x", url="/", at=NOW, attempts=value) for value in values
    )

    found = Notification.objects.aggregate(
        median=Percentile("attempts", 0.5, output_field=FloatField()),
        ninth=Percentile("attempts", 0.9, output_field=FloatField()),
    )

    assert (found["median"], found["ninth"]) == (median, pytest.approx(ninth) if values else None)


def test_percentiles_can_be_counted_of_some_rows_beside_others(helpdesk: User) -> None:
    Notification.objects.bulk_create(
        Notification(recipient=helpdesk, kind=f"k{value % 2}", url="/", at=NOW, attempts=value) for value in range(10)
    )

    found = Notification.objects.aggregate(even=Percentile("attempts", 0.5, filter=Q(kind="k0")), all=Count("pk"))

    assert found == {"even": 4, "all": 10}
