"""Who may read what (A14): the rows, the notes among staff, and the files sent with either."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Lpse, Reporter, Role, User
from escalation.tiers import Tier
from tests.tickets.acts import attach_text, escalate, form, note
from tickets.models import Attachment, Ticket, TicketEvent
from tickets.permissions import sees_internal
from tickets.services import handling
from tickets.services.search import find

Status = Ticket.Status
CSRF_TOKEN = re.compile(r"\b[0-9A-Za-z]{64}\b")  # masked anew on every page
SECRET = "Dugaan kami, akun ini dipakai bersama."

LPSE_ROLES = [Role.ADMIN_PPE, Role.HELPDESK_LPSE, Role.VERIFIER, Role.ADMIN_AGENCY]
LKPP_ROLES = [Role.HELPDESK_EPROC, Role.HELPDESK_TEKNIS, Role.TIM_TEKNIS, Role.CONSULTANT]
OTHER_ROLES = [Role.RECEPTIONIST, Role.CALL_AGENT, Role.COMPLAINT_OFFICER]


@pytest.fixture
def tickets(
    make_ticket: Callable[..., Ticket],
    ticket_in: Callable[..., Ticket],
    other_vendor: User,
    other_lpse: Lpse,
    make_user: Callable[..., User],
) -> dict[str, Ticket]:
    """A ticket in each place that matters for who may read it."""
    elsewhere = make_ticket(by=other_vendor, lpse=other_lpse)
    reached = make_ticket(by=other_vendor, lpse=other_lpse)
    escalate(reached, make_user("staf.bahari", (Role.VERIFIER, other_lpse)))
    return {
        "here": make_ticket(),
        "closed here": ticket_in(Tier.LPSE, Status.CLOSED),
        "closed above": ticket_in(Tier.TIM_TEKNIS, Status.CLOSED),
        "elsewhere": elsewhere,
        "from elsewhere at LKPP": reached,
    }


def read_by(user: User, tickets: dict[str, Ticket]) -> set[str]:
    visible = Ticket.objects.visible_to(user)
    return {place for place, ticket in tickets.items() if ticket in visible}


OF_OUR_LPSE = {"here", "closed here", "closed above"}
AT_LKPP = {"closed above", "from elsewhere at LKPP"}


def test_every_role_stands_in_exactly_one_row() -> None:
    assert sorted([*LPSE_ROLES, *LKPP_ROLES, *OTHER_ROLES, Role.SUPERVISOR]) == sorted(Role)


def test_staff_of_an_lpse_read_the_tickets_of_their_own_lpse_wherever_they_are(
    tickets: dict[str, Ticket], make_user: Callable[..., User], lpse: Lpse
) -> None:
    read = {role: read_by(make_user(f"a_{role}", (role, lpse)), tickets) for role in LPSE_ROLES}

    assert read == dict.fromkeys(LPSE_ROLES, OF_OUR_LPSE)


def test_lkpp_reads_what_reached_lkpp_and_nothing_before(
    tickets: dict[str, Ticket], make_user: Callable[..., User]
) -> None:
    read = {role: read_by(make_user(f"a_{role}", (role, None)), tickets) for role in LKPP_ROLES}

    assert read == dict.fromkeys(LKPP_ROLES, AT_LKPP)


def test_other_desks_of_lkpp_read_no_tickets(tickets: dict[str, Ticket], make_user: Callable[..., User]) -> None:
    read = {role: read_by(make_user(f"a_{role}", (role, None)), tickets) for role in OTHER_ROLES}

    assert not any(read.values())


@pytest.mark.standard("A14")
def test_what_is_at_the_counter_is_for_lkpp_and_for_no_lpse(
    file_consultation: Callable[..., Ticket], make_user: Callable[..., User], lpse: Lpse
) -> None:
    ticket = file_consultation()
    people = {role: make_user(f"a_{role}", (role, lpse if role in LPSE_ROLES else None)) for role in Role}

    for role, person in people.items():
        reads = role in (*LKPP_ROLES, Role.SUPERVISOR)
        assert (ticket in Ticket.objects.visible_to(person)) == reads, role
        assert sees_internal(ticket, person) == reads, role
        assert [hit.ticket for hit in find(ticket.title, user=person).hits] == ([ticket] if reads else []), role


def test_the_supervisor_reads_everything(tickets: dict[str, Ticket], supervisor: User) -> None:
    assert read_by(supervisor, tickets) == set(tickets)


def test_a_reporter_reads_their_own_tickets_only(
    tickets: dict[str, Ticket], vendor: User, other_vendor: User, ppk: User
) -> None:
    assert read_by(vendor, tickets) == OF_OUR_LPSE
    assert read_by(other_vendor, tickets) == {"elsewhere", "from elsewhere at LKPP"}
    assert read_by(ppk, tickets) == set()


def test_somebody_without_a_duty_reads_nothing_not_even_tickets_of_people_without_an_account(
    tickets: dict[str, Ticket], make_user: Callable[..., User]
) -> None:
    Reporter.objects.update(user=None)

    assert read_by(make_user("siapa"), tickets) == set()


def test_two_duties_add_up(tickets: dict[str, Ticket], make_user: Callable[..., User], lpse: Lpse) -> None:
    person = make_user("rangkap", (Role.VERIFIER, lpse), (Role.HELPDESK_EPROC, None))

    assert read_by(person, tickets) == OF_OUR_LPSE | AT_LKPP


# Internal notes and their files


@pytest.fixture
def noted(ticket: Ticket, helpdesk: User) -> Ticket:
    """A ticket with an internal note, a file in the note, and an analysis."""
    sent = form(ticket)
    attach_text(sent["key"], helpdesk, ticket)
    handling.add_internal_note(ticket.pk, by=helpdesk, text=SECRET, **sent)
    return handling.escalate_ticket(ticket.pk, by=helpdesk, analysis=SECRET, line="Diteruskan.", **form(ticket))


def reads_notes(ticket: Ticket, user: User) -> bool:
    return TicketEvent.objects.visible_on(ticket, user).filter(body=SECRET).exists()


def reads_file(user: User) -> bool:
    return Attachment.objects.visible_to(user).filter(name="catatan.txt").exists()


def test_staff_read_internal_notes_and_their_files(
    noted: Ticket, helpdesk: User, verifier: User, eproc: User, teknis: User, supervisor: User
) -> None:
    for person in (helpdesk, verifier, eproc, teknis, supervisor):
        assert reads_notes(noted, person), person
        assert reads_file(person), person


def test_nobody_else_reads_internal_notes_and_their_files(
    noted: Ticket, vendor: User, other_vendor: User, other_helpdesk: User, receptionist: User, call_agent: User
) -> None:
    for person in (vendor, other_vendor, other_helpdesk, receptionist, call_agent):
        assert not reads_notes(noted, person), person
        assert not reads_file(person), person


def test_lpse_staff_never_read_the_notes_on_a_ticket_of_their_own(
    make_ticket: Callable[..., Ticket], author: User, helpdesk: User
) -> None:
    ticket = make_ticket(by=author)
    sent = form(ticket)
    attach_text(sent["key"], helpdesk, ticket)

    handling.add_internal_note(ticket.pk, by=helpdesk, text=SECRET, **sent)

    assert (reads_notes(ticket, author), reads_file(author)) == (False, False)
    assert (reads_notes(ticket, helpdesk), reads_file(helpdesk)) == (True, True)


def test_a_supervisor_who_reports_a_problem_does_not_read_the_notes_on_it(noted: Ticket, supervisor: User) -> None:
    Reporter.objects.filter(pk=noted.reporter_id).update(user=supervisor)

    assert not reads_notes(Ticket.objects.get(pk=noted.pk), supervisor)
    assert not reads_file(supervisor)


def test_a_note_says_nothing_on_the_reporters_page_and_its_file_is_not_found(
    noted: Ticket, vendor: User, helpdesk: User, sign_in: Callable[[User], Client]
) -> None:
    file = Attachment.objects.get(name="catatan.txt")
    page, download = noted.get_absolute_url(), reverse("tickets:download", args=[file.key])

    own, staff = sign_in(vendor).get(page), sign_in(helpdesk).get(page)

    assert (SECRET in own.content.decode(), SECRET in staff.content.decode()) == (False, True)
    assert "catatan.txt" not in own.content.decode()
    assert sign_in(vendor).get(download).status_code == 404
    assert sign_in(helpdesk).get(download).getvalue() == b"Isi catatan."


def test_a_ticket_of_others_looks_exactly_like_one_that_does_not_exist(
    ticket: Ticket, other_vendor: User, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(other_vendor)

    def said(number: str) -> str:
        page = browser.get(reverse("tickets:detail", args=[number]))
        assert page.status_code == 404
        return CSRF_TOKEN.sub("", page.content.decode()).replace(number, "")

    assert said(ticket.number) == said("TKT-2026-999999-9")


def test_a_draft_and_its_files_belong_to_who_typed_it(
    ticket: Ticket, helpdesk: User, verifier: User, vendor: User
) -> None:
    attach_text(form(ticket)["key"], helpdesk, ticket)

    assert [reads_file(person) for person in (helpdesk, verifier, vendor)] == [True, False, False]


def test_a_note_does_not_move_the_ticket_in_the_reporters_list(ticket: Ticket, helpdesk: User) -> None:
    note(ticket, helpdesk)

    assert Ticket.objects.get(pk=ticket.pk).changed_at == ticket.changed_at
