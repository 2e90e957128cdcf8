"""The one search box: tickets by number in any notation, people by whatever is known of them (R07, R28)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import Reporter, User
from callcenter.models import Call
from callcenter.services import calls, lookup
from core.fsm import Conflict
from core.numbers import make_number
from escalation.services.sweep import sweep_clocks
from tests.conftest import NOW
from tickets.models import Ticket

pytestmark = [pytest.mark.standard("R07, R28"), pytest.mark.django_db]
Browse = Callable[[User], Client]


@pytest.fixture
def found(call_agent: User) -> Callable[[str], lookup.Found]:
    """What the agent's box finds on the day of the tests."""
    return lambda text: lookup.find(text, by=call_agent, now=NOW)


@pytest.fixture
def numbered(make_ticket: Callable[..., Ticket]) -> Callable[[int, int], str]:
    """A ticket of this year with this running number."""

    def make(serial: int, year: int = 2026) -> str:
        number = make_number("TKT", year, serial)
        Ticket.objects.filter(pk=make_ticket().pk).update(number=number)
        return number

    return make


@pytest.mark.parametrize(
    "shape",
    [
        "TKT-2026-000123-{check}",
        "tkt 2026 000123 {check}",
        "2026000123{check}",
        "2026 123 {check}",
        "123 {check}",
        "000123 {check}",
        "satu dua tiga {word}",
        "dua nol dua enam kosong kosong kosong satu dua tiga {word}",
        "tiket nomor 123 strip {check}",
        "2O26 OOO123 {check}",
    ],
)
def test_a_ticket_is_found_by_its_number_however_it_is_said(
    found: Callable[[str], lookup.Found], numbered: Callable[..., str], shape: str
) -> None:
    number = numbered(123)
    words = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")

    assert found(shape.format(check=number[-1], word=words[int(number[-1])])).numbers == [number]


def test_without_a_year_last_years_ticket_is_meant_too(
    found: Callable[[str], lookup.Found], numbered: Callable[..., str]
) -> None:
    number = numbered(77, 2025)

    assert found(f"77{number[-1]}").numbers == [number]


@pytest.mark.parametrize("heard", ["2026 000132 {check}", "2026 000128 {check}", "132 {check}"])
def test_a_wrong_number_is_said_to_be_wrong_and_those_like_it_that_exist_are_offered(
    found: Callable[[str], lookup.Found], numbered: Callable[..., str], heard: str
) -> None:
    number = numbered(123)
    numbered(400_000)

    result = found(heard.format(check=number[-1]))

    assert not result.numbers
    assert result.is_wrong
    assert result.near == [number]


def test_a_good_number_that_no_ticket_has_is_not_called_wrong(found: Callable[[str], lookup.Found]) -> None:
    result = found(make_number("TKT", 2026, 5))

    assert (result.is_wrong, result.is_unknown, result.near) == (False, True, [])


@pytest.mark.parametrize("text", ["2", "20", "2026", "2026 0001", "0812 00", "62812", "", "CV Me", "tujuh"])
def test_while_a_number_is_being_typed_nothing_is_called_wrong(found: Callable[[str], lookup.Found], text: str) -> None:
    result = found(text)

    assert not result.is_wrong
    assert not result.is_unknown


@pytest.mark.parametrize(
    "text",
    [
        "0812-0000-001",
        "08120000001",
        "+62 812 0000 001",
        "62812.0000.001",
        "Wulan Rekaan",
        "wulan rek",
        "Wullan Rekan",
        "CV Rekaan 1",
        "cv. rekaan 1",
        "VENDOR@contoh.invalid",
        "0000000000000001",
        "000000000000001",
    ],
)
def test_a_person_is_found_by_phone_name_organisation_e_mail_and_npwp(
    found: Callable[[str], lookup.Found], vendor: User, ppk: User, text: str
) -> None:
    assert vendor.reporter in found(text).people


def test_officials_are_found_by_their_institution(
    found: Callable[[str], lookup.Found], vendor: User, ppk: User
) -> None:
    assert found("Dinas Khayal").people[0] == ppk.reporter
    assert found("Kabupaten Sukamaju").people[0] == ppk.reporter


