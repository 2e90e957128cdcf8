"""What every page shares: no inline style or script, the theme, the menus, the pages that end a road."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from escalation.models import OfficeHours

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "email" not in path.parts and path.name != "data.html"]  # a file to keep
SHARED = [path for path in TEMPLATES if path.name.startswith(("_", "base"))]
INLINE = re.compile(
    r"<style|\sstyle=|javascript:|<script(?![^>]*\ssrc=)"
    r"|\son(?:click|load|submit|change|input|error|focus|blur|key\w+|mouse\w+)=",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_needs_more_than_the_strict_content_policy(path):
    assert not INLINE.findall(path.read_text()), "Use a class of lpse.css or a file under static/js."


@pytest.mark.parametrize("path", SHARED, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_shared_template_opens_with_its_contract(path):
    assert path.read_text().startswith("{# "), "Say what the template needs and which blocks it has."


def test_own_scripts_set_no_inline_style():
    assert not [
        path.name for path in (ROOT / "static/js").glob("*.js") if re.search(r"\.style\b|eval\(", path.read_text())
    ]


@pytest.mark.standard("R02")
@pytest.mark.standard("R40")
@pytest.mark.standard("R42")
def test_the_landing_page_says_what_the_standard_asks(client: Client, db):
    html = client.get("/").content.decode()

    for words in ("No. SK 26 TAHUN 2022", "Tidak dipungut biaya", "https://eoffice.lkpp.go.id/persuratan", "LAPOR!"):
        assert words in html
    for words in ("tel:144", "(021) 2993-5577", "3 hari kerja", "1 jam", "5–10 menit", "3 × 24 jam (hari kerja)"):
        assert words in html


@pytest.mark.standard("R01")
def test_the_landing_page_opens_three_doors(client: Client, db):
    html = client.get("/").content.decode()

    doors = re.findall(r'<article class="door">(.*?)</article>', html, re.DOTALL)
    ways = [re.findall(r'<a class="btn[^>]*href="([^"]+)"', door) for door in doors]
    assert ways == [[reverse("tickets:file")], ["#tatap-muka"], ["tel:144"]]
    assert 'id="tatap-muka"' in html


@pytest.mark.standard("R06, R27")
@pytest.mark.parametrize("name", ["home", "tracking:track", "complaints:standard", "complaints:how", "account_login"])
def test_both_numbers_of_the_call_center_stand_on_every_public_page(client: Client, db, name):
    html = client.get(reverse(name)).content.decode()

    assert 'href="tel:144"' in html
    assert 'href="tel:+622129935577"' in html


def test_a_guest_sees_no_menu_of_others(client: Client, db):
    html = client.get("/").content.decode()

    assert reverse("account_login") in html
    assert reverse("notifications:inbox") not in html
    assert "Tiket Saya" not in html


def test_a_reporter_begins_with_their_tickets(sign_in, vendor):
    browser = sign_in(vendor)

    html = browser.get("/").content.decode()

    assert browser.get(reverse("start")).url == reverse("tickets:mine")
    assert reverse("tickets:mine") in html
    assert "Wulan Rekaan" in html


def test_staff_begin_with_the_queue_of_their_first_desk(sign_in, eproc):
    assert sign_in(eproc).get(reverse("start")).url == reverse("tickets:queue", args=["eproc"])


def test_a_person_who_is_nobody_yet_begins_with_their_profile(sign_in, make_user):
    assert sign_in(make_user("newcomer")).get(reverse("start")).url == reverse("accounts:profile")


def test_every_door_begins_with_its_own_page(sign_in, receptionist, consultant, call_agent, complaint_officer):
    people = (receptionist, consultant, call_agent, complaint_officer)

    begins = [sign_in(person).get(reverse("start")).url for person in people]

    assert begins == ["/resepsionis/", "/ruang-konsultasi/", "/panggilan/", "/register-pengaduan/"]


def test_one_desk_draws_one_block_of_the_side_menu(sign_in, eproc):
    html = sign_in(eproc).get("/tidak-ada/").content.decode()

    assert html.count('class="duty') == 1
    assert f"{reverse('tickets:queue', args=['eproc'])}?tampil=saya" in html


@pytest.mark.parametrize(
    ("choice", "painted", "follows"), [("light", "light", False), ("dark", "dark", False), ("auto", "light", True)]
)
def test_a_theme_is_kept_and_painted(client: Client, db, choice, painted, follows):
    answer = client.post(reverse("theme"), {"theme": choice, "next": "/masuk/?a=b"})

    html = client.get("/").content.decode()

    assert answer.url == "/masuk/?a=b"
    assert f'data-bs-theme="{painted}"' in html
    assert ("js/theme" in html) is follows


def test_a_theme_nobody_offers_is_ignored(client: Client, db):
    answer = client.post(reverse("theme"), {"theme": "<b>", "next": "/"})

    assert not answer.cookies


@pytest.mark.parametrize("back", ["https://jahat.example/", "//jahat.example", "javascript:alert(1)", "kata", ""])
def test_choosing_a_theme_never_leads_elsewhere(client: Client, db, back):
    assert client.post(reverse("theme"), {"theme": "dark", "next": back}).url == "/"


def test_a_form_that_is_too_old_says_what_to_do(vendor):
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post(reverse("theme"), {"theme": "dark"})

    assert answer.status_code == 403
    assert "Buka kembali halaman tadi, lalu kirim kembali." in answer.content.decode()


def test_a_missing_page_tells_the_way_on(client: Client, db):
    answer = client.get("/tidak-ada/")

    assert answer.status_code == 404
    assert "Halaman tidak ditemukan" in answer.content.decode()


@pytest.mark.parametrize("template", ["400.html", "413.html", "500.html"])
def test_the_last_pages_open_without_request_or_database(template):
    html = render_to_string(template, {"limit": 155 * 1024**2})

    assert "<h1>" in html
    assert "tel:144" in html


def test_registration_is_closed(client: Client, db):
    answer = client.post(reverse("account_signup"), {"username": "baru", "email": "baru@contoh.invalid"})

    assert "Pendaftaran tidak dilakukan di sini" in answer.content.decode()


def test_a_wrong_password_is_told_once_and_named_in_the_title(client: Client, vendor):
    html = client.post(reverse("account_login"), {"login": "vendor", "password": "salah"}).content.decode()

    assert "Galat:" in html
    assert html.count('role="alert"') == 1


def test_the_font_is_built_once(settings, tmp_path):
    settings.BUILD_ROOT = tmp_path
    call_command("build_font")
    font = tmp_path / "fonts/plus-jakarta-sans.woff2"
    first = font.stat().st_mtime_ns

    call_command("build_font")

    assert font.read_bytes().startswith(b"wOF2")
    assert font.stat().st_mtime_ns == first
    assert font.stat().st_size < 50_000


def test_the_front_door_stays_open_without_office_hours(client: Client, db):
    OfficeHours.objects.all().delete()

    assert client.get("/").status_code == 200
