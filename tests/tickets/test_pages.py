"""What each reader sees of a ticket, on the pages as a browser gets them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from escalation.tiers import Tier
from tests.conftest import NOW
from tests.tickets import acts
from tests.tickets.pages import image, text_of, token_in, upload
from tickets.models import Attachment, Ticket, TicketEvent
from tickets.services import sharing
from tickets.services.verbs import VERBS, verbs_for

Status = Ticket.Status
Browse = Callable[[User], Client]
# How each verb is drawn: a form that posts to its address, a link to its page, or its part of the composer.
DRAWN = {
    "take": 'action="{path}ambil/"',
    "resolve": 'href="{path}selesai/"',
    "escalate": 'href="{path}eskalasi/"',
    "request_data": 'href="{path}minta-data/"',
    "reassign": 'href="{path}alihkan/"',
    "return": 'href="{path}kembalikan/"',
    "reply": 'action="{path}balas/"',
    "note": 'name="kind" value="note"',
    "provide_data": 'action="{path}kirim-data/"',
    "confirm": 'action="{path}konfirmasi/"',
    "confirm_in_presence": 'href="{path}konfirmasi-pelapor/"',
    "reject": 'href="{path}belum-selesai/"',
    "rate": 'action="{path}nilai/"',
    "withdraw": 'href="{path}batalkan/"',
    "reopen": 'href="{path}buka-kembali/"',
    "excuse": 'href="{path}kecualikan/"',
    "share": 'href="{path}bagikan/"',
}


def test_every_verb_is_drawn_somewhere() -> None:
    assert DRAWN.keys() == VERBS.keys()


def reply_form(browser: Client, ticket: Ticket, **changes: Any) -> dict[str, Any]:
    """Return the composer as drawn on the ticket's page, filled in."""
    page = browser.get(ticket.get_absolute_url())
    version = re.search(r'name="version" value="(\d+)"', page.content.decode())
    assert version
    return {"draf": token_in(page), "kind": "reply", "version": version[1], "text": "Sudah kami periksa."} | changes


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("tier", [Tier.LPSE, Tier.TEKNIS, Tier.TIM_TEKNIS])
@time_machine.travel(NOW + timedelta(days=1), tick=False)
def test_the_buttons_are_the_verbs_the_reader_may_use(
    tier: int,
    status: str,
    ticket_in: Callable[..., Ticket],
    vendor: User,
    colleague: User,
    chain: dict[int, User],
    supervisor: User,
    settings: Any,
    sign_in: Browse,
) -> None:
    settings.TICKET_RETURN = True
    ticket = ticket_in(tier, status)
    sharing.share_ticket(ticket.pk, by=vendor, now=NOW, colleague=colleague.reporter)
    ticket.refresh_from_db()

    for reader in (vendor, colleague, chain[Tier.LPSE], chain[Tier.TEKNIS], chain[Tier.TIM_TEKNIS], supervisor):
        answer = sign_in(reader).get(ticket.get_absolute_url())

        if not Ticket.objects.visible_to(reader).filter(pk=ticket.pk).exists():
            assert answer.status_code == 404
            continue
        html = answer.content.decode()
        drawn = {verb for verb, mark in DRAWN.items() if mark.format(path=ticket.get_absolute_url()) in html}
        assert drawn == set(verbs_for(ticket, User.objects.get(pk=reader.pk))), reader


def test_lpse_staff_may_pass_their_own_ticket_up_but_not_serve_themselves(
    author: User, make_ticket: Callable[..., Ticket], sign_in: Browse
) -> None:
    ticket = make_ticket(by=author)

    html = sign_in(author).get(ticket.get_absolute_url()).content.decode()

    drawn = {verb for verb, mark in DRAWN.items() if mark.format(path=ticket.get_absolute_url()) in html}
    assert drawn == {"escalate", "reply", "withdraw"}
    assert "solusi harus diberikan petugas lain" in html


@pytest.mark.parametrize(
    ("tier", "status", "own", "staff"),
    [
        (Tier.LPSE, Status.NEW, "Giliran kami. Tiket ini berada di LPSE Kabupaten", "Belum ada penanggung jawab."),
        (Tier.LPSE, Status.IN_PROGRESS, "Giliran kami.", "Menunggu petugas."),
        (Tier.LPSE, Status.AWAITING_CONFIRMATION, "Apakah permasalahan Anda sudah", "Menunggu konfirmasi pelapor."),
        (Tier.LPSE, Status.CLOSED, "Bagaimana layanan kami pada tiket ini?", "Tiket ini telah ditutup."),
        (
            Tier.TEKNIS,
            Status.NEW,
            "Tiket ini berada di Helpdesk Teknis",
            "Tiket ini berada di Helpdesk Teknis. Anda dapat",
        ),
    ],
)
def test_what_is_expected_next_stands_on_top(
    tier: int,
    status: str,
    own: str,
    staff: str,
    ticket_in: Callable[..., Ticket],
    vendor: User,
    helpdesk: User,
    sign_in: Browse,
) -> None:
    path = ticket_in(tier, status).get_absolute_url()

    reporters, workspace = text_of(sign_in(vendor).get(path)), text_of(sign_in(helpdesk).get(path))

    assert own in reporters
    assert staff in workspace
    assert reporters.index(own) < reporters.index("Riwayat penanganan")
    assert workspace.index(staff) < workspace.index("Riwayat penanganan")


