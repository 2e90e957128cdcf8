"""A ticket shared with a colleague of the same organisation (A14)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import Institution, Lpse, Reporter, User
from accounts.services import add_visitor
from core.fsm import Conflict
from escalation.tiers import Tier
from notifications.models import Notification
from tests.conftest import NOW
from tests.tickets.acts import attach_text, form, note, provide_data, reply, share, unshare
from tickets.models import Attachment, Ticket, TicketEvent
from tickets.services import handling, sharing

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
Status = Ticket.Status


@pytest.fixture
def shared(ticket: Ticket, vendor: User, colleague: User) -> Ticket:
    """The vendor's ticket, which the colleague may read."""
    share(ticket, vendor)
    return Ticket.objects.get(pk=ticket.pk)


def address(ticket: Ticket) -> str:
    return reverse("tickets:share", args=[ticket.number])


def official(make_user: Callable[..., User], serial: int, institution: Institution, unit: str, kind: str) -> Reporter:
    user = make_user(f"pejabat{serial}")
    facts: dict[str, Any] = {"institution": institution, "work_unit": unit}
    return Reporter.objects.create(
        user=user, kind=kind, name=user.name, email=user.email, phone=f"+62813{serial:07}", **facts
    )


def test_colleagues_are_people_of_the_same_business_with_an_account(
    vendor: User, other_vendor: User, colleague: User
) -> None:
    assert list(sharing.colleagues(vendor.reporter)) == [colleague.reporter]

    User.objects.filter(pk=colleague.pk).update(is_active=False)

    assert not sharing.colleagues(vendor.reporter).exists()


def test_colleagues_of_an_official_share_the_work_unit(make_user: Callable[..., User], lpse: Lpse) -> None:
    here = Institution.objects.create(name="Kementerian Fiktif", kind=Institution.Kind.MINISTRY)
    there = Institution.objects.create(name="Kementerian Contoh", kind=Institution.Kind.MINISTRY)
    ppk = official(make_user, 1, here, "Biro Umum", Reporter.Kind.PPK)
    pokja = official(make_user, 2, here, "Biro Umum", Reporter.Kind.POKJA)
    official(make_user, 3, here, "Biro Lain", Reporter.Kind.PPK)
    official(make_user, 4, there, "Biro Umum", Reporter.Kind.PPK)
    staff = official(make_user, 5, here, "Biro Umum", Reporter.Kind.LPSE_STAFF)
    alone = official(make_user, 6, here, "", Reporter.Kind.PPK)

    assert list(sharing.colleagues(ppk)) == [pokja]
    assert not sharing.colleagues(staff).exists()
    assert not sharing.colleagues(alone).exists()


def test_sharing_twice_is_sharing_once(shared: Ticket, vendor: User, colleague: User) -> None:
    share(shared, vendor)

    assert shared.shares.count() == 1
    assert shared.events.filter(kind="shared").count() == 1
    assert [told.kind for told in Notification.objects.filter(recipient=colleague)] == ["ticket_shared"]


def test_only_the_reporter_shares_and_only_inside_the_organisation(
    ticket: Ticket, vendor: User, other_vendor: User, colleague: User, helpdesk: User, supervisor: User
) -> None:
    for person in (colleague, helpdesk, supervisor, other_vendor):
        with pytest.raises(PermissionDenied):
            sharing.share_ticket(ticket.pk, by=person, now=NOW, colleague=colleague.reporter)
        with pytest.raises(PermissionDenied):
            sharing.unshare_ticket(ticket.pk, by=person, now=NOW, colleague=colleague.reporter)
    for outsider in (other_vendor.reporter, vendor.reporter):
        with pytest.raises(Conflict):
            sharing.share_ticket(ticket.pk, by=vendor, now=NOW, colleague=outsider)

    assert not ticket.shares.exists()


def test_a_colleague_reads_what_the_reporter_reads(
    shared: Ticket, make_ticket: Callable[..., Ticket], colleague: User, helpdesk: User, sign_in: Browse
) -> None:
    other = make_ticket()
    sent = form(shared)
    attach_text(sent["key"], helpdesk, shared)
    handling.add_internal_note(shared.pk, by=helpdesk, text="Hanya petugas.", **sent)
    browser = sign_in(colleague)

    page = browser.get(shared.get_absolute_url())
    hidden = Attachment.objects.get()

    assert set(Ticket.objects.visible_to(colleague)) == {shared}
    assert page.status_code == 200
    assert "Hanya petugas." not in page.content.decode()
    assert not TicketEvent.objects.visible_on(shared, colleague).filter(is_public=False).exists()
    assert browser.get(reverse("tickets:download", args=[hidden.key])).status_code == 404
    assert browser.get(other.get_absolute_url()).status_code == 404


