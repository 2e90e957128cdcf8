"""What an agent may and may not see: nothing of a ticket before the match, never files, notes or NPWP (A20, A21)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Reporter, User
from audit.models import AuditEntry
from callcenter.matching import match_of
from callcenter.models import Call, CallEvent
from callcenter.services import calls, lookup
from core.templatetags.desk import phone, spell
from escalation.models import Clock
from escalation.tiers import Tier
from tests.conftest import NOW
from tests.rows import everything
from tests.tickets.pages import image, upload
from tickets.models import Ticket
from tickets.services import handling, uploads

pytestmark = [pytest.mark.standard("A21"), pytest.mark.django_db]
Browse = Callable[[User], Client]
TITLE = "Integrasi data SIKaP gagal"
NOTE = "Pelapor ini sering salah unggah."
ANALYSIS = "Sudah diperiksa."
ANSWER = "Data sudah kami bandingkan untuk NPWP 0000000000000001."
GIVEN = {"caller_name": "Wulan Rekaan", "business_name": "CV Rekaan 1"}


@pytest.fixture
def secretive(ticket_in: Callable[..., Ticket], teknis: User) -> Ticket:
    """A ticket at Helpdesk Teknis with a file, an internal note, and an answer that names an NPWP."""
    ticket = ticket_in(
        Tier.TEKNIS, Ticket.Status.IN_PROGRESS, title=TITLE, description="Uraian rahasia NPWP 0000000000000001."
    )
    key, now = uuid4(), NOW + timedelta(hours=5)
    uploads.attach(upload("layar-rahasia.png", image()), key=key, by=teknis, now=now)
    for service, text in ((handling.reply_to_ticket, ANSWER), (handling.add_internal_note, NOTE)):
        version = Ticket.objects.get(pk=ticket.pk).version
        service(ticket.pk, by=teknis, now=now, version=version, key=key, text=text)
        key = uuid4()
    return Ticket.objects.get(pk=ticket.pk)


@pytest.fixture
def screen(make_call: Callable[..., Call], secretive: Ticket, call_agent: User, sign_in: Browse) -> Callable[..., str]:
    """The agent's whole screen once the ticket is opened for a caller who said this."""

    def draw(**said: str) -> str:
        call = make_call(**said)
        browser = sign_in(call_agent)
        browser.post(reverse("callcenter:look_up", args=[call.number]), {"tiket": secretive.number})
        return browser.get(reverse("callcenter:desk")).content.decode()

    return draw


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"caller_name": "Wulan Rekaan"},
        {"business_name": "CV Rekaan 1"},
        {"caller_name": "Wulan Rekaan", "business_name": "CV Rekaan 2"},
        {"caller_name": "Bagus Contoh", "business_name": "CV Rekaan 1"},
        {"caller_name": "CV Rekaan 1", "business_name": "Wulan Rekaan"},
        {"caller_name": "Wulan", "business_name": "CV Rekaan 1"},
    ],
)
def test_before_the_match_only_number_and_status_are_seen(
    screen: Callable[..., str], secretive: Ticket, said: dict[str, str]
) -> None:
    html = screen(**said)

    assert "Tiket ada. Cocokkan identitas penelepon dahulu" in html
    assert "Diproses" in html
    hidden = [TITLE, "Bacakan kepada penelepon", "Helpdesk Teknis", "Permintaan Konfirmasi kepada", "dibandingkan"]
    hidden += [value for value in GIVEN.values() if value not in said.values()]
    assert [text for text in hidden if text in html] == []


def test_after_it_the_sentence_and_the_last_public_answer_are_seen(screen: Callable[..., str]) -> None:
    html = screen(**GIVEN)

    assert "Bacakan kepada penelepon" in html
    assert TITLE in html
    assert "ditangani Helpdesk Teknis LKPP" in html
    assert "Data sudah kami bandingkan" in html


def test_even_then_no_file_no_note_and_no_identity_number_is_in_the_page(screen: Callable[..., str]) -> None:
    html = screen(**GIVEN)

    secrets = ["layar-rahasia", NOTE, ANALYSIS, "0000000000000001", "Uraian rahasia", "/berkas/", "vendor@contoh"]
    assert [text for text in secrets if text in html] == []


def test_the_screen_leads_to_no_page_of_the_ticket(screen: Callable[..., str]) -> None:
    assert 'href="/tiket/TKT' not in screen(**GIVEN)


