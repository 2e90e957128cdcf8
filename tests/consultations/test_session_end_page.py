"""The pages on which a consultation ends, and on which its hour is excused (R25, R35, A17)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from consultations.models import Visit
from escalation.services.sweep import sweep_clocks
from escalation.tiers import Tier
from tests.conftest import NOW
from tests.consultations import pages
from tests.consultations.pages import MINUTE, Browse, Make, State, ending, file, path
from tests.tickets.acts import do
from tests.tickets.pages import text_of, token_in
from tickets.models import Draft, Ticket

pytestmark = pytest.mark.django_db
today, session, officer, written = pages.today, pages.session, pages.officer, pages.written
Status = Ticket.Status


def test_the_solution_begins_with_the_answer(written: Visit, officer: Client) -> None:
    assert "Kosongkan tembolok.</textarea>" in officer.get(path("end", written)).content.decode()


@pytest.mark.parametrize(
    ("words", "status", "tier"),
    [
        ({"outcome": "solved", "solution": "Selesai.", "agreed": "on"}, Status.CLOSED, Tier.EPROC),
        (
            {"outcome": "awaiting_data", "text": "Mohon.", "items": "NIB\nKTP", "reply_by": "23-11-2026"},
            Status.AWAITING_DATA,
            Tier.EPROC,
        ),
        ({"outcome": "escalated", "to": "3", "analysis": "Cacat.", "line": "Diteruskan."}, Status.NEW, Tier.TEKNIS),
        ({"outcome": "escalated", "to": "4", "analysis": "Cacat.", "line": "Diteruskan."}, Status.NEW, Tier.TIM_TEKNIS),
    ],
)
@pytest.mark.standard("R25")
def test_a_session_ends_from_its_page(
    words: dict[str, str], status: str, tier: int, written: Visit, officer: Client
) -> None:
    answer = officer.post(path("end", written), ending(officer, written, **words))

    ticket = Ticket.objects.get()
    assert answer.url == path("receipt", written)
    assert (ticket.status, ticket.tier) == (status, tier)
    assert Visit.objects.get(pk=written.pk).is_finished
    assert officer.get(path("session", written)).url == path("receipt", written)
    assert officer.get(path("end", written)).url == path("receipt", written)


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ({}, "Pilih Hasil konsultasi."),
        ({"outcome": "solved", "solution": " "}, "Isi Hasil penyelesaian."),
        ({"outcome": "awaiting_data", "reply_by": "1-1-2020"}, "Isi Data yang diminta."),
        ({"outcome": "escalated", "analysis": "Cacat.", "reply_by": "x"}, "Pilih Unit tujuan."),
        ({"outcome": "nonsense"}, "Hasil konsultasi"),
    ],
)
def test_only_what_the_outcome_needs_is_asked_for(
    words: dict[str, str], missing: str, written: Visit, officer: Client
) -> None:
    answer = officer.post(path("end", written), ending(officer, written, **words))

    page = text_of(answer)
    assert answer.status_code == 200
    assert missing in page
    assert ("Tulis tanggal" in page) is False
    for typed in words.values():
        assert typed in answer.content.decode() or typed == "nonsense"
    assert Visit.objects.get(pk=written.pk).is_in_session


def test_a_ticket_that_changed_meanwhile_keeps_the_words(written: Visit, officer: Client) -> None:
    form = ending(officer, written, outcome="solved", solution="Solusi yang panjang.")
    assert written.officer is not None
    do("reply", Ticket.objects.get(), written.officer, NOW + 20 * MINUTE)

    stale = officer.post(path("end", written), form)

    assert stale.status_code == 409
    assert "Solusi yang panjang." in stale.content.decode()
    again = form | {"draf": token_in(stale), "version": Ticket.objects.get().version}
    assert officer.post(path("end", written), again).status_code == 302


def test_a_double_click_ends_once(written: Visit, officer: Client) -> None:
    form = ending(officer, written, outcome="solved", solution="Selesai.")

    answers = [officer.post(path("end", written), form).url for _ in range(2)]

    assert answers == [path("receipt", written)] * 2
    assert Ticket.objects.get().events.filter(kind="resolved").count() == 1


def test_after_an_escalation_on_the_tickets_page_ending_only_ends(written: Visit, officer: Client) -> None:
    late = ending(officer, written, outcome="solved", solution="Solusi yang panjang.")
    assert written.officer is not None
    do("escalate", Ticket.objects.get(), written.officer, NOW + 20 * MINUTE)

    refused = officer.post(path("end", written), late)
    page = officer.get(path("end", written))
    ended = officer.post(path("end", written), {"draf": token_in(page)})

    assert refused.status_code == 409
    assert "Solusi yang panjang." in refused.content.decode()
    assert "kini berada di Helpdesk Teknis" in text_of(page)
    assert ended.url == path("receipt", written)


def test_a_person_with_an_account_is_not_asked_to_agree(
    make_visit: Make, vendor: User, sign_in: Browse, facts: dict[str, Any], written: Visit, officer: Client
) -> None:
    visit = make_visit(State.IN_SESSION, reporter=vendor.reporter, room=2)
    assert visit.officer is not None
    browser = sign_in(visit.officer)
    file(browser, visit, facts)

    assert "setuju tiket ditutup" not in text_of(browser.get(path("end", visit)))
    assert "setuju tiket ditutup" in text_of(officer.get(path("end", written)))


def test_the_tickets_own_page_leads_back(
    written: Visit, officer: Client, officers: list[User], sign_in: Browse
) -> None:
    address = Ticket.objects.get().get_absolute_url()

    own, other = (browser.get(address).content.decode() for browser in (officer, sign_in(officers[1])))

    assert f'href="{path("session", written)}"' in own
    assert f'href="{path("visit", written)}"' in other
    assert path("session", written) not in other


@pytest.mark.parametrize("name", ["session", "end"])
def test_another_officer_and_the_front_desk_have_no_business_here(
    name: str, written: Visit, officers: list[User], receptionist: User, eproc: User, sign_in: Browse
) -> None:
    answers = [sign_in(person).get(path(name, written)).status_code for person in (officers[1], receptionist, eproc)]

    assert answers == [403, 403, 404]


# Why it took longer


def test_the_officer_asks_and_the_penyelia_agrees(
    written: Visit, officer: Client, supervisor: User, sign_in: Browse, today: Any
) -> None:
    today.move_to(NOW + 70 * MINUTE)
    sweep_clocks(now=NOW + 70 * MINUTE)
    browser = sign_in(supervisor)
    page = officer.get(path("ask_excuse", written))

    empty = officer.post(path("ask_excuse", written), {"draf": token_in(page)})
    form = {"draf": token_in(page), "excuse": "condition", "note": "Basis data diperiksa bersama."}
    asked = officer.post(path("ask_excuse", written), form, follow=True)
    shown = browser.get(path("agree_excuse", written))
    agreed = browser.post(path("agree_excuse", written), follow=True)

    assert "Pilih Alasan." in text_of(empty)
    assert "menunggu keputusan Penyelia" in text_of(asked)
    assert "Basis data diperiksa bersama." in text_of(shown)
    assert "68 dari 60 menit" in text_of(shown)
    assert "Dikecualikan" in text_of(agreed)
    assert not Draft.objects.filter(form=path("ask_excuse", written)).exists()


def test_the_breaches_page_leads_to_the_reason(written: Visit, supervisor: User, sign_in: Browse, today: Any) -> None:
    today.move_to(NOW + 70 * MINUTE)
    sweep_clocks(now=NOW + 70 * MINUTE)

    page = sign_in(supervisor).get(reverse("escalation:breaches")).content.decode()

    assert f'href="{path("agree_excuse", written)}"' in page


def test_words_for_the_penyelia_survive_an_ended_session_of_the_browser(
    written: Visit, officer: Client, sign_in: Browse, today: Any
) -> None:
    today.move_to(NOW + 70 * MINUTE)
    token = token_in(officer.get(path("ask_excuse", written)))

    Client().post(path("ask_excuse", written), {"draf": token, "note": "Panjang sekali."})

    assert "Panjang sekali." in officer.get(path("ask_excuse", written)).content.decode()
