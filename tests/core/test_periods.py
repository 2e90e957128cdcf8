"""Days, weeks and months as a list offers them, in WIB."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.periods import bounds, periods

JAKARTA = ZoneInfo("Asia/Jakarta")
TODAY = date(2026, 1, 2)


def test_the_nearest_days_come_first_then_months() -> None:
    offered = periods(TODAY)

    assert offered[:5] == [
        ("2026-01-02", "Hari ini"),
        ("2026-01-01", "Kemarin"),
        ("7-hari", "7 hari terakhir"),
        ("2025-12-31", "Rabu, 31 Des"),
        ("2025-12-30", "Selasa, 30 Des"),
    ]
    assert offered[15:18] == [("2026-01", "Januari 2026"), ("2025-12", "Desember 2025"), ("2025-11", "November 2025")]
    assert len(dict(offered)) == len(offered) == 1 + 14 + 24


@pytest.mark.parametrize(
    ("period", "first", "after"),
    [
        ("2026-01-02", (2026, 1, 2), (2026, 1, 3)),
        ("7-hari", (2025, 12, 27), (2026, 1, 3)),
        ("2025-12", (2025, 12, 1), (2026, 1, 1)),
        ("2024-02", (2024, 2, 1), (2024, 3, 1)),
        ("2025-04", (2025, 4, 1), (2025, 5, 1)),
    ],
)
def test_a_period_lasts_from_midnight_to_midnight(
    period: str, first: tuple[int, int, int], after: tuple[int, int, int]
) -> None:
    assert bounds(period, TODAY) == (datetime(*first, tzinfo=JAKARTA), datetime(*after, tzinfo=JAKARTA))