def test_a_number_nobody_has_can_be_written_down(
    found: Callable[[str], lookup.Found], make_call: Callable[..., Call], call_agent: User, sign_in: Browse
) -> None:
    call, browser = make_call(), sign_in(call_agent)

    page = browser.get(reverse("callcenter:desk"), {"cari": "0812 3456 7890"}).content.decode()
    browser.post(reverse("callcenter:keep", args=[call.number]), {"from_phone": "+6281234567890"})

    assert found("0812 3456 7890").phone == "+6281234567890"
    assert "Catat sebagai nomor penelepon" in page
    call.refresh_from_db()
    assert call.from_phone == "+6281234567890"


@pytest.mark.parametrize("text", ["\0", "٣", "9" * 5000, "%", "'", "--", "\u200b", "a" * 5000, "½ 2026", "20261118"])
def test_nonsense_finds_nothing_and_breaks_nothing(
    make_call: Callable[..., Call], call_agent: User, sign_in: Browse, text: str
) -> None:
    make_call()
    browser = sign_in(call_agent)

    pages = [browser.get(reverse(f"callcenter:{name}"), {"cari": text}, headers=headers) for name, headers in BOTH]

    assert {page.status_code for page in pages} <= {200, 400}


BOTH: list[tuple[str, Any]] = [("desk", {}), ("find", {"HX-Request": "true"})]


def test_the_box_answers_while_typing_with_the_list_alone(
    make_call: Callable[..., Call], vendor: User, call_agent: User, sign_in: Browse
) -> None:
    make_call()
    browser, path = sign_in(call_agent), reverse("callcenter:find")

    piece = browser.get(path, {"cari": "wulan"}, headers={"HX-Request": "true"}).content.decode()
    whole = browser.get(path, {"cari": "wulan"})

    assert "Wulan Rekaan" in piece
    assert "<html" not in piece
    assert whole.url == f"{reverse('callcenter:desk')}?cari=wulan"
    assert "Wulan Rekaan" in browser.get(whole.url).content.decode()


def test_between_calls_there_is_no_looking_up(vendor: User, call_agent: User, sign_in: Browse) -> None:
    browser = sign_in(call_agent)

    page = browser.get(reverse("callcenter:desk"), {"cari": "wulan"}).content.decode()

    assert "Wulan Rekaan" not in page
    assert browser.get(reverse("callcenter:find"), {"cari": "wulan"}, headers={"HX-Request": "true"}).status_code == 302


def test_a_number_that_is_none_opens_nothing(make_call: Callable[..., Call], call_agent: User) -> None:
    call = make_call()

    for number in ("TKT-2026-000001-1", "", "x"):
        with pytest.raises(Conflict):
            lookup.look_up(call.pk, by=call_agent, now=NOW, number=number, address="")


def test_only_agents_look_up(supervisor: User, vendor: User, helpdesk: User) -> None:
    for person in (supervisor, vendor, helpdesk):
        with pytest.raises(PermissionDenied):
            lookup.find("wulan", by=person, now=NOW)


@time_machine.travel(NOW, tick=False)
def test_earlier_calls_and_tickets_of_the_caller_are_at_hand(
    end_call: Callable[..., Call],
    make_call: Callable[..., Call],
    make_ticket: Callable[..., Ticket],
    call_agent: User,
    vendor: User,
    other_vendor: User,
) -> None:
    same_phone = end_call(from_phone=vendor.reporter.phone)
    same_person = end_call(reporter=vendor.reporter)
    end_call(from_phone="+6281200000002")
    ticket = make_ticket()
    make_ticket(by=other_vendor)

    call = calls.identify(make_call().pk, by=call_agent, now=NOW, reporter=vendor.reporter)

    assert lookup.earlier_calls(call) == [same_person, same_phone]
    assert lookup.tickets_of(call) == [ticket]


def test_an_unknown_caller_has_no_past(make_call: Callable[..., Call], end_call: Callable[..., Call]) -> None:
    end_call()
    call = make_call()

    assert lookup.earlier_calls(call) == []
    assert lookup.tickets_of(call) == []


def test_a_priority_that_is_owed_shows_in_the_list(
    found: Callable[[str], lookup.Found], vendor: User, other_vendor: User, ticket: Ticket
) -> None:
    sweep_clocks(now=NOW + timedelta(days=14))

    assert found("Wulan Rekaan").owing == {Reporter.objects.get(user=vendor).pk}
