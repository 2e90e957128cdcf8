"""What the service says of itself in public, and who may change it (R01, R02, R40–R49)."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from complaints.files import evidence_of
from complaints.models import Complaint, PublicText, Question, StandardPart
from complaints.templatetags.standard import worded
from escalation.models import Promise
from tests.tickets.pages import text_of
from tickets.models import Attachment, Draft

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
STANDARD = reverse("complaints:standard")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("No. SK: 26 TAHUN 2022", marks=pytest.mark.standard("R02")),
        pytest.param("LPSE Support, Tatap Muka dan Call center", marks=pytest.mark.standard("R01")),
        pytest.param(
            "kompensasi berupa pemberian prioritas untuk pelayanan berikutnya", marks=pytest.mark.standard("R39")
        ),
        pytest.param("Tidak dipungut biaya", marks=pytest.mark.standard("R40")),
        pytest.param(
            "Hasil Penyelesaian Permasalahan terkait Sistem Pengadaan Secara Elektronik",
            marks=pytest.mark.standard("R41"),
        ),
        pytest.param(
            "Deputi Bidang Monitoring-Evaluasi dan Pengembangan Sistem Informasi", marks=pytest.mark.standard("R43")
        ),
        pytest.param("paling lambat 3 x 24 jam (hari kerja)", marks=pytest.mark.standard("R45")),
        pytest.param("dalam satu kanal", marks=pytest.mark.standard("R47")),
        pytest.param("Unduh di Play Store Unduh di App Store", marks=pytest.mark.standard("R48")),
        pytest.param(
            "Klik banner dibawah untuk melaporkan masalah Pelayanan Publik", marks=pytest.mark.standard("R49")
        ),
    ],
)
def test_the_standard_is_shown_in_the_decrees_own_words(client: Client, words: str) -> None:
    assert words in text_of(client.get(STANDARD))


@pytest.mark.standard("R01, R48")
def test_every_word_of_the_decree_stands_in_the_standard_and_no_other() -> None:
    decree = Path(__file__).with_name("decree.txt").read_text(encoding="utf-8")

    parts = StandardPart.objects.filter(is_decree=True).values_list("text", flat=True)

    assert "".join("".join(parts).replace("## ", "").split()) == "".join(decree.partition("TAHUN 2022")[2].split())


@pytest.mark.standard("R48")
def test_words_that_the_office_changed_are_not_taken_back() -> None:
    migration = import_module("complaints.migrations.0004_decree")
    StandardPart.objects.filter(position=6).update(text="Kata kantor.")

    migration.complete_texts(apps, None)

    assert StandardPart.objects.get(position=6).text == "Kata kantor."


@pytest.mark.standard("R44")
def test_files_of_complaints_from_before_stay_with_them(make_complaint: Callable[..., Complaint]) -> None:
    complaint = make_complaint()
    file, form = Attachment.objects.get(), Draft.objects.get(key=complaint.key)
    form.attachments.add(file)
    Draft.objects.exclude(pk=form.pk).delete()

    import_module("complaints.migrations.0004_decree").keep_files(apps, None)

    assert list(evidence_of(complaint)) == [file]


def test_what_the_decree_does_not_say_is_left_for_the_office(client: Client) -> None:
    page = text_of(client.get(STANDARD))

    assert page.count("Belum diisi oleh kantor penyelenggara.") == StandardPart.objects.filter(text="").count() == 8


def test_the_penyelia_writes_what_is_missing_and_before_and_after_are_written_down(
    supervisor: User, sign_in: Browse, client: Client
) -> None:
    part = StandardPart.objects.get(name="Dasar hukum")
    path = reverse("complaints:change_part", args=[part.pk])

    sign_in(supervisor).post(path, {"text": "1. UU 25/2009", "before": ""})

    assert "UU 25/2009" in text_of(client.get(STANDARD))
    entry = AuditEntry.objects.get(kind="standard_changed")
    assert (entry.actor, entry.subject, entry.data) == (
        supervisor,
        "Dasar hukum",
        {"before": "", "after": "1. UU 25/2009"},
    )


def test_nobody_overwrites_what_a_colleague_changed_meanwhile(supervisor: User, sign_in: Browse) -> None:
    part = StandardPart.objects.get(name="Dasar hukum")
    path, browser = reverse("complaints:change_part", args=[part.pk]), sign_in(supervisor)
    browser.post(path, {"text": "Yang pertama", "before": ""})

    stale = browser.post(path, {"text": "Yang kedua", "before": ""})

    assert stale.status_code == 409
    assert StandardPart.objects.get(pk=part.pk).text == "Yang pertama"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (datetime(2026, 11, 23, 3, tzinfo=UTC), "Hari ini buka"),
        (datetime(2026, 12, 24, 3, tzinfo=UTC), "Hari ini tutup: Cuti Bersama"),
        (datetime(2026, 11, 22, 3, tzinfo=UTC), "Hari ini tutup: Minggu"),
    ],
)
def test_the_opening_hours_know_the_calendar(client: Client, day: datetime, words: str) -> None:
    with time_machine.travel(day, tick=False):
        page = text_of(client.get(reverse("complaints:hours")))

    assert words.casefold() in page.casefold()
    assert "25 Desember 2026" in page


def test_questions_are_added_changed_and_taken_away(supervisor: User, sign_in: Browse, client: Client) -> None:
    browser, asked = sign_in(supervisor), {"question": "Berapa biayanya?", "position": 1}
    browser.post(reverse("complaints:add_question"), asked | {"answer": "Gratis."})
    path = reverse("complaints:change_question", args=[Question.objects.get().pk])

    browser.post(path, asked | {"answer": "Tidak dipungut biaya."})
    shown = text_of(client.get(reverse("complaints:questions")))
    browser.post(path, asked | {"answer": ""})

    assert "Tidak dipungut biaya." in shown
    assert not Question.objects.exists()


@pytest.mark.parametrize("slug", ["maklumat", "privasi", "loket"])
def test_every_page_of_the_office_stands_and_can_be_changed(
    client: Client, supervisor: User, sign_in: Browse, slug: str
) -> None:
    before = PublicText.objects.get(slug=slug).text

    sign_in(supervisor).post(reverse("complaints:change_text", args=[slug]), {"text": "Kata kami.", "before": before})

    assert "Kata kami." in text_of(client.get(reverse("complaints:text", args=[slug])))


def test_the_privacy_notice_tells_where_to_have_data_corrected_or_erased(client: Client) -> None:
    notice = text_of(client.get(reverse("complaints:text", args=["privasi"])))

    assert "meminta data itu diperbaiki atau dihapus" in notice


def test_search_engines_find_the_public_pages_and_no_other(client: Client) -> None:
    pages, rules = client.get("/sitemap.xml").content.decode(), client.get("/robots.txt").content.decode()

    assert pages.count("<loc>") >= 8
    assert "/standar-pelayanan/</loc>" in pages
    assert "/tiket/" not in pages
    assert "Disallow: /tiket/" in rules


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("## Judul", "<h3>Judul</h3>"),
        ("1. satu\n2. dua", '<ol start="1"><li>satu</li><li>dua</li></ol>'),
        (
            "1. satu\n\nDeputi\nJakarta\n\n2. dua",
            '<ol start="1"><li>satu</li></ol><p>Deputi<br>Jakarta</p><ol start="2"><li>dua</li></ol>',
        ),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("", ""),
    ],
)
def test_texts_are_headings_points_and_paragraphs_and_never_markup(text: str, drawn: str) -> None:
    assert worded(text) == drawn


@pytest.mark.standard("R33")
@pytest.mark.standard("R35")
@pytest.mark.standard("R37")
@pytest.mark.standard("R45")
def test_the_front_page_says_what_is_promised_now(client: Client) -> None:
    limits = {"R33": 4, "A02": 5, "R35": 120, "R37": 8, "R45": 96}
    for code, limit in limits.items():
        Promise.objects.filter(code=code).update(limit=limit)

    page = text_of(client.get("/"))

    for words in ("4 hari kerja", "tanggap 5 hari kerja", "2 jam", "4–8 menit", "4 × 24 jam (hari kerja)"):
        assert words in page
    assert "3 hari kerja" not in page
