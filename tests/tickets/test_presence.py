"""Who else has the ticket open: officers see each other for a minute, reporters never see anybody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from tickets.models import Presence, Ticket
from tickets.services.presence import SEEN_FOR, note_presence, others_on

Browse = Callable[[User], Client]
SENTENCE = "sedang membuka tiket ini."


def ping(browser: Client, ticket: Ticket) -> Any:
    return browser.post(f"{ticket.get_absolute_url()}hadir/", headers={"HX-Request": "true"})


def test_officers_see_each_other_but_not_themselves(
    ticket: Ticket, helpdesk: User, verifier: User, sign_in: Browse
) -> None:
    alone = ping(sign_in(helpdesk), ticket)
    both = ping(sign_in(verifier), ticket)

    assert SENTENCE not in alone.content.decode()
    assert f"<b>{helpdesk.name}</b> {SENTENCE}" in both.content.decode()
    assert f"<b>{verifier.name}</b> {SENTENCE}" in sign_in(helpdesk).get(ticket.get_absolute_url()).content.decode()


def test_the_page_says_by_itself_that_it_is_open(ticket: Ticket, helpdesk: User, sign_in: Browse) -> None:
    page = sign_in(helpdesk).get(ticket.get_absolute_url()).content.decode()

    assert f'hx-post="{ticket.get_absolute_url()}hadir/" hx-trigger="load, every 20s"' in page
    assert not Presence.objects.exists(), "reading writes nothing"


@pytest.mark.parametrize(("age", "seen"), [(timedelta(seconds=59), True), (timedelta(seconds=60), False)])
def test_presence_is_forgotten_after_a_minute(
    age: timedelta, seen: bool, ticket: Ticket, helpdesk: User, verifier: User
) -> None:
    now = timezone.now()
    note_presence(ticket, by=helpdesk, now=now - age)

    assert others_on(ticket, verifier, now=now) == ([helpdesk] if seen else [])


def test_old_rows_go_with_the_next_write(make_ticket: Callable[..., Ticket], helpdesk: User, verifier: User) -> None:
    now = timezone.now()
    for _number in range(3):
        note_presence(make_ticket(), by=helpdesk, now=now - SEEN_FOR)
    for seconds in range(3):
        note_presence(Ticket.objects.earliest("pk"), by=verifier, now=now + timedelta(seconds=seconds))

    (left,) = Presence.objects.all()
    assert (left.user, left.seen_at) == (verifier, now + timedelta(seconds=2))


def test_a_reporter_neither_sees_nor_is_seen(ticket: Ticket, helpdesk: User, vendor: User, sign_in: Browse) -> None:
    note_presence(ticket, by=helpdesk, now=timezone.now())

    page = sign_in(vendor).get(ticket.get_absolute_url()).content.decode()

    assert "hadir/" not in page
    assert SENTENCE not in page
    assert ping(sign_in(vendor), ticket).status_code == 403
    assert Presence.objects.count() == 1


def test_an_officer_with_a_ticket_of_their_own_is_its_reporter(
    make_ticket: Callable[..., Ticket], author: User, helpdesk: User, sign_in: Browse
) -> None:
    own = make_ticket(by=author)
    note_presence(own, by=helpdesk, now=timezone.now())

    assert ping(sign_in(author), own).status_code == 403
    assert SENTENCE not in sign_in(author).get(own.get_absolute_url()).content.decode()


def test_strangers_and_get_are_refused(ticket: Ticket, other_helpdesk: User, helpdesk: User, sign_in: Browse) -> None:
    assert ping(sign_in(other_helpdesk), ticket).status_code == 404
    assert sign_in(helpdesk).get(f"{ticket.get_absolute_url()}hadir/").status_code == 405
    assert ping(Client(), ticket).status_code == 302


@pytest.mark.parametrize("count", [1, 12])
def test_many_present_officers_cost_no_more_questions(
    count: int, ticket: Ticket, helpdesk: User, make_user: Callable[..., User], sign_in: Browse
) -> None:
    duty = helpdesk.duties.get()
    for number in range(count):
        note_presence(ticket, by=make_user(f"petugas{number}", (duty.role, duty.lpse)), now=timezone.now())
    browser = sign_in(helpdesk)
    ping(browser, ticket)

    with CaptureQueriesContext(connection) as queries:
        ping(browser, ticket)

    assert len(queries) == 7
