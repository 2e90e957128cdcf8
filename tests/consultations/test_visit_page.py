"""The page of one visit: who opens it, what it shows, which buttons it has, and its files."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Reporter, User
from audit.models import AuditEntry
from consultations.models import Room, Visit
from consultations.services import excusing, reception, sessions
from escalation.services.sweep import sweep_clocks
from notifications.services import notify
from tests.conftest import NOW
from tests.consultations.rows import HOUR, MINUTE, State
from tests.tickets.pages import image, upload
from tickets.models import Attachment, Ticket
from tickets.services import uploads

Make = Callable[..., Visit]
Browse = Callable[[User], Client]


@pytest.fixture
def scanned(receptionist: User, rooms: list[Room], visitor: Reporter, purpose: Any) -> Visit:
    """A visit with a picture that reception scanned."""
    key = uuid4()
    uploads.attach(upload("layar.png", image()), key=key, by=receptionist, now=NOW)
    facts = {"organisation": "PT Awan Contoh Teknologi", "phone": "+6281200000008", "purpose": purpose}
    return reception.register_visit(by=receptionist, now=NOW, key=uuid4(), reporter=visitor, facts=facts, draft_key=key)


def page(user: User, visit: Visit, sign_in: Browse) -> str:
    return sign_in(user).get(visit.get_absolute_url()).content.decode()


def buttons(html: str) -> list[str]:
    return re.findall(r'class="rail__act[^>]*>.*?<span>([^<]+)</span>', html, re.DOTALL)


def place_of(visit: Visit, file: Attachment, address: str = "file") -> str:
    return reverse(f"consultations:{address}", args=[visit.number, file.key])


def test_everything_of_a_visit_stands_on_its_page(
    make_visit: Make, visitor: Reporter, supervisor: User, sign_in: Browse
) -> None:
    earlier = make_visit(State.LEFT, reporter=visitor)
    words = {"problem": "Sandi <b>tidak</b> dapat diubah.", "error_code": "0x1F", "is_vulnerable": True}
    visit = make_visit(State.FINISHED, reporter=visitor, now=NOW + HOUR, **words)

    html = page(supervisor, visit, sign_in)

    for text in ("A-002", "Hasan Khayal", "PT Awan Contoh Teknologi", "0812-0000-0008", "0x1F", "Kelompok Rentan"):
        assert text in html
    assert "Sandi &lt;b&gt;tidak&lt;/b&gt; dapat diubah." in html
    assert str(visit.ticket) in html
    assert earlier.get_absolute_url() in html
    history = re.findall(r'<p class="tl__line mb-0"><b>[^<]*</b> ([^:<]*)', html)
    assert [line.strip() for line in history] == [
        "mengakhiri konsultasi",
        "membuat Tiket Konsultasi",
        "memulai konsultasi",
        "memanggil tamu",
        "mencatat tamu",
    ]


@pytest.mark.parametrize("who", ["vendor", "helpdesk", "eproc", "call_agent", "complaint_officer"])
def test_for_others_there_is_no_such_visit(
    who: str, scanned: Visit, request: pytest.FixtureRequest, sign_in: Browse
) -> None:
    browser, file = sign_in(request.getfixturevalue(who)), Attachment.objects.get()

    for address in (scanned.get_absolute_url(), place_of(scanned, file), place_of(scanned, file, "preview")):
        assert browser.get(address).status_code == 404
    assert not AuditEntry.objects.filter(kind=AuditEntry.Kind.FILE_READ).exists()


BUTTONS = {
    ("receptionist", State.REGISTERED): ["Panggil ke ruang", "Tamu pergi"],
    ("receptionist", State.DIRECTED): ["Batalkan panggilan", "Tidak hadir", "Tamu pergi"],
    ("receptionist", State.IN_SESSION): [],
    ("receptionist", State.NO_SHOW): ["Kembalikan ke antrean"],
    ("receptionist", State.LEFT): [],
    ("consultant", State.REGISTERED): [],
    ("consultant", State.DIRECTED): ["Mulai Konsultasi", "Batalkan panggilan", "Tidak hadir"],
    ("consultant", State.IN_SESSION): ["Buka konsultasi"],
    ("consultant", State.FINISHED): [],
    ("supervisor", State.DIRECTED): [],
    ("supervisor", State.FINISHED): [],
}


@time_machine.travel(NOW + 5 * MINUTE, tick=False)
@pytest.mark.parametrize(("who", "state"), BUTTONS)
def test_the_buttons_are_what_this_person_may_do_now(
    who: str, state: str, make_visit: Make, request: pytest.FixtureRequest, sign_in: Browse
) -> None:
    visit = make_visit(state)

    assert buttons(page(request.getfixturevalue(who), visit, sign_in)) == BUTTONS[who, state]


@time_machine.travel(NOW + 5 * MINUTE, tick=False)
def test_the_officer_of_another_room_only_reads(make_visit: Make, officers: list[User], sign_in: Browse) -> None:
    visit = make_visit(State.DIRECTED, room=1)

    assert buttons(page(officers[1], visit, sign_in)) == []


def test_a_number_of_yesterday_is_not_called_again(make_visit: Make, receptionist: User, sign_in: Browse) -> None:
    visit = make_visit(State.NO_SHOW)

    with time_machine.travel(NOW + 24 * HOUR, tick=False):
        assert buttons(page(receptionist, visit, sign_in)) == []


@pytest.mark.standard("R35, A17")
def test_the_page_says_how_the_hour_stands_and_why_it_was_too_long(
    make_visit: Make, consultant: User, supervisor: User, sign_in: Browse
) -> None:
    visit = make_visit(State.IN_SESSION)
    late = NOW + 70 * MINUTE
    sweep_clocks(now=late)
    with time_machine.travel(late, tick=False):
        assert "68 dari 60 menit" in page(consultant, visit, sign_in)
        assert "Ajukan alasan" in buttons(page(consultant, visit, sign_in))
        assert "Kecualikan keterlambatan" not in buttons(page(supervisor, visit, sign_in))
        excusing.ask_excuse(visit.pk, by=consultant, now=late, excuse="documents", note="Akta belum dibawa.")
        html = page(supervisor, visit, sign_in)
        assert "Alasan yang diajukan petugas:" in html
        assert "Akta belum dibawa." in html
        assert buttons(html) == ["Kecualikan keterlambatan"]
        excusing.agree_excuse(visit.pk, by=supervisor, now=late)
        html = page(supervisor, visit, sign_in)

    assert "Alasan yang disetujui Penyelia:" in html
    assert "Dikecualikan" in html


@pytest.mark.standard("R04")
@pytest.mark.parametrize("address", ["file", "preview"])
def test_files_go_out_through_the_visit_and_reading_them_is_written_down(
    address: str, scanned: Visit, receptionist: User, supervisor: User, sign_in: Browse
) -> None:
    file = Attachment.objects.get()

    own, other = (sign_in(user).get(place_of(scanned, file, address)) for user in (receptionist, supervisor))

    assert own.status_code == other.status_code == 200
    assert b"".join(other.streaming_content).startswith(b"\x89PNG")
    assert "sandbox" in other["Content-Security-Policy"]
    entry = AuditEntry.objects.get(kind=AuditEntry.Kind.FILE_READ)
    assert (entry.actor, entry.subject) == (supervisor, f"{scanned.number} layar.png")


def test_files_are_still_there_when_the_ticket_has_taken_them(
    scanned: Visit, receptionist: User, consultant: User, rooms: list[Room], facts: dict[str, Any], sign_in: Browse
) -> None:
    file = Attachment.objects.get()
    reception.direct_visit(scanned.pk, by=receptionist, now=NOW, room=rooms[0].pk)
    sessions.start_session(scanned.pk, by=consultant, now=NOW)
    sessions.file_ticket(scanned.pk, by=consultant, now=NOW, key=uuid4(), facts=facts, answer="")

    assert sign_in(receptionist).get(place_of(scanned, file)).status_code == 200
    assert "layar.png" in page(receptionist, scanned, sign_in)


def test_a_file_belongs_to_its_own_visit_only(
    scanned: Visit, make_visit: Make, receptionist: User, sign_in: Browse
) -> None:
    other = make_visit(State.FINISHED)

    assert sign_in(receptionist).get(place_of(other, Attachment.objects.get())).status_code == 404


@pytest.mark.parametrize("who", ["consultant", "receptionist"])
def test_a_ticket_is_a_link_only_for_whom_it_opens(
    who: str, make_visit: Make, ticket: Ticket, request: pytest.FixtureRequest, sign_in: Browse
) -> None:
    visit = make_visit(State.FINISHED, ticket_number=ticket.number)

    html = page(request.getfixturevalue(who), visit, sign_in)

    assert ticket.number in html
    assert f'href="{ticket.get_absolute_url()}"' not in html  # it never reached LKPP
    assert (f'href="/tiket/{visit.ticket}/"' in html) == (who == "consultant")


@pytest.mark.parametrize("number", ["BT-20261118-999", "x" * 400, "TKT-2026-000001-8", "%F0%9F%98%80"])
def test_a_visit_that_never_was_is_not_found(number: str, receptionist: User, sign_in: Browse) -> None:
    assert sign_in(receptionist).get(f"/kunjungan/{number}/").status_code == 404


def test_the_page_leads_to_what_was_written_about_a_visit(
    receptionist: User, vendor: User, make_visit: Callable[..., Visit], sign_in: Callable[[User], Client]
) -> None:
    visit = make_visit()
    notify([vendor], "visit_broken", url="/", now=NOW, number=visit.number, limit="1 jam")
    address, browser = reverse("consultations:letters", args=[visit.number]), sign_in(receptionist)

    assert address in browser.get(visit.get_absolute_url()).content.decode()
    assert [row.recipient for row in browser.get(address).context["page"].rows] == [vendor]
    assert sign_in(vendor).get(address).status_code == 404
