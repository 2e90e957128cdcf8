"""Every vector of A03, A23 and of our own list of dates that went wrong elsewhere, on the days off of 2025 to 2028."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.fsm import Conflict
from escalation.models.promise import Unit
from escalation.services.importing import published
from escalation.working import (
    COUNTERS,
    Calendar,
    Day,
    ImpossibleCalendar,
    Period,
    Slot,
    count_due,
    moment_after_working_time,
    nth_working_day,
    opening_of,
    working_days_between,
    working_time_between,
)

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
WEEK = {day: (Slot(time(7, 30), time(16)),) for day in range(4)} | {4: (Slot(time(7, 30), time(16, 30)),)}
DAYS_OFF = {day: str(facts["name"]) for day, facts in published(range(2025, 2029)).items()}
OFFICE = Calendar(WIB, WEEK, (), DAYS_OFF)
WITH_BREAK = replace(OFFICE, week={day: (Slot(time(8), time(12)), Slot(time(13), time(16))) for day in range(5)})


def at(text, zone=WIB):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def due(start, limit=3, unit=Unit.WORKING_DAYS, calendar=OFFICE):
    """The due time as the wall clock of the unit shows it."""
    due_at = count_due(at(start, calendar.zone), limit, unit, calendar).due_at
    return due_at.astimezone(ZoneInfo(calendar.zone)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.standard("R33")
@pytest.mark.parametrize(
    ("start", "ends"),
    [
        ("2026-11-20", "2026-11-25 16:00"),
        ("2026-11-21", "2026-11-25 16:00"),
        ("2026-11-22", "2026-11-25 16:00"),
        ("2026-11-23", "2026-11-26 16:00"),
        ("2026-03-13", "2026-03-25 16:00"),
        ("2026-03-17", "2026-03-27 16:30"),
        ("2026-03-18", "2026-03-27 16:30"),
        ("2026-03-21", "2026-03-27 16:30"),
        ("2026-03-24", "2026-03-27 16:30"),
        ("2026-05-13", "2026-05-20 16:00"),
        ("2026-12-22", "2026-12-29 16:00"),
        ("2026-12-23", "2026-12-30 16:00"),
        ("2026-12-24", "2026-12-30 16:00"),
        ("2026-12-29", "2027-01-04 16:00"),
        ("2026-12-30", "2027-01-06 16:00"),
        ("2027-03-03", "2027-03-16 16:00"),
        ("2027-03-07", "2027-03-18 16:00"),
        ("2027-03-15", "2027-03-18 16:00"),
        ("2027-05-13", "2027-05-24 16:00"),
        ("2027-05-17", "2027-05-25 16:00"),
        ("2027-05-20", "2027-05-25 16:00"),
        ("2028-02-25", "2028-03-02 16:00"),  # 29 February counts
        ("2028-02-29", "2028-03-03 16:30"),
    ],
)
@pytest.mark.parametrize("zone", [WIB, WITA, WIT])
def test_three_working_days_end_when_the_office_closes_whatever_the_hour_of_filing(start, ends, zone):
    hours = ("00:00:00", "07:29:59", "12:00", "15:59:59", "16:00:00", "16:00:01", "23:59:59")

    dues = {due(f"{start} {hour}", calendar=replace(OFFICE, zone=zone)) for hour in hours}

    assert dues == {ends}


@pytest.mark.standard("R33")
def test_the_same_moment_may_be_another_day_zero_in_another_zone():
    late_sunday = at("2026-11-22 23:30", WIB)

    in_jakarta = count_due(late_sunday, 3, Unit.WORKING_DAYS, OFFICE)
    in_makassar = count_due(late_sunday, 3, Unit.WORKING_DAYS, replace(OFFICE, zone=WITA))

    assert in_jakarta.due_at == at("2026-11-25 16:00", WIB)
    assert in_makassar.days[0] == Day(date(2026, 11, 23), 0, "")
    assert in_makassar.due_at == at("2026-11-26 16:00", WITA)


def test_years_have_the_working_days_that_the_decrees_leave():
    by_year = [working_days_between(at(f"{year - 1}-12-31"), at(f"{year}-12-31"), OFFICE) for year in (2026, 2027)]

    assert by_year == [240, 242]


@pytest.mark.standard("R45")
@pytest.mark.parametrize(
    ("start", "hours", "ends"),
    [
        ("2026-11-20 10:15", 72, "2026-11-25 10:15"),
        ("2026-11-23 00:00", 72, "2026-11-26 00:00"),
        ("2026-11-21 10:15", 72, "2026-11-26 00:00"),  # a day off counts from the next working day
        ("2026-12-20 10:15", 72, "2026-12-28 00:00"),  # and 00.00 of a day off is that of the next working day
        ("2026-12-23 09:00", 24, "2026-12-28 09:00"),
        ("2026-12-22 23:59", 72, "2026-12-29 23:59"),
        ("2026-11-20 10:00", 30, "2026-11-23 16:00"),
        ("2026-11-20 18:00", 30, "2026-11-24 00:00"),
        ("2026-11-19 18:00", 30, "2026-11-23 00:00"),
        ("2026-11-20 23:30", 1, "2026-11-23 00:30"),
        ("2026-11-20 10:00", 1, "2026-11-20 11:00"),
    ],
)
def test_hours_run_through_the_whole_of_working_days_and_stand_still_on_days_off(start, hours, ends):
    assert due(start, hours, Unit.HOURS) == ends


@pytest.mark.standard("R45")
def test_hours_that_start_on_a_day_off_number_the_day_from_which_they_count():
    days = count_due(at("2026-11-22 10:15"), 72, Unit.HOURS, OFFICE).days

    assert [(day.day.day, day.number) for day in days] == [(22, None), (23, 0), (24, 1), (25, 2), (26, 3)]
    assert days[0].why == "Minggu"


@pytest.mark.standard("R35")
def test_minutes_run_on_any_day_at_any_hour():
    counted = count_due(at("2026-11-20 23:30"), 60, Unit.MINUTES, OFFICE)

    assert counted.due_at == at("2026-11-21 00:30")
    assert counted.days == (Day(date(2026, 11, 20), 0, ""), Day(date(2026, 11, 21), 1, ""))


def test_each_unit_of_a_promise_can_be_counted():
    assert set(COUNTERS) == set(Unit.values)


def test_due_times_are_utc_whatever_the_zone_of_the_start():
    for unit in Unit.values:
        assert count_due(at("2026-11-20 10:00", WIT), 3, unit, OFFICE).due_at.tzinfo is UTC


def test_a_start_without_a_zone_is_refused():
    with pytest.raises(ValueError):
        count_due(at("2026-11-20 10:00").replace(tzinfo=None), 3, Unit.WORKING_DAYS, OFFICE)


@pytest.mark.standard("R33")
def test_a_count_names_every_day_from_the_start_to_the_end():
    days = count_due(at("2026-12-22 09:00"), 3, Unit.WORKING_DAYS, OFFICE).days

    assert [(day.day.day, day.number, day.why) for day in days] == [
        (22, 0, ""),
        (23, 1, ""),
        (24, None, "Cuti Bersama Hari Raya Natal"),
        (25, None, "Hari Raya Natal"),
        (26, None, "Sabtu"),
        (27, None, "Minggu"),
        (28, 2, ""),
        (29, 3, ""),
    ]


def test_day_zero_says_when_it_is_a_day_off():
    days = count_due(at("2026-12-25 09:00"), 1, Unit.WORKING_DAYS, OFFICE).days

    assert days[0] == Day(date(2026, 12, 25), 0, "Hari Raya Natal")


@pytest.mark.parametrize("day", [Day(date(2026, 12, 25), None, "Hari Raya Natal"), Day(date(2026, 12, 28), 2, "")])
def test_a_day_survives_being_stored(day):
    assert Day.from_json(day.as_json()) == day


@pytest.mark.parametrize(
    "calendar",
    [
        replace(OFFICE, week={}),
        replace(OFFICE, week={0: ()}),
        replace(OFFICE, holidays={date(2026, 1, 1) + timedelta(days=n): "Libur" for n in range(900)}),
    ],
)
@pytest.mark.parametrize("unit", [Unit.WORKING_DAYS, Unit.HOURS])
def test_a_calendar_without_a_working_day_within_a_year_is_refused(calendar, unit):
    with pytest.raises(ImpossibleCalendar, match="tidak memuat satu pun hari kerja"):
        count_due(at("2026-11-20 10:00"), 72, unit, calendar)

    with pytest.raises(ImpossibleCalendar):
        moment_after_working_time(at("2026-11-20 18:00"), timedelta(hours=1), calendar)


def test_an_impossible_calendar_is_answered_as_a_conflict():
    assert issubclass(ImpossibleCalendar, Conflict)


def test_offices_may_be_closed_for_most_of_a_year():
    closed = {date(2026, 1, 1) + timedelta(days=n): "Libur" for n in range(365)}

    assert due("2026-01-01 10:00", 1, calendar=replace(OFFICE, holidays=closed)) == "2027-01-01 16:30"


def test_the_longest_promise_takes_four_years_to_count():
    counted = count_due(at("2026-11-20 10:00"), 999, Unit.WORKING_DAYS, OFFICE)

    assert [day.number for day in counted.days if day.number] == list(range(1, 1000))
    assert counted.days[-1].day.year == 2030


def test_with_a_break_it_is_due_when_the_last_slot_ends():
    assert due("2026-11-20 10:00", calendar=WITH_BREAK) == "2026-11-25 16:00"


RAMADAN = {day: (Slot(time(8), time(15)),) for day in range(5)}


@pytest.mark.parametrize(
    ("week", "ends"), [(RAMADAN, "2026-11-25 15:00"), ({2: RAMADAN[2]}, "2026-11-25 15:00"), ({}, "2026-11-25 16:00")]
)
def test_hours_of_a_period_replace_the_usual_ones_if_there_are_any(week, ends):
    period = Period(date(2026, 11, 25), date(2026, 11, 25), week)

    assert due("2026-11-20 10:00", calendar=replace(OFFICE, periods=(period,))) == ends


def test_days_without_hours_in_a_period_are_days_off():
    period = Period(date(2026, 11, 23), date(2026, 11, 27), {3: RAMADAN[3], 4: RAMADAN[4]})

    assert due("2026-11-20 10:00", calendar=replace(OFFICE, periods=(period,))) == "2026-11-30 16:00"


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-20 10:00", "2026-11-20 11:00", 1),
        ("2026-11-20 11:00", "2026-11-20 14:00", 2),
        ("2026-11-20 12:00", "2026-11-20 13:00", 0),
        ("2026-11-20 15:59:59", "2026-11-23 08:00", 1 / 3600),
        ("2026-11-20 16:00", "2026-11-23 08:00", 0),
        ("2026-11-20 16:00:01", "2026-11-23 08:00:01", 1 / 3600),
        ("2026-11-20 00:00", "2026-11-24 00:00", 14),
        ("2026-12-23 15:00", "2026-12-28 09:00", 2),
        ("2026-11-24 10:00", "2026-11-20 10:00", 0),
    ],
)
def test_working_time_is_the_time_the_office_is_open(start, end, hours):
    assert working_time_between(at(start), at(end), WITH_BREAK) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "hours", "ends"),
    [
        ("2026-11-20 10:00", 0, "2026-11-20 10:00"),
        ("2026-11-20 10:00", 2, "2026-11-20 12:00"),
        ("2026-11-20 10:00", 3, "2026-11-20 14:00"),
        ("2026-11-20 10:00", 5, "2026-11-20 16:00"),
        ("2026-11-20 10:00", 6, "2026-11-23 09:00"),
        ("2026-11-21 10:00", 1, "2026-11-23 09:00"),
        ("2026-11-20 20:00", 1, "2026-11-23 09:00"),
    ],
)
def test_the_moment_after_some_working_time_skips_what_is_closed(start, hours, ends):
    assert moment_after_working_time(at(start), timedelta(hours=hours), WITH_BREAK) == at(ends)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-11-20 10:00", "2026-11-20 23:59:59", 0),
        ("2026-11-20 10:00", "2026-11-23 00:00", 1),
        ("2026-11-20 23:59", "2026-11-25 16:00", 3),
        ("2026-12-23 10:00", "2026-12-27 10:00", 0),
        ("2026-11-25 10:00", "2026-11-20 10:00", 0),
    ],
)
def test_working_days_between_leave_out_the_first(start, end, days):
    assert working_days_between(at(start), at(end), OFFICE) == days


def test_an_office_opens_with_its_first_slot_and_not_on_days_off():
    assert opening_of(date(2026, 11, 20), WITH_BREAK) == at("2026-11-20 08:00")
    assert opening_of(date(2026, 11, 21), WITH_BREAK) is None
    assert opening_of(date(2026, 12, 25), WITH_BREAK) is None


def test_working_days_are_numbered_from_any_day():
    saturday = date(2026, 11, 21)

    assert [nth_working_day(saturday, n, OFFICE).day for n in range(4)] == [21, 23, 24, 25]
