"""A queue people live in: filters, order, saved views, several tickets at once, and the way to the next ticket."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Lpse, User
from core.numbers import make_number
from tickets.models import Application, Category, SavedView, Subcategory, Ticket
from tickets.services import handling, saved_views

Browse = Callable[[User], Client]
Make = Callable[..., Ticket]
Status = Ticket.Status
QUEUE = "/antrean/lpse-sukamaju/"


@pytest.fixture
def browser(helpdesk: User, sign_in: Browse) -> Client:
    """The helpdesk's browser."""
    return sign_in(helpdesk)


def numbers(response: HttpResponse) -> list[str]:
    """The tickets a list shows, from top to bottom."""
    assert response.status_code == 200
    return re.findall(r'<a class="queue__t" id="([^"]+)"', response.content.decode())


def text(response: HttpResponse) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def links(response: HttpResponse) -> dict[str, str]:
    """The neighbours a ticket's page links to, by rel."""
    found = re.findall(r'rel="(prev|next)" href="([^"]+)"', response.content.decode())
    return {rel: html.unescape(address) for rel, address in found}


# Filters


def test_each_filter_keeps_what_matches(
    make_ticket: Make, browser: Client, helpdesk: User, ppk: User, lpse: Lpse
) -> None:
    plain = make_ticket()
    tender = make_ticket(subcategory=Subcategory.objects.filter(category__name="Tender").first())
    sikap = make_ticket(application=Application.objects.get(name="SIKaP"))
    official, old, taken = make_ticket(by=ppk), make_ticket(now=timezone.now() - timedelta(days=8)), make_ticket()
    handling.take_ticket(taken.pk, by=helpdesk, now=timezone.now())
    fresh = timezone.now() - timedelta(hours=2)
    Ticket.objects.exclude(pk=old.pk).update(entered_at=fresh)

    def shown(**params: Any) -> set[str]:
        return set(numbers(browser.get(QUEUE, params)))

    everything = {ticket.number for ticket in (plain, tender, sikap, official, old, taken)}
    assert shown() == everything
    assert shown(kategori=Category.objects.get(name="Tender").pk) == {tender.number}
    assert shown(aplikasi=sikap.application_id) == {sikap.number}
    assert shown(instansi="sukamaju") == {official.number}
    assert shown(petugas=helpdesk.pk) == {taken.number}
    assert shown(petugas="tidak-ada") == everything - {taken.number}
    assert shown(umur="7") == shown(umur="1") == {old.number}
    assert shown(umur="14") == set()
    assert shown(umur="7", petugas=helpdesk.pk) == set()
    assert shown(tampil="saya", petugas=helpdesk.pk) == {taken.number}


def test_a_desk_of_lkpp_is_filtered_by_lpse(
    ticket_in: Make, make_ticket: Make, other_lpse: Lpse, eproc: User, helpdesk: User, sign_in: Browse
) -> None:
    here = ticket_in(2)

    found = [numbers(sign_in(eproc).get("/antrean/eproc/", {"lpse": name})) for name in ("Sukamaju", "Bahari")]

    assert found == [[here.number], []]
    assert 'name="lpse"' not in sign_in(helpdesk).get(QUEUE).content.decode()


GARBAGE = ["-1", "abc", "9" * 30, "9" * 5000, "'; --", "null", "%", "\u200b", "\ud83d"]


@pytest.mark.parametrize("name", ["kategori", "aplikasi", "petugas", "umur", "instansi", "lpse", "urut", "dari"])
def test_garbage_in_a_filter_is_passed_over(name: str, ticket: Ticket, browser: Client) -> None:
    for value in (garbage.encode("utf-8", "replace").decode() for garbage in GARBAGE):
        answer = browser.get(QUEUE, {name: value})

        assert answer.status_code == 200, value
        if name not in {"instansi"}:
            assert numbers(answer) == [ticket.number], value
        place = {"dari": f"{value}?{name}={value}"}
        assert browser.get(ticket.get_absolute_url(), place).status_code == 200, value


def test_filters_are_said_in_words_stay_in_every_link_and_can_be_removed(ticket: Ticket, browser: Client) -> None:
    category = Category.objects.get(name="Tender")

    answer = browser.get(QUEUE, {"kategori": category.pk, "urut": "terbaru", "umur": "banyak"})

    assert "Saringan aktif: Kategori Tender Hapus saringan" in text(answer)
    assert "Tidak ada tiket yang cocok" in text(answer)
    page = html.unescape(answer.content.decode())
    assert f'href="?tampil=saya&urut=terbaru&kategori={category.pk}"' in page
    assert 'href="?tampil=semua&urut=terbaru">Hapus saringan' in page
    assert "Saringan aktif" not in text(browser.get(QUEUE, {"umur": "banyak"}))


