"""The Penyelia changes a promise: for what starts from then on, with a reason, written down."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit.models import AuditEntry
from escalation.models import Promise
from escalation.models.promise import Unit
from escalation.services.clocks import start_clock
from tests.conftest import NOW

UNITS = {"R33": Unit.WORKING_DAYS, "R35": Unit.MINUTES, "R37": Unit.MINUTES, "R45": Unit.HOURS}
GOOD = {
    "limit": "4",
    "warn_percents": "25, 75",
    "warns_last_morning": "",
    "earns_entitlement": "on",
    "reason": "Keputusan Direktur.",
}


@pytest.fixture
def page(supervisor: User, sign_in: Callable[[User], Client]) -> Client:
    """The browser of the Penyelia."""
    return sign_in(supervisor)


def path_of(code: str) -> str:
    return f"/janji-layanan/{Promise.objects.get(code=code).pk}/"


def numbers_of(code: str) -> dict[str, Any]:
    return Promise.objects.filter(code=code).values().get()


@pytest.mark.standard("R33")
def test_a_changed_promise_holds_for_what_starts_from_then_on(page: Client, supervisor: User) -> None:
    running = start_clock("R33", case="UJI-1", url="/", reporter=None, lpse=None, now=NOW)
    due_at = running.due_at

    with time_machine.travel(NOW, tick=False):
        answer = page.post(path_of("R33"), GOOD)

    assert answer.status_code == 302
    running.refresh_from_db()
    assert (running.limit, running.due_at) == (3, due_at)
    later = start_clock("R33", case="UJI-2", url="/", reporter=None, lpse=None, now=NOW)
    assert later.limit == 4
    assert sorted(later.points.values_list("kind", "value")) == [("part", 25), ("part", 75)]
    entry = AuditEntry.objects.get(kind="promise_changed")
    assert (entry.actor, entry.at, entry.data["reason"]) == (supervisor, NOW, "Keputusan Direktur.")
    assert (entry.data["before"]["limit"], entry.data["after"]["limit"]) == (3, 4)
    assert (entry.data["before"]["warn_percents"], entry.data["after"]["warn_percents"]) == ([50, 80], [25, 75])


@pytest.mark.parametrize(
    ("code", "typed", "says"),
    [
        ("R33", {"limit": "0"}, "1"),
        ("R33", {"limit": "1000"}, "999"),
        ("R33", {"limit": ""}, "Isi Batas."),
        ("R33", {"warn_percents": "0"}, "dari 1 sampai 99"),
        ("R33", {"warn_percents": "50, 100"}, "dari 1 sampai 99"),
        ("R33", {"warn_percents": "setengah"}, "dari 1 sampai 99"),
        ("R33", {"warn_percents": "1,2,3,4,5,6"}, "paling banyak 5"),
        ("R33", {"reason": ""}, "Isi Alasan perubahan."),
        ("A06", {"remind_days": "3, 10", "limit": "10"}, "Pengingat harus sebelum hari kerja ke-10."),
    ],
)
def test_numbers_out_of_bounds_are_refused(page: Client, code: str, typed: dict[str, str], says: str) -> None:
    before = numbers_of(code)

    answer = page.post(path_of(code), GOOD | typed)

    assert says in answer.content.decode()
    assert "Galat:" in answer.content.decode()
    assert numbers_of(code) == before


def test_percents_are_sorted_and_told_once(page: Client) -> None:
    page.post(path_of("R33"), GOOD | {"warn_percents": "80,50, 80"})

    assert numbers_of("R33")["warn_percents"] == [50, 80]
    assert 'value="50, 80"' in page.get(path_of("R33")).content.decode()


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("R33", {"limit", "warn_percents", "warns_last_morning", "earns_entitlement", "reason"}),
        ("A06", {"limit", "remind_days", "reason"}),
        ("R35", {"limit", "warn_percents", "earns_entitlement", "reason"}),
        ("R45", {"limit", "warn_percents", "warns_last_morning", "reason"}),
    ],
)
def test_a_promise_is_asked_only_what_makes_sense_for_it(page: Client, code: str, asked: set[str]) -> None:
    html = page.get(path_of(code)).content.decode()

    assert set(re.findall(r'id="id_(\w+)"', html)) - {"limit_helptext"} >= asked
    assert set(re.findall(r'<(?:input|textarea)[^>]* name="(\w+)"', html)) >= asked
    hidden = {"warn_percents", "warns_last_morning", "remind_days", "earns_entitlement"} - asked
    assert not [name for name in hidden if f'name="{name}"' in html]


def test_what_is_not_asked_is_not_changed(page: Client) -> None:
    page.post(path_of("R45"), GOOD | {"remind_days": "1"})

    assert (numbers_of("R45")["earns_entitlement"], numbers_of("R45")["remind_days"]) == (False, [])


def test_the_list_tells_every_promise_in_words(page: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        html = page.get("/janji-layanan/").content.decode()

    for words in ("R33", "3 hari kerja", "72 jam pada hari kerja", "60 menit", "50%, 80%", "Prioritas Kompensasi"):
        assert words in html
    assert "Batas waktu yang sudah berjalan tetap." in html
    assert len(queries) == 6


@pytest.mark.parametrize(
    ("code", "limit", "words"),
    [
        pytest.param("R33", 3, "3 hari kerja", marks=pytest.mark.standard("R33")),
        pytest.param("R35", 60, "1 jam", marks=pytest.mark.standard("R35")),
        ("R35", 45, "45 menit"),
        pytest.param("R37", 10, "5–10 menit", marks=pytest.mark.standard("R37")),
        ("R37", 1, "1 menit"),
        pytest.param("R45", 72, "3 × 24 jam (hari kerja)", marks=pytest.mark.standard("R45")),
        ("R45", 36, "36 jam pada hari kerja"),
    ],
)
def test_in_public_a_limit_is_worded_as_in_the_standard(code: str, limit: int, words: str) -> None:
    assert Promise(code=code, limit=limit, unit=UNITS[code]).public_words == words


@pytest.mark.standard("R45")
@pytest.mark.parametrize("path", ["/pengaduan/", "/pengaduan/kirim/"])
def test_a_changed_promise_of_an_answer_shows_where_people_complain(page: Client, path: str) -> None:
    before = page.get(path).content.decode()

    page.post(path_of("R45"), GOOD | {"limit": "48"})

    assert "3 × 24 jam (hari kerja)" in before
    assert "2 × 24 jam (hari kerja)" in page.get(path).content.decode()


@pytest.mark.standard("R37")
def test_a_changed_promise_of_a_call_shows_on_the_screen_of_the_agent(
    page: Client, call_agent: User, sign_in: Callable[[User], Client]
) -> None:
    page.post(path_of("R37"), GOOD | {"limit": "12"})
    browser = sign_in(call_agent)
    idle = browser.get("/panggilan/").content.decode()

    browser.post("/panggilan/mulai/")

    assert "6–12 menit" in idle
    assert "Sasaran 6–12 menit" in browser.get("/panggilan/").content.decode()
