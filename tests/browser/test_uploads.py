"""Files as people send them: dropped, pasted, cancelled, removed, and tried again after a lost connection."""

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from escalation.tiers import Tier
from tests.browser.test_journey import picture
from tests.tickets.pages import PDF
from tests.tickets.test_uploads import EXE
from tickets.models import Attachment, RequestedItem, Ticket
from tickets.services import feedback

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Open = Callable[..., Page]
FILE = reverse("tickets:file")
UPLOAD = re.compile(r"/berkas/unggah/")
HAND_OVER = """([selector, kind, files]) => {
  const carried = new DataTransfer();
  for (const [name, type, bytes] of files) {
    const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    carried.items.add(new File([content], name, { type }));
  }
  const facts = { bubbles: true, cancelable: true };
  const event = kind === "paste" ? new ClipboardEvent(kind, { ...facts, clipboardData: carried })
                                 : new DragEvent(kind, { ...facts, dataTransfer: carried });
  return !document.querySelector(selector).dispatchEvent(event);
}"""


def hand_over(page: Page, selector: str, kind: str, *files: tuple[str, str, bytes]) -> bool:
    """Drop or paste files on an element; return whether the page took them from the browser."""
    rows = [[name, media_type, base64.b64encode(content).decode()] for name, media_type, content in files]
    return bool(page.evaluate(HAND_OVER, [selector, kind, rows]))


def choose(page: Page, *files: tuple[str, bytes], name: str = "files") -> None:
    """Choose files in the box of this name."""
    page.locator(f"input[type=file][name={name}]").set_input_files(
        [{"name": file, "mimeType": "application/pdf", "buffer": content} for file, content in files]
    )


def fill_in(page: Page) -> None:
    """Fill in all that Buat Tiket asks for."""
    page.get_by_label("Aplikasi").select_option(label="SPSE")
    page.get_by_label("Kategori").select_option(label="Gagal masuk")
    page.get_by_label("Judul Tiket").fill("Tidak dapat masuk ke SPSE")
    page.get_by_label("Deskripsi Permasalahan").fill("Muncul pesan User ID atau Password salah.")


def line(page: Page, name: str) -> Any:
    return page.locator("li").filter(has_text=name).last


def is_stored(page: Page, name: str) -> None:
    expect(line(page, name)).to_contain_text("tersimpan")


def hold_back(page: Page) -> list[Route]:
    """Keep uploads on their way until the test lets them go on."""
    routes: list[Route] = []
    page.route(UPLOAD, lambda route: routes.append(route))
    return routes


def test_a_chosen_file_is_stored_at_once_and_sent_with_the_form(
    open_browser: Open, complaints: list[str], vendor: User
) -> None:
    page = open_browser(vendor)
    page.goto(FILE)
    fill_in(page)

    choose(page, ("a.pdf", PDF), ("b.pdf", PDF + b" "))

    is_stored(page, "a.pdf")
    is_stored(page, "b.pdf")
    assert Attachment.objects.filter(draft__isnull=False).count() == 2
    page.get_by_role("button", name="Kirim Tiket").click()
    expect(page.get_by_role("heading", name="Tiket Anda telah kami terima")).to_be_visible()
    assert {file.name for file in Ticket.objects.get().events.get().attachments.all()} == {"a.pdf", "b.pdf"}
    assert complaints == []


def test_files_are_dropped_and_a_screenshot_is_pasted(open_browser: Open, complaints: list[str], vendor: User) -> None:
    page = open_browser(vendor)
    page.goto(FILE)
    page.get_by_label("Kategori").select_option(label="Gagal masuk")
    need = page.locator("#data-dukung li[data-input]").first
    answers = need.locator("input").get_attribute("name")

    hand_over(page, ".drop", "dragover", ("a.pdf", "application/pdf", PDF))
    expect(page.locator(".drop")).to_have_class(re.compile("border-primary"))
    assert hand_over(page, ".drop", "drop", ("a.pdf", "application/pdf", PDF))
    is_stored(page, "a.pdf")
    expect(page.locator(".drop")).not_to_have_class(re.compile("border-primary"))
    assert hand_over(page, f"label[for={answers}]", "drop", ("bukti.pdf", "application/pdf", PDF))
    is_stored(page, "bukti.pdf")
    assert hand_over(page, "#id_description", "paste", ("image.png", "image/png", picture()))
    expect(line(page, "tangkapan-layar-")).to_contain_text("tersimpan")
    assert hand_over(page, "h1", "drop", ("c.pdf", "application/pdf", PDF)), "a file beside the form replaces the page"

    kept = {file.name: file for file in Attachment.objects.all()}
    assert kept["bukti.pdf"].requirement
    assert kept["a.pdf"].requirement is None
    assert [name for name in kept if re.fullmatch(r"tangkapan-layar-\d\d\.\d\d\.\d\d\.png", name)]
    assert len(kept) == 3
    page.reload()
    is_stored(page, "bukti.pdf")
    is_stored(page, "tangkapan-layar-")
    assert complaints == []


