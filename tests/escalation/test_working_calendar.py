from datetime import date, time

import pytest

from escalation.models import Holiday, HoursPeriod, OfficeHours
from escalation.services.calendar import calendar_of
from escalation.working import ImpossibleCalendar, Slot

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


def open_on_mondays(lpse, opens, closes, period=None):
    OfficeHours.objects.create(lpse=lpse, period=period, weekday=0, opens=time(opens), closes=time(closes))


@pytest.fixture
def ramadan():
    return HoursPeriod.objects.create(name="Ramadan", first_day=MONDAY, last_day=MONDAY)


def test_a_fresh_database_has_a_working_calendar():
    calendar = calendar_of(None)

    assert calendar.zone == "Asia/Jakarta"
    assert calendar.slots_on(MONDAY) == (Slot(time(7, 30), time(16)),)
    assert calendar.slots_on(date(2026, 11, 27)) == (Slot(time(7, 30), time(16, 30)),)
    assert calendar.slots_on(date(2026, 11, 28)) == ()
    assert calendar.why_off(date(2026, 12, 24)) == "Cuti Bersama Hari Raya Natal"
    assert {day.year for day in calendar.holidays} == {2025, 2026, 2027, 2028}


def test_an_lpse_without_hours_of_its_own_keeps_the_usual_ones_in_its_own_zone(other_lpse):
    calendar = calendar_of(other_lpse)

    assert calendar.zone == "Asia/Makassar"
    assert calendar.week == calendar_of(None).week


def test_an_lpse_with_hours_of_its_own_keeps_those_alone(lpse):
    open_on_mondays(lpse, 13, 17)
    open_on_mondays(lpse, 8, 12)

    calendar = calendar_of(lpse)

    assert calendar.week == {0: (Slot(time(8), time(12)), Slot(time(13), time(17)))}
    assert calendar_of(None).slots_on(MONDAY) == (Slot(time(7, 30), time(16)),)


def test_a_period_is_for_every_unit_without_hours_of_its_own_in_it(lpse, other_lpse, ramadan):
    open_on_mondays(None, 8, 15, ramadan)
    open_on_mondays(other_lpse, 9, 14, ramadan)

    assert calendar_of(None).slots_on(MONDAY) == (Slot(time(8), time(15)),)
    assert calendar_of(lpse).slots_on(MONDAY) == (Slot(time(8), time(15)),)
    assert calendar_of(other_lpse).slots_on(MONDAY) == (Slot(time(9), time(14)),)


def test_a_period_in_which_another_unit_alone_keeps_other_hours_changes_nothing(lpse, other_lpse, ramadan):
    open_on_mondays(other_lpse, 9, 14, ramadan)

    assert calendar_of(lpse).periods == ()


def test_a_local_holiday_is_a_day_off_at_its_lpse_only(lpse, other_lpse):
    Holiday.objects.create(day=MONDAY, name="Hari Jadi Sukamaju", kind=Holiday.Kind.LOCAL, lpse=lpse)

    assert calendar_of(lpse).why_off(MONDAY) == "Hari Jadi Sukamaju"
    assert calendar_of(other_lpse).is_working(MONDAY)
    assert calendar_of(None).is_working(MONDAY)


def test_of_a_national_and_a_local_holiday_on_one_day_the_national_is_named(lpse):
    Holiday.objects.create(day=date(2026, 12, 25), name="Hari Jadi", kind=Holiday.Kind.LOCAL, lpse=lpse)

    assert calendar_of(lpse).why_off(date(2026, 12, 25)) == "Hari Raya Natal"


def test_without_office_hours_nothing_is_promised(lpse, ramadan):
    OfficeHours.objects.all().delete()
    open_on_mondays(None, 8, 15, ramadan)

    with pytest.raises(ImpossibleCalendar, match="jam kerja kantor belum diisi"):
        calendar_of(lpse)


def test_without_national_holidays_nothing_is_promised(lpse):
    Holiday.objects.all().delete()
    Holiday.objects.create(day=MONDAY, name="Hari Jadi Sukamaju", kind=Holiday.Kind.LOCAL, lpse=lpse)

    with pytest.raises(ImpossibleCalendar, match="hari libur nasional belum diisi"):
        calendar_of(lpse)


def test_a_calendar_costs_two_queries(lpse, ramadan, django_assert_num_queries):
    open_on_mondays(lpse, 8, 12, ramadan)

    with django_assert_num_queries(2):
        calendar_of(lpse)
