"""One person who was known twice: what becomes of all that is theirs, and that undoing brings everything back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.merging import undo_merge
from accounts.models import Reporter, ReporterMerge, User
from callcenter.models import Call
from callcenter.services import calls, links
from consultations.models import Visit
from core.fsm import Conflict
from escalation.models import Clock, Entitlement
from escalation.services.sweep import sweep_clocks
from notifications.models import Notification
from tests.accounts.conftest import ACTING
from tests.callcenter import conftest as phone
from tests.conftest import NOW
from tests.consultations import conftest as counter
from tests.rows import everything
from tickets.models import Draft, Ticket, TicketShare
from tickets.services import handling, sharing

Browse = Callable[[User], Client]
Merge = Callable[..., ReporterMerge]
DAY = timedelta(days=1)
make_visit, rooms, officers, purpose = counter.make_visit, counter.rooms, counter.officers, counter.purpose
newcomer, facts, make_call = counter.newcomer, counter.facts, phone.make_call


@pytest.fixture(autouse=True)
def at_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lives(
    make_ticket: Callable[..., Ticket],
    file_consultation: Callable[..., Ticket],
    make_visit: Callable[..., Visit],
    make_call: Callable[..., Call],
    call_agent: User,
    vendor: User,
    visitor: Reporter,
    chain: dict[int, User],
) -> dict[str, Any]:
    """Both people with tickets that came late, visits, calls, links, drafts and messages of their own."""
    old, new = make_ticket(now=NOW - 14 * DAY), file_consultation(now=NOW - 13 * DAY)
    sweep_clocks(now=NOW)
    visits = [make_visit("finished", reporter=person) for person in (visitor, vendor.reporter)]
    call = make_call(reporter=visitor)
    said = {"question": "Gagal masuk.", "subcategory": None, "email": "", "by_mail": False}
    link = links.direct(call.pk, by=call_agent, now=NOW, **said)
    Draft.objects.create(key=uuid4(), owner=visitor.user, form="/tiket/buat/", changed_at=NOW)
    return {"account": old, "visitor": new, "visits": visits, "call": call, "link": link}


def state() -> tuple[list[tuple[str, str]], list[Any]]:
    """Return all rows there are, but for the letters that tell of a merge, and the merge."""
    apart = ("identity_merged", "accounts_reportermerge")
    rows = [row for row in everything() if not any(word in f"{row}" for word in apart)]
    return rows, list(Draft.objects.order_by("pk").values())


def test_all_that_is_theirs_moves_and_comes_back_exactly(
    merge: Merge, lives: dict[str, Any], vendor: User, visitor: Reporter, supervisor: User
) -> None:
    before = state()
    of = (Ticket, Visit, Call, Clock, Entitlement)
    had = [model.objects.filter(reporter=visitor).exists() for model in of]

    done = merge(vendor.reporter, visitor)
    left = [model.objects.filter(reporter=visitor).count() for model in of]
    gained = [model.objects.filter(reporter=vendor.reporter).count() for model in (Ticket, Visit, Call, Entitlement)]
    undo_merge(done.pk, by=supervisor, **ACTING)

    assert had == [True] * 5
    assert left == [0] * 5
    assert gained == [Ticket.objects.count(), 2, 1, 2]
    assert Draft.objects.get(owner=visitor.user).form == "/tiket/buat/"
    assert state() == before


def test_the_one_who_stays_finds_it_all_under_tiket_saya_and_the_other_sees_nothing(
    merge: Merge, lives: dict[str, Any], vendor: User, visitor: Reporter, sign_in: Browse
) -> None:
    browser = sign_in(visitor.user)
    merge(vendor.reporter, visitor)

    mine = sign_in(vendor).get(reverse("tickets:mine")).content.decode()
    page = sign_in(vendor).get(lives["visitor"].get_absolute_url())

    assert lives["visitor"].number in mine
    assert page.status_code == 200
    assert browser.get(reverse("tickets:mine")).status_code == 302  # signed out
    gone = User.objects.get(pk=visitor.user_id)
    assert not gone.is_active
    assert not Ticket.objects.visible_to(gone).exists()
    assert not Notification.objects.visible_to(gone).exists()


@pytest.mark.parametrize("text", ["Hasan Khayal", "0812 0000 0008", "hasan@contoh.invalid"])
def test_whoever_looks_for_the_merged_finds_the_one_who_stays(
    merge: Merge, vendor: User, visitor: Reporter, text: str
) -> None:
    merge(vendor.reporter, visitor)

    assert Reporter.objects.matching(text) == [vendor.reporter]
    assert Reporter.objects.keyed(f"{visitor.pk}") == vendor.reporter


def test_a_visit_and_a_call_of_the_merged_are_of_the_one_who_stays(
    merge: Merge,
    make_visit: Callable[..., Visit],
    make_call: Callable[..., Call],
    call_agent: User,
    vendor: User,
    visitor: Reporter,
) -> None:
    call = make_call()
    merge(vendor.reporter, visitor)

    visit = make_visit(reporter=visitor)  # by a page that was drawn before
    calls.identify(call.pk, by=call_agent, now=NOW, reporter=visitor)

    assert visit.reporter == vendor.reporter
    assert Call.objects.get(pk=call.pk).reporter == vendor.reporter


def test_staff_find_a_ticket_by_the_name_it_was_brought_under(
    merge: Merge,
    lives: dict[str, Any],
    vendor: User,
    visitor: Reporter,
    consultant: User,
    sign_in: Browse,
) -> None:
    merge(vendor.reporter, visitor)

    page = sign_in(consultant).get(reverse("tickets:search"), {"q": "Hasan Khayal"}).content.decode()

    assert lives["visitor"].number in page


def test_history_keeps_its_authors_and_calls_both_the_reporter(
    merge: Merge,
    make_ticket: Callable[..., Ticket],
    vendor: User,
    colleague: User,
    helpdesk: User,
    sign_in: Browse,
) -> None:
    ticket = make_ticket(by=colleague)
    merge(vendor.reporter, colleague.reporter)

    page = sign_in(helpdesk).get(ticket.get_absolute_url()).content.decode()

    assert ticket.events.get(kind="filed").actor == colleague
    assert "Rekan pelapor" not in page


@pytest.mark.standard("R39")
def test_a_right_of_the_merged_is_used_once_by_the_one_who_stays(
    merge: Merge,
    file_consultation: Callable[..., Ticket],
    make_ticket: Callable[..., Ticket],
    vendor: User,
    visitor: Reporter,
    supervisor: User,
    make_visit: Callable[..., Visit],
) -> None:
    file_consultation(now=NOW - 14 * DAY)
    sweep_clocks(now=NOW)
    done = merge(vendor.reporter, visitor)

    first, second = make_ticket(), make_ticket()
    undo_merge(done.pk, by=supervisor, **ACTING)
    visit = make_visit(reporter=visitor)

    assert [first.is_compensated, second.is_compensated, visit.is_compensated] == [True, False, False]
    assert first.reporter == vendor.reporter
    assert Entitlement.objects.get().redeemed_case == first.number


def test_what_begins_after_the_merge_stays_where_it_began_and_promises_go_with_their_ticket(
    merge: Merge,
    make_ticket: Callable[..., Ticket],
    vendor: User,
    colleague: User,
    helpdesk: User,
    supervisor: User,
) -> None:
    moved = make_ticket(by=colleague)
    done = merge(vendor.reporter, colleague.reporter)
    new = make_ticket()
    handling.take_ticket(moved.pk, by=helpdesk, now=NOW)
    form = {"version": Ticket.objects.get(pk=moved.pk).version, "key": uuid4(), "now": NOW}
    handling.escalate_ticket(moved.pk, by=helpdesk, analysis="Diperiksa.", line="Diteruskan.", **form)  # a new clock

    undo_merge(done.pk, by=supervisor, **ACTING)

    assert Ticket.objects.get(pk=new.pk).reporter == vendor.reporter
    assert Ticket.objects.get(pk=moved.pk).reporter == colleague.reporter
    owners = dict(Clock.objects.values_list("case", "reporter"))
    assert owners == {new.number: vendor.reporter.pk, moved.number: colleague.reporter.pk}


def test_shares_between_the_two_are_set_aside_and_come_back(
    merge: Merge,
    make_ticket: Callable[..., Ticket],
    make_user: Callable[..., User],
    vendor: User,
    colleague: User,
    lpse: Any,
    supervisor: User,
) -> None:
    third = make_user("third")
    facts = Reporter.objects.filter(pk=vendor.reporter.pk).values("kind", "phone", "business_form", "npwp").get()
    Reporter.objects.create(user=third, name="Eka Rekaan", **facts)
    own, given, foreign = make_ticket(), make_ticket(by=colleague), make_ticket(by=third)
    only = make_ticket(by=third)
    for ticket, to in ((own, colleague), (given, vendor), (foreign, vendor), (foreign, colleague), (only, colleague)):
        by = ticket.reporter.user
        sharing.share_ticket(ticket.pk, by=by, now=NOW, colleague=to.reporter)
    before = state()

    done = merge(vendor.reporter, colleague.reporter)
    between = set(TicketShare.objects.values_list("ticket", "reporter"))
    undo_merge(done.pk, by=supervisor, **ACTING)

    assert between == {(foreign.pk, vendor.reporter.pk), (only.pk, vendor.reporter.pk)}
    assert state() == before


def test_a_share_that_was_ended_meanwhile_does_not_come_back(
    merge: Merge,
    make_ticket: Callable[..., Ticket],
    vendor: User,
    colleague: User,
    supervisor: User,
) -> None:
    ticket = make_ticket()
    TicketShare.objects.create(ticket=ticket, reporter=colleague.reporter, at=NOW)
    other = Reporter.objects.create(
        user=User.objects.create(username="x"), is_visitor=True, kind="vendor", name="X", phone="+62811", email=""
    )
    done = merge(colleague.reporter, other)
    TicketShare.objects.all().delete()

    undo_merge(done.pk, by=supervisor, **ACTING)

    assert not TicketShare.objects.exists()


def test_a_third_identity_follows_and_is_undone_last_in_first_out(
    merge: Merge,
    file_consultation: Callable[..., Ticket],
    newcomer: Callable[[], Reporter],
    vendor: User,
    visitor: Reporter,
    supervisor: User,
) -> None:
    ticket, middle = file_consultation(), newcomer()
    before = state()
    first = merge(middle, visitor)
    second = merge(vendor.reporter, middle)

    reached = Reporter.objects.keyed(f"{visitor.pk}")
    with pytest.raises(Conflict, match="sejak itu digabung"):
        undo_merge(first.pk, by=supervisor, **ACTING)
    owner = Ticket.objects.get(pk=ticket.pk).reporter
    undo_merge(second.pk, by=supervisor, **ACTING)
    undo_merge(first.pk, by=supervisor, **ACTING)

    assert reached == owner == vendor.reporter
    assert state() == before
