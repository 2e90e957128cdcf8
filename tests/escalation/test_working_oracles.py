"""The counting against what must always hold, and against counters written independently of it."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.models.promise import Unit
from escalation.working import Calendar, Slot, count_due, moment_after_working_time, working_time_between
from tests.escalation.test_working import DAYS_OFF, OFFICE, WIB, WIT, WITA

FILINGS = 10_000
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=3 * 365)

minutes = st.integers(0, 24 * 60 - 1)
clocks = minutes.map(lambda minute: time(minute // 60, minute % 60))
slots = st.lists(clocks, min_size=2, max_size=4, unique=True).map(
    lambda times: tuple(Slot(*pair) for pair in zip(*[iter(sorted(times))] * 2, strict=False))
)
days = st.dates(date(2025, 1, 1), date(2026, 1, 1))
calendars = st.builds(
    Calendar,
    st.sampled_from([WIB, WITA, WIT]),
    st.dictionaries(st.integers(0, 6), slots, min_size=1),
    st.just(()),
    st.dictionaries(days, st.just("Libur"), max_size=60),
)
starts = st.integers(0, 330 * 86_400).map(lambda seconds: FIRST + timedelta(seconds=seconds))
limits = st.integers(1, 100)
day_units = st.sampled_from([Unit.WORKING_DAYS, Unit.HOURS])


@pytest.mark.standard("R33")
@settings(deadline=None)
@given(calendars, starts, limits, day_units, days)
def test_one_more_holiday_never_makes_anything_due_earlier(calendar, start, limit, unit, day):
    with_one_more = replace(calendar, holidays={**calendar.holidays, day: "Libur tambahan"})

    before = count_due(start, limit, unit, calendar)
    after = count_due(start, limit, unit, with_one_more)

    assert after.due_at >= before.due_at


@pytest.mark.standard("R33")
@settings(deadline=None)
@given(calendars, starts, limits, day_units)
def test_nothing_is_due_on_a_day_off_or_before_it_started(calendar, start, limit, unit):
    counted = count_due(start, limit, unit, calendar)

    assert counted.due_at > start
    assert calendar.is_working(calendar.local_day(counted.due_at))
    assert counted.days[-1].day == calendar.local_day(counted.due_at)


@settings(deadline=None)
@given(calendars, starts, limits)
def test_a_count_lists_each_day_once_and_reaches_its_limit(calendar, start, limit):
    listed = count_due(start, limit, Unit.WORKING_DAYS, calendar).days

    assert [day.day for day in listed] == [listed[0].day + timedelta(days=n) for n in range(len(listed))]
    assert [day.number for day in listed if day.number is not None] == list(range(limit + 1))
    assert all(day.why for day in listed if day.number is None)


@settings(deadline=None)
@given(calendars, starts, st.integers(1, 200_000))
def test_the_moment_after_some_working_time_is_where_that_time_has_passed(calendar, start, seconds):
    amount = timedelta(seconds=seconds)

    moment = moment_after_working_time(start, amount, calendar)

    assert working_time_between(start, moment, calendar) == amount
    assert working_time_between(start, moment - timedelta(microseconds=1), calendar) < amount


@settings(deadline=None, max_examples=30)
@given(calendars, starts, st.integers(0, 4000))
def test_working_time_agrees_with_looking_at_the_clock_each_minute(calendar, start, length):
    start = start.replace(second=0, microsecond=0)
    zone = ZoneInfo(calendar.zone)
    seen = 0
    for minute in range(length):
        now = (start + timedelta(minutes=minute)).astimezone(zone)
        seen += any(slot.opens <= now.time() < slot.closes for slot in calendar.slots_on(now.date()))

    measured = working_time_between(start, start + timedelta(minutes=length), calendar)

    assert measured == timedelta(minutes=seen)


@pytest.mark.standard("R33")
@pytest.mark.parametrize(("zone", "offset"), [(WIB, 7), (WITA, 8), (WIT, 9)])
def test_ten_thousand_filings_agree_with_two_other_counters(zone, offset):
    filings = _random_filings(zone)
    calendar = replace(OFFICE, zone=zone)

    ours = [count_due(start, limit, Unit.WORKING_DAYS, calendar).due_at for start, limit in filings]

    assert ours == [_days_by_hand(start, limit, timedelta(hours=offset)) for start, limit in filings]
    assert np.array_equal(np.array([_naive(at) for at in ours], "M8[s]"), _days_by_numpy(filings, offset))


@pytest.mark.standard("R45")
@pytest.mark.parametrize(("zone", "offset"), [(WIB, 7), (WITA, 8), (WIT, 9)])
def test_ten_thousand_complaints_agree_with_two_other_counters(zone, offset):
    filings = _random_filings(zone)
    calendar = replace(OFFICE, zone=zone)

    ours = [count_due(start, hours, Unit.HOURS, calendar).due_at for start, hours in filings]

    assert ours == [_hours_by_hand(start, hours, timedelta(hours=offset)) for start, hours in filings]
    assert np.array_equal(np.array([_naive(at) for at in ours], "M8[s]"), _hours_by_numpy(filings, offset))


def _random_filings(seed):
    """Moments to the second, a tenth of them at an hour where days, offices or zones change; limits up to 80."""
    dice = random.Random(seed)
    edges = [timedelta(hours=hour, seconds=second) for hour in (7, 8, 9, 15, 16, 17) for second in (-1, 0, 1)]
    filings = []
    for _ in range(FILINGS):
        day = timedelta(days=dice.randrange(SPAN.days))
        clock = dice.choice(edges) if dice.random() < 0.1 else timedelta(seconds=dice.randrange(86_400))
        filings.append((FIRST + day + clock, dice.randint(1, 80)))
    return filings


def _naive(at):
    return at.astimezone(UTC).replace(tzinfo=None)


def _is_off(day):
    return day.isoweekday() in (6, 7) or day in DAYS_OFF


def _days_by_hand(start, limit, offset):
    day = (_naive(start) + offset).date()
    while limit:
        day += timedelta(days=1)
        limit -= not _is_off(day)
    closes = time(16, 30) if day.isoweekday() == 5 else time(16)
    return (datetime.combine(day, closes) - offset).replace(tzinfo=UTC)


def _hours_by_hand(start, hours, offset):
    here, left = _naive(start) + offset, timedelta(hours=hours)
    while True:
        midnight = datetime.combine(here.date() + timedelta(days=1), time())
        if not _is_off(here.date()):
            if left < midnight - here:
                return (here + left - offset).replace(tzinfo=UTC)
            left -= midnight - here
        here = midnight


def _local_by_numpy(filings, offset):
    starts = np.array([_naive(start) for start, _ in filings], "M8[s]") + np.timedelta64(offset, "h")
    return starts, np.array([limit for _, limit in filings]), np.busdaycalendar("1111100", list(DAYS_OFF))


def _days_by_numpy(filings, offset):
    starts, limits, office = _local_by_numpy(filings, offset)
    last = np.busday_offset(starts.astype("M8[D]"), limits, roll="backward", busdaycal=office)
    friday = np.is_busday(last, weekmask="0000100")
    closes = np.where(friday, np.timedelta64(990, "m"), np.timedelta64(960, "m"))
    return last + closes - np.timedelta64(offset, "h")


def _hours_by_numpy(filings, offset):
    starts, hours, office = _local_by_numpy(filings, offset)
    day = starts.astype("M8[D]")
    clock = np.where(np.is_busday(day, busdaycal=office), starts - day, np.timedelta64(0, "s"))
    passed = clock + hours.astype("m8[h]")
    whole = passed.astype("m8[D]")  # numpy cuts off what is less than a day
    last = np.busday_offset(day, whole.astype(int), roll="forward", busdaycal=office)
    return last + (passed - whole) - np.timedelta64(offset, "h")