@pytest.mark.standard("A20, R38")
def test_the_pages_of_tickets_stay_closed_to_agents(secretive: Ticket, call_agent: User, sign_in: Browse) -> None:
    browser, before = sign_in(call_agent), everything()

    pages = [browser.get(secretive.get_absolute_url() + part) for part in ("", "janji/", "hasil/", "eskalasi/")]
    acts = [browser.post(secretive.get_absolute_url() + part) for part in ("balas/", "ambil/", "selesai/", "eskalasi/")]

    assert {page.status_code for page in pages} == {404}
    assert {act.status_code for act in acts} == {404}
    assert everything() == before
    assert not Ticket.objects.visible_to(call_agent).exists()


@pytest.mark.standard("R38")
def test_a_whole_call_leaves_the_ticket_as_it_is(
    make_call: Callable[..., Call], secretive: Ticket, call_agent: User
) -> None:
    call, before = make_call(**GIVEN), rows_of(secretive)

    lookup.look_up(call.pk, by=call_agent, now=NOW, number=secretive.number, address="")
    calls.end_call(call.pk, by=call_agent, now=NOW, outcome=Call.Outcome.STATUS_GIVEN)

    assert rows_of(secretive) == before


def rows_of(ticket: Ticket) -> list[Any]:
    """Return all that the tables say of a ticket."""
    tables = Ticket.objects.filter(pk=ticket.pk), ticket.events, ticket.legs, Clock.objects.filter(case=ticket.number)
    return [list(rows.order_by("pk").values()) for rows in tables]


def test_the_door_of_the_call_center_is_for_agents_alone(
    ticket: Ticket, call_agent: User, supervisor: User, helpdesk: User, vendor: User
) -> None:
    assert list(Ticket.objects.readable_by_phone(call_agent)) == [ticket]
    for person in (supervisor, helpdesk, vendor):
        assert not Ticket.objects.readable_by_phone(person).exists()


def test_each_look_up_is_audited_once_for_a_ticket_and_call(
    make_call: Callable[..., Call], secretive: Ticket, make_ticket: Callable[..., Ticket], call_agent: User
) -> None:
    call, other = make_call(), make_ticket()
    for number in (secretive.number, other.number, secretive.number):
        lookup.look_up(call.pk, by=call_agent, now=NOW, number=number, address="203.0.113.7")
    calls.end_call(call.pk, by=call_agent, now=NOW, outcome=Call.Outcome.DROPPED)
    again = make_call()

    lookup.look_up(again.pk, by=call_agent, now=NOW, number=secretive.number, address="203.0.113.7")

    entries = AuditEntry.objects.filter(kind=AuditEntry.Kind.TICKET_LOOKED_UP).order_by("pk")
    assert [(entry.subject, entry.data["call"]) for entry in entries] == [
        (secretive.number, call.number),
        (other.number, call.number),
        (secretive.number, again.number),
    ]
    assert {(entry.actor, entry.address) for entry in entries} == {(call_agent, "203.0.113.7")}


def test_from_when_the_status_could_be_read_out_is_written_down_once(
    make_call: Callable[..., Call], secretive: Ticket, call_agent: User
) -> None:
    call = make_call()
    lookup.look_up(call.pk, by=call_agent, now=NOW, number=secretive.number, address="")
    calls.keep(call.pk, by=call_agent, now=NOW, caller_name="Wulan Rekaan")
    assert not call.events.filter(kind=CallEvent.Kind.READ_OUT).exists()

    for question in ("Kapan", "Kapan selesai?"):
        calls.keep(call.pk, by=call_agent, now=NOW, business_name="CV Rekaan 1", question=question)

    assert call.events.get(kind=CallEvent.Kind.READ_OUT).data == {"ticket": secretive.number}


def test_the_match_shows_while_the_agent_types(
    make_call: Callable[..., Call], secretive: Ticket, call_agent: User, sign_in: Browse
) -> None:
    call, browser = make_call(), sign_in(call_agent)
    lookup.look_up(call.pk, by=call_agent, now=NOW, number=secretive.number, address="")
    path = reverse("callcenter:keep", args=[call.number])

    half = browser.post(path, {"caller_name": "Wulan Rekaan"}, headers={"HX-Request": "true"}).content.decode()
    whole = browser.post(path, GIVEN, headers={"HX-Request": "true"}).content.decode()

    assert "Nama sesuai" in half
    assert "instansi belum sesuai" in half
    assert TITLE not in half
    assert "Status boleh dibacakan" in whole
    assert "Bacakan kepada penelepon" in whole


