"""What tickets can be about: the Penyelia changes it, Buat Tiket follows, old tickets keep their words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEntry
from core.fsm import Conflict
from tests.conftest import NOW
from tests.tickets.pages import image, upload
from tickets.models import Application, Attachment, Category, Subcategory, Ticket
from tickets.services import filing, uploads
from tickets.services.catalogue import keep_entry

Browse = Callable[[User], Client]
ACTING: dict[str, Any] = {"now": NOW, "address": "192.0.2.1"}


def form_of(row: Subcategory, **changes: Any) -> dict[str, Any]:
    """What the page of a subcategory sends when only this is changed."""
    known = {"category": row.category_id, "name": row.name, "position": row.position, "is_active": "on"}
    return known | {"suggested_role": row.suggested_role, "requirements": "\n".join(row.wanted)} | changes


def change(browser: Client, row: Subcategory, **changes: Any) -> Any:
    return browser.post(reverse("tickets:change_subcategory", args=[row.pk]), form_of(row, **changes))


@pytest.mark.standard("A13")
def test_a_subcategory_of_ones_own_asks_for_its_data_dukung_in_their_order(
    supervisor: User, vendor: User, sign_in: Browse
) -> None:
    akun = Category.objects.get(name="Akun")
    form = {"category": akun.pk, "name": "Kunci hilang", "position": 9, "is_active": "on", "needs_package_code": "on"}
    form |= {"suggested_role": "verifier", "requirements": " KTP direksi \n\nSurat kuasa\nKTP direksi"}

    sign_in(supervisor).post(reverse("tickets:add_subcategory", args=[akun.pk]), form)

    made = Subcategory.objects.get(name="Kunci hilang")
    assert (made.wanted, made.needs_package_code, made.needs_nib) == (["KTP direksi", "Surat kuasa"], True, False)
    page = sign_in(vendor).get(reverse("tickets:file"), {"subcategory": made.pk}).content.decode()
    assert "Kunci hilang" in page


def test_data_dukung_that_is_not_named_any_more_stays_with_the_file_that_answered_it(
    supervisor: User, ticket: Ticket, vendor: User, subcategory: Subcategory, sign_in: Browse
) -> None:
    old = subcategory.requirements.get(name="NPWP")
    sent = uploads.attach(upload("npwp.png", image()), key=ticket.filing_key, by=vendor, now=NOW, requirement=old)
    Attachment.objects.filter(pk=sent.pk).update(event=ticket.events.get(kind="filed"), draft=None)

    change(sign_in(supervisor), subcategory, requirements="Rekaman layar\nScreenshot pesan kesalahan")

    assert Attachment.objects.get(pk=sent.pk).requirement == old
    assert subcategory.wanted == ["Rekaman layar", "Screenshot pesan kesalahan"]
    assert [wanted.name for wanted in filing.missing_documents(ticket)] == subcategory.wanted
    entry = AuditEntry.objects.filter(kind=AuditEntry.Kind.CATALOGUE_CHANGED).latest("pk")
    assert entry.data["before"] == {"requirements": ["Screenshot pesan kesalahan", "NPWP"]}
    assert entry.data["after"] == {"requirements": ["Rekaman layar", "Screenshot pesan kesalahan"]}


def test_data_dukung_that_comes_back_is_the_same_as_before(
    supervisor: User, subcategory: Subcategory, sign_in: Browse
) -> None:
    browser, old = sign_in(supervisor), subcategory.requirements.get(name="NPWP")

    change(browser, subcategory, requirements="")
    change(browser, subcategory, requirements="NPWP")

    assert subcategory.requirements.get(is_active=True) == old


@pytest.mark.parametrize("level", ["subcategory", "category", "application"])
def test_what_is_switched_off_vanishes_from_buat_tiket_and_stays_on_old_tickets(
    supervisor: User, vendor: User, ticket: Ticket, level: str, sign_in: Browse
) -> None:
    row = {"subcategory": ticket.subcategory, "category": ticket.subcategory.category}.get(level, ticket.application)
    facts = {"is_active": False} | ({"requirements": []} if level == "subcategory" else {})

    keep_entry(row, facts, by=supervisor, **ACTING)

    browser = sign_in(vendor)
    option = f">{(ticket.application if level == 'application' else ticket.subcategory).name}</option>"
    assert option not in browser.get(reverse("tickets:file")).content.decode()
    assert row.name in browser.get(ticket.get_absolute_url()).content.decode()


def test_nobody_files_under_what_was_switched_off_while_they_wrote(
    supervisor: User, vendor: User, ticket: Ticket, sign_in: Browse
) -> None:
    keep_entry(ticket.subcategory.category, {"is_active": False}, by=supervisor, **ACTING)
    form = {"application": ticket.application_id, "subcategory": ticket.subcategory_id, "type": "problem"}

    answer = sign_in(vendor).post(reverse("tickets:file"), form | {"title": "Gagal", "description": "Gagal masuk."})

    assert answer.status_code == 200
    assert Ticket.objects.get() == ticket


def test_something_to_choose_is_always_left(supervisor: User, db: None) -> None:
    last = Application.objects.get(name="SPSE")
    Application.objects.exclude(pk=last.pk).update(is_active=False)

    with pytest.raises(Conflict):
        keep_entry(last, {"is_active": False}, by=supervisor, **ACTING)

    last.refresh_from_db()
    assert last.is_active


def test_the_order_of_the_penyelia_is_the_order_of_buat_tiket(supervisor: User, vendor: User, sign_in: Browse) -> None:
    form = {"name": "Paling atas", "position": 0, "is_active": "on"}
    Category.objects.update(position=5)

    sign_in(supervisor).post(reverse("tickets:add_category"), form)
    Subcategory.objects.create(category=Category.objects.get(name="Paling atas"), name="Satu")

    assert Subcategory.objects.as_choices()[0][0] == "Paling atas"


def test_a_name_exists_once_in_its_category(supervisor: User, subcategory: Subcategory, sign_in: Browse) -> None:
    akun = subcategory.category_id
    form = form_of(subcategory, name="GAGAL masuk")
    elsewhere = Category.objects.exclude(pk=akun).first()

    twice = sign_in(supervisor).post(reverse("tickets:add_subcategory", args=[akun]), form)
    once = sign_in(supervisor).post(reverse("tickets:add_subcategory", args=[akun]), form | {"category": elsewhere.pk})

    assert "sudah dipakai" in twice.content.decode()
    assert once.status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("requirements", "\n".join(f"Surat {n}" for n in range(31)), "paling banyak 30"),
        ("requirements", "a" * 121, "120"),
        ("position", "-1", "0"),
        ("suggested_role", "supervisor", "pilihan"),
        ("category", "99999999999999999999", "pilihan"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    supervisor: User, subcategory: Subcategory, sign_in: Browse, field: str, value: str, sentence: str
) -> None:
    answer = change(sign_in(supervisor), subcategory, **{field: value})

    assert answer.status_code == 200
    assert sentence in "".join(answer.context["form"].errors[field])


def test_only_the_penyelia_changes_it(subcategory: Subcategory, teknis: User) -> None:
    with pytest.raises(PermissionDenied):
        keep_entry(subcategory, {"name": "Lain", "requirements": []}, by=teknis, **ACTING)
