"""The demo stays away from real data, and keeps office hours."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.demo import USERNAMES
from accounts.models import User
from tickets.demo.hours import dated, moment
from tickets.demo.people import make_people
from tickets.models import Ticket

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday 11.00 WIB


def test_demo_data_is_refused_outside_demo_mode_and_in_a_database_that_is_in_use(settings: Any, vendor: User) -> None:
    settings.DEMO_MODE, settings.DEMO_PASSWORD = False, "rekaan-26-2022"
    with pytest.raises(CommandError, match="demo mode only"):
        call_command("seed_demo")

    settings.DEMO_MODE = True
    with pytest.raises(CommandError, match="already has accounts"):
        call_command("seed_demo")

    assert not Ticket.objects.exists()


def test_demo_accounts_are_shown_in_demo_mode_only(settings: Any, client: Client, db: None) -> None:
    settings.DEMO_MODE, settings.DEMO_PASSWORD = True, "rekaan-26-2022"
    make_people(settings.DEMO_PASSWORD)
    printed = StringIO()
    call_command("demo_accounts", stdout=printed)
    page = client.get(reverse("account_login")).content.decode()
    for username in USERNAMES:
        assert username in printed.getvalue()
        assert username in page
    assert settings.DEMO_PASSWORD in printed.getvalue()
    assert settings.DEMO_PASSWORD in page

    settings.DEMO_MODE = False

    with pytest.raises(CommandError):
        call_command("demo_accounts")
    assert settings.DEMO_PASSWORD not in client.get(reverse("account_login")).content.decode()


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
def test_demo_moments_lie_in_office_hours_of_both_units_and_before_now(zone: str) -> None:
    for hours in range(7 * 24):
        now = NOW + timedelta(hours=hours, minutes=7)
        moments = [moment(age, zone=zone, now=now) for age in (29.8, 12.01, 4.0, 1.99, 0.9, 0.0)]

        assert moments == sorted(moments)
        assert moments[-1] <= now
        for at in moments:
            for unit in (zone, "Asia/Jakarta"):
                local = at.astimezone(ZoneInfo(unit))
                assert local.weekday() < 5
                assert 8 <= local.hour < 16 or (local.hour, local.minute) == (16, 0)


def test_dates_in_demo_texts_are_counted_from_filing() -> None:
    assert dated("sampai {+8}, sejak {-20}.", NOW) == "sampai 1 Desember 2026, sejak 3 November 2026."
