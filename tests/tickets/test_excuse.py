"""Excusing a late ticket (A18): who may, what the form keeps, and what each side reads of it afterwards."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from escalation.models import Entitlement
from escalation.services.sweep import sweep_clocks
from notifications.models import Notification
from tests.conftest import NOW
from tests.tickets.acts import do
from tests.tickets.pages import image, text_of, token_in, upload
from tickets.models import Attachment, Ticket
from tickets.services.verbs import verbs_for

Browse = Callable[[User], Client]
DAY = timedelta(days=1)
LATER = NOW + 14 * DAY  # a ticket filed at NOW is due on the 23rd
REASON = "Gangguan jaringan nasional pada 23 November."
EVIDENCE = "Berita acara nomor 12."


@pytest.fixture
def late(ticket_in: Callable[..., Ticket]) -> Ticket:
    """A ticket nobody answered in time."""
    ticket = ticket_in()
    sweep_clocks(now=NOW + 7 * DAY)
    return ticket


@pytest.fixture
def page(late: Ticket) -> str:
    return reverse("tickets:excuse", args=[late.number])


def send(browser: Client, page: str, **changes: Any) -> Any:
    """Open the page, fill it in and send it."""
    drawn = browser.get(page)
    form = {"draf": token_in(drawn), "version": 1, "reason": REASON, "evidence": EVIDENCE} | changes
    return browser.post(page, form, follow=True)


# Where acts after the breach bring a ticket: by whom, and what they do.
WAYS = {
    Ticket.Status.NEW: [],
    Ticket.Status.IN_PROGRESS: [("helpdesk", "take")],
    Ticket.Status.AWAITING_DATA: [("helpdesk", "take"), ("helpdesk", "request_data")],
    Ticket.Status.AWAITING_CONFIRMATION: [("helpdesk", "take"), ("helpdesk", "resolve")],
    Ticket.Status.CLOSED: [("vendor", "withdraw")],
}


@pytest.mark.standard("A18")
@pytest.mark.parametrize("status", WAYS)
def test_the_penyelia_excuses_a_late_ticket_in_every_state_and_nobody_else_does(
    late: Ticket, vendor: User, helpdesk: User, supervisor: User, receptionist: User, status: str
) -> None:
    people = {"vendor": vendor, "helpdesk": helpdesk}
    for who, verb in WAYS[status]:
        do(verb, late, people[who], LATER)
    late = Ticket.objects.get(pk=late.pk)

    assert late.status == status
    assert "excuse" in verbs_for(late, supervisor)
    assert not any("excuse" in verbs_for(late, person) for person in (vendor, helpdesk, receptionist))


def test_a_ticket_in_time_has_nothing_to_excuse(ticket: Ticket, supervisor: User, sign_in: Browse) -> None:
    answer = sign_in(supervisor).get(reverse("tickets:excuse", args=[ticket.number]))

    assert answer.status_code == 409
    assert "tidak mempunyai keterlambatan" in text_of(answer)


@pytest.mark.standard("A18")
@time_machine.travel(LATER, tick=False)
def test_the_penyelia_finds_the_button_on_a_late_ticket(
    late: Ticket, page: str, supervisor: User, sign_in: Browse
) -> None:
    assert f'href="{page}"' in sign_in(supervisor).get(late.get_absolute_url()).content.decode()


@pytest.mark.standard("A18")
@time_machine.travel(LATER, tick=False)
def test_an_excuse_is_read_by_both_sides_and_its_evidence_by_staff_alone(
    late: Ticket, page: str, supervisor: User, vendor: User, helpdesk: User, sign_in: Browse
) -> None:
    answer = send(sign_in(supervisor), page, files=upload("berita-acara.png", image()))

    staff, reporters = (text_of(sign_in(user).get(late.get_absolute_url())) for user in (helpdesk, vendor))
    assert "Keterlambatan tiket ini telah dikecualikan." in text_of(answer)
    for words in (REASON, "mengecualikan keterlambatan", "Batas tanggap pertama terlewati di LPSE", "Dikecualikan"):
        assert words in staff
        assert words in reporters
    assert EVIDENCE in staff
    assert "berita-acara.png" in staff
    assert EVIDENCE not in reporters
    assert "berita-acara.png" not in reporters
    assert "Mohon maaf" not in reporters
    assert "Kompensasi Dicabut" in staff


@time_machine.travel(LATER, tick=False)
def test_the_reporter_is_told_and_the_priority_not_yet_used_is_taken_back(
    late: Ticket, page: str, supervisor: User, vendor: User, sign_in: Browse
) -> None:
    owed = Entitlement.objects.owed_to(vendor.reporter)
    assert owed.exists()

    send(sign_in(supervisor), page)

    told = Notification.objects.filter(recipient=vendor, kind="breach_excused").get()
    assert not owed.exists()
    assert "dikecualikan oleh Penyelia" in text_of(sign_in(vendor).get(reverse("notifications:inbox")))
    assert told.url == late.get_absolute_url()
    assert "didahulukan" not in text_of(sign_in(vendor).get(reverse("tickets:file")))


@time_machine.travel(LATER, tick=False)
def test_a_priority_already_used_stays_with_the_ticket_that_used_it(
    late: Ticket, page: str, make_ticket: Callable[..., Ticket], supervisor: User, vendor: User, sign_in: Browse
) -> None:
    following = make_ticket(now=LATER)

    send(sign_in(supervisor), page)

    browser = sign_in(vendor)
    assert "Prioritas Kompensasi" in text_of(browser.get(following.get_absolute_url()))
    assert f"dipakai pada {following.number} tetap berlaku" in text_of(browser.get(late.get_absolute_url()))


@time_machine.travel(LATER, tick=False)
def test_reason_and_evidence_are_both_asked_for_and_what_was_written_stays(
    page: str, supervisor: User, sign_in: Browse
) -> None:
    answer = send(sign_in(supervisor), page, evidence=" ")

    assert answer.status_code == 200
    assert REASON in answer.content.decode()
    assert "id_evidence" in answer.content.decode()
    assert "Galat" in text_of(answer) or "wajib" in text_of(answer)


@time_machine.travel(LATER, tick=False)
def test_sent_twice_it_is_excused_once(late: Ticket, page: str, supervisor: User, sign_in: Browse) -> None:
    browser = sign_in(supervisor)
    form = {"draf": token_in(browser.get(page)), "version": 1, "reason": REASON, "evidence": EVIDENCE}

    answers = [browser.post(page, form | {"files": upload("a.png", image())}) for _click in range(2)]

    assert [answer["Location"] for answer in answers] == [late.get_absolute_url()] * 2
    assert late.events.filter(kind="excused").count() == 1
    assert Attachment.objects.count() == 1


@time_machine.travel(LATER, tick=False)
def test_what_was_excused_meanwhile_is_not_excused_again_and_the_words_stay(
    page: str, supervisor: User, make_user: Callable[..., User], sign_in: Browse
) -> None:
    first, second = sign_in(supervisor), sign_in(make_user("penyelia2", (Role.SUPERVISOR, None)))
    form = {"draf": token_in(second.get(page)), "version": 1, "reason": "Listrik padam.", "evidence": EVIDENCE}
    send(first, page)

    refused = second.post(page, form)

    assert refused.status_code == 409
    assert "Listrik padam." in refused.content.decode()
    assert "mengecualikan keterlambatan" in text_of(refused)
    assert "Kirim setelah dibaca" not in text_of(refused)