def test_a_filter_asked_by_htmx_gets_the_rows_only(ticket: Ticket, browser: Client) -> None:
    answer = browser.get(QUEUE, {"umur": "1"}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()


def test_the_list_asks_again_at_its_own_address(ticket: Ticket, browser: Client) -> None:
    page = html.unescape(browser.get(QUEUE, {"tampil": "saya", "umur": "3"}).content.decode())

    assert f'hx-get="{QUEUE}?tampil=saya&umur=3" hx-vals=' in page
    assert re.search(r"Diperbarui \d\d\.\d\d", page)


# Order


def test_the_nearest_stage_deadline_comes_first_and_none_comes_last_over_pages(
    make_ticket: Make, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.pagination.keyset_page.__defaults__", (2,))
    day = datetime(2026, 12, 1, tzinfo=UTC)
    deadlines = [None, day + timedelta(days=3), None, day, day + timedelta(days=1)]
    tickets = [make_ticket(stage_deadline_at=deadline) for deadline in deadlines]
    seen, query = [], "?urut=tenggat"

    for _page in range(3):
        answer = browser.get(QUEUE + query)
        seen += numbers(answer)
        following = re.search(r'rel="next" href="([^"]+)"', answer.content.decode())
        query = html.unescape(following[1]) if following else ""

    assert seen == [tickets[n].number for n in (3, 4, 1, 0, 2)]
    assert query == ""


@pytest.mark.parametrize(
    ("sort", "index"),
    [("batas", "promises_of_"), ("tenggat", "due_at_"), ("terlama", "queue_of_"), ("terbaru", "queue_of_")],
)
def test_every_order_is_read_from_an_index(
    sort: str, index: str, make_ticket: Make, lpse: Lpse, browser: Client
) -> None:
    base = make_ticket()
    facts = {
        field.attname: getattr(base, field.attname)
        for field in Ticket._meta.concrete_fields
        if not field.generated and field.name not in ("id", "response_clock")
    }
    # Not all alike: otherwise PostgreSQL expects the second page to be empty, and would sort it.
    dates = ("entered_at", "due_at", "stage_deadline_at")
    Ticket.objects.bulk_create(
        Ticket(
            **facts
            | {"number": make_number("TKT", 2025, n), "filing_key": uuid4(), "is_compensated": n % 2 == 0}
            | dict.fromkeys(dates, base.filed_at + timedelta(minutes=n))
        )
        for n in range(1500)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    with CaptureQueriesContext(connection) as queries:
        following = browser.get(QUEUE, {"urut": sort}).context["page"].next
        browser.get(QUEUE, {"urut": sort, "sesudah": following})

    first, second = [query["sql"] for query in queries if query["sql"].startswith('SELECT "tickets_ticket"."id"')]
    for plan in (plan_of(first), plan_of(second)):
        assert index in plan
        assert "Sort" not in plan
    assert re.search(r"Index Cond:.* \(ROW\(.+\) [<>] ROW\(", plan_of(second)), "begins where the first page ended"


def plan_of(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {query}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("count", [1, 40])
def test_a_filtered_queue_asks_a_fixed_number_of_questions(
    count: int, make_ticket: Make, browser: Client, ppk: User
) -> None:
    for _number in range(count):
        one = make_ticket(by=ppk, now=timezone.now() - timedelta(days=2))
    params = {"kategori": one.subcategory.category_id, "petugas": "tidak-ada", "umur": "1", "instansi": "a"}
    assert numbers(browser.get(QUEUE, params))
    browser.get(QUEUE)

    with CaptureQueriesContext(connection) as plain:
        browser.get(QUEUE)
    with CaptureQueriesContext(connection) as filtered:
        browser.get(QUEUE, params)
    with CaptureQueriesContext(connection) as closed:
        browser.get(QUEUE, {"tampil": "ditutup"})

    assert [len(plain), len(filtered), len(closed)] == [19, 13, 17]
    assert browser.get(QUEUE).context["shown"].tabs["ditutup"].count is None, "closed tickets only grow"


# Saved views


def save(browser: Client, name: str, query: str = "tampil=saya", **more: Any) -> HttpResponse:
    return browser.post(f"{QUEUE}tampilan/", {"name": name, "query": query, **more}, follow=True)


def test_a_view_is_kept_as_what_has_an_effect(browser: Client, helpdesk: User, verifier: User, sign_in: Browse) -> None:
    answer = save(browser, "Berumur", "tampil=saya&umur=3&petugas=abc&sesudah=x&jahat=<script>")

    (view,) = SavedView.objects.all()
    assert (view.owner, view.query) == (helpdesk, "tampil=saya&urut=batas&umur=3")
    assert 'href="?tampil=saya&amp;urut=batas&amp;umur=3"' in answer.content.decode()
    assert "Berumur" not in text(sign_in(verifier).get(QUEUE))


def test_a_view_of_the_unit_is_seen_and_removed_by_every_officer_of_it(
    browser: Client, verifier: User, other_helpdesk: User, supervisor: User, sign_in: Browse
) -> None:
    save(browser, "Pagi", of_unit="on")
    save(sign_in(supervisor), "Penyelia", of_unit="on")
    pagi, penyelia = SavedView.objects.order_by("name")

    assert "Pagi" in text(sign_in(verifier).get(QUEUE))
    assert sign_in(other_helpdesk).post(f"{QUEUE}tampilan/{pagi.pk}/hapus/").status_code == 404
    assert sign_in(other_helpdesk).post("/antrean/lpse-bahari/tampilan/{pagi.pk}/hapus/").status_code == 404
    sign_in(verifier).post(f"{QUEUE}tampilan/{pagi.pk}/hapus/")

    assert list(SavedView.objects.all()) == [penyelia]


def test_nobody_removes_the_view_of_another(browser: Client, verifier: User, sign_in: Browse) -> None:
    save(browser, "Milik saya")

    sign_in(verifier).post(f"{QUEUE}tampilan/{SavedView.objects.get().pk}/hapus/")

    assert SavedView.objects.exists()


def test_saving_twice_replaces_and_the_twenty_first_is_refused(browser: Client, helpdesk: User) -> None:
    for number in range(saved_views.MOST):
        assert save(browser, f"Tampilan {number}").status_code == 200
    again = save(browser, "Tampilan 3", "tampil=ditutup")
    over = save(browser, "Satu lagi")
    of_unit = save(browser, "Satu lagi", of_unit="on")

    assert (again.status_code, over.status_code, of_unit.status_code) == (200, 409, 200)
    assert SavedView.objects.filter(owner=helpdesk).count() == saved_views.MOST
    assert SavedView.objects.get(name="Tampilan 3").query.startswith("tampil=ditutup")


@pytest.mark.parametrize("name", ["", "\u200b", "x" * 41, "dua\nbaris"])
def test_a_view_without_a_proper_name_is_not_kept(name: str, browser: Client) -> None:
    assert save(browser, name).status_code == 200
    assert not SavedView.objects.exists()


def test_a_view_longer_than_our_pages_write_is_not_followed(browser: Client) -> None:
    address = "/antrean/lpse-sukamaju/tampilan/"

    answer = browser.post(address, {"name": "Panjang", "query": "tampil=" + "x" * 20_000})

    assert answer.status_code == 302
    assert answer.url == "/antrean/lpse-sukamaju/?"


# Several at once


def test_taking_several_says_how_many_and_which_not(
    make_ticket: Make, browser: Client, helpdesk: User, verifier: User
) -> None:
    one, two, gone = make_ticket(), make_ticket(), make_ticket()
    handling.take_ticket(gone.pk, by=verifier, now=timezone.now())
    chosen = [one.number, two.number, gone.number, "TKT-2026-999999-0", "sampah"]

    answer = browser.post(
        f"{QUEUE}ambil-pilihan/", {"tickets": chosen, "query": "tampil=saya&urut=terbaru"}, follow=True
    )

    assert answer.redirect_chain[0][0] == f"{QUEUE}?tampil=saya&urut=terbaru"
    assert "Tiket yang Anda ambil: 2." in text(answer)
    assert f"{gone.number}: Tiket ini sudah diambil oleh {verifier.name}." in text(answer)
    assert list(Ticket.objects.order_by("pk").values_list("assignee", flat=True)) == [
        helpdesk.pk,
        helpdesk.pk,
        verifier.pk,
    ]


def test_reassigning_several_refuses_each_for_its_own_reason(
    ticket_in: Make, browser: Client, helpdesk: User, verifier: User
) -> None:
    busy, new = ticket_in(1, Status.IN_PROGRESS), ticket_in()

    answer = browser.post(
        f"{QUEUE}alihkan-pilihan/", {"tickets": [busy.number, new.number], "officer": verifier.pk}, follow=True
    )

    assert "Tiket yang dialihkan: 1." in text(answer)
    assert f"{new.number}: Tiket ini belum mempunyai penanggung jawab." in text(answer)
    assert Ticket.objects.get(pk=busy.pk).assignee == verifier
    assert Ticket.objects.get(pk=new.pk).assignee is None


@pytest.mark.parametrize("form", [{}, {"tickets": []}, {"officer": "abc"}, {"tickets": "x", "officer": "9" * 30}])
def test_nothing_chosen_changes_nothing(form: dict[str, Any], ticket: Ticket, browser: Client) -> None:
    for act in ("ambil-pilihan", "alihkan-pilihan"):
        assert browser.post(f"{QUEUE}{act}/", form, follow=True).status_code == 200

    assert Ticket.objects.get(pk=ticket.pk).version == ticket.version


def test_a_ticket_of_another_desk_cannot_be_chosen(ticket: Ticket, other_helpdesk: User, sign_in: Browse) -> None:
    answer = sign_in(other_helpdesk).post(
        "/antrean/lpse-bahari/ambil-pilihan/", {"tickets": [ticket.number]}, follow=True
    )

    assert f"{ticket.number}: tidak ditemukan." in text(answer)
    assert Ticket.objects.get(pk=ticket.pk).assignee is None


def test_the_penyelia_may_reassign_but_not_take(
    ticket_in: Make, supervisor: User, verifier: User, sign_in: Browse
) -> None:
    busy, new = ticket_in(1, Status.IN_PROGRESS), ticket_in()
    browser = sign_in(supervisor)

    taken = browser.post(f"{QUEUE}ambil-pilihan/", {"tickets": [new.number]}, follow=True)
    browser.post(f"{QUEUE}alihkan-pilihan/", {"tickets": [busy.number], "officer": verifier.pk})

    assert f"{new.number}: tidak dapat Anda tangani." in text(taken)
    assert Ticket.objects.get(pk=busy.pk).assignee == verifier


# Next and previous


def test_a_ticket_leads_to_its_neighbours_in_the_view_one_came_from(make_ticket: Make, browser: Client) -> None:
    day = timezone.now() - timedelta(days=9)
    first, second, third = (make_ticket(now=day + timedelta(days=n)) for n in range(3))
    newest = browser.get(QUEUE, {"urut": "terbaru", "petugas": "tidak-ada"}).content.decode()
    (address,) = re.findall(rf'id="{second.number}" href="([^"]+)"', newest)

    page = browser.get(html.unescape(address))

    assert links(page)["prev"].startswith(third.get_absolute_url() + "?dari=lpse-sukamaju%3F")
    assert links(page)["next"].startswith(first.get_absolute_url())
    assert links(browser.get(links(page)["next"])).keys() == {"prev"}
    assert "petugas%3Dtidak-ada" in links(page)["next"]


def test_after_an_act_the_place_in_the_queue_is_still_known(make_ticket: Make, browser: Client) -> None:
    day = timezone.now() - timedelta(days=9)
    _first, second, third = (make_ticket(now=day + timedelta(days=n)) for n in range(3))
    browser.get(second.get_absolute_url(), {"dari": "lpse-sukamaju?tampil=belum-diambil"})
    browser.post(f"{second.get_absolute_url()}ambil/", {"version": second.version})

    page = browser.get(second.get_absolute_url())

    assert links(page)["next"].startswith(third.get_absolute_url())
    assert "belum-diambil" in links(page)["next"]


def test_without_an_origin_the_queue_of_the_unit_is_walked(make_ticket: Make, browser: Client) -> None:
    day = timezone.now() - timedelta(days=9)
    first, second = (make_ticket(now=day + timedelta(days=n)) for n in range(2))

    assert links(browser.get(first.get_absolute_url()))["next"].startswith(second.get_absolute_url())
    assert links(browser.get(second.get_absolute_url()))["prev"].startswith(first.get_absolute_url())


def test_a_reporter_has_no_neighbours(make_ticket: Make, vendor: User, sign_in: Browse) -> None:
    first, _second = make_ticket(), make_ticket()

    answer = sign_in(vendor).get(first.get_absolute_url(), {"dari": "lpse-sukamaju?tampil=semua"})

    assert links(answer) == {}
