"""How the chain draws a consultation, and what visit and ticket earn together (R23, R25, R39)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from escalation.models import Clock, Entitlement
from escalation.services import clocks
from escalation.services.sweep import sweep_clocks
from escalation.tiers import Tier
from notifications.models import Notification
from tests.conftest import NOW
from tests.tickets.acts import reopen
from tests.tickets.pages import text_of
from tests.tickets.test_counter import VISIT, Browse, File, again, pass_on
from tickets.chain import mini, stations
from tickets.journey import Journey
from tickets.models import Ticket

Status = Ticket.Status


def drawn(ticket: Ticket) -> list[tuple[str, str]]:
    fresh = again(ticket)
    journey = Journey(fresh, "Asia/Jakarta", own=False, now=timezone.now())
    return [(station.state, station.name) for station in stations(journey, is_late=False)]


LPSE = ("skip", "LPSE")
TEKNIS, TIM_TEKNIS = "Helpdesk Teknis", "Tim Teknis"


@pytest.mark.standard("R23")
def test_the_chain_of_a_consultation_begins_at_the_counter(
    file_consultation: File, consultant: User, walk_in: User, eproc: User, sign_in: Browse
) -> None:
    ticket = file_consultation()

    at_counter = [("now", "Petugas Konsultasi"), ("ahead", TEKNIS), ("ahead", TIM_TEKNIS)]
    assert drawn(ticket) == [LPSE, *at_counter]
    assert mini(again(ticket), NOW) == "scaa"
    for reader in (consultant, walk_in, eproc):
        page = text_of(sign_in(reader).get(ticket.get_absolute_url()))
        assert "Tingkat 1 dari 4, dilewati: LPSE Dilewati: konsultasi" in page
        assert "mencatat tiket konsultasi" in page


@pytest.mark.standard("R25")
def test_the_chain_shows_which_tiers_were_passed_by(file_consultation: File, consultant: User) -> None:
    stepwise = pass_on(file_consultation(), consultant, Tier.TEKNIS)
    straight = pass_on(file_consultation(), consultant, Tier.TIM_TEKNIS)

    counter = ("done", "Petugas Konsultasi")
    assert drawn(stepwise) == [LPSE, counter, ("now", TEKNIS), ("ahead", TIM_TEKNIS)]
    assert drawn(straight) == [LPSE, counter, ("skip", TEKNIS), ("now", TIM_TEKNIS)]
    assert mini(again(straight), NOW) == "sppc"


def test_reopened_it_is_drawn_where_it_is(consultation_in: File, walk_in: User) -> None:
    closed = consultation_in(Status.CLOSED)
    before = drawn(closed)

    reopen(closed, walk_in)

    assert before[:2] == [LPSE, ("solved", "Petugas Konsultasi")]
    assert drawn(closed)[:2] == [LPSE, ("now", "Helpdesk Eproc")]


# One case for visit and ticket


@pytest.mark.standard("R39")
@pytest.mark.standard("A17")
def test_a_visit_and_its_ticket_earn_one_priority(file_consultation: File, walk_in: User, consultant: User) -> None:
    hour = clocks.start_clock("R35", case=VISIT, url="/", reporter=walk_in.reporter, lpse=None, now=NOW)
    ticket = file_consultation()
    later = NOW + timedelta(days=30)

    sweep_clocks(now=later)

    earned = Entitlement.objects.get()
    assert (earned.case, earned.clock, earned.reporter) == (VISIT, hour, walk_in.reporter)
    told = Notification.objects.get(kind="promise_broken")
    assert told.context["owed"]
    assert Journey(again(ticket), "Asia/Jakarta", own=True, now=later).earned == earned


@pytest.mark.standard("A18")
def test_the_priority_stands_until_both_are_excused(file_consultation: File, walk_in: User, supervisor: User) -> None:
    hour = clocks.start_clock("R35", case=VISIT, url="/", reporter=walk_in.reporter, lpse=None, now=NOW)
    ticket = file_consultation()
    later = NOW + timedelta(days=30)
    sweep_clocks(now=later)

    clocks.excuse(hour.pk, by=supervisor, now=later, reason="Dokumen belum lengkap.")
    after_visit = Entitlement.objects.get().withdrawn_at
    for clock in Clock.objects.filter(case=ticket.number):
        clocks.excuse(clock.pk, by=supervisor, now=later, reason="Gangguan nasional.")

    assert after_visit is None
    assert Entitlement.objects.get().withdrawn_at == later


@pytest.mark.standard("A04")
def test_the_receipt_says_whose_office_hours_count(file_consultation: File, consultant: User, sign_in: Browse) -> None:
    ticket = file_consultation()

    page = text_of(sign_in(consultant).get(reverse("tickets:promise", args=[ticket.number])))

    assert "Diterima oleh Petugas Konsultasi LKPP" in page
    assert "menurut jam kerja LKPP (Jangka Waktu Pelayanan LPSE Support" in page
