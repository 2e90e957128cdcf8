"""Replies that the desks of the demo keep ready."""

from accounts.models import Lpse
from escalation.tiers import Tier
from knowledge.models import CannedText

GREETING = "Selamat pagi, Bapak/Ibu {nama}. Tiket {nomor} sudah kami terima dan sedang kami periksa."
SCREENSHOT = (
    "Selamat pagi, Bapak/Ibu {nama}. Agar permasalahan “{judul}” dapat kami periksa, mohon kirimkan screenshot yang "
    "memuat pesan kesalahan dan jam kejadian.\n\nSalam,\n{petugas}"
)
VERSION = "Mohon sebutkan versi SPSE yang tertulis di bagian bawah halaman {lpse}."
LPSE_TEXTS = {"Salam pembuka": GREETING, "Minta screenshot": SCREENSHOT}
LKPP_TEXTS = LPSE_TEXTS | {"Minta versi SPSE": VERSION}


def make_texts() -> None:
    """Give every LPSE and every desk of LKPP its first texts."""
    at_lpse = [(Tier.LPSE, lpse, LPSE_TEXTS) for lpse in Lpse.objects.all()]
    at_lkpp = [(tier, None, LKPP_TEXTS) for tier in Tier if tier != Tier.LPSE]
    CannedText.objects.bulk_create(
        CannedText(tier=tier, lpse=lpse, title=title, body=body)
        for tier, lpse, texts in [*at_lpse, *at_lkpp]
        for title, body in texts.items()
    )