def test_progress_is_told_and_an_upload_is_cancelled(open_browser: Open, vendor: User) -> None:
    page = open_browser(vendor)
    page.goto(FILE)
    routes = hold_back(page)

    choose(page, ("a.pdf", PDF), ("b.pdf", PDF + b" "), ("c.pdf", PDF + b"  "))

    expect(line(page, "a.pdf")).to_contain_text(re.compile("Mengunggah a.pdf|Memeriksa a.pdf"))
    expect(page.get_by_role("progressbar", name="Kemajuan unggah a.pdf")).to_be_visible()
    expect(line(page, "c.pdf")).to_contain_text("Menunggu giliran: c.pdf")
    line(page, "c.pdf").get_by_role("button", name="Batalkan c.pdf").click()
    expect(page.get_by_text("c.pdf tidak jadi diunggah.")).to_be_visible()
    for route in routes:
        route.continue_()
    is_stored(page, "a.pdf")
    is_stored(page, "b.pdf")
    expect(page.locator("li").filter(has_text="c.pdf")).to_have_count(0)
    assert Attachment.objects.count() == 2


def test_a_stored_file_is_removed_and_a_refused_one_says_why(open_browser: Open, vendor: User) -> None:
    page = open_browser(vendor)
    page.goto(FILE)
    fill_in(page)

    choose(page, ("a.pdf", PDF), ("jahat.pdf", EXE))
    is_stored(page, "a.pdf")
    expect(page.get_by_role("alert").filter(has_text="jahat.pdf")).to_contain_text("isinya bukan PDF")
    page.get_by_role("button", name="Hapus jahat.pdf").click()
    page.get_by_role("button", name="Hapus a.pdf").click()

    expect(page.locator("[data-chosen] li")).to_have_count(0)
    expect(page.locator("[data-chosen]")).to_be_hidden()
    assert not Attachment.objects.exists()
    need = page.locator("#data-dukung li[data-input] input").first.get_attribute("name")
    choose(page, ("bukti.pdf", PDF), name=need)
    is_stored(page, "bukti.pdf")
    page.get_by_role("button", name="Hapus bukti.pdf").click()
    expect(page.locator(f"input[name={need}]")).to_be_attached()
    choose(page, ("bukti2.pdf", PDF), name=need)
    is_stored(page, "bukti2.pdf")


def test_after_a_lost_connection_the_file_is_tried_again(open_browser: Open, vendor: User) -> None:
    page = open_browser(vendor)
    page.goto(FILE)
    fill_in(page)
    page.context.set_offline(True)

    choose(page, ("a.pdf", PDF))

    expect(page.get_by_role("alert").filter(has_text="a.pdf")).to_contain_text("Sambungan terputus")
    page.get_by_role("button", name="Kirim Tiket").click()
    expect(page.get_by_text("Formulir belum terkirim: ada berkas yang belum terunggah.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Coba lagi a.pdf").click()
    is_stored(page, "a.pdf")
    page.get_by_role("button", name="Kirim Tiket").click()
    expect(page.get_by_role("heading", name="Tiket Anda telah kami terima")).to_be_visible()
    assert Attachment.objects.get().event


def test_a_form_sent_while_files_travel_waits_for_them(open_browser: Open, complaints: list[str], vendor: User) -> None:
    page = open_browser(vendor)
    page.goto(FILE)
    fill_in(page)
    routes = hold_back(page)

    choose(page, ("a.pdf", PDF))
    page.get_by_role("button", name="Kirim Tiket").click()

    expect(page.get_by_text("Menunggu unggahan selesai.")).to_be_visible()
    assert not Ticket.objects.exists()
    for route in routes:
        route.continue_()
    expect(page.get_by_role("heading", name="Tiket Anda telah kami terima")).to_be_visible()
    assert Attachment.objects.get().event
    assert complaints == []


def test_the_same_in_a_reply_and_in_feedback(
    open_browser: Open,
    complaints: list[str],
    ticket_in: Callable[..., Ticket],
    chain: dict[int, User],
    vendor: User,
) -> None:
    ticket = ticket_in(Tier.LPSE, Ticket.Status.IN_PROGRESS)
    desk = open_browser(chain[Tier.LPSE])
    desk.goto(ticket.get_absolute_url())
    desk.locator("#id_text").fill("Silakan lihat panduan ini.")
    hand_over(desk, "#id_text", "paste", ("image.png", "image/png", picture()))
    expect(line(desk, "tangkapan-layar-")).to_contain_text("tersimpan")
    desk.get_by_role("button", name="Kirim balasan").click()
    expect(desk.locator(".tl")).to_contain_text("tangkapan-layar-")

    ticket.refresh_from_db()
    feedback.request_data(
        ticket.pk,
        by=chain[Tier.LPSE],
        now=ticket.changed_at,
        version=ticket.version,
        key=None,
        text="Mohon lengkapi.",
        items=["Screenshot", "Log"],
        reply_by=feedback.latest_reply_by(ticket, now=ticket.changed_at),
    )
    item = RequestedItem.objects.get(name="Log")
    page = open_browser(vendor)
    page.goto(ticket.get_absolute_url())
    choose(page, ("galat.pdf", PDF), name=f"item_{item.pk}")
    is_stored(page, "galat.pdf")
    page.get_by_role("button", name="Kirim data").click()
    expect(page.locator(".tl")).to_contain_text("galat.pdf")
    item.refresh_from_db()
    assert item.state == RequestedItem.State.PROVIDED
    assert complaints == []


def test_without_javascript_the_form_carries_its_files(open_browser: Open, vendor: User) -> None:
    page = open_browser(vendor, java_script_enabled=False)
    page.goto(FILE)
    fill_in(page)

    choose(page, ("a.pdf", PDF))
    page.get_by_role("button", name="Kirim Tiket").click()

    expect(page.get_by_role("heading", name="Tiket Anda telah kami terima")).to_be_visible()
    assert Attachment.objects.get().event
