"""Withdraw, reopen, give back, change hands: what people decide anew."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from core.fsm import Conflict
from escalation.tiers import Tier
from notifications.models import Notification
from tests.conftest import NOW
from tests.tickets.acts import (
    assert_history_holds,
    attach_text,
    escalate,
    form,
    reject,
    reopen,
    return_down,
    take,
    withdraw,
)
from tests.tickets.pages import PDF, token_in, upload
from tickets.models import Attachment, Leg, Ticket, TicketEvent
from tickets.services import closing, moving
from tickets.services.verbs import verbs_for

pytestmark = pytest.mark.django_db
Status, Kind = Ticket.Status, TicketEvent.Kind
Browse = Callable[[User], Client]


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def address(verb: str, ticket: Ticket) -> str:
    return reverse(f"tickets:{verb}", args=[ticket.number])


def fill(browser: Client, verb: str, ticket: Ticket, **words: Any) -> Any:
    """Open the page of a verb, fill it in, send it."""
    token = token_in(browser.get(address(verb, ticket)))
    return browser.post(address(verb, ticket), {"draf": token, "version": ticket.version} | words)


# Withdraw


@pytest.mark.parametrize("status", [Status.NEW, Status.IN_PROGRESS, Status.AWAITING_DATA])
def test_a_withdrawn_ticket_is_closed_without_a_rating(
    ticket_in: Callable[..., Ticket], vendor: User, status: str
) -> None:
    ticket = ticket_in(Tier.LPSE, status)

    withdraw(ticket, vendor)

    after = fresh(ticket)
    assert (after.status, after.close_reason, after.was_withdrawn) == (Status.CLOSED, "withdrawn", True)
    assert after.closed_at == after.changed_at
    assert_history_holds(after)
    with pytest.raises(Conflict):
        closing.rate_ticket(after.pk, by=vendor, now=NOW, rating=5)


def test_a_withdrawal_tells_whoever_had_the_ticket(ticket_in: Callable[..., Ticket], vendor: User) -> None:
    ticket = ticket_in(Tier.LPSE, Status.IN_PROGRESS)

    withdraw(ticket, vendor)

    assert Notification.objects.get(kind="ticket_withdrawn").recipient == ticket.assignee


# Reopen


def close(ticket: Ticket, vendor: User, how: str) -> Ticket:
    if how == "withdrawn":
        return withdraw(ticket, vendor)
    return closing.confirm_closing(ticket.pk, by=vendor, **form(ticket))


@pytest.mark.parametrize("how", ["withdrawn", "confirmed"])
@pytest.mark.parametrize(
    ("age", "is_open_again"),
    [
        (timedelta(0), True),
        (timedelta(days=30), True),
        (timedelta(days=30, seconds=1), False),
        (timedelta(days=31), False),
    ],
)
def test_a_ticket_can_be_reopened_for_30_days(
    ticket_in: Callable[..., Ticket], vendor: User, how: str, age: timedelta, is_open_again: bool
) -> None:
    status = Status.IN_PROGRESS if how == "withdrawn" else Status.AWAITING_CONFIRMATION
    closed = fresh(close(ticket_in(Tier.EPROC, status), vendor, how))
    late: dict[str, Any] = form(closed) | {"now": closed.closed_at + age}

    with time_machine.travel(late["now"], tick=False):
        assert ("reopen" in verbs_for(closed, vendor)) == is_open_again
    if is_open_again:
        closing.reopen_ticket(closed.pk, by=vendor, reason="Muncul lagi.", **late)
    else:
        with pytest.raises(Conflict, match="30 hari"):
            closing.reopen_ticket(closed.pk, by=vendor, reason="Muncul lagi.", **late)

    after = fresh(closed)
    assert after.status == (Status.NEW if is_open_again else Status.CLOSED)
    assert_history_holds(after)


def test_a_reopened_ticket_starts_at_the_tier_where_it_was_closed(
    ticket_in: Callable[..., Ticket], vendor: User, teknis: User
) -> None:
    ticket = ticket_in(Tier.TEKNIS, Status.CLOSED)
    closing.rate_ticket(ticket.pk, by=vendor, now=ticket.closed_at, rating=5)

    reopen(fresh(ticket), vendor)

    after = fresh(ticket)
    assert (after.tier, after.status, after.assignee) == (Tier.TEKNIS, Status.NEW, None)
    assert (after.closed_at, after.close_reason, after.rating, after.reopen_count) == (None, "", None, 1)
    assert after.entered_at == after.changed_at
    assert Notification.objects.filter(kind="ticket_reopened").get().recipient == teknis


def test_a_rating_is_given_anew_after_the_second_closing(ticket_in: Callable[..., Ticket], vendor: User) -> None:
    ticket = ticket_in(Tier.LPSE, Status.CLOSED)
    closing.rate_ticket(ticket.pk, by=vendor, now=ticket.closed_at, rating=2)
    reopen(fresh(ticket), vendor)
    assert fresh(ticket).rating is None

    assert [event.data["rating"] for event in ticket.events.filter(kind=Kind.RATED)] == [2]


# Return


@pytest.mark.parametrize("tier", [Tier.EPROC, Tier.TEKNIS, Tier.TIM_TEKNIS])
@pytest.mark.parametrize("status", [Status.NEW, Status.IN_PROGRESS])
def test_a_tier_gives_a_ticket_back_where_the_office_allows_it(
    ticket_in: Callable[..., Ticket], chain: dict[int, User], settings: Any, tier: Tier, status: str
) -> None:
    settings.TICKET_RETURN = True
    ticket = ticket_in(tier, status)

    return_down(ticket, chain[tier])

    after = fresh(ticket)
    assert (after.tier, after.status, after.assignee) == (tier - 1, Status.NEW, None)
    last, now = list(ticket.legs.all())[-2:]
    assert (last.outcome, now.tier, now.lpse) == (
        Leg.Outcome.RETURNED,
        tier - 1,
        ticket.lpse if tier == Tier.EPROC else None,
    )
    assert after.reached_lkpp_at == ticket.reached_lkpp_at
    assert_history_holds(after)


@pytest.mark.parametrize("tier", Tier)
def test_without_the_switch_no_ticket_goes_back(
    ticket_in: Callable[..., Ticket], chain: dict[int, User], settings: Any, sign_in: Browse, tier: Tier
) -> None:
    settings.TICKET_RETURN = False
    ticket = ticket_in(tier, Status.IN_PROGRESS)

    with pytest.raises(Conflict):
        return_down(ticket, chain[tier])

    assert "return" not in verbs_for(ticket, chain[tier])
    assert sign_in(chain[tier]).get(address("return", ticket)).status_code == 409


def test_the_switch_is_off_unless_the_office_sets_it(settings: Any) -> None:
    assert settings.TICKET_RETURN is False


def test_why_a_ticket_went_back_is_for_staff_only(
    ticket_in: Callable[..., Ticket], eproc: User, vendor: User, helpdesk: User, settings: Any, sign_in: Browse
) -> None:
    settings.TICKET_RETURN = True
    ticket = ticket_in(Tier.EPROC, Status.IN_PROGRESS)

    fill(sign_in(eproc), "return", ticket, reason="Rahasia kantor.", files=upload("catatan.pdf", PDF))

    file = Attachment.objects.get()
    assert not file.event.is_public
    assert "Rahasia kantor." in sign_in(helpdesk).get(ticket.get_absolute_url()).content.decode()
    page = sign_in(vendor).get(ticket.get_absolute_url()).content.decode()
    assert "dikembalikan" in page.lower()
    assert "Rahasia kantor." not in page
    assert "catatan.pdf" not in page
    assert sign_in(vendor).get(reverse("tickets:download", args=[file.key])).status_code == 404


# Reassign


def test_another_officer_becomes_responsible_without_a_new_turn(
    ticket_in: Callable[..., Ticket], helpdesk: User, verifier: User, sign_in: Browse
) -> None:
    ticket = ticket_in(Tier.LPSE, Status.IN_PROGRESS)

    done = fill(sign_in(helpdesk), "reassign", ticket, officer=verifier.pk, reason="")

    assert done.url == ticket.get_absolute_url()
    assert fresh(ticket).assignee == verifier
    assert ticket.legs.get().assignee == verifier
    assert Notification.objects.get(kind="ticket_assigned").recipient == verifier
    assert not ticket.events.filter(kind=Kind.NOTED).exists()


def test_files_and_reasons_of_a_reassignment_are_for_staff_only(
    ticket_in: Callable[..., Ticket], helpdesk: User, verifier: User, vendor: User, sign_in: Browse
) -> None:
    for reason in ("", "Rahasia kantor."):
        ticket = ticket_in(Tier.LPSE, Status.IN_PROGRESS)

        fill(sign_in(helpdesk), "reassign", ticket, officer=verifier.pk, reason=reason, files=upload("a.pdf", PDF))

        assert not ticket.events.filter(is_public=True, attachments__isnull=False).exists()
        page = sign_in(vendor).get(ticket.get_absolute_url()).content.decode()
        assert "Rahasia kantor." not in page
        assert "a.pdf" not in page


def test_nobody_of_another_unit_or_of_the_reporters_side_can_be_made_responsible(
    ticket_in: Callable[..., Ticket], helpdesk: User, other_helpdesk: User, author: User, eproc: User, sign_in: Browse
) -> None:
    ticket = ticket_in(Tier.LPSE, Status.IN_PROGRESS, by=author)

    for officer in (other_helpdesk, author, eproc, helpdesk):  # helpdesk has it already
        with pytest.raises(Conflict):
            moving.reassign_ticket(ticket.pk, by=helpdesk, officer=officer, reason="", **form(ticket))
        refused = fill(sign_in(helpdesk), "reassign", ticket, officer=officer.pk, reason="")
        assert refused.status_code in (200, 409)

    assert fresh(ticket).assignee == helpdesk


def test_after_a_rejection_the_new_officer_has_the_turn(
    ticket_in: Callable[..., Ticket], helpdesk: User, verifier: User, vendor: User
) -> None:
    ticket = ticket_in(Tier.LPSE, Status.AWAITING_CONFIRMATION)
    moving.reassign_ticket(ticket.pk, by=helpdesk, officer=verifier, reason="", **form(ticket))

    reject(fresh(ticket), vendor)

    assert [leg.assignee for leg in ticket.legs.all()] == [helpdesk, verifier]
    assert_history_holds(ticket)


# Double clicks, and forms sent again with other words


def at(moment: datetime) -> Any:
    return time_machine.travel(moment, tick=False)


@pytest.mark.parametrize(
    ("who", "verb", "status", "words"),
    [
        ("vendor", "withdraw", Status.NEW, {"reason": "Sudah."}),
        ("vendor", "withdraw", Status.NEW, {"reason": ""}),
        ("vendor", "reopen", Status.CLOSED, {"reason": "Lagi."}),
        ("helpdesk", "reassign", Status.IN_PROGRESS, {"reason": "Cuti."}),
        ("helpdesk", "reassign", Status.IN_PROGRESS, {"reason": ""}),
        ("helpdesk", "escalate", Status.IN_PROGRESS, {"analysis": "Sudah.", "line": "Diteruskan."}),
        ("helpdesk", "request_data", Status.IN_PROGRESS, {"text": "Mohon.", "items": "NIB\nKTP"}),
    ],
)
def test_a_double_click_is_one_success_and_changed_words_are_kept(
    who: str,
    verb: str,
    status: str,
    words: dict[str, Any],
    ticket_in: Callable[..., Ticket],
    vendor: User,
    helpdesk: User,
    verifier: User,
    sign_in: Browse,
) -> None:
    ticket = ticket_in(Tier.LPSE, status)
    browser = sign_in(vendor if who == "vendor" else helpdesk)
    if verb == "reassign":
        words |= {"officer": verifier.pk}
    if verb == "request_data":
        words |= {"reply_by": "20-11-2026"}
    with at(ticket.changed_at + timedelta(minutes=1)):
        token = token_in(browser.get(address(verb, ticket)))
        facts = {"draf": token, "version": ticket.version} | words

        first, twin = browser.post(address(verb, ticket), facts), browser.post(address(verb, ticket), facts)
        event_count = ticket.events.count()
        text = "items" if verb == "request_data" else "line" if verb == "escalate" else "reason"
        changed = browser.post(address(verb, ticket), facts | {text: "Kata lain."})

    assert (first.status_code, twin.status_code) == (302, 302)
    assert changed.status_code in (403, 409)  # 403: passed up, the ticket is not this unit's any more
    assert ticket.events.count() == event_count
    if changed.status_code == 409:
        assert "Kata lain." in changed.content.decode()


def test_a_double_click_on_return_is_one_success(
    ticket_in: Callable[..., Ticket], eproc: User, settings: Any, sign_in: Browse
) -> None:
    settings.TICKET_RETURN = True
    ticket, browser = ticket_in(Tier.EPROC, Status.IN_PROGRESS), sign_in(eproc)
    facts = {"draf": token_in(browser.get(address("return", ticket))), "version": ticket.version, "reason": "Lengkapi."}

    answers = [browser.post(address("return", ticket), facts).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert ticket.events.filter(kind=Kind.RETURNED).count() == 1


def test_a_ticket_returned_and_passed_up_again_keeps_its_first_day_at_lkpp(
    ticket_in: Callable[..., Ticket], helpdesk: User, eproc: User, settings: Any
) -> None:
    settings.TICKET_RETURN = True
    ticket = ticket_in(Tier.EPROC, Status.NEW)
    first = ticket.reached_lkpp_at
    return_down(ticket, eproc)

    escalate(fresh(ticket), helpdesk)

    assert fresh(ticket).reached_lkpp_at == first
    take(fresh(ticket), eproc)
    assert_history_holds(ticket)


def test_lpse_role_is_written_beside_a_reassignment_by_the_penyelia(
    ticket_in: Callable[..., Ticket], supervisor: User, verifier: User
) -> None:
    ticket = ticket_in(Tier.LPSE, Status.IN_PROGRESS)

    moving.reassign_ticket(ticket.pk, by=supervisor, officer=verifier, reason="", **form(ticket))

    assert ticket.events.last().actor_role == Role.SUPERVISOR


def test_files_of_a_withdrawal_go_with_it(ticket: Ticket, vendor: User) -> None:
    sent = form(ticket)
    attach_text(sent["key"], vendor, ticket)

    closing.withdraw_ticket(ticket.pk, by=vendor, reason="", **sent)

    assert Attachment.objects.get().event.kind == Kind.WITHDRAWN