def test_internal_notes_are_on_the_page_of_staff_and_not_on_the_reporters(
    ticket_in: Callable[..., Ticket], vendor: User, helpdesk: User, teknis: User, supervisor: User, sign_in: Browse
) -> None:
    ticket = ticket_in(Tier.TEKNIS, Status.IN_PROGRESS)
    acts.note(ticket, teknis)
    path = ticket.get_absolute_url()

    pages = {user.username: text_of(sign_in(user).get(path)) for user in (helpdesk, teknis, supervisor)}
    reporters = text_of(sign_in(vendor).get(path))

    for page in pages.values():
        assert "Log server sudah dibaca." in page
        assert "Sudah diperiksa." in page  # the analysis that came with the escalation
        assert "catatan internal, hanya petugas" in page
    assert "Log server sudah dibaca." not in reporters
    assert "Sudah diperiksa." not in reporters
    assert "hanya petugas" not in reporters
    assert "Diteruskan ke Helpdesk Teknis" in reporters


def test_staff_see_the_reporter_with_masked_numbers(ticket: Ticket, helpdesk: User, sign_in: Browse) -> None:
    page = text_of(sign_in(helpdesk).get(ticket.get_absolute_url()))

    assert "Wulan Rekaan Penyedia, CV Rekaan 1" in page
    assert "0812-••••" in page
    assert "•••• 0001" in page
    assert ticket.reporter.npwp not in page


def test_the_history_names_role_and_unit_and_calls_the_reader_you(
    ticket_in: Callable[..., Ticket], vendor: User, sign_in: Browse
) -> None:
    ticket = ticket_in(Tier.EPROC, Status.AWAITING_CONFIRMATION)

    page = text_of(sign_in(vendor).get(ticket.get_absolute_url()))

    assert "Anda membuat tiket" in page
    assert "Diteruskan ke Helpdesk Eproc oleh Helpdesk, Helpdesk LPSE, LPSE Kabupaten Sukamaju Fiktif" in page
    assert "Eproc Helpdesk Eproc LKPP, memberikan solusi" in page
    assert page.index("memberikan solusi") < page.index("Anda membuat tiket")


def test_times_are_in_the_zone_of_the_reader(
    make_ticket: Callable[..., Ticket],
    other_lpse: Any,
    eproc: User,
    vendor: User,
    other_helpdesk: User,
    sign_in: Browse,
) -> None:
    ticket = make_ticket(lpse=other_lpse)
    acts.escalate(ticket, other_helpdesk)

    reporters = text_of(sign_in(vendor).get(ticket.get_absolute_url()))
    lkpp = text_of(sign_in(eproc).get(ticket.get_absolute_url()))

    assert "18 Nov 2026 10.12 WITA" in reporters
    assert "18 Nov 2026 09.12 WIB" in lkpp
    assert "WITA" not in lkpp


@pytest.mark.parametrize("notation", ["{0}", "{1}", "tkt-{1}", "TKT {1}", "2026 {2} {3}", "2026-1-{3}"])
def test_a_number_in_any_notation_leads_to_its_one_address(
    notation: str, ticket: Ticket, vendor: User, sign_in: Browse
) -> None:
    _kind, year, serial, check = ticket.number.split("-")
    typed = notation.format(ticket.number.lower(), f"{year}{serial}{check}", serial, check)

    answer = sign_in(vendor).get(f"/tiket/{typed}/")

    assert answer.status_code == 302
    assert answer["Location"] == ticket.get_absolute_url()


def test_a_number_with_a_wrong_check_digit_is_not_found(ticket: Ticket, vendor: User, sign_in: Browse) -> None:
    wrong = ticket.number[:-1] + str((int(ticket.number[-1]) + 1) % 10)

    assert sign_in(vendor).get(f"/tiket/{wrong}/").status_code == 404


@pytest.mark.standard("R41")
def test_the_result_is_one_clean_page(ticket_in: Callable[..., Ticket], vendor: User, sign_in: Browse) -> None:
    ticket = ticket_in(Tier.EPROC, Status.AWAITING_CONFIRMATION)

    page = text_of(sign_in(vendor).get(reverse("tickets:result", args=[ticket.number])))

    for words in (
        "Hasil Penyelesaian Permasalahan",
        ticket.number,
        "Wulan Rekaan, CV Rekaan 1",
        "Silakan coba lagi.",
        "Eproc, Helpdesk Eproc LKPP",
        "Layanan ini tidak dipungut biaya.",
    ):
        assert words in page
    assert "Sudah diperiksa." not in page
    assert "Keluar" not in page


