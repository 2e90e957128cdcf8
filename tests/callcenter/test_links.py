"""Directed to LPSE Support: a link only the caller can finish, and a ticket that knows its call (R31)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import Reporter, Role, User
from callcenter.models import Call, CallLink
from callcenter.services import links
from core.fsm import Conflict
from notifications.models import Notification
from notifications.services.letters import write
from tests.conftest import NOW
from tickets.models import Application, Draft, Subcategory, Ticket
from tickets.services.drafts import sweep_drafts

pytestmark = pytest.mark.standard("R31")
Browse = Callable[[User], Client]
DAY = timedelta(days=1)
PHONE = "+6281200000077"
WORDS = "Unggahan jadwal pengadaan selalu ditolak."


@pytest.fixture
def direct(call_agent: User, subcategory: Subcategory) -> Callable[..., CallLink]:
    """The agent of a call makes its link."""

    def make(call: Call, **facts: Any) -> CallLink:
        base = {"question": WORDS, "subcategory": subcategory, "email": "", "by_mail": True}
        return links.direct(call.pk, by=call_agent, now=NOW, **(base | facts))

    return make


@pytest.fixture
def link(make_call: Callable[..., Call], direct: Callable[..., CallLink], vendor: User) -> CallLink:
    """A link for a caller whom the agent recognised."""
    return direct(make_call(reporter=vendor.reporter))


def finish(browser: Client, link: CallLink) -> Ticket:
    """Open the link and send the form it leads to, with what the person adds."""
    page = browser.post(link.get_absolute_url(), follow=True)
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in ("subcategory", "type", "lpse", "description")}
    sent |= {"application": Application.objects.get(name="SPSE").pk, "title": "Jadwal ditolak"}
    answer = browser.post(page.request["PATH_INFO"], sent | {"draf": page.context["draft"].token}, follow=True)
    assert "tickets/filed.html" in [template.name for template in answer.templates]
    return Ticket.objects.latest("pk")


@time_machine.travel(NOW, tick=False)
def test_the_caller_finishes_the_ticket_and_ticket_and_call_know_each_other(
    link: CallLink, vendor: User, call_agent: User, sign_in: Browse
) -> None:
    ticket = finish(sign_in(vendor), link)

    assert (ticket.came_from, ticket.reporter, ticket.description) == (link.call.number, vendor.reporter, WORDS)
    assert ticket.subcategory.name == "Gagal masuk"
    assert ticket.number in sign_in(call_agent).get(link.call.get_absolute_url()).content.decode()


@time_machine.travel(NOW, tick=False)
def test_a_link_is_used_once(link: CallLink, vendor: User, sign_in: Browse) -> None:
    browser = sign_in(vendor)
    ticket = finish(browser, link)

    assert ticket.number in browser.get(link.get_absolute_url()).content.decode()
    assert browser.post(link.get_absolute_url()).status_code == 409
    with pytest.raises(Conflict):
        links.take_up(link.pk, by=vendor, now=NOW)


@time_machine.travel(NOW, tick=False)
def test_opening_it_again_comes_back_to_the_same_draft(link: CallLink, vendor: User) -> None:
    first = links.take_up(link.pk, by=vendor, now=NOW)
    again = links.take_up(link.pk, by=vendor, now=NOW + DAY)

    assert first == again
    assert Draft.objects.count() == 1


@pytest.mark.parametrize(("after", "status"), [(7 * DAY - timedelta(seconds=1), 302), (7 * DAY, 409)])
def test_it_expires_after_seven_days(
    link: CallLink, vendor: User, sign_in: Browse, after: timedelta, status: int
) -> None:
    with time_machine.travel(NOW + after, tick=False):
        browser = sign_in(vendor)
        page, answer = browser.get(link.get_absolute_url()), browser.post(link.get_absolute_url())

    assert answer.status_code == status
    assert ("kedaluwarsa" in page.content.decode()) == (status == 409)


def test_for_strangers_it_does_not_exist(
    link: CallLink, other_vendor: User, call_agent: User, supervisor: User, sign_in: Browse
) -> None:
    for stranger in (other_vendor, call_agent, supervisor):
        browser = sign_in(stranger)
        assert browser.get(link.get_absolute_url()).status_code == 404
        assert browser.post(link.get_absolute_url()).status_code == 404
        with pytest.raises(PermissionDenied):
            links.take_up(link.pk, by=stranger, now=NOW)
    assert not Draft.objects.exists()
    assert Client().get(link.get_absolute_url()).status_code == 302


@pytest.mark.parametrize("code", ["", "AAAA", "\0", "9" * 5000, "á"])
def test_nonsense_is_no_link(vendor: User, sign_in: Browse, code: str) -> None:
    assert sign_in(vendor).get(f"/m/{code}/").status_code in (400, 404)


def test_the_code_is_read_as_people_hear_it(link: CallLink, vendor: User) -> None:
    said = f"{link.code[:4].lower()}-{link.code[4:].lower()}"

    assert links.find_link(said, by=vendor) == link
    assert not set("IO01") & set(link.code)


@time_machine.travel(NOW, tick=False)
def test_an_unknown_callers_link_is_for_whoever_signs_in_with_that_address(
    make_call: Callable[..., Call], direct: Callable[..., CallLink], vendor: User, other_vendor: User, sign_in: Browse
) -> None:
    link = direct(make_call(from_phone=PHONE), email="OTHER_VENDOR@contoh.invalid")
    assert sign_in(vendor).get(link.get_absolute_url()).status_code == 404

    ticket = finish(sign_in(other_vendor), link)
    User.objects.filter(pk=other_vendor.pk).update(email="lain@contoh.invalid")
    User.objects.filter(pk=vendor.pk).update(email="other_vendor@contoh.invalid")

    assert ticket.came_from == link.call.number
    assert sign_in(vendor).get(link.get_absolute_url()).status_code == 404  # the first one has it
    assert sign_in(other_vendor).get(link.get_absolute_url()).status_code == 200


def test_a_letter_to_a_stranger_has_fixed_words_and_the_link_only(
    make_call: Callable[..., Call], direct: Callable[..., CallLink]
) -> None:
    call = make_call(from_phone=PHONE, caller_name="Beli murah di http://jahat.invalid")

    link = direct(call, email="siapa@contoh.invalid", question="Klik http://jahat.invalid sekarang")

    letter = write(Notification.objects.get(kind="call_link"))
    assert letter.to == ["siapa@contoh.invalid"]
    assert link.get_absolute_url() in letter.body
    assert "jahat" not in letter.body + letter.subject
    assert Reporter.objects.get(is_visitor=True).email == "siapa@contoh.invalid"


def test_a_second_letter_to_the_same_stranger_makes_no_second_person(
    make_call: Callable[..., Call], direct: Callable[..., CallLink]
) -> None:
    call = make_call(from_phone=PHONE)

    for _time in range(2):
        direct(call, email="siapa@contoh.invalid")

    assert Reporter.objects.filter(is_visitor=True).count() == 1


def test_read_aloud_only_nothing_is_mailed(make_call: Callable[..., Call], direct: Callable[..., CallLink]) -> None:
    direct(make_call(), email="siapa@contoh.invalid", by_mail=False)

    assert not Notification.objects.exists()
    assert not Reporter.objects.filter(is_visitor=True).exists()


def test_a_new_link_ends_the_old_one(
    make_call: Callable[..., Call], direct: Callable[..., CallLink], vendor: User
) -> None:
    call = make_call(reporter=vendor.reporter)
    old = direct(call)

    new = direct(call)

    with pytest.raises(Conflict):
        links.take_up(old.pk, by=vendor, now=NOW + DAY)
    assert links.take_up(new.pk, by=vendor, now=NOW + DAY)


def test_only_the_agent_of_the_call_makes_one(
    make_call: Callable[..., Call], make_user: Callable[..., User], supervisor: User
) -> None:
    call = make_call()
    facts = {"question": WORDS, "subcategory": None, "email": "siapa@contoh.invalid", "by_mail": True}

    for other in (make_user("call_agent2", (Role.CALL_AGENT, None)), supervisor):
        with pytest.raises(PermissionDenied):
            links.direct(call.pk, by=other, now=NOW, **facts)


def test_the_page_tells_the_agent_what_to_read_aloud(
    make_call: Callable[..., Call], call_agent: User, sign_in: Browse
) -> None:
    call, browser = make_call(from_phone=PHONE), sign_in(call_agent)
    path = reverse("callcenter:direct", args=[call.number])

    wrong = browser.post(path, {"question": WORDS, "email": "bukan surel", "by_mail": "ya"})
    browser.post(path, {"question": WORDS, "email": "siapa@contoh.invalid", "by_mail": "tidak"})

    assert wrong.context["form"].errors.keys() == {"email"}
    assert CallLink.objects.get().get_absolute_url() in browser.get(path).content.decode()


def test_no_form_can_name_a_call(link: CallLink, other_vendor: User, subcategory: Subcategory, sign_in: Browse) -> None:
    browser = sign_in(other_vendor)
    token = re.search(r'name="draf" value="([^"]+)"', browser.get(reverse("tickets:file")).content.decode())
    form = {
        "application": Application.objects.get(name="SPSE").pk,
        "subcategory": subcategory.pk,
        "type": "problem",
        "lpse": other_vendor.reporter.lpse_id,
        "title": "Jadwal ditolak",
        "description": WORDS,
        "came_from": link.call.number,
        "case": link.call.number,
    }

    browser.post(reverse("tickets:file"), form | {"draf": token[1] if token else ""})

    assert Ticket.objects.get().came_from == ""


def test_a_draft_left_lying_is_swept_and_the_link_makes_it_anew(link: CallLink, vendor: User) -> None:
    left = links.take_up(link.pk, by=vendor, now=NOW)
    assert sweep_drafts(now=NOW + 2 * DAY)["drafts"] == 1

    again = links.take_up(link.pk, by=vendor, now=NOW + 3 * DAY)

    assert again.key != left.key
    assert again.data["description"] == WORDS


def test_without_a_phone_number_nothing_can_be_mailed_but_the_address_can_be_read(
    make_call: Callable[..., Call], call_agent: User, sign_in: Browse
) -> None:
    call, browser = make_call(), sign_in(call_agent)
    path, form = reverse("callcenter:direct", args=[call.number]), {"question": WORDS, "email": "siapa@contoh.invalid"}

    refused = browser.post(path, form | {"by_mail": "ya"})
    read = browser.post(path, form | {"by_mail": "tidak"})

    assert "nomor telepon" in refused.content.decode()
    assert (read.status_code, CallLink.objects.count()) == (302, 1)
