"""Setting up a second factor and signing in with it: by an app, and by a key of the device (BSSN 4/2021)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from accounts.models import User
from notifications.models import Notification
from tests.accounts.test_two_factors import PASSWORD, code_of, give_app
from tests.browser.test_accessibility import faults_of, faults_on

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Open = Callable[..., Page]


def sign_in(page: Page, user: User) -> None:
    page.goto("/masuk/")
    page.get_by_label("Nama pengguna atau surel").fill(user.username)
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Masuk").click()


def confirm(page: Page) -> None:
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Lanjutkan").click()


def give_device(page: Page) -> tuple[CDPSession, str]:
    """Give the browser a device that knows its owner, e.g. by a fingerprint; return how to reach it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    answer = session.send("WebAuthn.addVirtualAuthenticator", {"options": device | {"hasResidentKey": True}})
    return session, answer["authenticatorId"]


def test_an_officer_sets_up_an_app_before_anything_else(
    open_browser: Open, eproc: User, settings: Any, complaints: list[str]
) -> None:
    settings.TWO_FACTORS = True
    page = open_browser()
    sign_in(page, eproc)
    expect(page.get_by_text("Tugas Anda memerlukan verifikasi dua langkah.")).to_be_visible()
    page.get_by_role("link", name="Aktifkan").click()
    confirm(page)
    assert page.get_by_alt_text("Kode QR untuk aplikasi autentikator").evaluate("drawn => drawn.naturalWidth") > 100
    secret = page.locator("main b.num").inner_text()
    page.get_by_label("Kode verifikasi").fill(code_of(secret))
    page.get_by_role("button", name="Aktifkan").click()
    expect(page.get_by_role("heading", name="Kode pemulihan")).to_be_visible()
    spare = page.locator("main li").first.inner_text()
    page.get_by_role("link", name="Sudah saya simpan").click()
    expect(page).to_have_url(re.compile("/antrean/"))

    later = open_browser()
    sign_in(later, eproc)
    later.get_by_label("Kode verifikasi").fill("000000")
    later.locator("main").get_by_role("button", name="Masuk", exact=True).click()
    expect(later.locator("main")).to_contain_text("Kode tidak cocok")
    later.get_by_label("Kode verifikasi").fill(spare)
    later.locator("main").get_by_role("button", name="Masuk", exact=True).click()
    expect(later).to_have_url(re.compile("/antrean/"))
    assert complaints == []


def test_a_key_of_the_device_is_the_second_step(open_browser: Open, vendor: User, complaints: list[str]) -> None:
    page = open_browser()
    give_device(page)
    sign_in(page, vendor)
    page.goto("/akun/dua-langkah/kunci/tambah/")
    confirm(page)
    page.get_by_label("Nama kunci").fill("Laptop kantor")
    page.wait_for_load_state()
    page.get_by_role("button", name="Tambah").click()
    expect(page.get_by_role("heading", name="Kode pemulihan")).to_be_visible()
    page.goto("/akun/dua-langkah/")
    expect(page.get_by_role("link", name="Hapus Laptop kantor")).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, vendor)
    expect(page.get_by_role("heading", name="Langkah kedua")).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("button", name="Pakai kunci keamanan").click()

    expect(page.get_by_role("heading", name="Tiket Saya")).to_be_visible()
    assert complaints == []


def test_a_passkey_signs_in_without_a_password(
    open_browser: Open, eproc: User, settings: Any, complaints: list[str]
) -> None:
    settings.TWO_FACTORS = True
    page = open_browser()
    session, device = give_device(page)
    sign_in(page, eproc)
    page.goto("/akun/dua-langkah/kunci/tambah/")
    confirm(page)
    page.get_by_label("Masuk cukup dengan kunci ini, tanpa kata sandi").check()
    page.get_by_role("button", name="Tambah").click()
    expect(page.get_by_role("heading", name="Kode pemulihan")).to_be_visible()
    page.context.clear_cookies()

    page.goto("/masuk/")
    page.get_by_role("button", name="Pakai passkey").click()

    expect(page).to_have_url(re.compile("/antrean/"))
    page.context.clear_cookies()
    page.goto("/masuk/")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Pakai passkey").click()
    expect(page.get_by_text("Kunci tidak terbaca.")).to_be_visible()
    assert complaints == []


def test_the_address_is_changed_by_a_code(open_browser: Open, vendor: User, complaints: list[str]) -> None:
    page = open_browser(vendor, reduced_motion="reduce")
    assert faults_of(page, "/profil/alamat-surel/") == []
    page.get_by_label("Alamat surel baru").fill("baru@contoh.invalid")
    page.get_by_role("button", name="Kirim kode").click()
    expect(page.get_by_role("heading", name="Masukkan kode")).to_be_visible()
    assert faults_on(page, "the code") == []

    page.get_by_label("Kode dari surel").fill(Notification.objects.get(kind="email_code").secret)
    page.get_by_role("button", name="Ubah alamat surel").click()

    expect(page.get_by_text("baru@contoh.invalid")).to_be_visible()
    assert complaints == []


def test_the_pages_of_the_second_factor_are_accessible_and_fit(open_browser: Open, vendor: User) -> None:
    page, guest = (open_browser(reduced_motion="reduce") for _each in range(2))
    sign_in(page, vendor)
    expect(page).to_have_url(re.compile("/tiket/"))
    page.goto("/akun/dua-langkah/kunci/tambah/")
    confirm(page)  # from here on nothing asks for it once more
    expect(page.get_by_label("Nama kunci")).to_be_visible()
    faults = [faults_on(page, "adding a key")]
    give_app(vendor)

    faults += [faults_of(page, f"/akun/dua-langkah/{path}") for path in ("", "aplikasi/hapus/", "kode-pemulihan/buat/")]
    page.get_by_role("button", name="Buat kode baru").click()
    expect(page.get_by_role("heading", name="Kode pemulihan")).to_be_visible()
    faults += [faults_on(page, "the new recovery codes")]
    faults += [faults_of(page, f"/akun/dua-langkah/{path}") for path in ("", "kode-pemulihan/", "konfirmasi/")]
    faults += [faults_of(page, path) for path in ("/konfirmasi-akses/", "/akun/sesi/")]
    sign_in(guest, vendor)
    expect(guest.get_by_label("Kode verifikasi")).to_be_visible()
    faults += [faults_on(guest, "the second step"), faults_of(open_browser(reduced_motion="reduce"), "/masuk/entah/")]

    assert [fault for found in faults for fault in found] == []


def test_setting_up_an_app_is_accessible_and_fits(open_browser: Open, vendor: User) -> None:
    page = open_browser(reduced_motion="reduce")
    sign_in(page, vendor)
    expect(page).to_have_url(re.compile("/tiket/"))

    page.goto("/akun/dua-langkah/aplikasi/aktifkan/")
    confirm(page)
    expect(page.get_by_label("Kode verifikasi")).to_be_visible()

    assert faults_on(page, "setting up an app") == []