def test_a_colleague_reads_files_of_the_shared_ticket_until_it_is_taken_back(
    shared: Ticket, vendor: User, colleague: User, sign_in: Browse
) -> None:
    sent = form(shared)
    attach_text(sent["key"], vendor, shared)
    handling.reply_to_ticket(shared.pk, by=vendor, text="Terlampir.", **sent)
    file, browser = reverse("tickets:download", args=[Attachment.objects.get().key]), sign_in(colleague)
    assert browser.get(file).status_code == 200

    unshare(Ticket.objects.get(pk=shared.pk), vendor)

    assert browser.get(file).status_code == 404
    assert browser.get(shared.get_absolute_url()).status_code == 404
    assert browser.get(reverse("tickets:mine")).status_code == 200
    with pytest.raises(PermissionDenied):
        reply(Ticket.objects.get(pk=shared.pk), colleague)


def test_a_colleague_answers_in_their_own_name(
    ticket_in: Callable[..., Ticket], vendor: User, colleague: User, helpdesk: User, sign_in: Browse
) -> None:
    ticket = ticket_in(Tier.LPSE, Status.AWAITING_DATA)
    share(ticket, vendor)

    provide_data(Ticket.objects.get(pk=ticket.pk), colleague)

    event = ticket.events.last()
    assert (event.actor, event.actor_role) == (colleague, "")
    page = sign_in(helpdesk).get(ticket.get_absolute_url()).content.decode()
    assert "Cahya Rekaan" in page
    assert "Rekan pelapor" in page


@pytest.mark.parametrize("verb", ["confirm", "reject", "withdraw", "reopen", "share", "rate"])
def test_a_colleague_decides_nothing(
    ticket_in: Callable[..., Ticket], vendor: User, colleague: User, sign_in: Browse, verb: str
) -> None:
    status = {"confirm": Status.AWAITING_CONFIRMATION, "reject": Status.AWAITING_CONFIRMATION, "withdraw": Status.NEW}
    ticket = ticket_in(Tier.LPSE, status.get(verb, Status.CLOSED))
    share(ticket, vendor)
    page = reverse(f"tickets:{verb}", args=[ticket.number])
    facts = {"version": ticket.version + 1, "text": "x", "reason": "x", "comment": "x", "rating": 5}
    facts["colleague"] = vendor.reporter.pk

    answer = sign_in(colleague).post(page, facts)

    assert answer.status_code in (200, 403)  # 200: the form says that it is too old, and sends nothing
    assert Ticket.objects.get(pk=ticket.pk).status == ticket.status
    if verb != "rate":
        assert sign_in(colleague).get(page).status_code == 403


def test_internal_staff_side_is_lost_to_whoever_a_ticket_is_shared_with(
    shared: Ticket, colleague: User, helpdesk: User, lpse: Lpse
) -> None:
    """A colleague who works at the LPSE too stands on the reporter's side of this ticket."""
    colleague.duties.create(role="helpdesk_lpse", lpse=lpse)
    person = User.objects.get(pk=colleague.pk)

    with pytest.raises(PermissionDenied):
        note(shared, person)
    with pytest.raises(PermissionDenied):
        handling.take_ticket(shared.pk, by=person, now=NOW)

    assert handling.take_ticket(shared.pk, by=helpdesk, now=NOW).assignee == helpdesk


# On the pages


def test_sharing_and_taking_back_on_the_page(ticket: Ticket, vendor: User, colleague: User, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    assert "Cahya Rekaan" in browser.get(address(ticket)).content.decode()

    assert browser.post(address(ticket), {"colleague": colleague.reporter.pk}).url == address(ticket)
    assert ticket.shares.get().reporter == colleague.reporter
    stop = reverse("tickets:unshare", args=[ticket.number, colleague.reporter.pk])
    assert browser.post(stop).url == address(ticket)

    assert not ticket.shares.exists()
    assert browser.post(stop).status_code == 404


@pytest.mark.parametrize("value", ["", "0", "-1", "abc", "9" * 30, "\0"])
def test_garbage_shares_with_nobody(value: str, ticket: Ticket, vendor: User, colleague: User, sign_in: Browse) -> None:
    answer = sign_in(vendor).post(address(ticket), {"colleague": value})

    assert answer.status_code == 200
    assert not ticket.shares.exists()


def test_without_colleagues_the_page_says_so(ticket: Ticket, vendor: User, sign_in: Browse) -> None:
    assert "Belum ada rekan" in sign_in(vendor).get(address(ticket)).content.decode()


def test_a_shared_ticket_stands_in_the_colleagues_list(shared: Ticket, colleague: User, sign_in: Browse) -> None:
    page = sign_in(colleague).get(reverse("tickets:mine"), {"tampil": "dibagikan"})

    assert shared.number in page.content.decode()


@pytest.mark.standard("A14")
def test_people_without_an_account_share_with_nobody_and_nobody_with_them(
    ticket: Ticket, file_consultation: Callable[..., Ticket], walk_in: User, vendor: User, colleague: User
) -> None:
    stranger = add_visitor(kind="vendor", name="Tamu Lain", email="", phone="+6281200000077", business_name="PT Lain")
    Reporter.objects.filter(pk=stranger.pk).update(npwp=vendor.reporter.npwp)

    assert not sharing.colleagues(walk_in.reporter).exists(), "two empty NPWP are not one business"
    assert list(sharing.colleagues(vendor.reporter)) == [colleague.reporter]
    with pytest.raises(Conflict):
        sharing.require_sharing(file_consultation(), walk_in)
