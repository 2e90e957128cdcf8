"""From filing to the final confirmation: what each step keeps, writes and tells."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Lpse, Role, User
from core.fsm import AlreadyDone, Conflict, Stale
from escalation.tiers import Desk, Tier
from notifications.models import Notification
from tests.conftest import NOW
from tests.tickets.acts import attach_text, escalate, form, note, reject, reply, resolve, take
from tickets.models import Ticket, TicketEvent
from tickets.services import closing, handling

Kind = TicketEvent.Kind
Status = Ticket.Status
HOUR = timedelta(hours=1)


def told(person: User) -> list[str]:
    """The kinds of message this person got, oldest first."""
    return list(Notification.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


# Filing


@pytest.mark.standard("R10")
def test_a_filed_ticket_waits_at_its_lpse_and_both_sides_are_told(
    helpdesk: User, verifier: User, other_helpdesk: User, eproc: User, make_ticket: Callable[..., Ticket], vendor: User
) -> None:
    ticket = make_ticket()

    assert (ticket.tier, ticket.status, ticket.assignee) == (Tier.LPSE, Status.NEW, None)
    assert told(vendor) == ["ticket_received"]
    assert told(helpdesk) == told(verifier) == ["ticket_arrived"]
    assert told(other_helpdesk) == told(eproc) == []


def test_somebody_without_a_reporters_identity_cannot_file(make_ticket: Callable[..., Ticket], helpdesk: User) -> None:
    with pytest.raises(PermissionDenied):
        make_ticket(by=helpdesk)

    assert not Ticket.objects.exists()


# Taking


@pytest.mark.standard("R11")
def test_whoever_takes_a_ticket_is_responsible_and_the_reporter_has_no_answer_yet(
    ticket: Ticket, helpdesk: User, vendor: User
) -> None:
    take(ticket, helpdesk)

    taken = Ticket.objects.get(pk=ticket.pk)
    assert (taken.status, taken.assignee) == (Status.IN_PROGRESS, helpdesk)
    assert taken.legs.get().assignee == helpdesk
    assert told(vendor) == ["ticket_received"]


def test_taking_the_next_ticket_takes_the_one_that_is_due_first(
    make_ticket: Callable[..., Ticket], helpdesk: User, lpse: Lpse
) -> None:
    make_ticket(now=NOW + 24 * HOUR)
    first_due = make_ticket(now=NOW)

    taken = handling.take_next_ticket(Desk(Tier.LPSE, lpse), by=helpdesk, now=NOW + 25 * HOUR)

    assert taken == first_due


def test_what_waits_at_another_lpse_is_not_the_next_ticket(
    make_ticket: Callable[..., Ticket], helpdesk: User, lpse: Lpse, other_lpse: Lpse
) -> None:
    make_ticket(lpse=other_lpse)

    with pytest.raises(Conflict):
        handling.take_next_ticket(Desk(Tier.LPSE, lpse), by=helpdesk, now=NOW)


def test_nobody_takes_the_next_ticket_at_a_desk_where_they_do_not_work(
    ticket: Ticket, other_helpdesk: User, supervisor: User, eproc: User, lpse: Lpse
) -> None:
    for stranger in (other_helpdesk, supervisor, eproc):
        with pytest.raises(PermissionDenied):
            handling.take_next_ticket(Desk(Tier.LPSE, lpse), by=stranger, now=NOW)


def test_nobody_is_given_their_own_ticket_as_the_next_one(
    make_ticket: Callable[..., Ticket], author: User, lpse: Lpse
) -> None:
    make_ticket(by=author)

    with pytest.raises(Conflict):
        handling.take_next_ticket(Desk(Tier.LPSE, lpse), by=author, now=NOW)


# Talking


def test_a_reply_of_staff_is_told_to_the_reporter_and_one_of_the_reporter_to_the_officer(
    ticket: Ticket, helpdesk: User, verifier: User, vendor: User
) -> None:
    ticket = take(ticket, helpdesk)
    told_before = told(verifier)

    reply(ticket, helpdesk)
    reply(Ticket.objects.get(pk=ticket.pk), vendor)

    assert told(vendor)[-1] == "ticket_replied"
    assert told(helpdesk)[-1] == "reporter_replied"
    assert told(verifier) == told_before


def test_before_anybody_took_the_ticket_the_whole_unit_hears_the_reporter(
    helpdesk: User, verifier: User, ticket: Ticket, vendor: User
) -> None:
    reply(ticket, vendor)

    assert told(helpdesk)[-1] == told(verifier)[-1] == "reporter_replied"


def test_an_internal_note_is_told_to_nobody_and_changes_nothing_for_the_reporter(
    ticket: Ticket, helpdesk: User, vendor: User
) -> None:
    before = Ticket.objects.filter(pk=ticket.pk).values().get()

    note(ticket, helpdesk)

    assert Ticket.objects.filter(pk=ticket.pk).values().get() == before
    assert told(vendor) == ["ticket_received"]


# Passing up


@pytest.mark.standard("R12")
@pytest.mark.standard("R14")
@pytest.mark.standard("R16")
def test_an_unsolved_ticket_goes_one_tier_up_with_all_it_carries(
    ticket: Ticket, helpdesk: User, eproc: User, teknis: User, vendor: User
) -> None:
    history = list(ticket.events.values())

    handling.escalate_ticket(
        ticket.pk, by=helpdesk, analysis="Akun aktif; galat ada di sisi pusat.", line="Kami teruskan.", **form(ticket)
    )

    passed = Ticket.objects.get(pk=ticket.pk)
    analysed, escalated = passed.events.all()[len(history) :]
    assert (passed.tier, passed.status, passed.assignee) == (Tier.EPROC, Status.NEW, None)
    assert passed.entered_at == passed.reached_lkpp_at == escalated.at
    assert list(passed.events.values())[: len(history)] == history
    assert (analysed.kind, analysed.is_public, analysed.body) == (
        Kind.ANALYSED,
        False,
        "Akun aktif; galat ada di sisi pusat.",
    )
    assert (escalated.kind, escalated.is_public, escalated.body) == (Kind.ESCALATED, True, "Kami teruskan.")
    assert (escalated.tier, escalated.data) == (Tier.LPSE, {"to": Tier.EPROC})
    assert told(vendor)[-1] == "ticket_escalated"
    assert (told(eproc), told(teknis)) == (["ticket_arrived"], [])


@pytest.mark.standard("R12")
@pytest.mark.standard("R14")
@pytest.mark.standard("R16")
@pytest.mark.standard("R17")
def test_a_ticket_never_skips_a_tier_and_ends_at_the_tim_teknis(ticket: Ticket, chain: dict[int, User]) -> None:
    for tier in (Tier.LPSE, Tier.EPROC, Tier.TEKNIS):
        ticket = escalate(ticket, chain[tier])
        assert ticket.tier == tier + 1

    with pytest.raises(Conflict, match="tingkat terakhir"):
        escalate(ticket, chain[Tier.TIM_TEKNIS])


def test_the_time_a_ticket_reached_lkpp_stays_when_it_climbs_on(ticket: Ticket, chain: dict[int, User]) -> None:
    ticket = escalate(ticket, chain[Tier.LPSE])
    reached = ticket.reached_lkpp_at

    ticket = escalate(ticket, chain[Tier.EPROC])

    assert ticket.reached_lkpp_at == reached < ticket.entered_at


def test_the_tier_below_can_still_read_but_no_longer_act(ticket: Ticket, helpdesk: User) -> None:
    ticket = escalate(ticket, helpdesk)

    with pytest.raises(PermissionDenied):
        reply(ticket, helpdesk)
    assert ticket in Ticket.objects.visible_to(helpdesk)


@pytest.mark.standard("R11")
def test_lpse_staff_pass_a_problem_of_their_own_up_at_once(make_ticket: Callable[..., Ticket], author: User) -> None:
    ticket = make_ticket(by=author)

    ticket = escalate(ticket, author)

    assert (ticket.tier, ticket.status) == (Tier.EPROC, Status.NEW)


# Solving


@pytest.mark.standard("R19")
@pytest.mark.standard("R41")
@pytest.mark.parametrize("tier", list(Tier))
def test_every_tier_can_give_the_solution_and_the_reporter_is_asked_to_confirm(
    ticket_in: Callable[..., Ticket], chain: dict[int, User], vendor: User, tier: Tier
) -> None:
    ticket = ticket_in(tier, Status.IN_PROGRESS)

    handling.resolve_ticket(ticket.pk, by=chain[tier], solution="Kata sandi sudah diatur ulang.", **form(ticket))

    solved = Ticket.objects.get(pk=ticket.pk)
    solution = solved.events.get(kind=Kind.RESOLVED)
    assert (solved.tier, solved.status, solved.closed_at) == (tier, Status.AWAITING_CONFIRMATION, None)
    assert (solution.body, solution.is_public) == ("Kata sandi sudah diatur ulang.", True)
    assert told(vendor)[-1] == "ticket_resolved"


@pytest.mark.standard("R19")
def test_a_rejected_solution_returns_to_the_officer_who_gave_it(
    ticket_in: Callable[..., Ticket], eproc: User, make_user: Callable[..., User], vendor: User
) -> None:
    colleague = make_user("eproc.kedua", (Role.HELPDESK_EPROC, None))
    ticket = ticket_in(Tier.EPROC, Status.AWAITING_CONFIRMATION)
    told_before = told(colleague)

    reject(ticket, vendor)

    back = Ticket.objects.get(pk=ticket.pk)
    assert (back.tier, back.status, back.assignee) == (Tier.EPROC, Status.IN_PROGRESS, eproc)
    assert (back.reopen_count, back.entered_at) == (1, back.events.get(kind=Kind.REJECTED).at)
    assert told(eproc)[-1] == "resolution_rejected"
    assert told(colleague) == told_before


@pytest.mark.standard("R19")
def test_only_the_confirmation_of_the_reporter_closes_the_ticket(
    ticket_in: Callable[..., Ticket], helpdesk: User, supervisor: User, other_vendor: User, vendor: User
) -> None:
    ticket = ticket_in(Tier.LPSE, Status.AWAITING_CONFIRMATION)

    for person in (helpdesk, supervisor, other_vendor):
        with pytest.raises(PermissionDenied):
            closing.confirm_closing(ticket.pk, by=person, **form(ticket))
    sent = form(ticket)
    closing.confirm_closing(ticket.pk, by=vendor, comment="Terima kasih.", **sent)

    closed = Ticket.objects.get(pk=ticket.pk)
    assert (closed.status, closed.closed_at) == (Status.CLOSED, sent["now"])
    assert closed.events.get(kind=Kind.CONFIRMED).body == "Terima kasih."
    assert told(helpdesk)[-1] == "ticket_confirmed"


def test_a_closed_ticket_is_rated_once(ticket_in: Callable[..., Ticket], vendor: User) -> None:
    ticket = ticket_in(status=Status.CLOSED)

    closing.rate_ticket(ticket.pk, by=vendor, now=ticket.changed_at, rating=4)

    with pytest.raises(Conflict):
        closing.rate_ticket(ticket.pk, by=vendor, now=ticket.changed_at, rating=1)
    assert Ticket.objects.get(pk=ticket.pk).rating == 4


# Forms that arrive twice or too late


def test_a_form_that_arrives_twice_is_done_once(ticket: Ticket, helpdesk: User) -> None:
    sent = form(ticket)
    handling.reply_to_ticket(ticket.pk, by=helpdesk, text="Sedang kami periksa.", **sent)

    with pytest.raises(AlreadyDone):
        handling.reply_to_ticket(ticket.pk, by=helpdesk, text="Sedang kami periksa.", **sent)

    assert ticket.events.filter(kind=Kind.REPLIED).count() == 1


def test_a_form_drawn_before_somebody_else_acted_is_refused_and_can_be_sent_again(
    ticket: Ticket, helpdesk: User, vendor: User
) -> None:
    old_page = ticket
    reply(ticket, vendor)

    with pytest.raises(Stale):
        resolve(old_page, helpdesk)
    with pytest.raises(Stale):
        handling.escalate_ticket(ticket.pk, by=helpdesk, analysis="…", line="…", **form(old_page))
    new_page = Ticket.objects.get(pk=ticket.pk)
    escalate(new_page, helpdesk)

    assert Ticket.objects.get(pk=ticket.pk).tier == Tier.EPROC


def test_an_internal_note_makes_no_page_of_others_stale(ticket: Ticket, helpdesk: User, vendor: User) -> None:
    page = ticket
    note(ticket, helpdesk)

    reply(page, vendor)

    assert ticket.events.filter(kind=Kind.REPLIED).exists()


def test_the_files_of_the_form_travel_with_the_event(ticket: Ticket, helpdesk: User) -> None:
    sent = form(ticket)
    attach_text(sent["key"], helpdesk, ticket)

    handling.reply_to_ticket(ticket.pk, by=helpdesk, text="Terlampir.", **sent)

    assert [file.name for file in ticket.events.get(kind=Kind.REPLIED).attachments.all()] == ["catatan.txt"]


def test_a_message_names_the_ticket_and_leads_to_it(ticket: Ticket, vendor: User) -> None:
    message = Notification.objects.get(recipient=vendor)

    assert message.url == ticket.get_absolute_url()
    assert (message.context["number"], message.context["title"]) == (ticket.number, ticket.title)


def test_an_officer_whose_account_was_closed_is_not_told(
    ticket: Ticket, helpdesk: User, verifier: User, vendor: User
) -> None:
    verifier.is_active = False
    verifier.save(update_fields=["is_active"])

    reply(ticket, vendor)

    assert told(verifier) == []
    assert told(helpdesk) == ["reporter_replied"]


def test_the_key_of_one_form_means_nothing_on_another_ticket(
    make_ticket: Callable[..., Ticket], helpdesk: User
) -> None:
    first, second = make_ticket(), make_ticket()
    sent = form(first)

    handling.reply_to_ticket(first.pk, by=helpdesk, text="Satu.", **sent)
    handling.reply_to_ticket(second.pk, by=helpdesk, text="Dua.", **sent)

    assert TicketEvent.objects.filter(key=sent["key"]).count() == 2
