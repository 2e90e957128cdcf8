"""Priority on the next service: one for a case, oldest first, used once (R39, A02, A16, A18)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Lpse, User
from escalation.models import Clock, Entitlement, Promise
from escalation.services import clocks, entitlements
from tests.conftest import NOW
from tests.processes import somebody_waits_for_a_lock, wait_until
from tests.tickets.test_races import at_once
from tickets.models import Ticket

LATE = NOW + timedelta(days=30)
Breach = Callable[..., Clock]


@pytest.fixture
def breach(vendor: User, lpse: Lpse) -> Breach:
    """A promise to the vendor about a case, broken and written down."""

    @transaction.atomic
    def make(case: str, code: str = "R33", *, now: datetime = LATE, **facts: Any) -> Clock:
        base = {"case": case, "url": f"/tiket/{case}/", "reporter": vendor.reporter, "lpse": lpse, "now": NOW}
        clock = clocks.start_clock(code, **base | facts)
        clocks.record_breaches([clock], now=now)
        return clock

    return make


def redeem(user: User, case: str) -> Entitlement | None:
    return entitlements.redeem(user.reporter, case=case, url=f"/tiket/{case}/", now=LATE)


@pytest.mark.standard("R39")
def test_a_broken_promise_earns_priority_on_the_next_service(breach: Breach, vendor: User) -> None:
    clock = breach("A")

    owed = Entitlement.objects.owed_to(vendor.reporter).get()

    assert (owed.clock, owed.case, owed.granted_at) == (clock, "A", LATE)


@pytest.mark.standard("A02")
def test_a_case_earns_one_priority_however_often_it_is_late(breach: Breach) -> None:
    first = breach("A")
    breach("A", "A02")
    breach("A", "A02", now=LATE + timedelta(days=9))

    assert Entitlement.objects.get().clock == first


@pytest.mark.standard("A02")
def test_cases_of_one_claim_earn_one_priority_between_them(breach: Breach) -> None:
    first = breach("BT", "R35")
    breach("TKT", claim="BT")

    earned = Entitlement.objects.get()

    assert (earned.case, earned.clock) == ("BT", first)


def test_a_claim_of_broken_promises_is_never_changed(breach: Breach) -> None:
    clock = breach("TKT", claim="BT")

    with pytest.raises(IntegrityError), transaction.atomic():
        Clock.objects.filter(pk=clock.pk).update(claim="TKT")


@pytest.mark.standard("A16")
def test_a_priority_used_for_somebody_who_was_not_served_is_given_back(breach: Breach, vendor: User) -> None:
    breach("A")
    redeem(vendor, "visit")

    entitlements.release("visit", now=LATE)
    entitlements.release("visit", now=LATE)

    assert Entitlement.objects.owed_to(vendor.reporter).get().case == "A"
    assert redeem(vendor, "next visit").redeemed_case == "next visit"


def test_what_was_excused_while_it_was_in_use_is_not_given_back(breach: Breach, vendor: User, supervisor: User) -> None:
    clock = breach("A")
    redeem(vendor, "visit")
    clocks.excuse(clock.pk, by=supervisor, now=LATE, reason="Gangguan.")

    entitlements.release("visit", now=LATE)

    assert not Entitlement.objects.owed_to(vendor.reporter).exists()
    assert Entitlement.objects.get().withdrawn_at == LATE


def test_nothing_is_given_back_where_nothing_was_used(breach: Breach, vendor: User) -> None:
    breach("A")

    entitlements.release("visit", now=LATE)

    assert Entitlement.objects.owed_to(vendor.reporter).get().case == "A"


@pytest.mark.standard("A17")
def test_a_promise_that_is_only_counted_earns_nothing(breach: Breach) -> None:
    breach("A", "R37")  # a call: statistics only
    breach("B", "R45")  # a complaint: its badge would betray the complainant

    assert not Entitlement.objects.exists()


def test_somebody_without_a_name_earns_nothing(breach: Breach) -> None:
    breach("A", reporter=None)

    assert not Entitlement.objects.exists()


@pytest.mark.standard("A16")
def test_the_oldest_is_used_first_and_each_once(breach: Breach, vendor: User) -> None:
    breach("young", now=LATE + timedelta(days=1))
    breach("old")

    used = [redeem(vendor, case) for case in ("next", "after next", "third")]

    assert [owed and owed.case for owed in used] == ["old", "young", None]
    assert [(row.redeemed_case, row.redeemed_url) for row in Entitlement.objects.order_by("granted_at")] == [
        ("next", "/tiket/next/"),
        ("after next", "/tiket/after next/"),
    ]


@pytest.mark.standard("A16")
def test_nobody_uses_what_somebody_else_is_owed(breach: Breach, other_vendor: User) -> None:
    breach("A")

    assert redeem(other_vendor, "B") is None


def excuse(clock: Clock, by: User) -> None:
    clocks.excuse(clock.pk, by=by, now=LATE + timedelta(days=1), reason="Gangguan pusat data.")


@pytest.mark.standard("A18")
def test_excusing_takes_back_what_was_not_used(breach: Breach, vendor: User, supervisor: User) -> None:
    excuse(breach("A"), supervisor)

    assert redeem(vendor, "B") is None
    assert Entitlement.objects.get().withdrawn_at == LATE + timedelta(days=1)


@pytest.mark.standard("A18")
def test_what_was_used_stays_used(breach: Breach, vendor: User, supervisor: User) -> None:
    clock = breach("A")
    redeem(vendor, "B")

    excuse(clock, supervisor)

    owed = Entitlement.objects.get()
    assert (owed.redeemed_case, owed.withdrawn_at) == ("B", None)


@pytest.mark.standard("A18")
def test_it_is_taken_back_only_when_every_breach_of_the_case_is_excused(
    breach: Breach, vendor: User, supervisor: User
) -> None:
    first, second = breach("A"), breach("A", "A02")

    excuse(first, supervisor)
    assert Entitlement.objects.owed_to(vendor.reporter).exists()

    excuse(second, supervisor)
    assert not Entitlement.objects.owed_to(vendor.reporter).exists()


@pytest.mark.standard("A18")
def test_another_breach_of_the_case_brings_it_back(breach: Breach, vendor: User, supervisor: User) -> None:
    excuse(breach("A"), supervisor)

    later = breach("A", "A02", now=LATE + timedelta(days=9))

    owed = Entitlement.objects.owed_to(vendor.reporter).get()
    assert (owed.clock, owed.granted_at) == (later, LATE + timedelta(days=9))


@pytest.mark.standard("A18")
def test_another_breach_brings_back_nothing_that_was_used(breach: Breach, vendor: User, supervisor: User) -> None:
    clock = breach("A")
    redeem(vendor, "B")
    excuse(clock, supervisor)

    breach("A", "A02", now=LATE + timedelta(days=9))

    assert redeem(vendor, "C") is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"redeemed_at": LATE},
        {"redeemed_case": "B"},
        {"redeemed_at": LATE, "redeemed_case": "B", "withdrawn_at": LATE},
    ],
    ids=str,
)
def test_the_database_refuses_what_cannot_be(breach: Breach, wrong: dict[str, Any]) -> None:
    breach("A")

    with pytest.raises(IntegrityError), transaction.atomic():
        Entitlement.objects.update(**wrong)


def test_whether_it_earns_priority_is_frozen_with_the_promise(vendor: User, lpse: Lpse) -> None:
    facts = {"case": "A", "url": "/tiket/A/", "reporter": vendor.reporter, "lpse": lpse, "now": NOW}
    clock = clocks.start_clock("R33", **facts)
    Promise.objects.filter(code="R33").update(earns_entitlement=False)

    clocks.meet(clock.pk, now=LATE)

    assert Entitlement.objects.filter(case="A").exists()


# At the same moment

ROUNDS = 5
commits = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@commits
@pytest.mark.standard("A16")
def test_two_tickets_filed_at_once_use_one_priority(
    breach: Breach, make_ticket: Callable[..., Ticket], vendor: User
) -> None:
    for number in range(ROUNDS):
        breach(f"late-{number}")

        at_once([make_ticket, make_ticket])

        assert Ticket.objects.filter(is_compensated=True).count() == number + 1
        assert not Entitlement.objects.owed_to(vendor.reporter).exists()
    assert Ticket.objects.count() == 2 * ROUNDS


@commits
@pytest.mark.standard("A16")
def test_two_priorities_serve_two_tickets_filed_at_once(breach: Breach, make_ticket: Callable[..., Ticket]) -> None:
    breach("one")
    breach("two")

    at_once([make_ticket, make_ticket])

    assert Ticket.objects.filter(is_compensated=True).count() == 2
    assert {row.redeemed_case for row in Entitlement.objects.all()} == {row.number for row in Ticket.objects.all()}


@commits
@pytest.mark.standard("A18")
def test_a_breach_recorded_while_an_older_one_is_excused_keeps_its_priority(
    breach: Breach, vendor: User, lpse: Lpse, supervisor: User
) -> None:
    for number in range(ROUNDS):
        case = f"case-{number}"
        first = breach(case)
        facts = {"case": case, "url": f"/tiket/{case}/", "reporter": vendor.reporter, "lpse": lpse, "now": NOW}
        second = clocks.start_clock("A02", **facts)

        at_once([lambda: excuse(first, supervisor), lambda: clocks.meet(second.pk, now=LATE)])  # noqa: B023

        assert Entitlement.objects.owed_to(vendor.reporter).filter(case=case).exists()


@commits
def test_excusing_waits_for_a_breach_that_is_being_recorded(
    breach: Breach, vendor: User, lpse: Lpse, supervisor: User
) -> None:
    """The order that would lose it: the breach has seen the priority and says nothing, the excuse sees no breach."""
    first = breach("A")
    facts = {"case": "A", "url": "/tiket/A/", "reporter": vendor.reporter, "lpse": lpse, "now": NOW}
    second = clocks.start_clock("A02", **facts)

    def excuse_meanwhile() -> None:
        try:
            excuse(first, supervisor)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            clocks.meet(second.pk, now=LATE)
            excusing = threads.submit(excuse_meanwhile)
            wait_until(somebody_waits_for_a_lock, "the excuse waits for the breach", 2)
        excusing.result()

    assert Entitlement.objects.owed_to(vendor.reporter).filter(case="A").exists()
