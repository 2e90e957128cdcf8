"""The identity of a reporter: what §3 of the service asks of each kind, no more."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import Institution, Lpse, Reporter, Role, User
from accounts.services import save_identity
from core.fsm import Conflict

PROFILE = reverse("accounts:profile")
Kind = Reporter.Kind
VENDOR = {
    "name": "Wulan Rekaan",
    "email": "wulan@contoh.example",
    "phone": "0812-0000-0001",
    "spse_user_id": "melatirekaan",
    "business_form": "cv",
    "business_name": "CV Melati Rekaan",
    "npwp": "9000000000000001",
    "nib": "",
}


@pytest.fixture
def newcomer(make_user: Callable[..., User]) -> User:
    """A person with an account who never said who they are."""
    return make_user("newcomer", name="Orang Baru")


def save(browser: Client, kind: str, facts: dict[str, Any], **query: str) -> Any:
    return browser.post(PROFILE, facts, query_params={"jenis": kind} | query)


def test_a_newcomer_chooses_a_kind_and_is_then_asked_only_for_its_fields(
    newcomer: User, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(newcomer)
    assert list(browser.get(PROFILE).context["form"].fields) == ["jenis"]

    vendor = browser.get(PROFILE, {"jenis": Kind.VENDOR}).context["form"]
    official = browser.get(PROFILE, {"jenis": Kind.PPK}).context["form"]

    assert list(vendor.fields) == list(VENDOR)
    assert list(official.fields) == ["name", "email", "phone", "spse_user_id", "institution", "work_unit", "nip"]
    assert vendor.initial == {"name": "Orang Baru", "email": newcomer.email}


def test_a_vendor_is_kept_in_one_notation(newcomer: User, sign_in: Callable[[User], Client]) -> None:
    answer = save(sign_in(newcomer), Kind.VENDOR, VENDOR | {"npwp": "00.000.000.0-001.000", "nib": "9000 0000 00001"})

    assert answer.url == PROFILE
    reporter = Reporter.objects.get(user=newcomer)
    assert (reporter.kind, reporter.phone, reporter.nib) == (Kind.VENDOR, "+6281200000001", "9000000000001")
    assert reporter.npwp == "0000000000001000"
    assert reporter.organisation == "CV Melati Rekaan"


@pytest.mark.parametrize("typed", ["081200000001", "62 812 0000 0001", "+62 812-0000-0001", "0812.0000.0001"])
def test_a_telephone_number_is_read_in_every_usual_notation(
    newcomer: User, sign_in: Callable[[User], Client], typed: str
) -> None:
    save(sign_in(newcomer), Kind.VENDOR, VENDOR | {"phone": typed})

    assert Reporter.objects.get(user=newcomer).phone == "+6281200000001"


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ("phone", "12345", "Tulis nomor telepon lengkap, misalnya 0812-0000-0001 atau +62 812 0000 0001."),
        ("phone", "surel saja", "Tulis nomor telepon lengkap, misalnya 0812-0000-0001 atau +62 812 0000 0001."),
        ("npwp", "90000000000001", "NPWP terdiri dari 16 angka."),
        ("npwp", "90000000000000012", "NPWP terdiri dari 16 angka."),
        ("npwp", "900000000000000x", "NPWP terdiri dari 16 angka."),
        ("npwp", "٩٠٠٠٠٠٠٠٠٠٠٠٠٠٠١", "NPWP terdiri dari 16 angka."),
        ("nib", "123", "NIB terdiri dari 13 angka."),
        ("npwp", "", "Isi NPWP."),
        ("business_name", "", "Isi Nama badan usaha."),
        ("business_form", "", "Pilih Bentuk usaha."),
        ("name", "\u200b", "Tulisan ini tidak memuat huruf yang terlihat."),
    ],
)
def test_a_wrong_answer_is_explained_and_nothing_typed_is_lost(
    newcomer: User, sign_in: Callable[[User], Client], field: str, typed: str, error: str
) -> None:
    page = save(sign_in(newcomer), Kind.VENDOR, VENDOR | {field: typed})

    assert page.status_code == 200
    assert page.context["form"].errors == {field: [error]}
    assert "melatirekaan" in page.content.decode()
    assert "<title>" in page.content.decode()
    assert not Reporter.objects.filter(user=newcomer).exists()


def test_a_person_who_trades_alone_needs_no_business_name(newcomer: User, sign_in: Callable[[User], Client]) -> None:
    save(sign_in(newcomer), Kind.VENDOR, VENDOR | {"business_form": "individual", "business_name": ""})

    reporter = Reporter.objects.get(user=newcomer)
    assert reporter.business_name == ""
    assert reporter.organisation == "Wulan Rekaan"


def test_an_official_names_the_institution(newcomer: User, sign_in: Callable[[User], Client]) -> None:
    institution = Institution.objects.create(name="Kementerian Urusan Contoh", kind=Institution.Kind.MINISTRY)
    facts = {"name": "Dewi", "email": "dewi@contoh.example", "phone": "081200000003", "spse_user_id": "dewi"}
    facts |= {"work_unit": "Satker Contoh", "nip": ""}
    browser = sign_in(newcomer)

    assert save(browser, Kind.PPK, facts).context["form"].errors == {"institution": ["Pilih Instansi (K/L/PD)."]}
    save(browser, Kind.PPK, facts | {"institution": str(institution.pk)})

    assert Reporter.objects.get(user=newcomer).institution == institution


def test_pa_and_kpa_are_asked_for_their_sirup_user(newcomer: User, sign_in: Callable[[User], Client]) -> None:
    page = sign_in(newcomer).get(PROFILE, {"jenis": Kind.BUDGET_USER}).content.decode()

    assert "User ID SiRUP" in page
    assert "User ID SPSE" not in page


def test_staff_of_an_lpse_report_for_their_own_office_only(
    helpdesk: User, lpse: Lpse, other_lpse: Lpse, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(helpdesk)
    facts = {"name": "Laras", "email": "laras@contoh.example", "phone": "081200000005"}

    refused = save(browser, Kind.LPSE_STAFF, facts | {"lpse": str(other_lpse.pk)})
    assert "lpse" in refused.context["form"].errors
    save(browser, Kind.LPSE_STAFF, facts | {"lpse": str(lpse.pk)})

    assert Reporter.objects.get(user=helpdesk).lpse == lpse


def test_petugas_lpse_is_offered_only_to_people_with_a_duty_there(
    newcomer: User, helpdesk: User, sign_in: Callable[[User], Client]
) -> None:
    assert Kind.LPSE_STAFF in sign_in(helpdesk).get(PROFILE).context["kinds"]
    assert Kind.LPSE_STAFF not in sign_in(newcomer).get(PROFILE).context["kinds"]
    with pytest.raises(PermissionDenied):
        save_identity(by=newcomer, kind=Kind.LPSE_STAFF, facts={})


def test_staff_of_lkpp_serve_and_do_not_report(eproc: User, sign_in: Callable[[User], Client]) -> None:
    page = sign_in(eproc).get(PROFILE)

    assert page.context["kinds"] == []
    assert "tidak membuat tiket" in page.content.decode()
    with pytest.raises(PermissionDenied):
        save_identity(by=eproc, kind=Kind.VENDOR, facts={})


def test_the_kind_is_chosen_once(vendor: User, sign_in: Callable[[User], Client]) -> None:
    form = sign_in(vendor).get(PROFILE, {"jenis": Kind.PPK}).context["form"]
    assert list(form.fields) == list(VENDOR)

    with pytest.raises(Conflict):
        save_identity(by=vendor, kind=Kind.PPK, facts={})

    assert Reporter.objects.get(user=vendor).kind == Kind.VENDOR


def test_an_identity_can_be_corrected_and_then_shows_what_was_kept(
    vendor: User, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(vendor)
    page = browser.post(PROFILE, VENDOR | {"business_name": "CV Melati Baru"}, follow=True)

    assert "Identitas Anda tersimpan." in page.content.decode()
    assert page.context["form"].initial["business_name"] == "CV Melati Baru"
    assert page.context["form"].initial["phone"] == "0812-0000-0001"


@pytest.mark.parametrize(
    ("given", "leads_to"), [("/tiket/buat/", "/tiket/buat/"), ("https://contoh.invalid/", PROFILE)]
)
def test_afterwards_the_person_is_sent_on_but_never_off_the_site(
    newcomer: User, sign_in: Callable[[User], Client], given: str, leads_to: str
) -> None:
    assert save(sign_in(newcomer), Kind.VENDOR, VENDOR, next=given).url == leads_to


def test_the_way_on_survives_the_choice_of_the_kind(newcomer: User, sign_in: Callable[[User], Client]) -> None:
    page = sign_in(newcomer).get(PROFILE, {"next": "/tiket/buat/"}).content.decode()

    assert '<input type="hidden" name="next" value="/tiket/buat/">' in page


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/login/", "/admin/accounts/user/", "/admin/tidak-ada/", "/admin/jsi18n/"]
)
def test_for_everybody_but_the_operator_there_is_no_admin(
    client: Client, supervisor: User, sign_in: Callable[[User], Client], path: str
) -> None:
    answers = [browser.get(path).status_code for browser in (client, sign_in(supervisor))]
    answers += [browser.post(path, {"username": "operator"}).status_code for browser in (client, sign_in(supervisor))]

    assert answers == [404] * 4


@pytest.mark.parametrize(
    "page", ["accounts/user", "accounts/reporter", "accounts/lpse", "tickets/subcategory", "audit/auditentry"]
)
def test_lists_in_the_admin_open_for_the_operator_and_nobody_else(
    make_user: Callable[..., User], helpdesk: User, vendor: User, sign_in: Callable[[User], Client], page: str
) -> None:
    operator = make_user("operator", is_staff=True, is_superuser=True)

    listing = sign_in(operator).get(f"/admin/{page}/")
    assert listing.status_code == 200
    assert vendor.reporter.npwp not in listing.content.decode()
    assert sign_in(helpdesk).get(f"/admin/{page}/").status_code == 404


def test_the_audit_trail_can_only_be_read_in_the_admin(
    make_user: Callable[..., User], sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(make_user("operator", is_staff=True, is_superuser=True))

    assert browser.get("/admin/audit/auditentry/add/").status_code == 403


def test_the_operator_makes_an_account_with_a_duty(
    make_user: Callable[..., User], lpse: Lpse, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(make_user("operator", is_staff=True, is_superuser=True))
    secret = "kata-sandi-rekaan-26"
    person = {"username": "baru", "name": "Petugas Baru", "email": "baru@contoh.example", "usable_password": "true"}
    duties = {"duties-TOTAL_FORMS": "0", "duties-INITIAL_FORMS": "0"}

    added = browser.post("/admin/accounts/user/add/", person | duties | {"password1": secret, "password2": secret})
    user = User.objects.get(username="baru")
    assert added.status_code == 302
    assert user.check_password(secret)

    duty = {"duties-TOTAL_FORMS": "1", "duties-INITIAL_FORMS": "0", "duties-0-role": Role.VERIFIER}
    changed = browser.post(
        f"/admin/accounts/user/{user.pk}/change/",
        person | {"is_active": "on", "duties-0-lpse": str(lpse.pk), "duties-0-user": str(user.pk)} | duty,
    )
    assert changed.status_code == 302
    assert user.duties.get().lpse == lpse


def test_an_officer_chooses_when_mail_comes(helpdesk: User, vendor: User, sign_in: Callable[[User], Client]) -> None:
    address = reverse("accounts:mail_choice")
    browser = sign_in(helpdesk)

    for choice, quiet in (("ringkas", True), ("segera", False)):
        assert browser.post(address, {"surel": choice}).url == PROFILE
        assert User.objects.get(pk=helpdesk.pk).mail_digest is quiet
    assert sign_in(vendor).post(address, {"surel": "ringkas"}).status_code == 404
