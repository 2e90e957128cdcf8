"""The officer's pages as a browser uses them: nothing typed is lost, and nothing is done twice (R23–R25)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Reporter, User
from consultations.models import Room, Visit
from consultations.services import sessions
from escalation.tiers import Tier
from tests.conftest import NOW
from tests.consultations import pages
from tests.consultations.pages import MINUTE, Browse, Make, State, file, filled, path
from tests.tickets.pages import PDF, text_of, token_in, upload
from tickets.models import Attachment, Draft, Ticket
from tickets.views.drafted import SALT

pytestmark = pytest.mark.django_db
today, session, officer = pages.today, pages.session, pages.officer
ROOMS = reverse("consultations:rooms")


# The first page


def test_an_officer_sees_who_is_on_the_way_and_begins(make_visit: Make, sign_in: Browse, consultant: User) -> None:
    visit, browser = make_visit(State.DIRECTED), sign_in(consultant)

    page = text_of(browser.get(ROOMS))
    begun = browser.post(path("start", visit), follow=True)

    assert f"{visit.queue_number} {visit.reporter.name}" in page
    assert "Mulai Konsultasi" in page
    assert begun.redirect_chain == [(path("session", visit), 302)]
    assert "Lanjutkan konsultasi" in text_of(browser.get(ROOMS))


def test_a_second_click_on_start_opens_the_session(session: Visit, officer: Client) -> None:
    assert officer.post(path("start", session)).url == path("session", session)


def test_an_officer_chooses_a_room_and_leaves_it(
    rooms: list[Room], make_visit: Make, sign_in: Browse, consultant: User
) -> None:
    make_visit(State.DIRECTED, room=2)
    browser = sign_in(consultant)

    offered = text_of(browser.get(ROOMS))
    moved = browser.post(reverse("consultations:sit_down"), {"room": rooms[3].pk}, follow=True)
    taken = browser.post(reverse("consultations:sit_down"), {"room": rooms[1].pk}, follow=True)
    left = browser.post(reverse("consultations:stand_up"), follow=True)

    assert "Pilih ruang Ruang 3 (Consultant3) Ruang 4 Pindah ruang" in offered
    assert "Anda menerima tamu di Ruang 4" in text_of(moved)
    assert "Ruang itu tidak lagi kosong" in text_of(taken)
    assert "Pilih ruang lebih dahulu" in text_of(left)


def test_the_board_costs_the_same_however_many_wait(
    session: Visit, make_visit: Make, officer: Client, facts: dict[str, Any]
) -> None:
    file(officer, session, facts)
    officer.get(ROOMS)  # says that it is filed, once
    counts = []

    for more in (1, 5):
        for _ in range(more):
            make_visit(is_vulnerable=True)
        with CaptureQueriesContext(connection) as queries:
            officer.get(ROOMS)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 16


@pytest.mark.parametrize("room", ["", "0", "x", "9" * 40, "\0"])
def test_nonsense_for_a_room_is_refused_in_words(
    room: str, rooms: list[Room], sign_in: Browse, consultant: User
) -> None:
    answer = sign_in(consultant).post(reverse("consultations:sit_down"), {"room": room}, follow=True)

    assert answer.status_code in (200, 400)


def test_the_board_says_who_is_where_who_waits_and_for_how_long(
    session: Visit, make_visit: Make, sign_in: Browse, supervisor: User
) -> None:
    make_visit(State.DIRECTED, room=2)
    make_visit(is_vulnerable=True)

    answer = sign_in(supervisor).get(ROOMS, headers={"HX-Request": "true"})

    board = text_of(answer)
    assert "Ruang 1 Sisa 42 menit 18 menit A-001 · Hasan Khayal" in board
    assert "Ruang 2 Dipanggil A-002" in board
    assert "Ruang 3 Kosong Consultant3 siap menerima" in board
    assert "1 tamu, paling lama 20 menit" in board
    assert "Kelompok Rentan" in board
    assert "Tamu Anda" not in board
    assert "<html" not in answer.content.decode()


def test_tickets_of_earlier_visits_wait_on_the_first_page(
    session: Visit, officer: Client, facts: dict[str, Any]
) -> None:
    file(officer, session, facts)

    assert "Tidak dapat masuk" in text_of(officer.get(ROOMS))


# Writing


def test_the_form_begins_with_what_was_written_at_reception(session: Visit, officer: Client) -> None:
    page = officer.get(path("session", session)).content.decode()

    assert 'value="Gagal masuk."' in page
    assert 'value="ERR-17"' in page
    assert "Gagal masuk.\nMuncul pesan salah.</textarea>" in page


@pytest.mark.standard("R23")
def test_question_and_answer_become_a_ticket(session: Visit, officer: Client, facts: dict[str, Any]) -> None:
    answer = file(officer, session, facts, files=upload("nib.pdf", PDF))

    ticket = Ticket.objects.get()
    assert answer.url == path("session", session)
    assert (ticket.title, ticket.description) == ("Tidak dapat masuk", "Muncul pesan salah.")
    assert Attachment.objects.get(event__ticket=ticket).name == "nib.pdf"
    assert not Draft.objects.exists()
    page = text_of(officer.get(path("session", session)))
    assert ticket.number in page
    assert "Dilewati: konsultasi" in page
    assert "Akhiri Konsultasi" in page


def test_a_category_that_wants_a_package_code_does_not_hold_up_the_ticket(
    session: Visit, officer: Client, facts: dict[str, Any]
) -> None:
    facts["subcategory"].needs_package_code = facts["subcategory"].needs_nib = True
    facts["subcategory"].save()

    assert file(officer, session, facts).status_code == 302


def test_staff_of_an_lpse_are_not_asked_for_their_lpse(
    make_visit: Make, author: User, sign_in: Browse, consultant: User, facts: dict[str, Any]
) -> None:
    visit = make_visit(State.IN_SESSION, reporter=author.reporter)

    answer = file(sign_in(consultant), visit, facts | {"lpse": facts["application"]})

    assert answer.status_code == 302
    assert Ticket.objects.get().lpse == author.reporter.lpse


def test_refused_words_stay(session: Visit, officer: Client, facts: dict[str, Any]) -> None:
    answer = file(officer, session, facts, title="", application="")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Isi Judul Tiket." in page
    assert "Kosongkan tembolok." in page
    assert not Ticket.objects.exists()


def test_what_is_typed_is_kept_and_back_after_a_reload(session: Visit, officer: Client) -> None:
    address = path("session", session)
    token = token_in(officer.get(address))

    officer.post(f"{reverse('tickets:save_draft')}?untuk={address}", {"draf": token, "answer": "Baru setengah"})

    page = officer.get(address).content.decode()
    assert "Baru setengah" in page
    assert "belum terkirim kami pulihkan" in page


def test_an_ended_session_of_the_browser_loses_nothing(
    session: Visit, officer: Client, facts: dict[str, Any], sign_in: Browse
) -> None:
    address = path("session", session)
    form = filled(officer.get(address), facts)

    answer = Client().post(address, form)

    assert answer.status_code == 302
    assert session.officer is not None
    assert "Kosongkan tembolok." in sign_in(session.officer).get(address).content.decode()
    assert not Ticket.objects.exists()


def test_a_double_click_makes_one_ticket(session: Visit, officer: Client, facts: dict[str, Any]) -> None:
    address = path("session", session)
    form = filled(officer.get(address), facts)

    answers = [officer.post(address, form).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Ticket.objects.count() == 1
    assert not Draft.objects.exists()


def test_a_second_tab_with_other_words_is_told_and_keeps_them(
    session: Visit, officer: Client, facts: dict[str, Any]
) -> None:
    address = path("session", session)
    first, second = (filled(officer.get(address), facts) for _ in range(2))
    officer.post(address, first)

    same_key = officer.post(address, first | {"answer": "Jawaban lain."})
    other_key = officer.post(address, second | {"answer": "Jawaban ketiga."})

    assert (same_key.status_code, other_key.status_code) == (409, 409)
    assert "Jawaban lain." in same_key.content.decode()
    assert "Jawaban ketiga." in other_key.content.decode()
    assert Ticket.objects.count() == 1


def test_other_tickets_are_linked_only_where_they_open(
    make_visit: Make, vendor: User, ticket_in: Callable[..., Ticket], sign_in: Browse
) -> None:
    hidden, seen = ticket_in(Tier.LPSE, title="Masih di LPSE"), ticket_in(Tier.TEKNIS, title="Sudah di LKPP")
    visit = make_visit(State.IN_SESSION, reporter=vendor.reporter, ticket_number=seen.number)
    assert visit.officer is not None

    page = sign_in(visit.officer).get(path("session", visit)).content.decode()

    assert "Masih di LPSE" in page
    assert hidden.get_absolute_url() not in page
    assert page.count(f'href="{seen.get_absolute_url()}"') == 2


def test_earlier_visits_are_listed(
    make_visit: Make, visitor: Reporter, sign_in: Browse, consultant: User, today: Any
) -> None:
    earlier = make_visit(State.FINISHED, reporter=visitor, now=NOW - timedelta(days=7))
    visit = make_visit(State.IN_SESSION, reporter=visitor)

    page = sign_in(consultant).get(path("session", visit)).content.decode()

    assert f'href="{path("visit", earlier)}"' in page
    assert "Rabu, 11 November 2026" in page


# The timer


@pytest.mark.standard("R35")
@pytest.mark.parametrize(
    ("minutes", "css", "words"),
    [
        (10, 'class=""', "Mulai pukul 09.14, batas waktu pukul 10.14."),
        (45, 'class="progress--warn"', "Batas waktu pukul 10.14. Mulailah menyimpulkan"),
        (61, 'class="progress--late"', "Batas waktu pukul 10.14 sudah lewat. Tamu memperoleh prioritas"),
    ],
)
def test_the_timer_is_drawn_by_the_server_each_half_minute(
    minutes: int, css: str, words: str, session: Visit, officer: Client, today: Any
) -> None:
    today.move_to(NOW + (2 + minutes) * MINUTE)

    answer = officer.get(path("session", session), headers={"HX-Request": "true"})

    assert f"{minutes} dari 60 menit" in text_of(answer)
    assert words in text_of(answer)
    assert css in answer.content.decode()
    assert 'hx-trigger="every 30s"' in answer.content.decode()
    assert "<form" not in answer.content.decode()


@pytest.mark.parametrize("number", ["BT-20261118-999", "x", "%00", "1" * 500])
@pytest.mark.parametrize("name", ["session", "end", "receipt", "ask_excuse", "agree_excuse"])
def test_a_number_that_is_none_opens_nothing(name: str, number: str, sign_in: Browse, consultant: User) -> None:
    address = reverse(f"consultations:{name}", args=["X"]).replace("X", number)

    assert sign_in(consultant).get(address).status_code in (400, 404)


def test_a_forged_token_makes_no_ticket_in_anothers_name(
    session: Visit, officer: Client, facts: dict[str, Any], other_vendor: User
) -> None:
    form = filled(officer.get(path("session", session)), facts)
    form["draf"] = signing.dumps(["0" * 32, other_vendor.pk], salt=SALT)

    answer = officer.post(path("session", session), form)

    assert answer.status_code == 200
    assert not Ticket.objects.exists()
    assert sessions.active_visit(session.officer) == session
