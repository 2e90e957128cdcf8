"""The inbox: one's own messages only, newest first, each told in a sentence."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import Notification
from notifications.services import notify
from tests.conftest import NOW
from tickets.models import Ticket
from tickets.services import handling

INBOX = reverse("notifications:inbox")
TICKETS = Path(handling.__file__).parent.parent
TOLD = re.compile(r'tell\w*\(.*?"(\w+)"')


@pytest.fixture
def message(vendor: User, ticket: Ticket) -> Notification:
    """The vendor's first message: the ticket was received."""
    return Notification.objects.get(recipient=vendor)


def test_a_message_is_unread_until_it_is_opened(
    vendor: User, ticket: Ticket, message: Notification, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(vendor)
    page = browser.get(INBOX)
    assert page.context["unread_count"] == 1
    assert "Belum dibaca" in page.content.decode()
    assert f'Tiket <span class="num">{ticket.number}</span>' in page.content.decode()

    opened = browser.post(reverse("notifications:follow", args=[message.pk]))

    assert opened.url == ticket.get_absolute_url()
    page = browser.get(INBOX)
    assert page.context["unread_count"] == 0
    assert "Belum dibaca" not in page.content.decode()


def test_a_message_of_somebody_else_does_not_exist(
    other_vendor: User, message: Notification, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(other_vendor)

    assert browser.post(reverse("notifications:follow", args=[message.pk])).status_code == 404

    message.refresh_from_db()
    assert message.read_at is None
    assert "TKT-" not in browser.get(INBOX).content.decode()


def test_reading_needs_a_post(vendor: User, message: Notification, sign_in: Callable[[User], Client]) -> None:
    browser = sign_in(vendor)

    assert browser.get(reverse("notifications:follow", args=[message.pk])).status_code == 405
    assert browser.get(reverse("notifications:read_all")).status_code == 405


def test_marking_everything_read_leaves_messages_of_others_unread(
    vendor: User, helpdesk: User, make_ticket: Callable[..., Ticket], sign_in: Callable[[User], Client]
) -> None:
    make_ticket()
    make_ticket()

    assert sign_in(vendor).post(reverse("notifications:read_all")).url == INBOX

    assert not Notification.objects.visible_to(vendor).unread().exists()
    assert Notification.objects.visible_to(helpdesk).unread().count() == 2


def test_a_long_inbox_is_turned_page_by_page_newest_first(vendor: User, sign_in: Callable[[User], Client]) -> None:
    for serial in range(60):
        facts = {"number": f"TKT-{serial:03}", "title": "Uji"}
        notify([vendor], "ticket_received", url="/", now=NOW + timedelta(minutes=serial), **facts)
    browser, seen, query = sign_in(vendor), [], {}

    while query is not None:
        page = browser.get(INBOX, query).context["page"]
        seen += [notification.context["number"] for notification in page.rows]
        query = {"sesudah": page.next} if page.next else None

    assert seen == [f"TKT-{serial:03}" for serial in reversed(range(60))]


def test_the_inbox_costs_the_same_with_1_and_with_60_messages(
    vendor: User, sign_in: Callable[[User], Client], django_assert_num_queries: Callable[..., object]
) -> None:
    browser = sign_in(vendor)
    notify([vendor], "ticket_received", url="/", now=NOW, number="TKT", title="Uji")
    with django_assert_num_queries(8):
        browser.get(INBOX)

    for _ in range(60):
        notify([vendor], "ticket_received", url="/", now=NOW, number="TKT", title="Uji")
    with django_assert_num_queries(8):
        browser.get(INBOX)


def test_an_empty_inbox_says_what_will_appear(vendor: User, sign_in: Callable[[User], Client]) -> None:
    assert "Belum ada pemberitahuan" in sign_in(vendor).get(INBOX).content.decode()


def test_every_kind_the_services_tell_has_its_sentence() -> None:
    tellers = [*TICKETS.glob("services/*.py"), TICKETS / "receivers.py"]
    kinds = {kind for path in tellers for kind in TOLD.findall(path.read_text())}
    facts: dict[str, Any] = {"number": "TKT-2026-000123-7", "title": "Gagal masuk", "sender": "Intan", "count": 2}
    facts |= {"to": "Helpdesk Eproc", "due": "Rabu, 25 November 2026 pukul 16.00 WIB"}

    assert kinds >= {"ticket_received", "ticket_arrived", "ticket_resolved"}
    for kind in kinds:
        sentence = render_to_string(f"notifications/messages/{kind}.txt", {"context": facts}).strip()
        assert "TKT-2026-000123-7" in sentence
        assert sentence.endswith(".")


def test_a_title_cannot_write_into_the_page(vendor: User, sign_in: Callable[[User], Client]) -> None:
    notify([vendor], "ticket_received", url="/", now=NOW, number="TKT", title="<script>alert(1)</script>")

    assert "<script>alert(1)" not in sign_in(vendor).get(INBOX).content.decode()
