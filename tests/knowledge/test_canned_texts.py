"""Balasan siap pakai: one desk's own, filled in for each ticket, put after what is typed already."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Lpse, User
from audit.models import AuditEntry
from core.fsm import Conflict
from escalation.tiers import Desk, Tier
from knowledge import services
from knowledge.models import CannedText
from tests.conftest import NOW
from tests.tickets.pages import token_in
from tickets.models import Draft, Ticket

Browse = Callable[[User], Client]
Bring = Callable[..., Ticket]
HERE = "/balasan/lpse-sukamaju/"
WHEN: dict[str, Any] = {"now": NOW, "address": "192.0.2.1"}
BODY = "Yth. {nama}, tiket {nomor} “{judul}” ditangani {petugas} di {lpse}."


@pytest.fixture
def text(lpse: Lpse, helpdesk: User) -> CannedText:
    """A ready reply of the LPSE."""
    return services.add_text(Desk(Tier.LPSE, lpse), by=helpdesk, **WHEN, title="Salam", body=BODY)


def insert(browser: Client, ticket: Ticket, **form: object) -> str:
    """Press Sisipkan on the workspace; return the page that comes back."""
    page = browser.get(ticket.get_absolute_url())
    where = f"{reverse('tickets:insert', args=[ticket.number])}?next={reverse('tickets:reply', args=[ticket.number])}"
    facts = {"draf": token_in(page), "version": ticket.version, "kind": "reply", "text": "", "tampilkan": ""}
    return browser.post(where, facts | form).content.decode()


def test_officers_add_change_and_delete_the_texts_of_their_desk(helpdesk: User, sign_in: Browse) -> None:
    browser = sign_in(helpdesk)

    assert browser.post(HERE, {"title": "Salam", "body": BODY}).status_code == 302
    text = CannedText.objects.get()
    assert "Salam" in browser.get(HERE).content.decode()
    assert browser.post(f"{HERE}{text.pk}/", {"title": "Salam pagi", "body": "Baik."}).status_code == 302
    text.refresh_from_db()
    assert (text.title, text.body, text.tier, text.lpse.code) == ("Salam pagi", "Baik.", 1, "sukamaju")
    assert browser.post(f"{HERE}{text.pk}/hapus/").status_code == 302
    assert browser.post(f"{HERE}{text.pk}/hapus/").status_code == 302
    assert not CannedText.objects.exists()


@pytest.mark.parametrize("body", ["Yth. {nama pelapor}", "{Nama}", "{}", "{nomor} {tiket}"])
def test_an_unknown_mark_is_refused_by_name(helpdesk: User, sign_in: Browse, body: str) -> None:
    page = sign_in(helpdesk).post(HERE, {"title": "Salam", "body": body}).content.decode()

    assert f"Penanda {services.unknown_marks(body)[0]} tidak dikenal. Gunakan {{nama}}, {{nomor}}" in page
    assert not CannedText.objects.exists()


def test_a_desk_has_one_text_of_a_title_and_another_desk_may_have_its_own(
    text: CannedText, helpdesk: User, eproc: User, sign_in: Browse
) -> None:
    page = sign_in(helpdesk).post(HERE, {"title": "Salam", "body": "Lain."}).content.decode()

    assert "sudah memiliki balasan dengan judul itu" in page
    assert sign_in(eproc).post("/balasan/eproc/", {"title": "Salam", "body": "Lain."}).status_code == 302
    with pytest.raises(Conflict):
        services.add_text(Desk(Tier.EPROC), by=eproc, **WHEN, title="Salam", body="Lain.")


def test_each_change_is_in_the_trail_with_before_and_after(
    text: CannedText, helpdesk: User, supervisor: User, sign_in: Browse
) -> None:
    browser = sign_in(helpdesk)

    browser.post(f"{HERE}{text.pk}/", {"title": "Salam", "body": "Selamat pagi."})
    browser.post(f"{HERE}{text.pk}/hapus/")
    browser.post(f"{HERE}{text.pk}/hapus/")

    added, changed, deleted = AuditEntry.objects.filter(kind="canned_text_changed").order_by("pk")
    assert (added.data["before"], added.data["after"]["body"]) == ({}, BODY)
    assert (changed.data["before"]["body"], changed.data["after"]["body"]) == (BODY, "Selamat pagi.")
    assert (deleted.actor, deleted.data["before"]["body"], deleted.data["after"]) == (helpdesk, "Selamat pagi.", {})
    page = sign_in(supervisor).get(reverse("audit:entry", args=[changed.pk])).content.decode()
    assert "Balasan siap pakai diubah" in page
    assert "Selamat pagi." in page


def test_other_desks_and_reporters_see_nothing_of_it(
    text: CannedText, other_helpdesk: User, eproc: User, vendor: User, supervisor: User, sign_in: Browse, client: Client
) -> None:
    for stranger in (other_helpdesk, eproc, vendor):
        assert sign_in(stranger).get(HERE).status_code == 404
        assert sign_in(stranger).post(f"{HERE}{text.pk}/hapus/").status_code == 404
    assert client.get(HERE).status_code == 302
    assert sign_in(eproc).get(f"/balasan/eproc/{text.pk}/").status_code == 404
    browser = sign_in(supervisor)  # reads what desks say, and leaves it to them
    assert "Tambah balasan" not in browser.get(HERE).content.decode()
    assert browser.post(HERE, {"title": "A", "body": "B"}).status_code == 403
    assert browser.post(f"{HERE}{text.pk}/", {"title": "A", "body": "B"}).status_code == 403
    assert browser.post(f"{HERE}{text.pk}/hapus/").status_code == 403
    with pytest.raises(PermissionDenied):
        services.delete_text(text.pk, by=eproc, desk=Desk(Tier.LPSE, text.lpse), **WHEN)


def test_a_text_belongs_to_an_lpse_or_to_a_tier_of_lkpp(lpse: Lpse) -> None:
    with pytest.raises(IntegrityError):
        CannedText.objects.create(title="A", body="B", tier=2, lpse=lpse)


def test_a_text_is_filled_in_after_what_was_typed_and_kept_as_a_draft(
    text: CannedText, helpdesk: User, ticket: Ticket, sign_in: Browse
) -> None:
    browser = sign_in(helpdesk)

    page = insert(browser, ticket, text="Selamat pagi.", kind="note", canned=text.pk)

    whole = f"Yth. Wulan Rekaan, tiket {ticket.number} “Tidak dapat masuk ke SPSE” ditangani Helpdesk di {ticket.lpse}."
    assert f">Selamat pagi.\n\n{whole}</textarea>" in page
    assert 'value="note" id="jenis-catatan" aria-keyshortcuts="N" checked' in page
    kept = Draft.objects.get()
    assert kept.data["text"] == f"Selamat pagi.\n\n{whole}"
    assert whole in browser.get(ticket.get_absolute_url()).content.decode()
    form = {"draf": token_in(browser.get(ticket.get_absolute_url())), "version": ticket.version, "kind": "reply"}
    browser.post(reverse("tickets:reply", args=[ticket.number]), form | {"text": kept.data["text"]})
    assert ticket.events.last().body == kept.data["text"]


def test_what_a_ticket_says_is_never_markup_and_never_a_mark(
    text: CannedText, helpdesk: User, make_ticket: Callable[..., Ticket], sign_in: Browse
) -> None:
    ticket = make_ticket(title="<b>{petugas}</b>")

    page = insert(sign_in(helpdesk), ticket, canned=text.pk)

    assert "“&lt;b&gt;{petugas}&lt;/b&gt;”" in page


def test_with_htmx_only_the_words_come_back(text: CannedText, helpdesk: User, ticket: Ticket, sign_in: Browse) -> None:
    browser = sign_in(helpdesk)
    page = browser.get(ticket.get_absolute_url())
    where = reverse("tickets:insert", args=[ticket.number])
    form = {"draf": token_in(page), "version": 1, "kind": "reply", "text": "", "tampilkan": "", "canned": text.pk}

    answer = browser.post(where, form, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in answer
    assert "Yth. Wulan Rekaan" in answer


@pytest.mark.parametrize("choice", ["", "0", "x", "9" * 30, "²"])
def test_no_choice_or_nonsense_keeps_the_words(
    text: CannedText, helpdesk: User, ticket: Ticket, sign_in: Browse, choice: str
) -> None:
    page = insert(sign_in(helpdesk), ticket, text="Selamat pagi.", canned=choice)

    assert ">Selamat pagi.</textarea>" in page
    assert "Pilih salah satu balasan siap pakai." in page


def test_a_text_of_another_desk_cannot_be_inserted(
    text: CannedText, helpdesk: User, eproc: User, ticket_in: Bring, sign_in: Browse
) -> None:
    ticket = ticket_in(Tier.EPROC, Ticket.Status.IN_PROGRESS)

    page = insert(sign_in(eproc), ticket, text="Baik.", canned=text.pk)

    assert ">Baik.</textarea>" in page
    assert "Sisipkan" not in page
    assert sign_in(helpdesk).get(ticket.get_absolute_url()).status_code == 200


def test_an_expired_session_comes_back_to_the_workspace(
    text: CannedText, helpdesk: User, ticket: Ticket, sign_in: Browse
) -> None:
    browser = sign_in(helpdesk)
    page = browser.get(ticket.get_absolute_url())
    where = f"{reverse('tickets:insert', args=[ticket.number])}?next={reverse('tickets:reply', args=[ticket.number])}"
    form = {"draf": token_in(page), "version": 1, "text": "Sudah saya tulis.", "canned": text.pk, "tampilkan": ""}
    browser.cookies.clear()

    assert browser.post(where, form).status_code == 302

    assert "Sudah saya tulis." in sign_in(helpdesk).get(ticket.get_absolute_url()).content.decode()
    assert UUID(str(Draft.objects.get().key))


def test_many_texts_cost_no_more_queries(
    text: CannedText, lpse: Lpse, helpdesk: User, ticket: Ticket, sign_in: Browse
) -> None:
    browser = sign_in(helpdesk)
    counts = []
    for wave in range(2):
        for address in (HERE, ticket.get_absolute_url()):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                browser.get(address)
            counts.append(len(queries))
        for n in range(20):
            services.add_text(Desk(Tier.LPSE, lpse), by=helpdesk, **WHEN, title=f"{wave} {n}", body="Baik.")

    assert counts[:2] == counts[2:]
