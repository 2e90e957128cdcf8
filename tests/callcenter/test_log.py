"""The call log: found by whatever is known of a call, counted by day, handed out as a sheet (R29, R37)."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from callcenter.figures import figures_of
from callcenter.models import Call
from tests.conftest import NOW
from tickets.models import Category, Ticket

pytestmark = [pytest.mark.standard("R29"), pytest.mark.django_db]
Browse = Callable[[User], Client]
Find = Callable[..., list[Call]]
DAY = timedelta(days=1)


@pytest.fixture
def found(call_agent: User, sign_in: Browse) -> Find:
    """What the log shows an agent for these filters, on the day of the tests."""
    browser = sign_in(call_agent)

    def find(**filters: Any) -> list[Call]:
        with time_machine.travel(NOW, tick=False):
            page = browser.get(reverse("callcenter:log"), filters)
        assert page.status_code == 200
        return list(page.context["page"].rows)

    return find


@pytest.mark.parametrize("text", ["wulan", "melati rek", "DINAS KHAYAL", "0812 0000 0001", "+62812-0000-0001"])
def test_a_call_is_found_by_what_is_known_of_the_caller(end_call: Callable[..., Call], found: Find, text: str) -> None:
    wanted = end_call(
        caller_name="Wulan Rekaan",
        business_name="CV Melati Rekaan",
        institution_name="Dinas Khayal",
        from_phone="+6281200000001",
    )
    end_call(caller_name="Bagus Contoh", from_phone="+6281200000002")

    assert found(cari=text) == [wanted]


def test_a_call_is_found_by_its_number_by_its_ticket_and_by_the_ticket_it_led_to(
    end_call: Callable[..., Call], ticket: Ticket, make_ticket: Callable[..., Ticket], found: Find
) -> None:
    about, led = end_call(ticket=ticket), end_call()
    other = make_ticket()
    Ticket.objects.filter(pk=other.pk).update(came_from=led.number)
    end_call()

    assert found(cari=about.number) == [about]
    assert found(cari=about.number.replace("-", " ").lower()) == [about]
    assert found(cari=ticket.number) == [about]
    assert found(cari=other.number) == [led]


def test_days_outcomes_agents_and_categories_narrow_the_list(
    end_call: Callable[..., Call], call_agent: User, found: Find
) -> None:
    category = Category.objects.all()[0]
    today, yesterday = end_call(category=category), end_call(now=NOW - DAY, outcome=Call.Outcome.DROPPED)
    october = end_call(now=NOW - 30 * DAY)

    assert found() == [today, yesterday, october]
    assert found(masa="2026-11-18") == [today]
    assert found(masa="2026-11-17") == [yesterday]
    assert found(masa="7-hari") == [today, yesterday]
    assert found(masa="2026-10") == [october]
    assert found(hasil=Call.Outcome.DROPPED) == [yesterday]
    assert found(kategori=category.pk) == [today]
    assert found(petugas=call_agent.pk) == [today, yesterday, october]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"cari": "9" * 5000},
        {"masa": "2026-99"},
        {"hasil": "x"},
        {"petugas": "9" * 50},
        {"kategori": "-1"},
        {"sesudah": "x"},
    ],
)
def test_nonsense_filters_nothing(end_call: Callable[..., Call], found: Find, nonsense: dict[str, str]) -> None:
    call = end_call()

    assert found(**nonsense) == [call]


@pytest.mark.standard("R37")
def test_the_numbers_of_a_day(end_call: Callable[..., Call], found: Find, call_agent: User, sign_in: Browse) -> None:
    category = Category.objects.all()[0]
    for minutes in (2, 4, 6, 8, 20):
        end_call(minutes=minutes, from_phone="+6281200000001" if minutes < 8 else "", category=category)
    end_call(minutes=1, outcome=Call.Outcome.DROPPED, from_phone="+6281200000002")
    end_call(now=NOW - DAY, minutes=59)

    with time_machine.travel(NOW, tick=False):
        page = sign_in(call_agent).get(reverse("callcenter:log"))
    figures = page.context["figures"]

    assert figures.calls == 6
    assert (figures.median, figures.ninetieth) == (timedelta(minutes=5), timedelta(minutes=14))
    assert dict(figures.outcomes) == {str(Call.Outcome.ANSWERED.label): 5, str(Call.Outcome.DROPPED.label): 1}
    assert (figures.repeaters, figures.repeats) == (1, 3)
    assert figures.categories == [(category.name, 5)]


def test_no_calls_are_no_numbers() -> None:
    figures = figures_of(Call.objects.all())

    assert (figures.calls, figures.median, figures.outcomes, figures.repeats) == (0, None, [], 0)


def test_the_sheet_holds_what_the_list_shows_and_taking_it_is_written_down(
    end_call: Callable[..., Call], call_agent: User, sign_in: Browse
) -> None:
    wanted = end_call(caller_name='=HYPERLINK("http://jahat.invalid")')
    end_call(now=NOW - DAY)

    with time_machine.travel(NOW, tick=False):
        sheet = sign_in(call_agent).get(reverse("callcenter:export"), {"masa": "2026-11-18"})

    with ZipFile(BytesIO(sheet.content)) as book:
        cells = book.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r"CC-2026-\d{6}-\d", cells) == [wanted.number]
    assert "<f>" not in cells
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.LIST_EXPORTED)
    assert (entry.actor, entry.data) == (call_agent, {"filters": {"masa": "2026-11-18"}, "rows": 1})


def test_the_log_is_for_agents_and_the_penyelia_alone(
    end_call: Callable[..., Call],
    call_agent: User,
    supervisor: User,
    teknis: User,
    vendor: User,
    receptionist: User,
    sign_in: Browse,
) -> None:
    call = end_call()
    paths = [reverse("callcenter:log"), reverse("callcenter:export"), call.get_absolute_url()]

    answers = {
        user.username: {sign_in(user).get(path).status_code for path in paths}
        for user in (call_agent, supervisor, teknis, vendor, receptionist)
    }

    assert answers == {
        "call_agent": {200},
        "supervisor": {200},
        "teknis": {404},
        "vendor": {404},
        "receptionist": {404},
    }
