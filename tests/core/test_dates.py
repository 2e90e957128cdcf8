from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.dates import duration, long_date, short_date, staff_date

DUE = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ("Asia/Jakarta", "Rabu, 25 November 2026 pukul 16.00 WIB"),
        ("Asia/Pontianak", "Rabu, 25 November 2026 pukul 16.00 WIB"),
        ("Asia/Makassar", "Rabu, 25 November 2026 pukul 17.00 WITA"),
        ("Asia/Jayapura", "Rabu, 25 November 2026 pukul 18.00 WIT"),
        (ZoneInfo("Asia/Jakarta"), "Rabu, 25 November 2026 pukul 16.00 WIB"),
    ],
)
def test_a_long_date_names_day_and_zone(zone, says):
    assert long_date(DUE, zone) == says


def test_a_short_date_keeps_year_and_zone():
    assert short_date(DUE, "Asia/Jakarta") == "25 Nov 2026 16.00 WIB"


def test_a_staff_date_is_as_short_as_it_can_be():
    assert staff_date(DUE, "Asia/Jakarta") == "Rab 25 Nov 16.00"


def test_the_day_is_that_of_the_zone():
    late = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)

    assert long_date(late, "Asia/Jakarta") == "Jumat, 1 Januari 2027 pukul 00.30 WIB"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        long_date(datetime(2026, 11, 25, 16, 0), "Asia/Jakarta")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("span", "says"),
    [
        (timedelta(0), "0 menit"),
        (timedelta(seconds=-5), "0 menit"),
        (timedelta(minutes=59, seconds=59), "59 menit"),
        (timedelta(hours=1), "1 jam"),
        (timedelta(hours=23, minutes=59), "23 jam"),
        (timedelta(days=1), "1 hari"),
        (timedelta(days=2, hours=23), "2 hari"),
    ],
)
def test_a_duration_is_its_largest_whole_unit(span, says):
    assert duration(span) == says
