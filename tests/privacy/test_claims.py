"""Requests to correct or erase one's own data: promised, answered, refused, late (UU 27/2022)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Reporter, User
from audit.models import AuditEntry
from core.fsm import AlreadyDone, Conflict, Stale
from escalation.models import Clock, Entitlement
from escalation.services import changes, recount
from escalation.services.sweep import sweep_clocks
from notifications.models import Notification
from privacy.gathering import sections_of
from privacy.models import DataClaim
from privacy.services import claims
from privacy.services.correction import correct
from tests.conftest import NOW

Make = Callable[..., DataClaim]
Browse = Callable[[User], Client]
GROUND = DataClaim.Ground.OTHERS
DAY = timedelta(days=1)
FILE = reverse("privacy:file_claim")


def told(person: User) -> list[str]:
    return list(Notification.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


@pytest.mark.standard("A23")
def test_an_answer_is_promised_within_72_hours_of_working_days(make_claim: Make, supervisor: User) -> None:
    claim = make_claim(now=datetime(2026, 11, 20, 3, 15, tzinfo=UTC))  # Friday 10.15 WIB

    assert claim.number.startswith("PDP-2026-000001-")
    assert claim.due_at == claim.clock.due_at == datetime(2026, 11, 25, 3, 15, tzinfo=UTC)
    assert (claim.clock.promise.words, claim.clock.earns_entitlement) == ("72 jam pada hari kerja", False)
    assert (told(claim.person), told(supervisor)) == (["claim_received"], ["claim_arrived"])


def test_a_form_sent_twice_files_once_and_a_second_request_of_a_kind_waits(vendor: User, make_claim: Make) -> None:
    claim = make_claim()
    again: dict[str, Any] = {"by": vendor, "now": NOW, "kind": claim.kind, "text": "Lagi."}

    with pytest.raises(AlreadyDone):
        claims.file_claim(key=claim.key, **again)
    with pytest.raises(Conflict):
        claims.file_claim(key=uuid4(), **again)
    make_claim(DataClaim.Kind.ERASURE)

    assert DataClaim.objects.count() == 2


def test_a_visitor_without_account_files_nothing(walk_in: User, make_claim: Make) -> None:
    with pytest.raises(PermissionDenied):
        make_claim(by=walk_in)


def test_an_answer_ends_the_clock_and_the_person_is_told(make_claim: Make, supervisor: User) -> None:
    claim = make_claim()

    claims.finish(claim.pk, by=supervisor, now=NOW, version=1, answer="NPWP sudah benar.")

    claim.refresh_from_db()
    assert (claim.state, claim.clock.met_at, claim.answered_by) == ("done", NOW, supervisor)
    assert told(claim.person)[-1] == "claim_done"
    assert [event.kind for event in claim.events.all()] == ["received", "done"]


def test_a_refusal_names_its_ground(make_claim: Make, supervisor: User) -> None:
    claim = make_claim()

    claims.refuse(claim.pk, by=supervisor, now=NOW, version=1, ground=GROUND, answer="Data milik orang lain.")

    claim.refresh_from_db()
    assert (claim.state, claim.ground, claim.answer) == ("refused", GROUND, "Data milik orang lain.")
    assert told(claim.person)[-1] == "claim_refused"


def test_only_a_penyelia_answers_never_their_own_and_once(
    make_claim: Make, supervisor: User, helpdesk: User, vendor: User
) -> None:
    claim, own = make_claim(), make_claim(by=supervisor)
    answer: dict[str, Any] = {"now": NOW, "version": 1, "answer": "Selesai."}

    for person in (helpdesk, vendor):
        with pytest.raises(PermissionDenied):
            claims.finish(claim.pk, by=person, **answer)
    with pytest.raises(PermissionDenied):
        claims.finish(own.pk, by=supervisor, **answer)
    claims.finish(claim.pk, by=supervisor, **answer)
    with pytest.raises(Conflict, match="sudah dijawab"):
        claims.refuse(claim.pk, by=supervisor, now=NOW, version=2, ground=GROUND, answer="Tidak.")
    with pytest.raises(Stale):
        claims.finish(claim.pk, by=supervisor, **answer)


def test_erasure_is_never_just_called_done(make_claim: Make, supervisor: User) -> None:
    claim = make_claim(DataClaim.Kind.ERASURE)

    with pytest.raises(Conflict):
        claims.finish(claim.pk, by=supervisor, now=NOW, version=1, answer="Selesai.")


def test_the_sweep_warns_writes_down_lateness_and_tells_both_sides(make_claim: Make, supervisor: User) -> None:
    claim = make_claim()

    sweep_clocks(now=claim.due_at - timedelta(minutes=1))
    sweep_clocks(now=claim.due_at + timedelta(minutes=1))

    claim.refresh_from_db()
    assert claim.clock.breached_at == claim.due_at
    assert claim.events.last().kind == "breached"
    assert told(claim.person) == ["claim_received", "claim_late"]
    assert told(supervisor)[-1] == "claim_overdue"
    assert "claim_near" in told(supervisor)
    assert not Entitlement.objects.exists()
    assert Clock.objects.visible_to(supervisor).breached().get().url == claim.get_absolute_url()


def test_a_new_holiday_moves_the_due_time_of_the_list(make_claim: Make, supervisor: User) -> None:
    claim = make_claim()
    facts = {"day": NOW.date() + DAY, "name": "Libur uji", "kind": "national", "lpse": None, "source": "SKB contoh"}
    holiday = changes.add_holiday(facts | {"is_tentative": False})

    recount.apply(holiday, by=supervisor, reason="Keputusan bersama.", now=NOW)

    moved = DataClaim.objects.get()
    assert moved.due_at == moved.clock.due_at == claim.due_at + DAY
    assert moved.events.last().kind == "recounted"


def test_the_history_of_a_request_only_grows(make_claim: Make) -> None:
    claim = make_claim()

    for change in (claim.events.all().delete, lambda: claim.events.update(body="Lain.")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_correction_changes_the_identity_and_the_trail_hides_the_numbers(
    make_claim: Make, supervisor: User, vendor: User
) -> None:
    claim, reporter = make_claim(), vendor.reporter
    facts = {"name": "Wulan Benar", "npwp": "1234567890123456", "phone": reporter.phone}

    changed = correct(claim.pk, by=supervisor, now=NOW, address="192.0.2.1", version=1, facts=facts)

    reporter.refresh_from_db()
    vendor.refresh_from_db()
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.PERSON_CHANGED)
    assert (changed, reporter.npwp, reporter.name, vendor.name) == (
        ["name", "npwp"],
        "1234567890123456",
        "Wulan Benar",
        "Wulan Benar",
    )
    assert (entry.actor, entry.data["before"]["name"], entry.data["after"]["name"]) == (
        supervisor,
        "Wulan Rekaan",
        "Wulan Benar",
    )
    assert "1234567890123456" not in str(entry.data)
    assert claim.events.last().data == {"fields": ["name", "npwp"]}


def test_nobody_else_corrects_and_nothing_after_the_answer(
    make_claim: Make, supervisor: User, helpdesk: User, vendor: User
) -> None:
    claim = make_claim()
    change: dict[str, Any] = {"now": NOW, "address": "", "facts": {"name": "Lain"}}

    with pytest.raises(PermissionDenied):
        correct(claim.pk, by=helpdesk, version=1, **change)
    claims.finish(claim.pk, by=supervisor, now=NOW, version=1, answer="Selesai.")
    with pytest.raises(Conflict):
        correct(claim.pk, by=supervisor, version=2, **change)

    assert Reporter.objects.get(user=vendor).name == "Wulan Rekaan"


# Pages


@time_machine.travel(NOW, tick=False)
def test_a_person_files_and_reads_their_request_on_pages(vendor: User, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    token = browser.get(FILE).context["draft"].token
    form = {"draf": token, "kind": "correction", "text": "NIB saya 1234567890123."}

    filed = browser.post(FILE, form)
    again = browser.post(FILE, form)
    page = browser.get(filed["Location"]).content.decode()

    assert filed["Location"] == again["Location"] == DataClaim.objects.get().own_url
    assert "NIB saya 1234567890123." in page
    assert DataClaim.objects.get().number in browser.get(reverse("privacy:mine")).content.decode()


def test_a_second_form_is_told_that_the_first_one_waits(vendor: User, make_claim: Make, sign_in: Browse) -> None:
    make_claim()
    browser = sign_in(vendor)
    token = browser.get(FILE).context["draft"].token

    answer = browser.post(FILE, {"draf": token, "kind": "correction", "text": "Sekali lagi."})

    assert answer.status_code == 409
    assert "masih diproses" in answer.content.decode()
    assert "Sekali lagi." in answer.content.decode()


def test_the_request_of_somebody_else_does_not_exist(
    make_claim: Make, other_vendor: User, helpdesk: User, sign_in: Browse
) -> None:
    claim = make_claim()

    assert sign_in(other_vendor).get(claim.own_url).status_code == 404
    assert sign_in(helpdesk).get(claim.get_absolute_url()).status_code == 404


def test_the_list_shows_first_what_is_due_first(make_claim: Make, ppk: User, supervisor: User, sign_in: Browse) -> None:
    later, answered = make_claim(now=NOW + timedelta(hours=2)), make_claim(DataClaim.Kind.ERASURE)
    first = make_claim(by=ppk, now=NOW + timedelta(hours=1))
    claims.refuse(answered.pk, by=supervisor, now=NOW, version=1, ground=GROUND, answer="Tidak.")

    page = sign_in(supervisor).get(reverse("privacy:claims"))

    assert [row.pk for row in page.context["page"].rows] == [first.pk, later.pk, answered.pk]


def test_a_long_list_asks_the_database_no_more_than_a_short_one(
    make_claim: Make, make_user: Callable[..., User], supervisor: User, sign_in: Browse
) -> None:
    browser, counts = sign_in(supervisor), []
    for people in (1, 9):
        for n in range(people):
            make_claim(by=make_user(f"pemohon{people}{n}"))
        with CaptureQueriesContext(connection) as asked:
            browser.get(reverse("privacy:claims"))
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_the_penyelia_corrects_and_answers_on_pages(make_claim: Make, supervisor: User, sign_in: Browse) -> None:
    claim = make_claim()
    browser = sign_in(supervisor)
    path = reverse("privacy:correct", args=[claim.number])
    form = browser.get(path).context["form"].initial | {"nib": "1234567890123"}

    corrected = browser.post(path, form)
    answered = browser.post(reverse("privacy:finish", args=[claim.number]), {"version": 1, "answer": "Sudah benar."})
    late = browser.post(reverse("privacy:refuse", args=[claim.number]), {"version": 2, "ground": GROUND, "answer": "x"})

    assert (corrected.status_code, answered.status_code, late.status_code) == (302, 302, 409)
    assert claim.person.reporter.nib == "1234567890123"
    assert "Sudah benar." in browser.get(claim.get_absolute_url()).content.decode()


def test_requests_are_part_of_ones_own_data(make_claim: Make) -> None:
    claim = make_claim()

    parts = {part.key: list(part.records()) for part in sections_of(claim.person)}

    assert [(row["number"], row["text"]) for row in parts["claims"]] == [(claim.number, "NPWP saya salah.")]
