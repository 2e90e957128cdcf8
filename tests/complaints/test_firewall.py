"""Those a complaint names, and everyone only in their unit, never learn of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Lpse, Role, User
from complaints.models import Complaint
from complaints.services.filing import Party
from core.dates import local
from escalation.models import Clock
from escalation.services.sweep import sweep_clocks
from notifications.models import Notification
from tests.conftest import NOW
from tests.tickets.pages import text_of
from tickets.models import Ticket

Make = Callable[..., Complaint]
Browse = Callable[[User], Client]


@pytest.fixture
def local_supervisor(make_user: Callable[..., User], lpse: Lpse) -> User:
    """A Penyelia whose only other work is at the office complained about."""
    return make_user("local_supervisor", (Role.SUPERVISOR, None), (Role.HELPDESK_LPSE, lpse))


def sees(browser: Client, complaint: Complaint) -> dict[str, bool]:
    """Return by which ways a person can find a complaint."""
    register = browser.get(reverse("complaints:register"))
    found = browser.get(reverse("complaints:register"), {"cari": complaint.number})
    named = browser.get(reverse("complaints:register"), {"cari": "Made Contoh"})
    return {
        "list": complaint.number in text_of(register),
        "search": any(hit.context and complaint in hit.context["page"].rows for hit in (found, named)),
        "counter": "Berjalan 1" in text_of(register),
        "address": browser.get(complaint.get_absolute_url()).status_code == 200,
        "inbox": complaint.number in text_of(browser.get(reverse("notifications:inbox"))),
        "breaches": complaint.number in text_of(browser.get(reverse("escalation:breaches"))),
    }


NOWHERE = dict.fromkeys(("list", "search", "counter", "address", "inbox", "breaches"), False)
EVERYWHERE = NOWHERE | dict.fromkeys(("list", "search", "counter", "address", "inbox"), True)


def test_a_keeper_whom_it_does_not_concern_finds_it_everywhere_but_among_the_promises_of_tickets(
    make_complaint: Make, supervisor: User, complaint_officer: User, sign_in: Browse
) -> None:
    complaint = make_complaint()

    sweep_clocks(now=complaint.clock.due_at + timedelta(hours=1))

    assert sees(sign_in(supervisor), complaint) == EVERYWHERE
    assert sees(sign_in(complaint_officer), complaint) == EVERYWHERE


def test_a_named_officer_finds_nothing_anywhere(
    make_complaint: Make, supervisor: User, complaint_officer: User, sign_in: Browse
) -> None:
    complaint = make_complaint(named=[Party(officer=supervisor)])

    sweep_clocks(now=complaint.clock.due_at + timedelta(hours=1))

    assert sees(sign_in(supervisor), complaint) == NOWHERE
    assert sees(sign_in(complaint_officer), complaint) == EVERYWHERE


def test_everyone_only_in_the_unit_of_a_named_officer_finds_nothing(
    make_complaint: Make, complaint_officer: User, second_keeper: User, supervisor: User, sign_in: Browse
) -> None:
    complaint = make_complaint(named=[Party(officer=complaint_officer)])

    assert sees(sign_in(second_keeper), complaint) == NOWHERE
    assert sees(sign_in(supervisor), complaint) == EVERYWHERE


def test_a_named_desk_of_lkpp_bars_everyone_only_there(
    make_complaint: Make, complaint_officer: User, supervisor: User, sign_in: Browse
) -> None:
    complaint = make_complaint(named=[Party(role=Role.COMPLAINT_OFFICER)])

    assert sees(sign_in(complaint_officer), complaint) == NOWHERE
    assert sees(sign_in(supervisor), complaint) == EVERYWHERE


def test_a_named_office_bars_its_staff_but_not_somebody_who_also_works_elsewhere(
    make_complaint: Make, lpse: Lpse, helpdesk: User, local_supervisor: User, sign_in: Browse
) -> None:
    complaint = make_complaint(named=[Party(lpse=lpse)])

    assert sign_in(helpdesk).get(complaint.get_absolute_url()).status_code == 404
    assert not Notification.objects.filter(recipient=helpdesk, kind__startswith="complaint").exists()
    assert sees(sign_in(local_supervisor), complaint) == EVERYWHERE


def test_a_named_ticket_bars_whoever_acted_on_it(
    make_complaint: Make,
    ticket_in: Callable[..., Ticket],
    make_user: Callable[..., User],
    complaint_officer: User,
    sign_in: Browse,
) -> None:
    ticket = ticket_in(1, Ticket.Status.IN_PROGRESS)
    officer = ticket.assignee
    officer.duties.create(role=Role.SUPERVISOR)
    complaint = make_complaint(named=[Party(ticket=ticket)])

    assert sees(sign_in(officer), complaint) == NOWHERE
    assert sees(sign_in(complaint_officer), complaint) == EVERYWHERE


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.COMPLAINT_OFFICER, Role.SUPERVISOR)])
def test_no_other_duty_opens_the_register(
    make_complaint: Make, make_user: Callable[..., User], lpse: Lpse, sign_in: Browse, role: Role
) -> None:
    complaint = make_complaint()
    at_lpse = role in (Role.ADMIN_PPE, Role.HELPDESK_LPSE, Role.VERIFIER, Role.ADMIN_AGENCY)
    browser = sign_in(make_user("somebody", (role, lpse if at_lpse else None)))

    answers = {browser.get(path).status_code for path in (reverse("complaints:register"), complaint.get_absolute_url())}

    assert answers == {404}


def test_a_message_about_a_complaint_says_nothing_of_what_is_in_it(make_complaint: Make, supervisor: User) -> None:
    make_complaint(now=NOW)

    said = str(list(Notification.objects.values_list("context", flat=True)))

    assert "Made" not in said
    assert "evaluasi" not in said


def test_a_change_of_the_calendar_moves_complaints_unseen_and_uncounted(
    make_complaint: Make, ticket: Ticket, supervisor: User, sign_in: Browse
) -> None:
    complaint = make_complaint(named=[Party(officer=supervisor)])
    day = local(NOW + timedelta(days=1), "Asia/Jakarta").date()
    form = {"day": f"{day:%d-%m-%Y}", "name": "Libur", "kind": "national", "source": "SKB contoh"}

    with time_machine.travel(NOW, tick=False):
        page = sign_in(supervisor).post(reverse("escalation:add_holiday"), form)
        done = sign_in(supervisor).post(
            reverse("escalation:add_holiday"), form | {"step": "approve", "reason": "Keputusan."}, follow=True
        )

    assert ticket.number in text_of(page)
    assert complaint.number not in text_of(page) + text_of(done)
    assert page.context["total"] == 2  # the promise of the ticket and that of its turn
    assert "2 batas waktu bergeser" in text_of(done)
    assert Complaint.objects.get().clock.due_at > complaint.clock.due_at


def test_a_stuck_clock_of_a_complaint_is_named_without_its_case(
    make_complaint: Make, supervisor: User, sign_in: Browse
) -> None:
    complaint = make_complaint(named=[Party(officer=supervisor)])
    Clock.objects.filter(pk=complaint.clock_id).update(parked_at=NOW, next_at=None)

    page = sign_in(supervisor).get(reverse("escalation:jobs"))
    tried = sign_in(supervisor).post(reverse("escalation:retry_clock", args=[complaint.clock_id]), follow=True)

    assert "Tanggapan pengaduan" in text_of(page)
    assert complaint.number not in page.content.decode() + tried.content.decode()
    assert Clock.objects.get(pk=complaint.clock_id).parked_at is None
