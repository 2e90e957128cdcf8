"""The receipt: what a visitor takes home, and the access code that nobody sees twice (R25, R26)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Reporter, User
from audit.models import AuditEntry
from consultations.models import Visit
from consultations.services import sessions
from consultations.services.sessions import Outcome
from notifications.models import Notification
from notifications.services.relay import relay
from tests.conftest import NOW
from tests.tickets.acts import do
from tests.tickets.pages import text_of
from tickets.models import Ticket
from tracking.models import AccessCode

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
Make = Callable[..., Visit]
State = Visit.State
LATER = NOW + timedelta(minutes=20)


@pytest.fixture(autouse=True)
def today() -> Any:
    """The receipt is printed at the end of the consultation."""
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def ended(make_visit: Make, visitor: Reporter, facts: dict[str, Any]) -> Callable[..., Visit]:
    """A consultation that ended with this outcome."""

    def end(outcome: str = Outcome.TEKNIS, reporter: Reporter = visitor, **words: Any) -> Visit:
        visit = make_visit(State.IN_SESSION, reporter=reporter)
        sent: dict[str, Any] = {"by": visit.officer, "now": LATER}
        ticket = sessions.file_ticket(visit.pk, key=uuid4(), facts=facts, answer="", **sent)
        words = words or {"analysis": "Cacat pada aplikasi.", "line": "Kami teruskan."}
        sessions.end_session(visit.pk, key=uuid4(), version=ticket.version, outcome=outcome, **sent, **words)
        return Visit.objects.select_related("ticket", "officer", "reporter__user").get(pk=visit.pk)

    return end


def path(visit: Visit) -> str:
    return reverse("consultations:receipt", args=[visit.number])


def make_code(browser: Client, visit: Visit) -> Any:
    """Press the button of the receipt."""
    found = re.search(r'name="generation" value="(\d+)"', browser.get(path(visit)).content.decode())
    return browser.post(path(visit), {"generation": found[1] if found else ""})


def code_in(answer: Any) -> str:
    """Return the access code on a receipt."""
    words = text_of(answer).split()
    return words[words.index("Akses") + 1]


@pytest.mark.standard("R25")
def test_it_tells_number_position_and_what_happens_next(
    ended: Callable[..., Visit], sign_in: Browse, consultant: User
) -> None:
    visit = ended()

    page = text_of(sign_in(consultant).get(path(visit)))

    assert str(visit.ticket) in page
    assert "Hasan Khayal, PT Awan Contoh Teknologi" in page
    assert "Helpdesk Teknis melanjutkan penanganan" in page
    assert "Senin, 23 November 2026 pukul 16.00 WIB" in page
    assert "http://localhost:8000/lacak/" in page
    assert "kode sekali pakai kami kirim ke hasan@contoh.invalid" in page
    assert "Cacat pada aplikasi." not in page


@pytest.mark.parametrize(
    ("outcome", "words", "says"),
    [
        (Outcome.SOLVED, {"solution": "Kosongkan tembolok.", "agreed": True}, "ditutup dengan persetujuan Anda"),
        (Outcome.SOLVED, {"solution": "Kosongkan tembolok.", "agreed": False}, "konfirmasi penutupan tiket"),
        (
            Outcome.AWAITING_DATA,
            {"text": "Mohon.", "items": ["NIB"], "reply_by": (NOW + timedelta(days=5)).date()},
            "Data yang kami tunggu sampai Senin, 23 November 2026 NIB",
        ),
        (Outcome.TIM_TEKNIS, {"analysis": "Cacat.", "line": "Diteruskan."}, "Tim Teknis melanjutkan"),
    ],
)
def test_it_says_what_became_of_the_ticket(
    outcome: str,
    words: dict[str, Any],
    says: str,
    ended: Callable[..., Visit],
    sign_in: Browse,
    consultant: User,
) -> None:
    assert says in text_of(sign_in(consultant).get(path(ended(outcome, **words))))


@pytest.mark.standard("R26, R36")
def test_the_code_is_shown_once_and_opens_the_ticket(
    ended: Callable[..., Visit], sign_in: Browse, consultant: User
) -> None:
    visit, officer, guest = ended(), sign_in(consultant), Client()

    before = officer.get(path(visit))
    made = make_code(officer, visit)
    after = officer.get(path(visit))

    code = code_in(made)
    assert "Kode Akses" not in text_of(before)
    assert code not in text_of(after)
    assert "tidak dapat ditampilkan lagi" in text_of(after)
    assert made["Cache-Control"] == "private, no-store"
    opened = guest.post(reverse("tracking:track"), {"nomor": str(visit.ticket), "kode": code}, follow=True)
    assert "Helpdesk Teknis" in text_of(opened)


def test_the_code_is_kept_nowhere(ended: Callable[..., Visit], sign_in: Browse, consultant: User) -> None:
    visit = ended()

    code = code_in(make_code(sign_in(consultant), visit))
    relay(now=LATER)

    stored = [*AccessCode.objects.values(), *Notification.objects.values(), *AuditEntry.objects.values()]
    assert code not in str(stored)
    assert code.replace("-", "") not in str(stored)


@pytest.mark.parametrize("generation", ["0", "", "x", "7", "9" * 40])
def test_a_page_sent_again_leaves_the_code_on_paper_good(
    generation: str, ended: Callable[..., Visit], sign_in: Browse, consultant: User
) -> None:
    visit, officer = ended(), sign_in(consultant)
    code = code_in(make_code(officer, visit))

    again = officer.post(path(visit), {"generation": generation})

    opened = Client().post(reverse("tracking:track"), {"nomor": str(visit.ticket), "kode": code})
    assert again.url == path(visit)
    assert opened.status_code == 302


def test_a_new_code_makes_the_old_one_worthless(
    ended: Callable[..., Visit], sign_in: Browse, receptionist: User
) -> None:
    visit, desk = ended(), sign_in(receptionist)
    old, new = (code_in(make_code(desk, visit)) for _ in range(2))

    answers = [
        Client().post(reverse("tracking:track"), {"nomor": str(visit.ticket), "kode": code}).status_code
        for code in (old, new)
    ]

    assert answers == [200, 302]


def test_the_code_also_goes_to_the_visitors_mailbox(
    ended: Callable[..., Visit], sign_in: Browse, consultant: User, mailoutbox: list[Any]
) -> None:
    visit = ended()
    code = code_in(make_code(sign_in(consultant), visit))

    relay(now=LATER)

    letter = next(letter for letter in mailoutbox if code in letter.body)
    assert letter.to == ["hasan@contoh.invalid"]
    assert f"/lacak/{visit.ticket}/" in letter.body


def test_somebody_without_mail_gets_paper_only(
    ended: Callable[..., Visit], newcomer: Callable[[], Reporter], sign_in: Browse, consultant: User
) -> None:
    visit = ended(reporter=newcomer())

    page = text_of(make_code(sign_in(consultant), visit))

    assert "datang kembali ke konter kami" in page
    assert not Notification.objects.filter(kind="access_code").exists()


def test_the_penyelia_reads_it_but_hands_out_no_code(
    ended: Callable[..., Visit], sign_in: Browse, supervisor: User
) -> None:
    visit, browser = ended(), sign_in(supervisor)

    assert "Buat kode akses" not in text_of(browser.get(path(visit)))
    assert browser.post(path(visit), {"generation": 0}).status_code == 403


def test_there_is_no_receipt_without_a_ticket(make_visit: Make, sign_in: Browse, consultant: User) -> None:
    visit = make_visit(State.IN_SESSION)

    assert [getattr(sign_in(consultant), way)(path(visit)).status_code for way in ("get", "post")] == [404, 404]


def test_it_stays_true_when_the_ticket_goes_on(
    ended: Callable[..., Visit], sign_in: Browse, consultant: User, teknis: User
) -> None:
    visit = ended()
    ticket = Ticket.objects.get(pk=visit.ticket_id)
    do("take", ticket, teknis, LATER)
    do("resolve", ticket, teknis, LATER)

    assert "Akun sudah diaktifkan." in text_of(sign_in(consultant).get(path(visit)))
