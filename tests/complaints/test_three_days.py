"""Three times 24 hours on working days, counted in WIB (R45, A23)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from complaints.clock import hours_of
from complaints.models import Complaint
from complaints.services import turns
from escalation.models import Clock, Entitlement, Promise
from escalation.services.sweep import sweep_clocks
from notifications.models import Notification
from tests.complaints.conftest import evidence
from tests.conftest import NOW
from tickets.models import Draft

Make = Callable[..., Complaint]
WIB, WITA, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Makassar"), ZoneInfo("Asia/Jayapura")
VECTORS = [
    (datetime(2026, 11, 20, 10, 15, tzinfo=WIB), datetime(2026, 11, 25, 10, 15, tzinfo=WIB)),
    (datetime(2026, 12, 22, 8, 0, tzinfo=WIB), datetime(2026, 12, 29, 8, 0, tzinfo=WIB)),
    (datetime(2026, 11, 22, 9, 0, tzinfo=WIB), datetime(2026, 11, 26, 0, 0, tzinfo=WIB)),
    (datetime(2026, 11, 20, 11, 15, tzinfo=WITA), datetime(2026, 11, 25, 10, 15, tzinfo=WIB)),
    (datetime(2026, 11, 20, 12, 15, tzinfo=WIT), datetime(2026, 11, 25, 10, 15, tzinfo=WIB)),
    (datetime(2026, 11, 21, 0, 30, tzinfo=WIT), datetime(2026, 11, 25, 22, 30, tzinfo=WIB)),
]


@pytest.mark.standard("R45")
@pytest.mark.standard("A23")
@pytest.mark.parametrize(("came", "due"), VECTORS)
def test_a_complete_complaint_is_answered_within_72_hours_of_working_days(
    make_complaint: Make, came: datetime, due: datetime
) -> None:
    complaint = make_complaint(now=came)

    assert complaint.state == Complaint.State.REGISTERED
    assert complaint.clock.due_at == due


@pytest.mark.standard("R45")
def test_an_answer_at_the_last_moment_is_in_time_and_a_second_later_is_late(
    make_complaint: Make, complaint_officer: User
) -> None:
    answered = {}
    for seconds in (0, 1):
        complaint = make_complaint()
        at = complaint.clock.due_at + timedelta(seconds=seconds)
        respond(complaint, complaint_officer, at)
        answered[seconds] = Clock.objects.get(case=complaint.number).is_breached

    assert answered == {0: False, 1: True}


@pytest.mark.standard("R45")
def test_the_sweep_writes_down_what_nobody_answered_and_tells_the_register(
    make_complaint: Make, complaint_officer: User, supervisor: User
) -> None:
    complaint = make_complaint()
    after = complaint.clock.due_at + timedelta(seconds=1)

    done = [sweep_clocks(now=after)["broken"], sweep_clocks(now=after)["broken"]]

    assert done == [1, 0]
    assert complaint.events.filter(kind="breached").count() == 1
    told = Notification.objects.filter(kind="complaint_late").values_list("recipient__username", flat=True)
    assert sorted(told) == ["complaint_officer", "supervisor"]


@pytest.mark.standard("R39")
def test_a_late_answer_earns_no_priority_because_its_badge_would_name_the_complainant(make_complaint: Make) -> None:
    complaint = make_complaint()

    sweep_clocks(now=complaint.clock.due_at + timedelta(hours=1))

    assert Clock.objects.get(case=complaint.number).is_breached
    assert not Entitlement.objects.exists()


@pytest.mark.standard("R44")
def test_without_evidence_no_time_runs_until_it_comes(make_complaint: Make, complaint_officer: User) -> None:
    complaint = make_complaint(with_evidence=False)
    asked = turns.ask_for_evidence(
        complaint.pk, by=complaint_officer, now=NOW, version=complaint.version, reason="Mohon bukti surat."
    )
    came = datetime(2026, 11, 20, 3, 15, tzinfo=UTC)
    key = complaint.key
    evidence(key)

    complete = turns.give_evidence(
        complaint.pk, by=complaint.contact, now=came, key=key, owner=filing_owner(key), text=""
    )

    assert asked.clock is None
    assert complete.state == Complaint.State.REGISTERED
    assert complete.clock.due_at == datetime(2026, 11, 25, 3, 15, tzinfo=UTC)


def test_asking_again_stops_the_clock_and_the_next_evidence_starts_it_anew(
    make_complaint: Make, complaint_officer: User
) -> None:
    complaint = make_complaint()
    first = complaint.clock

    turns.ask_for_evidence(
        complaint.pk, by=complaint_officer, now=NOW, version=complaint.version, reason="Bukti tidak terkait."
    )

    first.refresh_from_db()
    assert first.stopped_at == NOW
    assert Complaint.objects.get(pk=complaint.pk).clock is None


@pytest.mark.parametrize(
    ("hours", "passed", "words"),
    [
        (0, [0, 0, 0], "72 jam 0 menit"),
        (24, [1440, 0, 0], "48 jam 0 menit"),
        (30, [1440, 360, 0], "42 jam 0 menit"),
    ],
)
def test_three_bars_show_how_much_of_each_day_has_passed(
    make_complaint: Make, hours: int, passed: list[int], words: str
) -> None:
    complaint = make_complaint()  # a Wednesday

    shown = hours_of(complaint, NOW + timedelta(hours=hours))

    assert [bar.passed for bar in shown.bars] == passed
    assert shown.left == words


def test_another_limit_has_other_bars(make_complaint: Make) -> None:
    Promise.objects.filter(code="R45").update(limit=36)
    complaint = make_complaint()  # a Wednesday

    shown = hours_of(complaint, NOW + timedelta(hours=30))

    assert [(bar.name, bar.minutes, bar.passed) for bar in shown.bars] == [
        ("24 jam ke-1", 1440, 1440),
        ("12 jam terakhir", 720, 360),
    ]
    assert shown.left == "6 jam 0 menit"


def test_a_weekend_moves_no_bar(make_complaint: Make) -> None:
    friday = datetime(2026, 11, 20, 10, 15, tzinfo=WIB)
    complaint = make_complaint(now=friday)

    on_saturday, on_sunday = (hours_of(complaint, friday + timedelta(days=days)) for days in (1, 2))

    assert [bar.passed for bar in on_saturday.bars] == [13 * 60 + 45, 0, 0]
    assert on_saturday.bars == on_sunday.bars


def filing_owner(key: object) -> User:
    """Return whose draft these files lie in."""
    return Draft.objects.get(key=key).owner


def respond(complaint: Complaint, by: User, at: datetime) -> Complaint:
    """Answer as the page does."""
    fresh = Complaint.objects.get(pk=complaint.pk)
    letter = {"number": "B-1/LKPP/XI/2026", "date": at.date(), "text": "Kami jelaskan.", "signed_by": "Direktur"}
    return turns.respond(complaint.pk, by=by, now=at, version=fresh.version, key=uuid4(), letter=letter)
