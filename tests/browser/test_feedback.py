"""Feedback in two rounds, with a lost connection and a reload in between (R18)."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.models import User
from escalation.tiers import Tier
from tickets.models import DataRequest, RequestedItem, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Status = Ticket.Status


def picture() -> dict[str, object]:
    """A small real PNG, as a browser takes it."""
    out = BytesIO()
    Image.new("RGB", (40, 20), "#06264d").save(out, "PNG")
    return {"name": "layar.png", "mimeType": "image/png", "buffer": out.getvalue()}


def ask(desk: Page, address: str, text: str, items: str) -> None:
    """The officer asks for data, to be answered within the week."""
    desk.goto(address)
    desk.get_by_role("link", name="Minta Kelengkapan Data").click()
    desk.get_by_label("Penjelasan untuk pelapor").fill(text)
    desk.get_by_label("Data yang diminta").fill(items)
    day = timezone.localdate() + timedelta(days=3)
    desk.get_by_label("Batas jawaban").fill(f"{day:%d-%m-%Y}")
    desk.locator("main").get_by_role("button", name="Minta Kelengkapan Data").click()
    expect(desk.locator(".work__head .chip")).to_have_text("Menunggu Data Pendukung")


@pytest.mark.standard("R18")
def test_two_rounds_of_feedback_survive_a_lost_connection_and_a_reload(
    open_browser: Callable[..., Page],
    complaints: list[str],
    ticket_in: Callable[..., Ticket],
    chain: dict[int, User],
    vendor: User,
) -> None:
    ticket = ticket_in(Tier.LPSE, Status.IN_PROGRESS, now=timezone.now())
    address = ticket.get_absolute_url()
    desk, reporter = open_browser(chain[Tier.LPSE]), open_browser(vendor)

    ask(desk, address, "Kami perlu melihat pesannya.", "Screenshot pesan kesalahan\nSurat kuasa")
    reporter.goto(address)
    expect(reporter.get_by_role("heading", name="Kami menunggu data dari Anda")).to_be_visible()
    words = reporter.get_by_label("Keterangan untuk petugas")
    with reporter.expect_response("**/draf/simpan/**"):
        words.fill("Kejadian pukul 09.40 WIB.")
    reporter.context.set_offline(True)
    words.fill("Kejadian pukul 09.40 WIB memakai User ID melatirekaan.")
    reporter.context.set_offline(False)
    with reporter.expect_response("**/draf/simpan/**"):
        words.fill("Kejadian pukul 09.40 WIB dengan User ID melatirekaan.")
    reporter.reload()
    expect(words).to_have_value("Kejadian pukul 09.40 WIB dengan User ID melatirekaan.")
    expect(reporter.get_by_text("Tulisan Anda yang belum terkirim kami pulihkan.")).to_be_visible()
    first, second = RequestedItem.objects.order_by("pk")
    reporter.locator(f"input[name=item_{first.pk}]").set_input_files(picture())
    reporter.locator("li", has_text="Surat kuasa").get_by_text("Saya tidak memiliki data ini", exact=True).click()
    reporter.locator(f"[name=reason_{second.pk}]").fill("Saya direktur perusahaan.")
    expect(reporter.locator("li", has_text="layar.png").last).to_contain_text("tersimpan")
    reporter.locator(f"[name=reason_{second.pk}]").press("Enter")  # sends; it does not remove the file
    expect(reporter.locator(".work__head .chip")).to_have_text("Diproses")

    ask(desk, address, "Terima kasih. Satu hal lagi.", "Tanggal terakhir berhasil masuk")
    expect(desk.locator(".tl")).to_contain_text("Saya direktur perusahaan.")
    reporter.goto(address)
    reporter.get_by_label("Keterangan untuk petugas").fill("Terakhir berhasil 17 November 2026.")
    reporter.get_by_role("button", name="Kirim data").click()
    expect(reporter.locator(".work__head .chip")).to_have_text("Diproses")
    expect(reporter.locator(".tl")).to_contain_text("layar.png")
    expect(reporter.locator(".tl")).to_contain_text("Terakhir berhasil 17 November 2026.")

    assert DataRequest.objects.filter(answered_at=None).count() == 0
    assert list(RequestedItem.objects.order_by("pk").values_list("state", flat=True)) == [
        RequestedItem.State.PROVIDED,
        RequestedItem.State.UNAVAILABLE,
        RequestedItem.State.SKIPPED,
    ]
    assert [fault for fault in complaints if "htmx" not in fault] == []
