"""Tickets of the counter: filed by the Petugas Konsultasi, closed before them, passed past a tier (R23, R25, A07)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from core.fsm import AlreadyDone, Conflict
from escalation.models import Clock
from escalation.tiers import Desk, Tier
from notifications.models import Notification
from tests.conftest import NOW
from tests.tickets.acts import (
    assert_history_holds,
    assert_promises_hold,
    escalate,
    form,
    reassign,
    return_down,
)
from tests.tickets.pages import PDF, text_of, token_in, upload
from tickets.models import Attachment, Draft, Ticket, TicketEvent
from tickets.services import handling, uploads

Browse = Callable[[User], Client]
File = Callable[..., Ticket]
Kind, Status = TicketEvent.Kind, Ticket.Status
VISIT = "BT-20261118-001"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are drawn on the day of the tests."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + 2 * HOUR)


def again(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("reporter__user", "lpse").get(pk=ticket.pk)


def pass_on(ticket: Ticket, by: User, to: Tier | None = None) -> Ticket:
    sent = form(again(ticket))
    return handling.escalate_ticket(ticket.pk, by=by, analysis="Log dibaca.", line="Kami teruskan.", to=to, **sent)


# Filing


@pytest.mark.standard("R23")
def test_a_consultation_ticket_stands_at_the_counter_with_its_officer(
    file_consultation: File, consultant: User, walk_in: User
) -> None:
    ticket = again(file_consultation())

    where = (ticket.tier, ticket.status, ticket.at_counter, ticket.assignee, ticket.channel, ticket.reached_lkpp_at)
    filed = ticket.events.get()

    assert where == (Tier.EPROC, Status.IN_PROGRESS, True, consultant, Ticket.Channel.WALK_IN, NOW)
    assert (ticket.number, ticket.came_from, ticket.reporter) == ("TKT-2026-000001-5", VISIT, walk_in.reporter)
    assert (filed.kind, filed.actor, filed.actor_role) == (Kind.FILED, consultant, Role.CONSULTANT)
    assert filed.body == ticket.description
    assert_history_holds(ticket)
    assert_promises_hold(ticket)


@pytest.mark.standard("A04")
def test_its_clocks_run_on_the_calendar_of_lkpp_for_visit_and_ticket_together(
    file_consultation: File,
) -> None:
    ticket = file_consultation()

    running = Clock.objects.filter(case=ticket.number)

    assert {(clock.promise.code, clock.lpse, clock.claim) for clock in running} == {
        ("R33", None, VISIT),
        ("A02", None, VISIT),
    }


@pytest.mark.standard("R24")
def test_what_was_answered_on_the_spot_is_the_first_response(file_consultation: File, consultant: User) -> None:
    ticket = again(file_consultation(answer="Kosongkan tembolok, lalu masuk kembali."))

    told = ticket.events.values_list("kind", "actor_role")
    letters = Notification.objects.values_list("kind", "recipient__reporter")

    assert list(told) == [(Kind.FILED, Role.CONSULTANT), (Kind.REPLIED, Role.CONSULTANT)]
    assert ticket.response_clock.met_at == NOW
    assert ticket.due_at is None
    assert list(letters) == [("ticket_replied", ticket.reporter_id)]
    assert_history_holds(ticket)


@pytest.mark.standard("R25")
def test_the_visitor_is_told_the_number(file_consultation: File) -> None:
    ticket = file_consultation()

    letter = Notification.objects.get()

    assert (letter.kind, letter.recipient, letter.context["number"]) == (
        "ticket_received",
        ticket.reporter.user,
        ticket.number,
    )


def test_only_a_consultant_files_and_never_for_themselves(
    file_consultation: File, eproc: User, vendor: User, receptionist: User, make_user: Callable[..., User]
) -> None:
    own = make_user("rangkap", (Role.CONSULTANT, None))
    vendor.reporter.user = own
    vendor.reporter.save(update_fields=["user"])

    for by, of in ((eproc, own), (receptionist, own), (own, own)):
        with pytest.raises(PermissionDenied):
            file_consultation(by=by, of=of)

    assert not Ticket.objects.exists()


def test_the_same_form_sent_twice_files_one_ticket(file_consultation: File) -> None:
    key = uuid4()
    file_consultation(key=key)

    with pytest.raises(AlreadyDone), transaction.atomic():
        file_consultation(key=key)

    assert Ticket.objects.count() == 1


@pytest.mark.standard("R23")
def test_files_of_the_form_and_of_the_visit_go_along(
    file_consultation: File, consultant: User, receptionist: User
) -> None:
    key, scanned = uuid4(), uuid4()
    uploads.attach(upload("layar.pdf", PDF), key=key, by=consultant, now=NOW)
    uploads.attach(upload("formulir.pdf", PDF), key=scanned, by=receptionist, now=NOW)
    Draft.objects.filter(key=scanned).update(case=VISIT)
    uploads.attach(upload("tamu-lain.pdf", PDF), key=uuid4(), by=receptionist, now=NOW)

    ticket = file_consultation(key=key)

    sent = Attachment.objects.filter(event=ticket.events.get())
    assert {file.name for file in sent} == {"layar.pdf", "formulir.pdf"}
    assert [draft.case for draft in Draft.objects.all()] == [""]


@pytest.mark.standard("R39")
def test_a_priority_used_for_the_visit_counts_for_its_ticket(file_consultation: File) -> None:
    ticket = file_consultation(is_compensated=True)

    assert again(ticket).is_compensated
    assert again(ticket).queue_rank == 0


# Where it is not


@pytest.mark.standard("R23")
def test_helpdesk_eproc_does_not_have_what_is_at_the_counter(
    file_consultation: File, eproc: User, consultant: User
) -> None:
    ticket = file_consultation()

    assert not Ticket.objects.at(Desk(Tier.EPROC)).exists()
    assert list(Ticket.objects.at_counter_of(consultant)) == [ticket]
    assert not Ticket.objects.at_counter_of(eproc).exists()


def test_the_database_keeps_the_counter_where_it_is(file_consultation: File, ticket: Ticket) -> None:
    broken = [(file_consultation(), {"tier": 3}), (file_consultation(), {"tier": 1}), (ticket, {"at_counter": True})]

    for row, facts in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            Ticket.objects.filter(pk=row.pk).update(**facts)


def test_a_reply_of_the_visitor_reaches_the_officer_and_a_colleague_can_go_on(
    file_consultation: File, consultant: User, eproc: User, make_user: Callable[..., User]
) -> None:
    second = make_user("consultant2", (Role.CONSULTANT, None))
    ticket = file_consultation()

    reassign(ticket, consultant)

    assert again(ticket).assignee == second
    assert {told.recipient for told in Notification.objects.filter(kind="ticket_assigned")} == {second}


# Passing on


@pytest.mark.standard("R25")
@pytest.mark.standard("A10")
@pytest.mark.parametrize("to", [Tier.TEKNIS, Tier.TIM_TEKNIS])
def test_the_officer_passes_on_to_the_third_tier_or_the_fourth(
    file_consultation: File, consultant: User, chain: dict[int, User], to: Tier
) -> None:
    ticket = file_consultation()

    after = again(pass_on(ticket, consultant, to))

    assert (after.tier, after.status, after.at_counter, after.assignee) == (to, Status.NEW, False, None)
    assert after in Ticket.objects.at(Desk(to))
    assert {told.recipient for told in Notification.objects.filter(kind="ticket_arrived")} == {chain[to]}
    assert after.response_clock.met_at is not None, "the officer has spoken with the visitor"
    assert list(after.legs.values_list("tier", "outcome")) == [(2, "escalated"), (to, "")]
    assert_promises_hold(after)


@pytest.mark.standard("A10")
def test_nobody_else_chooses_a_tier(ticket_in: File, chain: dict[int, User]) -> None:
    for tier, to in ((Tier.LPSE, Tier.TEKNIS), (Tier.EPROC, Tier.TIM_TEKNIS), (Tier.TEKNIS, Tier.TEKNIS)):
        ticket = ticket_in(tier)
        with pytest.raises(Conflict):
            pass_on(ticket, chain[tier], to)
        assert again(ticket).tier == tier


@pytest.mark.parametrize("to", [Tier.LPSE, Tier.EPROC])
def test_the_counter_passes_nothing_down(file_consultation: File, consultant: User, to: Tier) -> None:
    ticket = file_consultation()

    with pytest.raises(Conflict):
        pass_on(ticket, consultant, to)


@pytest.mark.standard("A10")
def test_once_passed_on_it_climbs_like_every_other_and_goes_back_no_further_than_helpdesk_eproc(
    file_consultation: File, consultant: User, chain: dict[int, User], settings: Any
) -> None:
    settings.TICKET_RETURN = True
    ticket = pass_on(file_consultation(), consultant, Tier.TEKNIS)

    returned = again(return_down(again(ticket), chain[Tier.TEKNIS]))

    assert (returned.tier, returned.at_counter) == (Tier.EPROC, False)
    assert returned in Ticket.objects.at(Desk(Tier.EPROC))
    with pytest.raises(Conflict):
        return_down(returned, chain[Tier.EPROC])
    assert escalate(returned, chain[Tier.EPROC]).tier == Tier.TEKNIS


def test_the_page_of_the_counter_asks_to_whom(file_consultation: File, consultant: User, sign_in: Browse) -> None:
    ticket, browser = file_consultation(), sign_in(consultant)
    path = reverse("tickets:escalate", args=[ticket.number])
    page = browser.get(path)
    words = {"draf": token_in(page), "version": 1, "analysis": "Log dibaca.", "line": "Kami teruskan."}

    refused = browser.post(path, words)
    twice = [browser.post(path, words | {"to": "4"}) for _send in range(2)]
    other = browser.post(path, words | {"to": "3"})

    assert "Helpdesk Teknis" in text_of(page)
    assert "Pilih Unit tujuan" in text_of(refused)
    assert [answer.status_code for answer in twice] == [302, 302]
    assert other.status_code == 409, "the same form with another choice is not the same"
    assert again(ticket).tier == Tier.TIM_TEKNIS
    assert ticket.events.filter(kind=Kind.ESCALATED).count() == 1


# Data, closing, coming back


@pytest.mark.standard("R18")
def test_the_officer_scans_what_the_visitor_brings(
    consultation_in: File, consultant: User, walk_in: User, sign_in: Browse
) -> None:
    ticket, browser = consultation_in(Status.AWAITING_DATA), sign_in(consultant)
    path = reverse("tickets:provide_data", args=[ticket.number])
    item = ticket.data_requests.get().items.get()
    page = browser.get(path)
    words = {"draf": token_in(page), "version": ticket.version, f"item_{item.pk}": upload("nib.pdf", PDF)}

    sent = browser.post(path, words)

    told = ticket.events.get(kind=Kind.DATA_PROVIDED)
    item.refresh_from_db()
    assert "Pindai data dari pelapor" in text_of(page)
    assert "Saya tidak memiliki" not in text_of(page)
    assert sent.status_code == 302
    assert (told.actor, told.actor_role, item.state) == (consultant, Role.CONSULTANT, "provided")
    assert "memindai data dari pelapor" in text_of(browser.get(ticket.get_absolute_url()))
    assert_history_holds(ticket)
