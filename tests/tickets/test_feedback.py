"""Feedback: staff ask for data, the reporter answers item by item, and the clock of the staff stands still (R18)."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.fsm import Conflict
from escalation.tiers import Tier
from notifications.models import Notification
from tests.conftest import NOW
from tests.tickets.acts import WANTED, form, provide_data, reassign, reply, request_data, withdraw
from tests.tickets.pages import PDF, image, token_in, upload
from tickets.models import Attachment, RequestedItem, Ticket
from tickets.services import feedback, uploads
from tickets.services.feedback import latest_reply_by

pytestmark = [pytest.mark.django_db, pytest.mark.standard("R18")]
Status, State = Ticket.Status, RequestedItem.State
Browse = Callable[[User], Client]


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 11, 16), date(2026, 11, 30)),  # Monday
        (date(2026, 11, 20), date(2026, 12, 4)),  # Friday
        (date(2026, 11, 21), date(2026, 12, 4)),  # Saturday
        (date(2026, 11, 22), date(2026, 12, 4)),  # Sunday
        (date(2026, 12, 21), date(2027, 1, 8)),  # Monday, with Christmas, New Year and Isra Mikraj ahead
    ],
)
def test_an_answer_may_be_asked_for_within_10_working_days(ticket: Ticket, today: date, last: date) -> None:
    now = datetime.combine(today, time(10), ZoneInfo(ticket.zone))

    assert latest_reply_by(ticket, now=now) == last


@pytest.mark.parametrize("tier", Tier, ids=lambda tier: tier.name.lower())
def test_every_tier_asks_and_the_ticket_comes_back_to_who_asked(
    ticket_in: Callable[..., Ticket], chain: dict[int, User], vendor: User, tier: Tier
) -> None:
    ticket = ticket_in(tier, Status.IN_PROGRESS)

    asked = request_data(ticket, chain[tier])

    assert (asked.tier, asked.status, asked.assignee) == (tier, Status.AWAITING_DATA, chain[tier])
    told = Notification.objects.filter(recipient=vendor).latest("pk")
    assert (told.kind, told.context["count"]) == ("data_requested", len(WANTED))

    answered = provide_data(fresh(ticket), vendor)

    assert (answered.tier, answered.status, answered.assignee) == (tier, Status.IN_PROGRESS, chain[tier])
    assert Notification.objects.filter(recipient=chain[tier]).latest("pk").kind == "data_provided"


def test_no_turn_of_the_staff_runs_while_data_are_awaited(
    ticket_in: Callable[..., Ticket], helpdesk: User, vendor: User
) -> None:
    ticket = ticket_in(Tier.LPSE, Status.IN_PROGRESS)
    asked = request_data(ticket, helpdesk)
    answered = provide_data(fresh(ticket), vendor)

    before, after = ticket.legs.all()

    assert (before.left_at, before.outcome) == (asked.changed_at, "data_requested")
    assert (after.entered_at, after.left_at, after.assignee) == (answered.changed_at, None, helpdesk)
    assert answered.entered_at == answered.changed_at


def test_each_item_keeps_how_it_was_answered(ticket_in: Callable[..., Ticket], helpdesk: User, vendor: User) -> None:
    ticket = request_data(ticket_in(Tier.LPSE, Status.IN_PROGRESS), helpdesk)
    given, missing = RequestedItem.objects.all()
    sent = form(ticket)
    uploads.attach(
        ContentFile(PDF, name="a.pdf"), key=sent["key"], by=vendor, now=sent["now"], ticket=ticket, item=given
    )

    feedback.provide_data(ticket.pk, by=vendor, text="", unavailable={missing.pk: "Belum terbit."}, **sent)

    states = list(RequestedItem.objects.values_list("state", "reason"))
    assert states == [(State.PROVIDED, ""), (State.UNAVAILABLE, "Belum terbit.")]
    assert [file.name for file in given.attachments.all()] == ["a.pdf"]
    assert ticket.data_requests.get().answered_at == sent["now"]


def test_words_alone_answer_too(ticket_in: Callable[..., Ticket], helpdesk: User, vendor: User) -> None:
    ticket = request_data(ticket_in(Tier.LPSE, Status.IN_PROGRESS), helpdesk)

    provide_data(ticket, vendor)

    assert set(RequestedItem.objects.values_list("state", flat=True)) == {State.SKIPPED}


@pytest.mark.parametrize(
    ("items", "days"),
    [([], 1), (["NIB"], 0), (["NIB"], -1), (["NIB"], 15)],
    ids=["nothing", "today", "yesterday", "late"],
)
def test_a_request_without_items_or_with_a_day_out_of_reach_is_refused(
    ticket_in: Callable[..., Ticket], helpdesk: User, items: list[str], days: int
) -> None:
    ticket = ticket_in(Tier.LPSE, Status.IN_PROGRESS)
    day = NOW.date() + timedelta(days=days)

    with pytest.raises(Conflict):
        feedback.request_data(ticket.pk, by=helpdesk, text="Mohon.", items=items, reply_by=day, **form(ticket))

    assert fresh(ticket).status == Status.IN_PROGRESS
    assert not ticket.data_requests.exists()


def test_the_officer_is_told_of_an_answer_even_after_the_ticket_changed_hands(
    ticket_in: Callable[..., Ticket], helpdesk: User, verifier: User, vendor: User
) -> None:
    ticket = request_data(ticket_in(Tier.LPSE, Status.IN_PROGRESS), helpdesk)
    reassign(ticket, helpdesk)

    provide_data(fresh(ticket), vendor)

    assert Notification.objects.filter(recipient=verifier).latest("pk").kind == "data_provided"
    assert ticket.legs.last().assignee == verifier


def test_withdrawing_ends_the_request(ticket_in: Callable[..., Ticket], helpdesk: User, vendor: User) -> None:
    ticket = request_data(ticket_in(Tier.LPSE, Status.IN_PROGRESS), helpdesk)

    withdraw(ticket, vendor)

    assert feedback.open_request(ticket) is None
    assert ticket.legs.get().outcome == "data_requested"


# On the pages


@pytest.fixture
def today() -> Any:
    """The pages are used on the day of the tests."""
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        yield


@pytest.fixture
def asked(ticket_in: Callable[..., Ticket], helpdesk: User, today: None) -> Ticket:
    return request_data(ticket_in(Tier.LPSE, Status.IN_PROGRESS), helpdesk)


def address(verb: str, ticket: Ticket) -> str:
    return reverse(f"tickets:{verb}", args=[ticket.number])


def answer(browser: Client, ticket: Ticket, **changes: Any) -> Any:
    page = browser.get(ticket.get_absolute_url())
    return browser.post(
        address("provide_data", ticket), {"draf": token_in(page), "version": ticket.version, "text": ""} | changes
    )


def test_an_officer_asks_on_a_page(
    ticket_in: Callable[..., Ticket], helpdesk: User, sign_in: Browse, today: None
) -> None:
    ticket, browser = ticket_in(Tier.LPSE, Status.IN_PROGRESS), sign_in(helpdesk)
    page = browser.get(address("request_data", ticket))
    facts = {"draf": token_in(page), "version": ticket.version, "text": "Mohon dilengkapi."}
    facts |= {"items": " NIB \n\nTangkapan layar\n", "reply_by": "20-11-2026"}

    done = browser.post(address("request_data", ticket), facts)

    assert done.url == ticket.get_absolute_url()
    assert [item.name for item in RequestedItem.objects.all()] == ["NIB", "Tangkapan layar"]
    assert ticket.data_requests.get().reply_by == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("items", "\n".join(map(str, range(11))), "paling banyak 10 data"),
        ("items", "a" * 201, "paling panjang 200 huruf"),
        ("items", " \n ", "Isi Data yang diminta"),
        ("items", "\u200b\n\u200b", "tidak memuat huruf"),
        ("reply_by", "18-11-2026", "sesudah hari ini"),
        ("reply_by", "03-12-2026", "paling lambat 02-12-2026"),
        ("reply_by", "2026-11-20", "Tulis tanggal seperti"),
        ("reply_by", "31-02-2026", "Tulis tanggal seperti"),
    ],
)
def test_the_page_says_what_is_wrong_with_a_request(
    ticket_in: Callable[..., Ticket],
    helpdesk: User,
    sign_in: Browse,
    today: None,
    field: str,
    value: str,
    sentence: str,
) -> None:
    ticket, browser = ticket_in(Tier.LPSE, Status.IN_PROGRESS), sign_in(helpdesk)
    token = token_in(browser.get(address("request_data", ticket)))
    facts = {"draf": token, "version": ticket.version, "text": "Mohon dilengkapi.", "items": "NIB"}

    refused = browser.post(address("request_data", ticket), facts | {"reply_by": "20-11-2026", field: value})

    assert refused.status_code == 200
    assert sentence in refused.content.decode()
    assert "Mohon dilengkapi." in refused.content.decode()
    assert not ticket.data_requests.exists()


def test_the_reporter_answers_item_by_item_on_the_tickets_page(asked: Ticket, vendor: User, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    first, second = RequestedItem.objects.all()
    page = browser.get(asked.get_absolute_url()).content.decode()
    assert all(item.name in page for item in (first, second))
    assert "Rabu, 2 Desember 2026" in page

    files = {f"item_{first.pk}": [upload("a.png", image()), upload("b.pdf", PDF)]}
    done = answer(browser, asked, **{f"reason_{second.pk}": "Tidak terbit."}, **files)

    assert done.url == asked.get_absolute_url()
    assert fresh(asked).status == Status.IN_PROGRESS
    assert [file.name for file in first.attachments.all()] == ["a.png", "b.pdf"]
    assert Attachment.objects.filter(event__kind="data_provided").count() == 2
    page = browser.get(asked.get_absolute_url()).content.decode()
    assert re.search(r"Dilampirkan.*Tidak dimiliki pelapor.*Tidak terbit\.", page, re.DOTALL)


def test_an_empty_answer_is_asked_again_and_files_stay_by_their_item(
    asked: Ticket, vendor: User, sign_in: Browse
) -> None:
    browser = sign_in(vendor)
    item = RequestedItem.objects.first()

    empty = answer(browser, asked)
    assert "Lampirkan data, tulis alasan" in empty.content.decode()
    bad = answer(browser, asked, **{f"item_{item.pk}": [upload("a.pdf", PDF), upload("b.exe", b"MZ")]})
    assert "b.exe" in bad.content.decode()
    assert [file.item for file in Attachment.objects.all()] == [item]
    assert fresh(asked).status == Status.AWAITING_DATA

    done = browser.post(address("provide_data", asked), {"draf": token_in(bad), "version": asked.version, "text": ""})

    assert done.url == asked.get_absolute_url()
    assert [file.name for file in item.attachments.all()] == ["a.pdf"]


def test_an_item_of_somebody_else_is_no_item_here(
    asked: Ticket, vendor: User, ticket_in: Callable[..., Ticket], other_vendor: User, helpdesk: User, sign_in: Browse
) -> None:
    theirs = request_data(ticket_in(Tier.LPSE, Status.IN_PROGRESS, by=other_vendor), helpdesk)
    item = theirs.data_requests.get().items.first()

    answer(sign_in(vendor), asked, **{f"item_{item.pk}": upload("a.pdf", PDF), f"reason_{item.pk}": "Bukan saya."})

    item.refresh_from_db()
    assert (item.state, item.attachments.count()) == (State.PENDING, 0)
    assert Attachment.objects.get().event.ticket == asked


def test_every_round_stays_readable_for_both_sides(
    asked: Ticket, vendor: User, helpdesk: User, sign_in: Browse
) -> None:
    provide_data(asked, vendor)
    again = fresh(asked)
    feedback.request_data(
        asked.pk, by=helpdesk, text="Satu lagi.", items=["Log peramban"], reply_by=date(2026, 11, 23), **form(again)
    )
    provide_data(fresh(asked), vendor)

    for person in (vendor, helpdesk):
        page = sign_in(person).get(asked.get_absolute_url()).content.decode()
        assert page.count("Batas jawaban") == 2
        assert page.count("Tidak dijawab tersendiri") == 3
        assert "Log peramban" in page


def test_the_composer_sends_the_reporter_to_the_request(asked: Ticket, vendor: User) -> None:
    with pytest.raises(Conflict, match="melalui jawaban permintaan data"):
        reply(asked, vendor)


def test_a_double_click_answers_once_and_other_words_under_the_same_key_are_not_lost(
    asked: Ticket, vendor: User, sign_in: Browse
) -> None:
    browser = sign_in(vendor)
    item = RequestedItem.objects.first()
    token = token_in(browser.get(asked.get_absolute_url()))
    facts = {"draf": token, "version": asked.version, "text": "Berikut."}

    first = browser.post(address("provide_data", asked), facts)
    twin = browser.post(address("provide_data", asked), facts)
    changed = browser.post(address("provide_data", asked), facts | {f"reason_{item.pk}": "Hilang."})

    assert (first.status_code, twin.status_code, changed.status_code) == (302, 302, 409)
    assert "Berikut." in changed.content.decode()
    assert asked.events.filter(kind="data_provided").count() == 1


def test_the_forms_key_belongs_to_one_request(asked: Ticket, vendor: User) -> None:
    """An answer on the page of the first round does not answer the second."""
    stale = form(asked)
    provide_data(asked, vendor)
    helpdesk = asked.assignee
    request_data(fresh(asked), helpdesk)

    with pytest.raises(Conflict):
        feedback.provide_data(asked.pk, by=vendor, text="Terlambat.", unavailable={}, **stale | {"key": uuid4()})

    assert fresh(asked).status == Status.AWAITING_DATA
