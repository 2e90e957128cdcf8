"""The life of a call: one at a time, never without an outcome, whatever two windows do (R29, R37)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from callcenter.models import Call, CallEvent
from callcenter.services import calls, lookup
from core.fsm import Conflict
from escalation.services.sweep import sweep_clocks
from escalation.tiers import Tier
from tests.conftest import NOW
from tickets.models import Category, Ticket

pytestmark = [pytest.mark.standard("R29"), pytest.mark.django_db]
Browse = Callable[[User], Client]
MakeCall = Callable[..., Call]
Outcome = Call.Outcome
MINUTE = timedelta(minutes=1)
CALLER = {"caller_name": "Wulan Rekaan", "business_name": "CV Rekaan 1"}


def path(verb: str, call: Call) -> str:
    return reverse(f"callcenter:{verb}", args=[call.number])


def words(**given: Any) -> dict[str, Any]:
    """What stands in the form when a call is answered directly."""
    category = Category.objects.all()[0].pk
    told = {"question": "Lupa kata sandi.", "answer": "Pakai tautan Lupa Kata Sandi.", "category": category}
    return CALLER | told | {"outcome": Outcome.ANSWERED} | given


def kinds_of(call: Call) -> list[str]:
    return list(call.events.values_list("kind", flat=True))


def test_a_call_has_a_number_that_can_be_read_aloud(call_agent: User) -> None:
    call = calls.start_call(by=call_agent, now=NOW)

    assert call.number.startswith("CC-2026-000001-")
    assert kinds_of(call) == [CallEvent.Kind.STARTED]


def test_started_twice_it_is_one_call(call_agent: User, sign_in: Browse) -> None:
    browsers = sign_in(call_agent), sign_in(call_agent)

    answers = [browser.post(reverse("callcenter:start")) for browser in browsers]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Call.objects.count() == 1


def test_only_agents_start_calls(supervisor: User, vendor: User) -> None:
    for person in (supervisor, vendor):
        with pytest.raises(PermissionDenied):
            calls.start_call(by=person, now=NOW)


def test_each_agent_has_a_call_of_their_own(make_call: MakeCall, make_user: Callable[..., User]) -> None:
    colleague = make_user("call_agent2", (Role.CALL_AGENT, None))

    assert make_call() != make_call(by=colleague)


def test_a_forgotten_outcome_is_asked_for_before_the_next_call(make_call: MakeCall, call_agent: User) -> None:
    call = make_call()
    calls.hang_up(call.pk, by=call_agent, now=NOW + MINUTE)

    assert calls.start_call(by=call_agent, now=NOW + 20 * MINUTE) == call
    calls.end_call(call.pk, by=call_agent, now=NOW + 20 * MINUTE, outcome=Outcome.DROPPED)
    assert calls.start_call(by=call_agent, now=NOW + 20 * MINUTE) != call


@pytest.mark.standard("R37")
def test_what_counts_is_the_time_on_the_line(make_call: MakeCall, call_agent: User) -> None:
    call = make_call()
    for minutes in (4, 5):
        calls.hang_up(call.pk, by=call_agent, now=NOW + minutes * MINUTE)

    ended = calls.end_call(call.pk, by=call_agent, now=NOW + 20 * MINUTE, outcome=Outcome.DROPPED)

    assert (ended.duration, ended.ended_at) == (4 * MINUTE, NOW + 4 * MINUTE)
    assert kinds_of(call) == ["started", "hung_up", "ended"]


def test_an_outcome_ends_a_call_that_still_runs(make_call: MakeCall, call_agent: User) -> None:
    call = make_call()

    for minutes in (6, 7):
        calls.end_call(call.pk, by=call_agent, now=NOW + minutes * MINUTE, outcome=Outcome.DROPPED)

    call.refresh_from_db()
    assert call.duration == 6 * MINUTE
    assert kinds_of(call) == ["started", "ended"]


def test_once_it_has_an_outcome_the_other_window_is_told(
    make_call: MakeCall, call_agent: User, sign_in: Browse
) -> None:
    call, browser = make_call(), sign_in(call_agent)
    calls.end_call(call.pk, by=call_agent, now=NOW, outcome=Outcome.DROPPED)

    answers = {
        "keep": browser.post(path("keep", call), {"question": "Terlambat"}),
        "end": browser.post(path("end", call), words()),
        "hang_up": browser.post(path("hang_up", call)),
        "identify": browser.post(path("identify", call)),
        "look_up": browser.post(path("look_up", call), {"tiket": "TKT-2026-000001-8"}),
    }

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 409)
    assert "jendela lain" in browser.get(path("timer", call)).content.decode()
    call.refresh_from_db()
    assert (call.question, call.outcome) == ("", Outcome.DROPPED)


def test_a_colleague_changes_nothing_in_it(
    make_call: MakeCall, make_user: Callable[..., User], supervisor: User, sign_in: Browse
) -> None:
    call = make_call()

    for other in (make_user("call_agent2", (Role.CALL_AGENT, None)), supervisor):
        browser = sign_in(other)
        assert {browser.post(path(verb, call), words()).status_code for verb in ("keep", "end", "hang_up")} == {404}
        for act in (calls.keep, calls.hang_up):
            with pytest.raises(PermissionDenied):
                act(call.pk, by=other, now=NOW)


def test_words_are_kept_as_they_are_typed(make_call: MakeCall, call_agent: User, sign_in: Browse) -> None:
    call, browser = make_call(), sign_in(call_agent)

    piece = browser.post(
        path("keep", call), CALLER | {"question": "Lupa kata", "from_phone": "0812"}, headers={"HX-Request": "true"}
    )
    browser.post(path("keep", call), {"answer": "Pakai tautan"}, headers={"HX-Request": "true"})

    call.refresh_from_db()
    assert (call.caller_name, call.question, call.answer) == ("Wulan Rekaan", "Lupa kata", "Pakai tautan")
    assert call.from_phone == ""  # not a number yet
    assert "Nomor telepon" in piece.content.decode()
    assert "<html" not in piece.content.decode()
    page = browser.get(reverse("callcenter:desk")).content.decode()
    assert "Lupa kata" in page
    assert "Pakai tautan" in page


def test_who_calls_is_written_down_once(make_call: MakeCall, call_agent: User) -> None:
    call = make_call()

    for name in ("W", "Wu", "Wulan"):
        calls.keep(call.pk, by=call_agent, now=NOW, caller_name=name)

    assert kinds_of(call) == ["started", "identified"]


@pytest.mark.standard("R06, R27")
@pytest.mark.parametrize(
    ("field", "organisation"), [("business_name", "CV Rekaan 1"), ("institution_name", "Kabupaten Khayal")]
)
def test_who_calls_from_where_and_about_what_stands_in_the_record(
    make_call: MakeCall, call_agent: User, sign_in: Browse, field: str, organisation: str
) -> None:
    call, browser = make_call(), sign_in(call_agent)
    said = {"caller_name": "Wulan Rekaan", "question": "Unggahan jadwal ditolak.", field: organisation}

    browser.post(path("keep", call), said)
    browser.post(path("end", call), words(**{"business_name": ""} | said))

    record = browser.get(path("entry", call)).content.decode()
    assert [word for word in said.values() if word not in record] == []


@pytest.mark.standard("R30")
def test_a_direct_answer_says_what_was_asked_and_answered(
    make_call: MakeCall, call_agent: User, sign_in: Browse
) -> None:
    call, browser = make_call(), sign_in(call_agent)

    refused = browser.post(path("end", call), words(answer="", category="", caller_name=""))
    browser.post(path("end", call), words())

    assert refused.context["form"].errors.keys() == {"caller_name", "answer", "category"}
    assert "Lupa kata sandi." in refused.content.decode()
    call.refresh_from_db()
    assert (call.outcome, call.answer) == (Outcome.ANSWERED, "Pakai tautan Lupa Kata Sandi.")


@pytest.mark.standard("R06")
def test_for_whom_they_call_is_asked_before_the_call_ends_and_nothing_typed_is_lost(
    make_call: MakeCall, call_agent: User, sign_in: Browse
) -> None:
    call, browser = make_call(), sign_in(call_agent)

    refused = browser.post(path("end", call), words(business_name=""))
    kept = Call.objects.get()
    browser.post(path("end", call), words(business_name="", institution_name="tidak disebutkan"))

    assert refused.context["form"].errors.keys() == {"business_name"}
    assert (kept.outcome, kept.question, kept.answer) == ("", "Lupa kata sandi.", "Pakai tautan Lupa Kata Sandi.")
    call.refresh_from_db()
    assert (call.outcome, call.institution_name) == (Outcome.ANSWERED, "tidak disebutkan")


@pytest.mark.standard("R06")
def test_a_known_vendor_is_asked_for_the_business_and_nobody_else(
    make_call: MakeCall, call_agent: User, vendor: User, sign_in: Browse
) -> None:
    call = make_call(reporter=vendor.reporter)

    refused = sign_in(call_agent).post(path("end", call), words(business_name="", institution_name="Kabupaten Khayal"))

    assert refused.context["form"].errors.keys() == {"business_name"}


def test_a_line_that_broke_needs_no_words(make_call: MakeCall, call_agent: User, sign_in: Browse) -> None:
    call = make_call()

    sign_in(call_agent).post(path("end", call), {"outcome": Outcome.DROPPED})

    call.refresh_from_db()
    assert call.outcome == Outcome.DROPPED


@pytest.mark.parametrize("outcome", ["", "x", "\0"])
def test_there_is_no_way_out_without_an_outcome(
    make_call: MakeCall, call_agent: User, sign_in: Browse, outcome: str
) -> None:
    call = make_call()

    page = sign_in(call_agent).post(path("end", call), words(outcome=outcome))

    call.refresh_from_db()
    assert (page.status_code, call.outcome) == (200, "")


@pytest.mark.standard("A20, A21")
@pytest.mark.parametrize(
    ("tier", "outcome", "is_refused"),
    [
        (Tier.LPSE, Outcome.STATUS_GIVEN, False),
        (Tier.LPSE, Outcome.REFERRED, False),
        (Tier.TEKNIS, Outcome.STATUS_GIVEN, False),
        (Tier.TEKNIS, Outcome.REFERRED, True),
        (None, Outcome.STATUS_GIVEN, True),
        (None, Outcome.REFERRED, True),
        (Tier.TEKNIS, Outcome.CONFIRMATION, True),
        (None, Outcome.DIRECTED, True),
    ],
)
def test_an_outcome_tells_what_has_happened(
    make_call: MakeCall,
    ticket_in: Callable[..., Ticket],
    call_agent: User,
    tier: int | None,
    outcome: str,
    is_refused: bool,
) -> None:
    call = make_call(**CALLER)
    if tier:
        number = ticket_in(tier).number
        lookup.look_up(call.pk, by=call_agent, now=NOW, number=number, address="")

    try:
        calls.end_call(call.pk, by=call_agent, now=NOW, outcome=outcome)
    except Conflict:
        assert is_refused
    else:
        assert not is_refused


def test_a_known_caller_is_filled_in_and_taken_back(
    make_call: MakeCall, call_agent: User, ppk: User, sign_in: Browse
) -> None:
    call, browser = make_call(), sign_in(call_agent)

    browser.post(path("identify", call), {"pelapor": ppk.reporter.pk})
    call.refresh_from_db()
    known = (call.reporter, call.caller_name, call.institution_name, call.from_phone)
    browser.post(path("identify", call), {"pelapor": ""})
    call.refresh_from_db()

    assert known == (ppk.reporter, "Dewi Contoh", "Dinas Khayal", "+6281200000003")
    assert (call.reporter, call.caller_name, call.institution_name) == (None, "", "")


@pytest.mark.parametrize("pelapor", ["x", "-1", "9" * 50, "٣", "\0"])
def test_nonsense_is_nobody_known(make_call: MakeCall, call_agent: User, sign_in: Browse, pelapor: str) -> None:
    call = make_call()

    assert sign_in(call_agent).post(path("identify", call), {"pelapor": pelapor}).status_code == 302


@pytest.mark.standard("R37")
@pytest.mark.parametrize(
    ("minutes", "face", "state"),
    [(0, "00.00", "run"), (4.99, "04.59", "run"), (5, "05.00", "near"), (10, "10.00", "late")],
)
def test_the_timer_turns_amber_at_5_and_red_at_10_minutes_and_says_so(
    make_call: MakeCall, call_agent: User, sign_in: Browse, minutes: float, face: str, state: str
) -> None:
    call = make_call()

    with time_machine.travel(NOW + minutes * MINUTE, tick=False):
        html = sign_in(call_agent).get(path("timer", call)).content.decode()

    assert face in html
    assert f"clock--{state}" in html
    assert ("Lewat" in html) == (state != "run")
    assert "every 15s" in html


def test_a_call_that_was_hung_up_counts_no_further(make_call: MakeCall, call_agent: User, sign_in: Browse) -> None:
    call = make_call()
    calls.hang_up(call.pk, by=call_agent, now=NOW + 3 * MINUTE)

    with time_machine.travel(NOW + 30 * MINUTE, tick=False):
        html = sign_in(call_agent).get(path("timer", call)).content.decode()

    assert "03.00" in html
    assert "every 15s" not in html


@pytest.mark.standard("R39, A16")
def test_a_call_uses_up_no_priority(
    make_call: MakeCall, ticket_in: Callable[..., Ticket], call_agent: User, vendor: User, sign_in: Browse
) -> None:
    ticket_in(Tier.LPSE, now=NOW - timedelta(days=14))
    sweep_clocks(now=NOW)
    call, browser = make_call(), sign_in(call_agent)

    browser.post(path("identify", call), {"pelapor": vendor.reporter.pk})
    page = browser.get(reverse("callcenter:desk")).content.decode()
    browser.post(path("end", call), words())

    assert "berlaku untuk tiket atau kunjungan berikutnya" in page
    assert vendor.reporter.entitlements.get().redeemed_at is None
