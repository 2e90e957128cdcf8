"""Everything of an absent officer goes to another: how many is known before, and what could not go is said after."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from accounts.models import Duty, Lpse, User
from escalation.tiers import Desk, Tier
from tests.conftest import NOW
from tests.tickets.acts import assert_history_holds
from tests.tickets.copies import copies
from tests.tickets.test_queue import text
from tickets.models import Ticket, TicketEvent
from tickets.services import handling, moving

Browse = Callable[[User], Client]
Status = Ticket.Status
PAGE = "/antrean/lpse-sukamaju/serah-terima/"


@pytest.fixture
def three(ticket_in: Callable[..., Ticket]) -> list[Ticket]:
    """Three tickets the helpdesk is responsible for."""
    ticket = ticket_in(1, Status.IN_PROGRESS)
    return [ticket, *copies(ticket, 2)]


def test_the_page_says_how_many_before_and_everything_moves(
    three: list[Ticket], helpdesk: User, verifier: User, sign_in: Browse
) -> None:
    browser = sign_in(verifier)
    assert f"{helpdesk.name} (3 tiket)" in text(browser.get(PAGE))

    form = {"absent": helpdesk.pk, "officer": verifier.pk, "reason": "Cuti sampai 7 Desember."}
    answer = browser.post(PAGE, form, follow=True)

    assert "3 tiket dialihkan." in text(answer)
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {verifier.pk}
    assert TicketEvent.objects.filter(kind="reassigned").count() == 3
    assert TicketEvent.objects.filter(kind="noted", is_public=False, body=form["reason"]).count() == 3


def test_sending_it_twice_moves_nothing_twice(
    three: list[Ticket], helpdesk: User, verifier: User, sign_in: Browse
) -> None:
    form = {"absent": helpdesk.pk, "officer": verifier.pk}

    answers = [sign_in(verifier).post(PAGE, form).status_code for _time in range(2)]

    assert answers == [302, 200]
    assert TicketEvent.objects.filter(kind="reassigned").count() == 3


def test_a_ticket_of_the_new_officer_stays_and_is_told(
    make_ticket: Callable[..., Ticket], helpdesk: User, author: User, verifier: User, sign_in: Browse
) -> None:
    for ticket in (make_ticket(by=author), make_ticket()):
        handling.take_ticket(ticket.pk, by=helpdesk, now=timezone.now())

    answer = sign_in(verifier).post(PAGE, {"absent": helpdesk.pk, "officer": author.pk}, follow=True)

    assert "1 tiket dialihkan." in text(answer)
    assert "tetap di tempatnya: 1." in text(answer)


def test_one_who_left_the_unit_can_still_be_relieved(
    three: list[Ticket], helpdesk: User, supervisor: User, verifier: User, sign_in: Browse
) -> None:
    Duty.objects.filter(user=helpdesk).delete()

    sign_in(supervisor).post(PAGE, {"absent": helpdesk.pk, "officer": verifier.pk})

    assert set(Ticket.objects.values_list("assignee", flat=True)) == {verifier.pk}


@pytest.mark.parametrize("absent", ["", "abc", "9" * 30, "verifier"])
@pytest.mark.parametrize("officer", ["", "abc", "9" * 30, "helpdesk", "other_helpdesk"])
def test_a_wrong_choice_is_told_and_moves_nothing(
    absent: str,
    officer: str,
    three: list[Ticket],
    helpdesk: User,
    other_helpdesk: User,
    verifier: User,
    sign_in: Browse,
) -> None:
    people = {"helpdesk": helpdesk.pk, "other_helpdesk": other_helpdesk.pk, "verifier": verifier.pk}
    form = {"absent": people.get(absent, absent), "officer": people.get(officer, officer)}

    assert sign_in(verifier).post(PAGE, form).status_code == 200
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {helpdesk.pk}


def test_to_oneself_is_not_handing_over(three: list[Ticket], helpdesk: User, sign_in: Browse) -> None:
    answer = sign_in(helpdesk).post(PAGE, {"absent": helpdesk.pk, "officer": helpdesk.pk})

    assert "Pilih petugas lain." in text(answer)


def test_other_units_and_reporters_find_no_such_page(
    three: list[Ticket], helpdesk: User, other_helpdesk: User, vendor: User, eproc: User, sign_in: Browse
) -> None:
    for person in (other_helpdesk, vendor, eproc):
        assert sign_in(person).get(PAGE).status_code == 404
        assert sign_in(person).post(PAGE, {"absent": helpdesk.pk, "officer": person.pk}).status_code == 404


def test_nobody_to_relieve_is_said(helpdesk: User, sign_in: Browse) -> None:
    assert "Belum ada petugas yang menangani tiket terbuka" in text(sign_in(helpdesk).get(PAGE))


# The service


@pytest.fixture
def full_desk(ticket_in: Callable[..., Ticket], helpdesk: User, eproc: User, author: User) -> list[Ticket]:
    """What the helpdesk has: two in hand, one awaiting data, one solved; and what it does not have any more."""
    mine = [ticket_in(Tier.LPSE, Status.IN_PROGRESS) for _ in range(2)]
    mine += [ticket_in(Tier.LPSE, Status.AWAITING_DATA), ticket_in(Tier.LPSE, Status.AWAITING_CONFIRMATION)]
    ticket_in(Tier.LPSE, Status.CLOSED)
    ticket_in(Tier.EPROC, Status.IN_PROGRESS)
    ticket_in(Tier.LPSE, Status.NEW)
    return mine


def test_everything_of_an_absent_officer_goes_to_another(
    full_desk: list[Ticket], lpse: Lpse, helpdesk: User, verifier: User, supervisor: User
) -> None:
    moved = moving.hand_over(
        Desk(Tier.LPSE, lpse), by=supervisor, now=NOW, absent=helpdesk, officer=verifier, reason="Cuti."
    )

    assert moved == len(full_desk)
    assert set(Ticket.objects.assigned_to(verifier)) == set(full_desk)
    assert Ticket.objects.assigned_to(helpdesk).open().count() == 0
    for ticket in Ticket.objects.all():
        assert_history_holds(ticket)


def test_a_ticket_of_the_new_officer_stays_where_it_is(
    ticket_in: Callable[..., Ticket], lpse: Lpse, helpdesk: User, author: User, verifier: User
) -> None:
    own, others = ticket_in(Tier.LPSE, Status.IN_PROGRESS, by=author), ticket_in(Tier.LPSE, Status.IN_PROGRESS)

    moved = moving.hand_over(Desk(Tier.LPSE, lpse), by=verifier, now=NOW, absent=helpdesk, officer=author, reason="")

    assert moved == 1
    assert (Ticket.objects.get(pk=own.pk).assignee, Ticket.objects.get(pk=others.pk).assignee) == (helpdesk, author)


def test_people_of_other_units_hand_nothing_over(
    full_desk: list[Ticket], lpse: Lpse, helpdesk: User, verifier: User, other_helpdesk: User, eproc: User, vendor: User
) -> None:
    for person in (other_helpdesk, eproc, vendor):
        with pytest.raises(PermissionDenied):
            moving.hand_over(Desk(Tier.LPSE, lpse), by=person, now=NOW, absent=helpdesk, officer=verifier, reason="")

    assert not Ticket.objects.assigned_to(verifier).exists()