def test_people_in_the_list_show_no_number_by_which_the_state_knows_them(
    make_call: Callable[..., Call], call_agent: User, vendor: User, sign_in: Browse
) -> None:
    make_call()

    html = sign_in(call_agent).get(reverse("callcenter:desk"), {"cari": "Wulan Rekaan"}).content.decode()

    assert "CV Rekaan 1" in html
    shown = [
        text
        for text in (vendor.reporter.npwp, vendor.email, phone(vendor.reporter.phone), vendor.reporter.phone)
        if text in html
    ]
    assert shown == []


def test_of_the_callers_other_tickets_the_caller_says_the_number(
    make_call: Callable[..., Call], secretive: Ticket, call_agent: User, vendor: User, sign_in: Browse
) -> None:
    call = calls.identify(make_call().pk, by=call_agent, now=NOW, reporter=vendor.reporter)

    html = sign_in(call_agent).get(reverse("callcenter:desk")).content.decode()

    assert "Tiket penelepon" in html
    assert [text for text in (secretive.number, spell(secretive.number), TITLE) if text in html] == []
    assert call.ticket is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Wulan Rekaan", "wulan rekaan"),
        ("Wulan Rekaan", "Ibu Wulan  Rekaan"),
        ("Dr. Wulan Rekaan, S.E., M.M.", "Wulan Rekaan"),
        ("H. Wulan Rekaan", "Bapak Wulan Rekaan"),
        ("Wulan Rekaan", "WULAN-REKAAN."),
        ("Bu Bu", "bu bu"),
    ],
)
def test_names_are_the_same_in_any_case_punctuation_and_with_any_title(
    make_call: Callable[..., Call], ticket: Ticket, vendor: User, name: str, said: str
) -> None:
    assert matched(make_call, ticket, {"name": name}, {"caller_name": said}).name


@pytest.mark.parametrize(
    ("name", "said"), [("Wulan Rekaan", "Wulan"), ("Wulan Rekaan", ""), ("Wulan Rekaan", "Ibu"), ("Ibu", "Wulan")]
)
def test_half_a_name_is_none(
    make_call: Callable[..., Call], ticket: Ticket, vendor: User, name: str, said: str
) -> None:
    assert not matched(make_call, ticket, {"name": name}, {"caller_name": said}).name


@pytest.mark.parametrize(
    ("known", "said", "fits"),
    [
        ("CV Melati Rekaan", "melati rekaan", True),
        ("CV Melati Rekaan", "C.V. Melati Rekaan", True),
        ("PT. Awan Contoh Teknologi (Persero) Tbk.", "PT Awan Contoh Teknologi", True),
        ("P.T. Awan", "awan", True),
        ("CV Sukamaju", "CV Suka Maju", True),
        ("CV Melati Rekaan", "CV Mawar Rekaan", False),
        ("CV Melati Rekaan", "CV", False),
        ("CV Melati Rekaan", "", False),
    ],
)
def test_businesses_are_the_same_with_any_legal_form(
    make_call: Callable[..., Call], ticket: Ticket, vendor: User, known: str, said: str, fits: bool
) -> None:
    match = matched(make_call, ticket, {"business_name": known}, {"business_name": said})

    assert match.organisation == fits


@pytest.mark.parametrize("said", ["Dinas Khayal", "Kabupaten Sukamaju Fiktif"])
def test_of_officials_work_unit_or_institution_will_do(
    make_call: Callable[..., Call], make_ticket: Callable[..., Ticket], ppk: User, call_agent: User, said: str
) -> None:
    ticket = make_ticket(by=ppk)

    assert matched(make_call, ticket, {}, {"institution_name": said}).organisation


def test_who_trades_under_their_own_name_has_no_other(
    make_call: Callable[..., Call], ticket: Ticket, vendor: User
) -> None:
    alone = {"business_name": "", "business_form": Reporter.BusinessForm.INDIVIDUAL}

    assert matched(make_call, ticket, alone, {"caller_name": "Wulan Rekaan"}).is_complete


def matched(make_call: Callable[..., Call], ticket: Ticket, known: dict[str, Any], said: dict[str, str]) -> Any:
    """Compare what the reporter of a ticket is called with what a caller says."""
    Reporter.objects.filter(pk=ticket.reporter_id).update(**known)
    return match_of(make_call(ticket=ticket, **said))


def test_the_page_of_a_question_tells_nothing_before_the_match(
    make_call: Callable[..., Call], secretive: Ticket, call_agent: User, sign_in: Browse
) -> None:
    call = make_call(ticket=secretive)

    html = sign_in(call_agent).get(reverse("callcenter:ask", args=[call.number])).content.decode()

    assert [text for text in ("Helpdesk Teknis", "Teknis", TITLE) if text in html] == []
