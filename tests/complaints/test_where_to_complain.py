"""The ways to complain that the standard names, as everybody reads them without an account (R42, R43, R46–R49)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Office
from tests.tickets.pages import text_of

pytestmark = pytest.mark.django_db
HOW, LETTER, STANDARD = (reverse(f"complaints:{name}") for name in ("how", "letter", "standard"))
SERVICE = "Pelayanan Dukungan Penggunaan SPSE melalui LPSE Support, Tatap Muka"
ADDRESSEE = [
    "Deputi Bidang Monitoring-Evaluasi dan Pengembangan Sistem Informasi",
    "Cq. Direktorat Pengembangan Sistem Pengadaan Secara Elektronik",
    "Lembaga Kebijakan Pengadaan Barang/Jasa Pemerintah",
    "Kompleks Rasuna Epicentrum",
    "Jalan Epicentrum Tengah Lot 11B",
    "Jakarta Selatan 12940",
]


@pytest.mark.standard("R42")
@pytest.mark.parametrize("path", ["/", HOW])
def test_the_way_to_e_office_is_one_click(client: Client, path: str) -> None:
    page = client.get(path)

    assert 'href="https://eoffice.lkpp.go.id/persuratan"' in page.content.decode()
    for kind in ("pengaduan", "keberatan", "saran", "masukan"):
        assert kind in text_of(page).casefold()


@pytest.mark.standard("R43")
@pytest.mark.parametrize("path", ["/", HOW, LETTER])
def test_the_whole_address_stands_where_a_letter_is_written(client: Client, path: str) -> None:
    assert " ".join(ADDRESSEE) in text_of(client.get(path))


@pytest.mark.standard("R43")
def test_an_office_that_moved_is_written_to_at_its_new_address(client: Client) -> None:
    Office.objects.update(letter_addressee="Deputi Contoh\nJalan Khayal 1", letter_url="https://surat.contoh.invalid/")

    page = client.get(HOW)

    assert "Deputi Contoh Jalan Khayal 1" in text_of(page)
    assert 'href="https://surat.contoh.invalid/"' in page.content.decode()


@pytest.mark.standard("R46, R47")
@pytest.mark.parametrize("path", ["/", HOW])
def test_lapor_takes_complaints_wishes_and_questions_in_one_channel(client: Client, path: str) -> None:
    page = text_of(client.get(path)).casefold()

    for words in ("pengaduan, aspirasi, dan permintaan informasi", "dalam satu kanal, lalu diteruskan ke instansi"):
        assert words in page


@pytest.mark.standard("R48")
@pytest.mark.parametrize("path", ["/", HOW, STANDARD])
def test_lapor_is_opened_on_the_web_or_taken_from_either_store(client: Client, path: str) -> None:
    stores = {"lapor_play_url": "https://play.contoh.invalid/", "lapor_app_url": "https://app.contoh.invalid/"}
    Office.objects.update(**stores)

    html = client.get(path).content.decode()

    for address in ("https://www.lapor.go.id", *stores.values()):
        assert f'href="{address}"' in html


@pytest.mark.standard("R48")
@pytest.mark.parametrize("path", ["/", HOW, STANDARD])
def test_a_store_whose_address_the_office_did_not_give_is_not_offered(client: Client, path: str) -> None:
    Office.objects.update(lapor_url="", lapor_play_url="", lapor_app_url="")

    html = client.get(path).content.decode()

    assert 'href=""' not in html
    assert "Unduh di Play Store</a>" not in html
    assert "Unduh di App Store</a>" not in html


@pytest.mark.standard("R49")
def test_a_problem_with_this_very_service_is_reported_from_the_landing_page(client: Client) -> None:
    html = client.get("/").content.decode()

    banner = html.partition("Isu dan keluhan atas layanan ini")[2]
    assert SERVICE in banner
    assert 'href="https://www.lapor.go.id"' in banner.partition("<footer")[0]


@pytest.mark.standard("R49")
def test_below_the_decrees_words_of_a_banner_there_is_one(client: Client) -> None:
    html = client.get(STANDARD).content.decode()

    below = html.partition("Klik banner dibawah")[2].partition("</section>")[0]
    assert SERVICE in below.partition("<a")[2]
    assert 'href="https://www.lapor.go.id"' in below


@pytest.mark.standard("R49")
def test_where_people_complain_the_banner_of_this_service_stands_too(client: Client) -> None:
    html = client.get(HOW).content.decode()

    banner = html.partition("Isu dan keluhan</b>")[2].partition("</a>")[0]
    assert SERVICE in banner
    assert 'class="callbar' in html
    assert html.count('href="https://www.lapor.go.id"') == 3  # the door, the banner, the foot


@pytest.mark.standard("R42, R43")
def test_the_address_is_copied_with_one_button(client: Client) -> None:
    html = client.get(HOW).content.decode()

    assert 'data-copy="alamat-surat"' in html
    assert 'id="alamat-surat"' in html
    assert "js/copy" in html
