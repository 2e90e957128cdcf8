"""The lists of tickets as their readers see them: Tiket Saya, and the queue of a desk."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from escalation.tiers import Tier
from tests.conftest import NOW
from tests.tickets.pages import text_of
from tickets.models import Ticket
from tickets.services import sharing

Status = Ticket.Status
Browse = Callable[[User], Client]
QUEUE = reverse("tickets:queue", args=["lpse-sukamaju"])


def in_order(page: str, words: Sequence[str]) -> bool:
    places = [page.index(word) for word in words]
    return places == sorted(places)


def test_own_tickets_begin_with_what_waits_for_their_reporter(
    ticket_in: Callable[..., Ticket], vendor: User, sign_in: Browse
) -> None:
    closed = ticket_in(Tier.LPSE, Status.CLOSED, now=NOW + timedelta(days=1))
    waiting = ticket_in(Tier.TEKNIS, Status.AWAITING_CONFIRMATION, now=NOW - timedelta(days=9))
    asked = ticket_in(Tier.EPROC, Status.AWAITING_DATA, now=NOW - timedelta(days=8))
    older = ticket_in(Tier.LPSE, Status.NEW, now=NOW - timedelta(days=2))
    newer = ticket_in(Tier.LPSE, Status.IN_PROGRESS)

    page = text_of(sign_in(vendor).get(reverse("tickets:mine")))

    groups = ["Menunggu tindakan Anda", asked.number, "Kami menunggu data dari Anda."]
    groups += [waiting.number, "Silakan konfirmasi penutupan tiket."]
    groups += ["Sedang kami tangani", newer.number, older.number, "Sudah ditutup", closed.number]
    assert in_order(page, groups)


def test_own_tickets_of_others_are_not_listed(ticket: Ticket, other_vendor: User, sign_in: Browse) -> None:
    page = text_of(sign_in(other_vendor).get(reverse("tickets:mine")))

    assert "Belum ada tiket" in page
    assert ticket.number not in page


def test_what_colleagues_share_has_its_own_tab(
    ticket: Ticket, vendor: User, other_vendor: User, sign_in: Browse
) -> None:
    colleague = other_vendor.own_reporter
    type(colleague).objects.filter(pk=colleague.pk).update(npwp=vendor.own_reporter.npwp)
    colleague.refresh_from_db()
    sharing.share_ticket(ticket.pk, by=vendor, now=timezone.now(), colleague=colleague)
    browser = sign_in(other_vendor)

    assert ticket.number not in browser.get("/tiket/").content.decode()
    assert ticket.number in browser.get("/tiket/?tampil=dibagikan").content.decode()
    assert "Belum ada tiket yang dibagikan" in text_of(sign_in(vendor).get("/tiket/?tampil=dibagikan"))


TABS = {
    "semua": {"new", "busy", "asked", "solved", "late"},
    "belum-diambil": {"new", "late"},
    "saya": {"busy", "asked", "solved"},
    "menunggu-data": {"asked"},
    "menunggu-konfirmasi": {"solved"},
    "terlambat": {"late"},
    "dieskalasi": {"up"},
    "ditutup": {"closed"},
}


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("tab", TABS)
def test_each_tab_of_a_queue_shows_its_tickets(
    tab: str, ticket_in: Callable[..., Ticket], helpdesk: User, make_ticket: Any, other_lpse: Any, sign_in: Browse
) -> None:
    tickets = {
        "new": ticket_in(),
        "late": ticket_in(now=NOW - timedelta(days=7)),
        "busy": ticket_in(Tier.LPSE, Status.IN_PROGRESS),
        "asked": ticket_in(Tier.LPSE, Status.AWAITING_DATA),
        "solved": ticket_in(Tier.LPSE, Status.AWAITING_CONFIRMATION),
        "closed": ticket_in(Tier.LPSE, Status.CLOSED),
        "up": ticket_in(Tier.EPROC),
        "elsewhere": make_ticket(lpse=other_lpse),
    }

    answer = sign_in(helpdesk).get(QUEUE, {"tampil": tab})

    counts = {link["tab"].slug: link["count"] for link in answer.context["shown"].links if link["count"] is not None}
    assert {name for name, ticket in tickets.items() if ticket.number in text_of(answer)} == TABS[tab]
    assert counts == {name: len(shown) for name, shown in TABS.items() if name != "ditutup"}


def test_a_queue_is_walked_page_by_page_in_every_order(
    make_ticket: Callable[..., Ticket], helpdesk: User, sign_in: Browse
) -> None:
    filed = [make_ticket(now=NOW + timedelta(minutes=number // 2)).number for number in range(60)]
    browser = sign_in(helpdesk)

    def walk(sort: str) -> list[str]:
        seen, address = [], f"?urut={sort}"
        while address:
            html = browser.get(QUEUE + unescape(address)).content.decode()
            seen.append(re.findall(r'<span class="num">(TKT-[\d-]+)</span>', html))
            following = re.search(r'rel="next" href="([^"]+)"', html)
            address = following[1] if following else ""
        back = re.search(r'rel="prev" href="([^"]+)"', html)
        assert back
        before = browser.get(QUEUE + unescape(back[1])).content.decode()
        assert re.findall(r'<span class="num">(TKT-[\d-]+)</span>', before) == seen[-2]
        return [number for page in seen for number in page]

    assert walk("terlama") == walk("batas") == filed
    assert walk("terbaru") == filed[::-1]


def test_htmx_gets_the_rows_without_the_frame(ticket: Ticket, helpdesk: User, sign_in: Browse) -> None:
    html = sign_in(helpdesk).get(QUEUE, headers={"HX-Request": "true"}).content.decode()

    assert ticket.number in html
    assert "<html" not in html


def test_a_ticket_is_taken_from_the_list(
    ticket: Ticket, helpdesk: User, verifier: User, supervisor: User, sign_in: Browse
) -> None:
    take = f'action="{reverse("tickets:take", args=[ticket.number])}"'
    assert take in sign_in(helpdesk).get(QUEUE).content.decode()
    assert take not in sign_in(supervisor).get(QUEUE).content.decode()

    answer = sign_in(helpdesk).post(reverse("tickets:take", args=[ticket.number]), follow=True)

    late = sign_in(verifier).post(reverse("tickets:take", args=[ticket.number]))
    assert "Anda penanggung jawab tiket ini" in text_of(answer)
    assert Ticket.objects.get().assignee == helpdesk
    assert late.status_code == 409
    assert "Tiket ini sudah diambil oleh Helpdesk." in text_of(late)


def test_the_next_ticket_is_the_one_that_waited_longest(
    make_ticket: Callable[..., Ticket], helpdesk: User, sign_in: Browse
) -> None:
    make_ticket()
    oldest = make_ticket(now=NOW - timedelta(days=1))
    browser, take_next = sign_in(helpdesk), reverse("tickets:take_next", args=["lpse-sukamaju"])

    first = browser.post(take_next)

    browser.post(take_next)
    none_left = browser.post(take_next)
    assert first["Location"] == oldest.get_absolute_url()
    assert none_left.status_code == 409
    assert "Tidak ada tiket yang menunggu diambil." in text_of(none_left)
