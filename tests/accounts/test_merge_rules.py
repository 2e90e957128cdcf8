"""Who may be merged and until when it is undone, the pages of it, and merging at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.merging import undo_merge
from accounts.models import Duty, Reporter, ReporterMerge, Role, User
from audit.models import AuditEntry
from consultations.models import Visit
from consultations.services import reception
from core.fsm import Conflict
from notifications.models import Notification
from notifications.services.letters import write
from tests.accounts.conftest import ACTING
from tests.callcenter import conftest as phone
from tests.callcenter.test_call_races import at_once
from tests.conftest import NOW
from tests.consultations import conftest as counter
from tests.rows import everything
from tickets.models import Ticket
from tickets.services import handling

Browse = Callable[[User], Client]
Merge = Callable[..., ReporterMerge]
DAY = timedelta(days=1)
make_visit, rooms, officers, purpose = counter.make_visit, counter.rooms, counter.officers, counter.purpose
newcomer, facts, make_call = counter.newcomer, counter.facts, phone.make_call


def merging(merge: Merge, kept: User, merged: Reporter) -> ReporterMerge | OperationalError:
    """Merge, or say that somebody was at work there, which the page answers with 409."""
    try:
        return merge(kept.reporter, merged)
    except OperationalError as busy:
        return busy


@pytest.fixture(autouse=True)
def at_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(("age", "works"), [(30 * DAY, True), (30 * DAY + timedelta(seconds=1), False)])
def test_a_merge_is_undone_for_thirty_days(
    merge: Merge, vendor: User, visitor: Reporter, supervisor: User, age: timedelta, works: bool
) -> None:
    done = merge(vendor.reporter, visitor)
    later = ACTING | {"now": NOW + age}

    with suppress(Conflict):
        undo_merge(done.pk, by=supervisor, **later)

    assert (Reporter.objects.get(pk=visitor.pk).merged_into is None) is works


def test_who_cannot_be_merged_is_told_why(
    merge: Merge,
    make_user: Callable[..., User],
    vendor: User,
    other_vendor: User,
    colleague: User,
    ppk: User,
    visitor: Reporter,
    author: User,
    supervisor: User,
) -> None:
    Duty.objects.create(user=colleague, role=Role.TIM_TEKNIS)
    Reporter.objects.create(user=supervisor, kind="ppk", name="Penyelia", phone="+62811", email="")
    before = everything()

    for kept, merged, reason in [
        (vendor.reporter, vendor.reporter, "dua orang yang berbeda"),
        (visitor, vendor.reporter, "yang mempunyai akun"),
        (vendor.reporter, ppk.reporter, "berbeda jenis"),
        (vendor.reporter, other_vendor.reporter, "NPWP"),
        (vendor.reporter, colleague.reporter, "masih bertugas"),
        (ppk.reporter, supervisor.reporter, "sendiri"),
    ]:
        with pytest.raises(Conflict, match=reason):
            merge(kept, merged)
    with pytest.raises(PermissionDenied):
        merge(vendor.reporter, visitor, by=author)

    assert everything() == before


def test_of_two_accounts_the_merged_one_is_closed_until_it_is_undone(
    merge: Merge, vendor: User, colleague: User, supervisor: User, sign_in: Browse
) -> None:
    browser = sign_in(colleague)
    done = merge(vendor.reporter, colleague.reporter)

    during = browser.get("/tiket/").status_code
    undo_merge(done.pk, by=supervisor, **ACTING)

    assert (during, sign_in(colleague).get("/tiket/").status_code) == (302, 200)
    told = Notification.objects.filter(kind="identity_merged").order_by("pk")
    assert {letter.mail_address for letter in told} == {vendor.email, colleague.email}
    assert "dalam 30 hari" in write(told[0]).body


def test_somebody_merged_cannot_be_merged_or_kept_again(
    merge: Merge, vendor: User, other_vendor: User, visitor: Reporter
) -> None:
    merge(vendor.reporter, visitor)

    with pytest.raises(Conflict, match="sudah digabung"):
        merge(other_vendor.reporter, visitor)
    with pytest.raises(Conflict, match="sudah digabung"):
        merge(visitor, other_vendor.reporter)


def test_the_database_refuses_a_merge_into_oneself_and_two_merges_of_one(
    merge: Merge, vendor: User, other_vendor: User, visitor: Reporter, supervisor: User
) -> None:
    merge(vendor.reporter, visitor)
    facts = {"merged": visitor, "by": supervisor, "at": NOW, "reason": "-"}

    for wrong in ({"kept": visitor}, {"kept": other_vendor.reporter}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReporterMerge.objects.create(**facts | wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reporter.objects.filter(pk=vendor.reporter.pk).update(merged_into=vendor.reporter)


def test_the_penyelia_finds_compares_and_merges_and_it_is_written_down(
    vendor: User, visitor: Reporter, supervisor: User, sign_in: Browse
) -> None:
    browser, place = sign_in(supervisor), reverse("accounts:merges")

    found = browser.post(place, {"text": "Wulan Rekaan"}).content.decode()
    both = browser.post(place, {"text": "0812-0000-0008", "orang": vendor.reporter.pk}).content.decode()
    one = browser.post(place, {"orang": vendor.reporter.pk, "bandingkan": "ya"}).content.decode()
    led = browser.post(place, {"orang": [vendor.reporter.pk, visitor.pk], "bandingkan": "ya"})
    page = browser.get(led.url).content.decode()
    answer = browser.post(led.url, {"kept": vendor.reporter.pk, "reason": "KTP sama"})
    again = browser.post(led.url, {"kept": vendor.reporter.pk, "reason": "KTP sama"})

    assert f'value="{vendor.reporter.pk}"' in found
    assert (f'value="{vendor.reporter.pk}"' in both, f'value="{visitor.pk}"' in both) == (True, True)
    assert "tepat dua orang" in one
    assert "PT Awan Contoh" in page
    assert answer.status_code == 302
    assert "sudah digabung" in again.content.decode()
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.REPORTERS_MERGED)
    assert (entry.actor, entry.data["kept"], entry.data["reason"]) == (supervisor, "Wulan Rekaan (vendor)", "KTP sama")


def test_undoing_twice_is_refused_with_the_reason(
    merge: Merge, vendor: User, visitor: Reporter, supervisor: User, sign_in: Browse
) -> None:
    done, browser = merge(vendor.reporter, visitor), sign_in(supervisor)

    first = browser.post(reverse("accounts:undo_merge", args=[done.pk]))
    second = browser.post(reverse("accounts:undo_merge", args=[done.pk]))

    assert (first.status_code, second.status_code) == (302, 409)
    assert AuditEntry.objects.filter(kind=AuditEntry.Kind.MERGE_UNDONE).count() == 1


@pytest.mark.parametrize("key", ["0", "9" * 30])
def test_nonsense_instead_of_a_person_is_no_error(supervisor: User, vendor: User, sign_in: Browse, key: str) -> None:
    browser = sign_in(supervisor)

    answers = [
        browser.get(f"/pengaturan/gabung/{key}/{vendor.reporter.pk}/").status_code,
        browser.post(f"/pengaturan/gabung/{key}/batalkan/").status_code,
        browser.post(reverse("accounts:merges"), {"orang": [key, "x", "²"], "text": "a" * 999}).status_code,
    ]

    assert answers == [404, 404, 200]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_merging_twice_at_once_does_it_once(merge: Merge, vendor: User, other_vendor: User, visitor: Reporter) -> None:
    told = at_once([partial(merging, merge, kept, visitor) for kept in (vendor, other_vendor) * 2])

    assert sum(isinstance(each, ReporterMerge) for each in told) == 1
    assert ReporterMerge.objects.get().kept == Reporter.objects.get(pk=visitor.pk).merged_into


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_visit_registered_at_the_moment_of_the_merge_is_of_the_one_who_stays(
    merge: Merge,
    vendor: User,
    receptionist: User,
    newcomer: Callable[[], Reporter],
    purpose: Any,
) -> None:
    for turn in range(10):
        merged = newcomer()
        words = {"organisation": "", "phone": merged.phone, "email": "", "purpose": purpose}
        facts = {"by": receptionist, "now": NOW + turn * DAY, "key": uuid4(), "facts": words}

        arrival = partial(reception.register_visit, reporter=merged, **facts)
        at_once([partial(merging, merge, vendor, merged), arrival])

        visit, now_is = Visit.objects.latest("pk"), Reporter.objects.get(pk=merged.pk)
        assert visit.reporter == (now_is.merged_into or now_is)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_officer_who_waits_for_a_merge_finds_the_ticket_as_it_is_by_then(
    merge: Merge, vendor: User, visitor: Reporter, consultant: User, file_consultation: Callable[..., Ticket]
) -> None:
    ticket = file_consultation()
    answer = {"by": consultant, "now": NOW, "version": ticket.version, "key": uuid4(), "text": "Sudah kami periksa."}

    with ThreadPoolExecutor(1) as officer:
        with transaction.atomic():
            merge(vendor.reporter, visitor)
            said = officer.submit(partial(at_once, [partial(handling.reply_to_ticket, ticket.pk, **answer)]))
            while not (somebody_waits() or said.done()):
                pass
        (answered,) = said.result()

    assert answered.reporter == vendor.reporter


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees what it first saw
        waits = "datname = current_database() AND wait_event_type = 'Lock'"
        cursor.execute(f"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE {waits})")
        return bool(cursor.fetchone()[0])
