"""The form that anybody may send without an account, and what they follow it with (R42, R44, A22, A24)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from complaints.files import evidence_of
from complaints.models import Complaint
from complaints.services import turns
from notifications.models import Notification
from notifications.services.letters import write
from tests.complaints.conftest import FACTS
from tests.conftest import NOW
from tests.tickets.pages import image, text_of, upload
from tickets.models import Attachment, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.standard("R42")]
SEND = reverse("complaints:send")
WORDS = {name: FACTS[name] for name in ("kind", "name", "organisation", "email", "title", "substance")}


@pytest.fixture(autouse=True)
def forget_limits(db: None) -> None:
    cache.clear()


def send(browser: Client, *, files: Any = None, token: str = "", **changes: Any) -> Any:
    """Send the form, with a picture as evidence unless said otherwise."""
    given = [upload("bukti.png", image())] if files is None else files
    return browser.post(SEND, WORDS | changes | {"files": given, "formulir": token})


def token_of(page: Any) -> str:
    found = re.search(r'name="formulir" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def code_in(page: Any) -> str:
    return str(page.context["code"])


def follow(browser: Client, complaint: Complaint, code: str) -> Any:
    return browser.post(reverse("tracking:track"), {"nomor": complaint.number, "kode": code}, follow=True)


@pytest.mark.standard("R44")
def test_a_complaint_with_evidence_is_registered_at_once_and_shows_number_and_code(client: Client) -> None:
    page = send(client)

    complaint = Complaint.objects.get()
    assert (complaint.state, complaint.source) == (Complaint.State.REGISTERED, Complaint.Source.FORM)
    assert complaint.number in text_of(page)
    assert code_in(page) in text_of(page)
    assert page["Cache-Control"] == "private, no-store"


@pytest.mark.standard("R44")
@pytest.mark.standard("A24")
@pytest.mark.parametrize(
    ("kind", "is_taken"), [("complaint", False), ("objection", False), ("suggestion", True), ("input", True)]
)
def test_evidence_is_required_of_complaints_and_objections_only(client: Client, kind: str, is_taken: bool) -> None:
    page = send(client, files=[], kind=kind)

    assert Complaint.objects.exists() is is_taken
    assert ("harus disertai bukti" in text_of(page)) is not is_taken


def test_what_was_typed_and_uploaded_stays_until_the_form_is_whole(client: Client) -> None:
    broken = send(client, title="", substance="Kronologi panjang.")
    kept = broken.content.decode()

    page = send(client, files=[], token=token_of(broken))

    assert "Kronologi panjang." in kept
    assert "bukti.png" in kept
    complaint = Complaint.objects.get()
    assert list(evidence_of(complaint).values_list("name", flat=True)) == ["bukti.png"]
    assert complaint.number in text_of(page)


def test_a_file_can_be_taken_away_again(client: Client) -> None:
    first = send(client, title="")
    attachment = Attachment.objects.get()

    page = send(client, files=[], token=token_of(first), hapus=attachment.pk)

    assert not Attachment.objects.exists()
    assert "bukti.png" not in page.content.decode()
    assert not Complaint.objects.exists()


def test_a_file_of_another_form_cannot_be_taken_away(client: Client) -> None:
    send(client, title="")
    attachment = Attachment.objects.get()

    send(Client(), files=[], hapus=attachment.pk)

    assert Attachment.objects.filter(pk=attachment.pk).exists()


def test_the_same_form_sent_twice_is_one_complaint(client: Client) -> None:
    drawn = token_of(client.get(SEND))

    first, second = send(client, token=drawn), send(client, token=drawn)

    assert Complaint.objects.count() == 1
    assert code_in(first)
    assert "sudah terkirim sebelumnya" in text_of(second)


def test_a_program_that_fills_in_everything_is_refused_and_written_down(client: Client) -> None:
    send(client, situs="http://jahat.invalid")

    assert not Complaint.objects.exists()
    assert AuditEntry.objects.get(kind="complaint_refused").data == {"why": "honeypot"}


def test_one_network_sends_five_an_hour_and_one_address_is_written_to_three_times(client: Client) -> None:
    to_one = [send(client, REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(1)]
    answers = [
        client.post(
            SEND,
            WORDS | {"files": [upload("bukti.png", image())], "email": f"orang{n}@contoh.invalid"},
            REMOTE_ADDR="192.0.2.9",
        ).status_code
        for n in range(6)
    ]
    same = [
        client.post(
            SEND,
            WORDS | {"files": [upload("bukti.png", image())], "email": "korban@contoh.invalid"},
            REMOTE_ADDR=f"198.51.100.{n}",
        ).status_code
        for n in range(4)
    ]

    assert to_one == [200]
    assert answers == [200] * 5 + [429]
    assert same == [200] * 3 + [429]
    assert Notification.objects.filter(address="korban@contoh.invalid").count() == 3
    assert AuditEntry.objects.filter(kind="complaint_refused", data__why="limit").count() == 2


def test_the_letter_to_an_address_that_anybody_may_have_typed_holds_no_word_of_theirs(client: Client) -> None:
    send(client, name="Beli murah", title="Kunjungi http://jahat.invalid", substance="Isi yang jahat.")

    letter = write(Notification.objects.get(kind="complaint_received"))

    assert letter.to == ["made@contoh.invalid"]
    assert not [word for word in ("murah", "jahat") if word in letter.body + letter.subject]


def test_the_number_of_a_ticket_that_does_not_exist_is_not_told_from_one_that_does(
    client: Client, ticket: Ticket
) -> None:
    known, unknown = send(client, named_ticket=ticket.number), send(client, named_ticket="TKT-2026-999999-9")

    assert known.status_code == unknown.status_code == 200
    assert [complaint.named.count() for complaint in Complaint.objects.order_by("pk")] == [1, 0]


def test_whoever_has_number_and_code_sees_how_far_it_is_and_sends_what_is_missing(
    client: Client, complaint_officer: User
) -> None:
    code = code_in(send(client))
    complaint = Complaint.objects.get()
    turns.ask_for_evidence(
        complaint.pk,
        by=complaint_officer,
        now=NOW,
        version=complaint.version,
        reason="Mohon surat 16 November.",
    )
    asked = follow(client, complaint, code)

    client.post(
        reverse("complaints:add_evidence", args=[complaint.number]), {"files": [upload("surat.png", image(width=5))]}
    )

    assert "Mohon surat 16 November." in text_of(asked)
    complaint = Complaint.objects.get()
    assert complaint.state == Complaint.State.REGISTERED
    names = evidence_of(complaint).values_list("name", flat=True)
    assert sorted(names) == ["bukti.png", "surat.png"]


def test_a_complainant_takes_it_back(client: Client) -> None:
    code = code_in(send(client))
    complaint = Complaint.objects.get()
    follow(client, complaint, code)

    client.post(reverse("complaints:take_back", args=[complaint.number]))

    assert Complaint.objects.get().state == Complaint.State.WITHDRAWN
    assert Complaint.objects.get().clock.stopped_at is not None


@pytest.mark.parametrize("name", ["tracked", "add_evidence", "take_back", "answer"])
def test_without_the_code_there_is_only_the_door(
    client: Client, make_complaint: Callable[..., Complaint], name: str
) -> None:
    path = reverse(f"complaints:{name}", args=[make_complaint().number])

    answer = client.post(path) if name in ("add_evidence", "take_back") else client.get(path)

    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/lacak/")


def test_how_to_complain_says_all_three_ways_with_the_address_to_copy(client: Client) -> None:
    text = text_of(client.get(reverse("complaints:how")))

    assert "Deputi Bidang Monitoring-Evaluasi dan Pengembangan Sistem Informasi" in text
    assert "e-Office" in text
    assert "LAPOR!" in text
    assert client.get(reverse("complaints:letter")).status_code == 200