def test_the_result_is_the_newest_solution(
    ticket_in: Callable[..., Ticket], helpdesk: User, vendor: User, sign_in: Browse
) -> None:
    ticket = acts.reject(ticket_in(Tier.LPSE, Status.AWAITING_CONFIRMATION), vendor)
    acts.resolve(ticket, helpdesk)

    page = text_of(sign_in(vendor).get(reverse("tickets:result", args=[ticket.number])))

    assert "Akun sudah diaktifkan." in page
    assert "Silakan coba lagi." not in page


def test_a_closed_ticket_is_rated_with_one_tap_and_once(
    ticket_in: Callable[..., Ticket], vendor: User, helpdesk: User, sign_in: Browse
) -> None:
    ticket, browser = ticket_in(Tier.LPSE, Status.CLOSED), sign_in(vendor)
    rate = reverse("tickets:rate", args=[ticket.number])
    assert "Sangat baik" in text_of(browser.get(ticket.get_absolute_url()))

    first, second = browser.post(rate, {"rating": 4}), browser.post(rate, {"rating": 1})

    page = text_of(browser.get(ticket.get_absolute_url()))
    assert (first.status_code, second.status_code) == (302, 409)
    assert "Penilaian diberikan satu kali" in text_of(second)
    assert Ticket.objects.get().rating == Ticket.Rating.GOOD
    assert "Penilaian Anda Baik" in page
    assert rate not in browser.get(ticket.get_absolute_url()).content.decode()
    assert "Penilaian pelapor Baik" in text_of(sign_in(helpdesk).get(ticket.get_absolute_url()))


@pytest.mark.parametrize("rating", ["0", "6", "abc", ""])
def test_a_rating_outside_the_scale_is_none(
    rating: str, ticket_in: Callable[..., Ticket], vendor: User, sign_in: Browse
) -> None:
    ticket, browser = ticket_in(Tier.LPSE, Status.CLOSED), sign_in(vendor)

    answer = browser.post(reverse("tickets:rate", args=[ticket.number]), {"rating": rating}, follow=True)

    assert "Pilih salah satu penilaian." in text_of(answer)
    assert Ticket.objects.get().rating is None


def test_an_old_page_keeps_words_and_files_says_what_changed_and_can_be_sent_once_read(
    ticket_in: Callable[..., Ticket], helpdesk: User, vendor: User, sign_in: Browse
) -> None:
    ticket = ticket_in(Tier.LPSE, Status.IN_PROGRESS)
    browser, path = sign_in(helpdesk), reverse("tickets:reply", args=[ticket.number])
    form = reply_form(browser, ticket, text="Kami periksa log server.", files=upload("log.png", image()))
    acts.reply(ticket, vendor)

    refused = browser.post(path, form)

    page, html = text_of(refused), refused.content.decode()
    assert refused.status_code == 409
    assert "Tiket ini berubah saat Anda menulis" in page
    assert "Wulan Rekaan Pelapor membalas" in page
    assert "“Mohon tunggu.”" in page
    assert "Kami periksa log server." in page
    assert "log.png" in page
    assert TicketEvent.objects.filter(ticket=ticket, actor=helpdesk, kind="replied").count() == 0

    fresh = re.search(r'name="version" value="(\d+)"', html)
    assert fresh
    assert "Kirim setelah dibaca" in page
    again = {"draf": token_in(refused), "kind": "reply", "version": fresh[1], "text": "Kami periksa log server."}
    sent = browser.post(path, again, follow=True)

    said = TicketEvent.objects.get(ticket=ticket, actor=helpdesk, kind="replied")
    assert "Balasan Anda telah terkirim." in text_of(sent)
    assert said.body == "Kami periksa log server."
    assert list(Attachment.objects.values_list("event", "name")) == [(said.pk, "log.png")]


def test_an_old_page_whose_verb_is_gone_offers_no_button_to_send(
    ticket_in: Callable[..., Ticket], helpdesk: User, verifier: User, sign_in: Browse
) -> None:
    ticket, browser = ticket_in(Tier.LPSE, Status.IN_PROGRESS), sign_in(helpdesk)
    path = reverse("tickets:resolve", args=[ticket.number])
    page = browser.get(path)
    acts.resolve(ticket, verifier)

    refused = browser.post(
        path, {"draf": token_in(page), "version": ticket.version, "solution": "Silakan kosongkan tembolok."}
    )

    assert refused.status_code == 409
    assert "Verifier" in text_of(refused)
    assert "Silakan kosongkan tembolok." in text_of(refused)
    assert "Kirim setelah dibaca" not in text_of(refused)


def test_a_double_click_replies_once(ticket_in: Callable[..., Ticket], helpdesk: User, sign_in: Browse) -> None:
    ticket, browser = ticket_in(Tier.LPSE, Status.IN_PROGRESS), sign_in(helpdesk)
    form = reply_form(browser, ticket)

    answers = [browser.post(reverse("tickets:reply", args=[ticket.number]), form) for _click in range(2)]

    assert [answer["Location"] for answer in answers] == [ticket.get_absolute_url()] * 2
    assert TicketEvent.objects.filter(ticket=ticket, kind="replied").count() == 1
