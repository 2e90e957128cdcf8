"""What was written to whom: the Penyelia's list, and the fold on the ticket's page; never a code, never a complaint."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import Notification
from notifications.services import notify
from notifications.services.relay import relay
from tests.conftest import NOW
from tickets.models import Ticket

SENT = reverse("notifications:sent")
Fate = Notification.Fate


def letter(person: User, fate: Fate, *, case: str = "TKT-2026-000123-7") -> Notification:
    """Make a letter of which this became."""
    facts = {
        Fate.SENT: {"sent_at": NOW},
        Fate.WAITING: {"next_at": NOW, "attempts": 2},
        Fate.FAILED: {"dead_at": NOW},
        Fate.INBOX: {},
    }
    about = {"kind": "ticket_received", "case": case, "context": {"number": case, "title": "Uji"}, "url": "/"}
    return Notification.objects.create(recipient=person, at=NOW, **about, **facts.get(fate, {"unsent": fate}))


@pytest.mark.parametrize("fate", Fate)
def test_each_letter_says_what_became_of_it_and_is_found_by_it(
    vendor: User, supervisor: User, sign_in: Callable[[User], Client], fate: Fate
) -> None:
    letters = {each: letter(vendor, each) for each in Fate}

    page = sign_in(supervisor).get(SENT, {"keadaan": fate})

    assert [row.pk for row in page.context["page"].rows] == [letters[fate].pk]
    assert page.context["page"].rows[0].fate == fate
    assert f"{fate.label}</span>" in page.content.decode()


def test_a_person_and_a_number_narrow_the_list(
    vendor: User, helpdesk: User, supervisor: User, sign_in: Callable[[User], Client]
) -> None:
    first, second = letter(vendor, Fate.SENT), letter(helpdesk, Fate.SENT, case="TKT-2026-000999-1")
    browser = sign_in(supervisor)

    def found(**query: str) -> list[int]:
        return [row.pk for row in browser.get(SENT, query).context["page"].rows]

    assert found() == [second.pk, first.pk]
    assert found(orang="wulan") == [first.pk]
    assert found(nomor="tkt-2026-000999-1") == [second.pk]
    assert found(orang="wulan", nomor="TKT-2026-000999-1") == []


@pytest.mark.parametrize("query", ["keadaan=x", "orang=%00", "nomor=" + "9" * 500, "sesudah=x&sebelum=%FF"])
def test_nonsense_in_the_address_is_no_error(
    vendor: User, supervisor: User, sign_in: Callable[[User], Client], query: str
) -> None:
    letter(vendor, Fate.SENT)

    assert sign_in(supervisor).get(f"{SENT}?{query}").status_code in (200, 400)


def test_neither_addresses_nor_codes_are_shown(
    vendor: User, ticket: Ticket, supervisor: User, sign_in: Callable[[User], Client]
) -> None:
    notify([vendor], "one_time_code", url="/", now=NOW, secret="481516", number=ticket.number)

    for address in (SENT, reverse("tickets:letters", args=[ticket.number])):
        html = sign_in(supervisor).get(address).content.decode()
        assert "Masukkan kode sekali pakai" in html
        assert "v••••@contoh.invalid" in html
        assert vendor.email not in html
        assert "481516" not in html


def test_letters_about_complaints_are_not_on_the_list(
    vendor: User, supervisor: User, sign_in: Callable[[User], Client]
) -> None:
    letter(vendor, Fate.SENT, case="PGD-2026-000001-3")

    for query in ({}, {"nomor": "PGD-2026-000001-3"}, {"keadaan": "sent"}):
        page = sign_in(supervisor).get(SENT, query)
        assert page.context["page"].rows == []


def test_staff_see_on_the_ticket_what_was_written_about_it(
    helpdesk: User, ticket: Ticket, make_ticket: Callable[..., Ticket], vendor: User, sign_in: Callable[[User], Client]
) -> None:
    other = make_ticket()
    relay(now=NOW + timedelta(days=1))
    address = reverse("tickets:letters", args=[ticket.number])
    browser = sign_in(helpdesk)

    assert address in browser.get(ticket.get_absolute_url()).content.decode()
    whole, panel = browser.get(address), browser.get(address, headers={"HX-Request": "true"})

    assert {row.recipient for row in panel.context["page"].rows} == {vendor, helpdesk}
    assert "Terkirim</span>" in panel.content.decode()
    assert "<html" in whole.content.decode()
    assert "<html" not in panel.content.decode()
    assert other.number not in panel.content.decode()
    assert sign_in(vendor).get(address).status_code == 404
