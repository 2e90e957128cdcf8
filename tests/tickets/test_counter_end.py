"""How tickets of the counter end: the visitor agrees before the officer, answers, rejects, reopens (R19, R25, A07)."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from escalation.models import Clock
from escalation.tiers import Desk, Tier
from notifications.models import Notification
from tests.conftest import NOW
from tests.tickets.acts import (
    assert_history_holds,
    confirm_in_presence,
    do,
    provide_data,
    reject,
    reopen,
)
from tests.tickets.pages import PDF, text_of, token_in, upload
from tests.tickets.test_counter import again, pass_on, today
from tests.tickets.test_pages import DRAWN
from tickets.models import Attachment, Draft, Ticket, TicketEvent
from tickets.services import drafts, uploads
from tickets.services.verbs import verbs_for

__all__ = ["today"]
Browse = Callable[[User], Client]
File = Callable[..., Ticket]
Kind, Status = TicketEvent.Kind, Ticket.Status
VISIT = "BT-20261118-001"
HOUR = timedelta(hours=1)


def test_the_visitor_answers_too(consultation_in: File, walk_in: User) -> None:
    ticket = consultation_in(Status.AWAITING_DATA)

    provide_data(ticket, walk_in)

    assert ticket.events.get(kind=Kind.DATA_PROVIDED).by_reporter


@pytest.mark.standard("A07")
def test_the_officer_writes_down_that_the_visitor_agrees_and_how(
    consultation_in: File, consultant: User, sign_in: Browse
) -> None:
    ticket, browser = consultation_in(Status.AWAITING_CONFIRMATION), sign_in(consultant)
    path = reverse("tickets:confirm_in_presence", args=[ticket.number])
    page = browser.get(path)
    words = {"draf": token_in(page), "version": ticket.version, "files": upload("formulir.pdf", PDF)}

    refused = browser.post(path, words)
    words = {"draf": token_in(refused), "version": ticket.version, "how": "signed", "comment": "Sudah dapat masuk."}
    answers = [browser.post(path, words).status_code for _send in range(2)]

    after, told = again(ticket), ticket.events.get(kind=Kind.CONFIRMED_IN_PRESENCE)
    read = text_of(browser.get(ticket.get_absolute_url()))
    assert "Pilih Cara konfirmasi" in text_of(refused)
    assert answers == [302, 302]
    assert (after.status, after.close_reason) == (Status.CLOSED, Ticket.CloseReason.CONFIRMED)
    assert (told.actor, told.actor_role, told.data["how"]) == (consultant, Role.CONSULTANT, "signed")
    assert "di hadapannya: Ditandatangani pada formulir" in read
    assert "formulir.pdf" in read
    assert not Clock.objects.running().filter(case=ticket.number).exists()
    assert_history_holds(ticket)


@pytest.mark.standard("A07, R19, R26")
def test_a_visitor_whose_ticket_has_left_the_counter_confirms_before_its_officer_and_nobody_else(
    file_consultation: File, consultant: User, teknis: User, sign_in: Browse
) -> None:
    ticket = pass_on(file_consultation(), consultant, Tier.TEKNIS)
    for verb in ("take", "resolve"):
        do(verb, ticket, teknis, timezone.now())
    shown = {who: sign_in(who).get(ticket.get_absolute_url()).content.decode() for who in (consultant, teknis)}

    with pytest.raises(PermissionDenied):
        confirm_in_presence(again(ticket), teknis)
    closed = confirm_in_presence(again(ticket), consultant)

    assert {who: "/konfirmasi-pelapor/" in html for who, html in shown.items()} == {consultant: True, teknis: False}
    told = closed.events.get(kind="confirmed_in_presence")
    assert (closed.status, told.actor, told.actor_role) == (Status.CLOSED, consultant, Role.CONSULTANT)
    assert_history_holds(closed)


@pytest.mark.standard("A07")
def test_of_a_reporter_with_an_account_nobody_confirms_above_the_counter(
    file_consultation: File, consultant: User, teknis: User, vendor: User
) -> None:
    ticket = pass_on(file_consultation(of=vendor), consultant, Tier.TEKNIS)
    for verb in ("take", "resolve"):
        do(verb, ticket, teknis, timezone.now())

    with pytest.raises(PermissionDenied):
        confirm_in_presence(again(ticket), consultant)


@pytest.mark.standard("A09")
def test_what_the_visitor_rejects_comes_back_to_the_officer(
    consultation_in: File, consultant: User, walk_in: User
) -> None:
    ticket = reject(consultation_in(Status.AWAITING_CONFIRMATION), walk_in)

    after = again(ticket)

    assert (after.status, after.at_counter, after.assignee) == (Status.IN_PROGRESS, True, consultant)


def test_a_ticket_closed_at_the_counter_is_reopened_at_helpdesk_eproc(
    consultation_in: File, walk_in: User, eproc: User
) -> None:
    ticket = again(reopen(consultation_in(Status.CLOSED), walk_in))

    assert (ticket.tier, ticket.status, ticket.at_counter) == (Tier.EPROC, Status.NEW, False)
    assert ticket in Ticket.objects.at(Desk(Tier.EPROC)).unassigned()
    assert {told.recipient for told in Notification.objects.filter(kind="ticket_reopened")} == {eproc}
    assert_history_holds(ticket)


@pytest.mark.parametrize("status", [Status.IN_PROGRESS, Status.AWAITING_DATA, Status.AWAITING_CONFIRMATION])
def test_the_buttons_of_the_counter_are_what_its_officer_may_do(
    consultation_in: File, consultant: User, eproc: User, sign_in: Browse, status: str
) -> None:
    ticket = consultation_in(status)
    marks = DRAWN | {"provide_data": 'href="{path}kirim-data/"'}

    for reader in (consultant, eproc):
        html = sign_in(reader).get(ticket.get_absolute_url()).content.decode()
        drawn = {verb for verb, mark in marks.items() if mark.format(path=ticket.get_absolute_url()) in html}
        assert drawn == set(verbs_for(again(ticket), User.objects.get(pk=reader.pk)))


# What waits for the ticket of a visit


def test_the_files_of_a_visit_are_not_swept(receptionist: User) -> None:
    kept, forgotten = uuid4(), uuid4()
    for key in (kept, forgotten):
        uploads.attach(upload("formulir.pdf", PDF), key=key, by=receptionist, now=NOW)
    Draft.objects.filter(key=kept).update(case=VISIT)

    swept = drafts.sweep_drafts(now=NOW + timedelta(days=40))

    assert swept["drafts"] == 1
    assert [draft.key for draft in Draft.objects.all()] == [kept]
    assert Attachment.objects.count() == 1
