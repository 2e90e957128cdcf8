"""One promise: frozen when it is given, kept or broken once, and a breach that nobody can take back (R33, R39, A04)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Lpse, User
from core.fsm import Conflict
from escalation.models import Clock, ClockPoint, Entitlement, Promise
from escalation.services import clocks
from escalation.signals import clock_breached
from tests.conftest import NOW

MONDAY_16_WIB = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # the third working day after NOW, when the office closes
SECOND = timedelta(seconds=1)
Start = Callable[..., Clock]
Kind = ClockPoint.Kind


@pytest.fixture
def start(vendor: User, lpse: Lpse) -> Start:
    """A promise given to the vendor by the LPSE, at NOW unless said otherwise."""

    def begin(code: str = "R33", **facts: Any) -> Clock:
        base = {"case": "TKT-2026-000001-0", "url": "/tiket/x/", "reporter": vendor.reporter, "lpse": lpse, "now": NOW}
        return clocks.start_clock(code, **base | facts)

    return begin


def fresh(clock: Clock) -> Clock:
    return Clock.objects.get(pk=clock.pk)


# A promise is frozen when it is given


@pytest.mark.standard("R33")
def test_a_promise_is_due_at_the_end_of_the_third_working_day(start: Start) -> None:
    clock = start()

    assert clock.due_at == MONDAY_16_WIB
    assert [(day["day"][-2:], day["number"]) for day in clock.count] == [
        ("18", 0),
        ("19", 1),
        ("20", 2),
        ("21", None),
        ("22", None),
        ("23", 3),
    ]


@pytest.mark.standard("A04")
@pytest.mark.parametrize(
    ("zone", "hour"), [("Asia/Jakarta", 9), ("Asia/Pontianak", 9), ("Asia/Makassar", 8), ("Asia/Jayapura", 7)]
)
def test_a_promise_ends_when_the_office_of_the_unit_closes_in_its_own_zone(
    start: Start, lpse: Lpse, zone: str, hour: int
) -> None:
    lpse.time_zone = zone

    assert start(lpse=lpse).due_at == MONDAY_16_WIB.replace(hour=hour)
    assert start(lpse=None).due_at == MONDAY_16_WIB


@pytest.mark.standard("R33")
def test_a_promise_edited_later_does_not_move_what_runs(start: Start) -> None:
    before = Clock.objects.filter(pk=start().pk).values()[0]

    Promise.objects.filter(code="R33").update(limit=1, earns_entitlement=False, warn_percents=[10], binds_reporter=True)

    assert Clock.objects.filter(pk=before["id"]).values()[0] == before
    assert list(ClockPoint.objects.values_list("kind", "value")) == [("part", 50), ("last_morning", 0), ("part", 80)]
    assert start().due_at < MONDAY_16_WIB


@pytest.mark.standard("R33")
def test_staff_are_warned_at_half_on_the_last_working_morning_and_at_80_percent(start: Start) -> None:
    start()  # Wednesday 09.12; the office is open 32 h 48 min until then

    at = {(point.kind, point.value): f"{point.at:%d %H.%M.%S}" for point in ClockPoint.objects.all()}

    assert at == {("part", 50): "20 01.36.00", ("last_morning", 0): "23 00.30.00", ("part", 80): "23 02.26.24"}


@pytest.mark.parametrize(
    ("code", "days"),
    [
        pytest.param("A06", {3: "23 00.30", 7: "27 00.30"}, marks=pytest.mark.standard("A06")),
        pytest.param("A08", {3: "23 00.30", 5: "25 00.30"}, marks=pytest.mark.standard("A08")),
    ],
)
def test_the_reporter_is_reminded_on_these_working_mornings_and_owes_an_answer_for_ten_working_days(
    start: Start, code: str, days: dict[int, str]
) -> None:
    clock = start(code)

    assert clock.due_at == datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
    points = ClockPoint.objects.filter(clock=clock)
    assert {point.value: f"{point.at:%d %H.%M}" for point in points} == days
    assert clock.binds_reporter


def test_the_sweep_looks_first_when_the_first_point_comes(start: Start) -> None:
    assert start().next_at == ClockPoint.objects.earliest("at").at


def test_no_point_comes_after_the_promise_is_due(start: Start) -> None:
    Promise.objects.filter(code="A06").update(limit=1, remind_days=[3, 7])
    clock = start("A06")

    assert {point.at for point in ClockPoint.objects.all()} == {clock.due_at}


# Kept in time or late


END = pytest.mark.parametrize("end", ["meet", "stop"])


@END
@pytest.mark.standard("R33")
@pytest.mark.parametrize(("late", "is_broken"), [(-SECOND, False), (timedelta(), False), (SECOND, True)])
def test_at_the_last_second_is_in_time_and_one_second_later_is_not(
    start: Start, end: str, late: timedelta, is_broken: bool
) -> None:
    clock, now = start(), MONDAY_16_WIB + late

    getattr(clocks, end)(clock.pk, now=now)

    clock = fresh(clock)
    assert clock.is_breached == is_broken
    assert (clock.met_at if end == "meet" else clock.stopped_at) == now
    assert not clock.is_running
    assert clock.next_at is None


@END
@pytest.mark.standard("R39")
def test_whoever_ends_a_promise_too_late_first_records_that_it_was_broken_when_it_was_due(
    start: Start, end: str
) -> None:
    clock, now = start(), MONDAY_16_WIB + timedelta(days=2)

    getattr(clocks, end)(clock.pk, now=now)

    clock = fresh(clock)
    assert (clock.breached_at, clock.detected_at) == (clock.due_at, now)
    assert Entitlement.objects.get().clock == clock


def test_a_breach_is_undone_with_the_act_that_recorded_it(start: Start) -> None:
    clock = start()

    with transaction.atomic():
        clocks.meet(clock.pk, now=MONDAY_16_WIB + SECOND)
        transaction.set_rollback(True)

    assert fresh(clock).is_running
    assert not fresh(clock).is_breached
    assert not Entitlement.objects.exists()


def test_what_has_ended_does_not_end_again(start: Start) -> None:
    clock = start()
    clocks.meet(clock.pk, now=NOW)
    ended = Clock.objects.values().get()

    clocks.meet(clock.pk, now=MONDAY_16_WIB + SECOND)
    clocks.stop(clock.pk, now=MONDAY_16_WIB + SECOND)

    assert Clock.objects.values().get() == ended


def test_nothing_to_meet_is_no_error(db: None) -> None:
    clocks.meet(None, now=NOW)
    clocks.stop(None, now=NOW)


def test_a_broken_promise_that_is_kept_at_last_stays_broken(start: Start) -> None:
    clock = start()
    clocks.record_breaches([clock], now=MONDAY_16_WIB + SECOND)

    clocks.meet(clock.pk, now=MONDAY_16_WIB + timedelta(days=1))

    clock = fresh(clock)
    assert clock.breached_at == MONDAY_16_WIB
    assert clock.detected_at == MONDAY_16_WIB + SECOND
    assert clock.met_at == MONDAY_16_WIB + timedelta(days=1)


@pytest.mark.standard("A06")
def test_a_reporter_who_answers_late_has_broken_nothing(start: Start) -> None:
    clock = start("A06")

    clocks.meet(clock.pk, now=clock.due_at + timedelta(days=3))

    assert not fresh(clock).is_breached


def test_a_door_that_cannot_write_the_breach_down_undoes_the_whole_act(start: Start) -> None:
    clock = start()

    def refuse(**_facts: object) -> None:
        raise ValueError("no")

    clock_breached.connect(refuse)
    try:
        with pytest.raises(ValueError, match="no"), transaction.atomic():
            clocks.meet(clock.pk, now=MONDAY_16_WIB + SECOND)
    finally:
        clock_breached.disconnect(refuse)

    assert fresh(clock).is_running


# A breach is for good


@pytest.fixture
def broken(start: Start) -> Clock:
    """A promise that ran out, was written down and is still not kept."""
    clock = start()
    clocks.record_breaches([clock], now=MONDAY_16_WIB + SECOND)
    return fresh(clock)


@pytest.mark.standard("R39")
@pytest.mark.parametrize(
    "changed",
    [
        {"breached_at": None, "detected_at": None},
        {"breached_at": MONDAY_16_WIB + SECOND, "due_at": MONDAY_16_WIB + SECOND},
        {"detected_at": MONDAY_16_WIB + timedelta(days=1)},
        {"started_at": NOW + SECOND},
        {"count": []},
        {"case": "TKT-2026-000002-1"},
    ],
    ids=lambda changed: ", ".join(changed),
)
def test_the_database_refuses_to_erase_or_move_a_breach(broken: Clock, changed: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="never erased or moved"), transaction.atomic():
        Clock.objects.filter(pk=broken.pk).update(**changed)

    assert fresh(broken).breached_at == MONDAY_16_WIB


@pytest.mark.standard("R39")
def test_the_database_refuses_to_delete_a_broken_promise(broken: Clock) -> None:
    ClockPoint.objects.all().delete()
    with pytest.raises(IntegrityError, match="never erased"), transaction.atomic():
        Clock.objects.filter(pk=broken.pk)._raw_delete("default")

    assert Clock.objects.filter(pk=broken.pk).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"breached_at": MONDAY_16_WIB - SECOND, "detected_at": MONDAY_16_WIB},  # not when it was due
        {"breached_at": MONDAY_16_WIB, "detected_at": MONDAY_16_WIB - SECOND},  # seen before it happened
        {"breached_at": MONDAY_16_WIB},
        {"detected_at": MONDAY_16_WIB},
        {"excuse": "Tanpa nama."},
        {"met_at": NOW},  # but the sweep would still look at it
    ],
    ids=str,
)
def test_the_database_refuses_what_cannot_be(start: Start, wrong: dict[str, Any]) -> None:
    clock = start()

    with pytest.raises(IntegrityError), transaction.atomic():
        Clock.objects.filter(pk=clock.pk).update(**wrong)


# Excused, with a reason


@pytest.mark.standard("A18")
def test_an_excused_breach_stays_a_breach(broken: Clock, supervisor: User) -> None:
    clocks.excuse(broken.pk, by=supervisor, now=MONDAY_16_WIB + timedelta(days=1), reason="Gangguan pusat data.")

    clock = fresh(broken)
    assert (clock.breached_at, clock.is_excused) == (MONDAY_16_WIB, True)
    assert (clock.excused_by, clock.excuse) == (supervisor, "Gangguan pusat data.")


@pytest.mark.standard("A18")
def test_only_a_breach_is_excused_and_only_once(start: Start, broken: Clock, supervisor: User) -> None:
    kept = start(case="TKT-2026-000002-1")
    facts: dict[str, Any] = {"by": supervisor, "now": MONDAY_16_WIB + timedelta(days=1), "reason": "Gangguan."}
    clocks.excuse(broken.pk, **facts)

    for clock in (kept, broken):
        with pytest.raises(Conflict):
            clocks.excuse(clock.pk, **facts)


@pytest.mark.standard("A18")
def test_the_database_keeps_an_excuse(broken: Clock, supervisor: User) -> None:
    clocks.excuse(broken.pk, by=supervisor, now=MONDAY_16_WIB + timedelta(days=1), reason="Gangguan.")

    with pytest.raises(IntegrityError, match="only excused, once"), transaction.atomic():
        Clock.objects.filter(pk=broken.pk).update(excused_at=None, excused_by=None, excuse="")


# What it costs


def test_a_promise_is_given_in_few_queries(start: Start, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(8):
        start()


def test_a_promise_is_kept_in_few_queries(start: Start, django_assert_max_num_queries: Any) -> None:
    clock = start()

    with django_assert_max_num_queries(4):
        clocks.meet(clock.pk, now=NOW)
