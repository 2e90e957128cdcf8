"""The six weeks of the demo read as the product itself would have written them."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from accounts.demo import USERNAMES
from accounts.models import Reporter, User
from callcenter.demo import phone_deeds
from callcenter.models import Call, CallLink, ConfirmationRequest
from complaints.clock import hours_of
from complaints.demo import complaint_deeds
from complaints.files import evidence_of
from complaints.models import Complaint
from consultations.demo import counter_deeds
from consultations.display import board_at
from consultations.guest_book import figures_of, result_of
from consultations.models import Room, Visit
from escalation.models import Clock, Entitlement
from escalation.tiers import Tier, desks_of
from notifications.models import Notification
from privacy.demo import data_deeds
from privacy.models import DataClaim
from tickets.demo.people import make_people
from tickets.demo.stories import tell_stories
from tickets.models import Attachment, RequestedItem, Ticket, TicketEvent

pytestmark = pytest.mark.django_db  # so that it runs before the tests that empty the tables
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday 11.00 WIB
Status = Ticket.Status


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files of the demo are."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, folder: Path) -> Iterator[dict[str, User]]:
    """Everybody of the demo, after six weeks of work; made once, because the tests of this module only look."""
    with django_db_blocker.unblock(), transaction.atomic():
        people = make_people("rekaan-26-2022")
        with override_settings(MEDIA_ROOT=folder):
            doors = (counter_deeds, phone_deeds, complaint_deeds, data_deeds)
            others = [deed for deeds in doors for deed in deeds(people, now=NOW)]
            tell_stories(people, now=NOW, others=others)
        yield people
        transaction.set_rollback(True)


def test_the_demo_shows_42_tickets_in_every_state(demo: dict[str, User]) -> None:
    tickets = list(Ticket.objects.filter(channel=Ticket.Channel.WEB).order_by("filed_at"))

    assert Counter(ticket.status for ticket in tickets) == {
        Status.NEW: 10,
        Status.IN_PROGRESS: 8,
        Status.AWAITING_DATA: 3,
        Status.AWAITING_CONFIRMATION: 6,
        Status.CLOSED: 15,
    }
    assert {ticket.tier for ticket in tickets if ticket.status == Status.NEW} == set(Tier)
    assert {ticket.tier for ticket in tickets if ticket.status == Status.IN_PROGRESS} == set(Tier)
    assert all(ticket.rating for ticket in tickets if ticket.close_reason == Ticket.CloseReason.CONFIRMED)
    assert sum(ticket.was_withdrawn for ticket in tickets) == 1
    assert sum(ticket.reopen_count for ticket in tickets) == 4
    states = set(RequestedItem.objects.values_list("state", flat=True))
    assert states == set(RequestedItem.State) - {RequestedItem.State.SKIPPED}
    numbers = list(Ticket.objects.order_by("filed_at").values_list("number", flat=True))
    assert numbers == sorted(numbers)
    assert NOW - timedelta(weeks=7) < tickets[0].filed_at < NOW - timedelta(weeks=5)


@pytest.mark.standard("R33, R39, A08, A18")
def test_the_demo_shows_what_becomes_of_promises(demo: dict[str, User]) -> None:
    late = {clock.case for clock in Clock.objects.running().breached()}
    compensated = Ticket.objects.filter(is_compensated=True)
    visits = Visit.objects.filter(is_compensated=True)

    assert len(late) >= 2
    assert Clock.objects.breached().filter(excused_by=demo["penyelia"]).exists()
    assert Ticket.objects.filter(close_reason=Ticket.CloseReason.UNCONFIRMED).count() == 1
    assert compensated.open().exists()
    assert set(Entitlement.objects.exclude(redeemed_at=None).values_list("redeemed_case", flat=True)) == {
        case.number for case in [*compensated, *visits]
    }


@pytest.mark.standard("R29, R31, R32")
def test_the_demo_has_eight_calls_and_one_question_waits_for_an_officer(demo: dict[str, User]) -> None:
    calls = Call.objects.order_by("started_at")

    assert Counter(calls.values_list("outcome", flat=True)) == {
        Call.Outcome.ANSWERED: 4,
        Call.Outcome.DIRECTED: 2,
        Call.Outcome.REFERRED: 1,
        Call.Outcome.CONFIRMATION: 1,
    }
    assert all(earlier.ended_at <= later.started_at for earlier, later in pairwise(calls))
    asked = ConfirmationRequest.objects.get()
    assert (asked.ticket.assignee, asked.is_answered) == (demo["teknis"], False)
    assert asked.due_at > NOW
    assert CallLink.objects.filter(expires_at__gt=NOW).count() == 2
    owing = Entitlement.objects.filter(reporter__calls__isnull=False)
    assert owing.exists()


@pytest.mark.standard("R44, R45")
def test_the_demo_has_four_complaints_one_of_which_is_late(demo: dict[str, User]) -> None:
    objection, suggestion, asked, running = Complaint.objects.order_by("received_at")

    assert [(c.kind, c.source, c.state) for c in (objection, suggestion, asked, running)] == [
        (Complaint.Kind.OBJECTION, Complaint.Source.FORM, Complaint.State.REGISTERED),
        (Complaint.Kind.SUGGESTION, Complaint.Source.LAPOR, Complaint.State.RESPONDED),
        (Complaint.Kind.COMPLAINT, Complaint.Source.LETTER, Complaint.State.INCOMPLETE),
        (Complaint.Kind.COMPLAINT, Complaint.Source.FORM, Complaint.State.REGISTERED),
    ]
    assert list(Complaint.objects.late()) == [objection]
    assert [str(named.lpse) for named in objection.named.all()] == ["LPSE Kota Bahari Contoh"]
    assert suggestion.clock.met_at < suggestion.clock.due_at
    assert not any(bar.is_running for bar in hours_of(suggestion, NOW).bars)
    assert asked.clock is None
    assert running.clock.due_at > NOW
    assert [evidence_of(c).count() for c in (objection, suggestion, asked, running)] == [2, 0, 0, 1]
    assert set(Complaint.objects.visible_to(demo["pengaduan"])) == {objection, suggestion, asked, running}


def test_every_history_of_the_demo_reads_as_if_it_had_happened(demo: dict[str, User]) -> None:
    for ticket in Ticket.objects.filter(channel=Ticket.Channel.WEB).select_related("lpse"):
        events, legs = list(ticket.events.all()), list(ticket.legs.all())
        zone = ZoneInfo(ticket.lpse.time_zone)

        assert events[0].kind == TicketEvent.Kind.FILED
        assert all(earlier.at <= later.at for earlier, later in pairwise(events))
        assert all(event.at <= NOW and event.at.astimezone(zone).weekday() < 5 for event in events)
        assert legs[0].tier == Tier.LPSE
        assert legs[0].entered_at == ticket.filed_at
        assert all(earlier.left_at <= later.entered_at for earlier, later in pairwise(legs))
        assert all(later.tier - earlier.tier in (0, 1) for earlier, later in pairwise(legs))
        assert legs[-1].tier == ticket.tier
        assert (legs[-1].left_at is None) == (ticket.status in (Status.NEW, Status.IN_PROGRESS))
        assert "{" not in "".join(event.body for event in events)


def test_everybody_of_the_demo_finds_work(demo: dict[str, User]) -> None:
    own = Counter((t.tier, t.status) for t in Ticket.objects.reported_by(demo["penyedia"]))
    assert own[Tier.EPROC, Status.AWAITING_CONFIRMATION] == own[Tier.TEKNIS, Status.AWAITING_DATA] == 1
    assert own[Tier.LPSE, Status.NEW] == 1
    assert any(status == Status.CLOSED for _, status in own)

    for username in ("helpdesk.lpse", "helpdesk.lpse2", "eproc", "teknis", "timteknis"):
        officer = demo[username]
        here = Ticket.objects.visible_to(officer).at(desks_of(officer)[0])
        assert here.unassigned().exists(), username
        assert here.assigned_to(officer).filter(status=Status.IN_PROGRESS).exists(), username

    unread = Counter(Notification.objects.unread().values_list("recipient__username", flat=True))
    assert 0 < unread["penyedia"] < 10
    assert max(unread.values()) < 10


def test_every_page_of_the_demo_opens(demo: dict[str, User], sign_in: Callable[[User], Client]) -> None:
    for reporter in Reporter.objects.select_related("user"):
        browser = sign_in(reporter.user)
        addresses = [reverse("tickets:mine")]
        addresses += [ticket.get_absolute_url() for ticket in Ticket.objects.reported_by(reporter.user)]
        assert {browser.get(address).status_code for address in addresses} == {200}, reporter.user.username

    for username in ("helpdesk.lpse", "eproc", "teknis", "timteknis"):
        browser = sign_in(demo[username])
        desk = desks_of(demo[username])[0]
        addresses = [reverse("tickets:queue", args=[desk.slug]), reverse("notifications:inbox")]
        addresses += [ticket.get_absolute_url() for ticket in Ticket.objects.visible_to(demo[username]).at(desk)]
        assert {browser.get(address).status_code for address in addresses} == {200}, username


def test_the_files_of_the_demo_are_what_they_say(demo: dict[str, User], settings: Any, folder: Path) -> None:
    settings.MEDIA_ROOT = folder
    files = list(Attachment.objects.all())

    assert {attachment.media_type for attachment in files} == {"image/png", "application/pdf"}
    assert all(attachment.event_id or attachment.draft.case for attachment in files)
    assert all(attachment.file.size == attachment.size > 500 for attachment in files)
    assert sum(attachment.requirement_id is not None for attachment in files) > 50


def test_no_two_people_of_the_demo_share_a_name_or_a_number(demo: dict[str, User]) -> None:
    reporters = list(Reporter.objects.all())

    assert set(USERNAMES) <= set(User.objects.values_list("username", flat=True))
    known = User.objects.exclude(name="Pengadu")  # one for each complaint, in whose history they have no other name
    assert len({user.name for user in known}) == known.count()
    for number in ("npwp", "nib", "nip", "phone"):
        given = [getattr(reporter, number) for reporter in reporters if getattr(reporter, number)]
        assert len(set(given)) == len(given)


def test_one_request_about_data_waits_and_one_was_answered_in_time(demo: dict[str, User]) -> None:
    asked, answered = DataClaim.objects.order_by("rank")

    assert (asked.person, asked.state, asked.clock.is_breached) == (demo["ppk"], "received", False)
    assert (answered.state, answered.clock.is_breached) == ("done", False)
    assert [line.kind for line in answered.events.all()] == ["recorded", "done"]


@pytest.mark.standard("R20, R25, R35, R39")
def test_the_counter_of_the_demo_has_had_six_visits(demo: dict[str, User]) -> None:
    visits = {visit.queue_number: visit for visit in Visit.objects.for_lists().order_by("serial")}
    first, long, passed, served, waiting, called = visits.values()
    results = [result_of(visit) for visit in visits.values()]
    figures, board = figures_of(Visit.objects.all()), board_at(NOW)

    assert list(visits) == [f"A-00{n}" for n in range(1, 7)]
    assert results[:3] == ["Selesai di tempat", "Menunggu data dari tamu", "Eskalasi ke Helpdesk Teknis"]
    assert long.lasted == timedelta(minutes=72)
    assert long.clock.is_excused
    assert (figures.late, figures.excused, figures.solved) == (1, 1, 1)
    assert (passed.ticket.tier, passed.reporter.is_visitor) == (Tier.TEKNIS, True)
    assert passed.ticket.events.filter(attachments__name="pesan-galat.png").exists()
    assert first.ticket.status == Status.AWAITING_CONFIRMATION
    assert called.is_compensated
    assert (board.call, board.served, board.waiting) == (called, [served], [waiting])
    assert [room.name for room in Room.objects.free()] == ["Ruang 3"]
    assert not [visit for visit in visits.values() if visit.officer and visit.officer == visit.reporter.user]
