"""The front desk: the guest book, its numbers, and what a mistake keeps (R20, R21)."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts.models import Institution, Reporter, User
from consultations.models import QueueCounter, Visit
from consultations.services import reception
from core.fsm import AlreadyDone, Conflict
from tests.conftest import NOW
from tests.consultations.conftest import DESK
from tests.tickets.pages import token_in
from tickets.models import Category, Ticket

State = Visit.State
Make = Callable[..., Visit]
Post = Callable[..., Any]


@time_machine.travel(NOW, tick=False)
@pytest.mark.standard("R20, R21")
def test_a_new_visitor_is_written_into_the_guest_book_and_gets_the_next_number(post: Post, receptionist: User) -> None:
    first, second = post(), post(name="Laras Fiktif", phone="0812 0000 0043", has_form="on", is_vulnerable="on")

    visits = Visit.objects.order_by("serial")
    assert [visit.number for visit in visits] == ["BT-20261118-001", "BT-20261118-002"]
    assert [visit.queue_number for visit in visits] == ["A-001", "A-002"]
    assert first.url == "/kunjungan/BT-20261118-001/slip/"
    petrus, laras = visits
    assert (petrus.reporter.name, petrus.reporter.business_name) == ("Petrus Contoh", "CV Contoh Bersama")
    assert (petrus.phone, petrus.reporter.phone, petrus.has_form, petrus.rank) == (*2 * ["+6281200000042"], False, 1)
    assert (laras.has_form, laras.is_vulnerable, laras.rank, laras.arrived_at) == (True, True, 0, NOW)
    assert petrus.reporter.is_visitor
    assert not petrus.reporter.user.has_usable_password()
    assert petrus.reporter.user.username.startswith("tamu-")
    assert list(laras.events.values_list("kind", "actor", "at")) == [("registered", receptionist.pk, NOW)]
    assert second.status_code == 302


def test_numbers_begin_anew_each_day_at_midnight_in_jakarta(make_visit: Make) -> None:
    before, after = NOW.replace(hour=16, minute=59), NOW.replace(hour=17, minute=0)  # 23.59 and 00.00 WIB

    numbers = [make_visit(now=at).number for at in (NOW, before, after)]

    assert numbers == ["BT-20261118-001", "BT-20261118-002", "BT-20261119-001"]


def test_a_refused_registration_leaves_no_gap_in_the_numbers(make_visit: Make, visitor: Reporter) -> None:
    make_visit(reporter=visitor)

    with pytest.raises(Conflict, match="A-001"):
        make_visit(reporter=visitor)

    assert make_visit().queue_number == "A-002"
    assert QueueCounter.next(NOW.date()) == 3


def test_only_the_front_desk_registers(
    visitor: Reporter, consultant: User, supervisor: User, call_agent: User, vendor: User, purpose: Category
) -> None:
    facts = {"phone": visitor.phone, "purpose": purpose}

    for person in (consultant, supervisor, call_agent, vendor):
        with pytest.raises(PermissionDenied):
            reception.register_visit(by=person, now=NOW, key=uuid4(), reporter=visitor, facts=facts)

    assert not Visit.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_an_official_belongs_to_an_institution_or_a_work_unit(post: Post) -> None:
    known = Institution.objects.create(name="Kabupaten Rekaan", kind="local_government")

    refused = post(kind="ppk", organisation="").content.decode()
    post(kind="ppk", organisation="kabupaten rekaan")
    post(kind="pokja", organisation="Dinas Khayal", phone="0812-0000-0044")

    ppk, pokja = Reporter.objects.filter(is_visitor=True).order_by("pk")
    assert "Isi instansi atau satuan kerja tamu." in refused
    assert (ppk.institution, ppk.work_unit) == (known, "")
    assert (pokja.institution, pokja.work_unit) == (None, "Dinas Khayal")


MISTAKES = [
    ({"name": ""}, "Isi Nama."),
    ({"phone": "12"}, "Tulis nomor telepon lengkap"),
    ({"purpose": ""}, "Pilih Keperluan."),
    ({"email": "petrus"}, "alamat email"),
    ({"ticket_number": "TKT-2026-000001-1"}, "Periksa kembali nomornya"),
    ({"ticket_number": "bukan nomor"}, "Periksa kembali nomornya"),
]


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("mistake", "sentence"), MISTAKES, ids=[next(iter(m[0])) + str(n) for n, m in enumerate(MISTAKES)]
)
def test_every_mistake_keeps_what_was_typed(mistake: dict[str, str], sentence: str, post: Post) -> None:
    answer = post(problem="Selalu keluar sendiri.", error_code="ERR-17", is_vulnerable="on", **mistake)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert "Selalu keluar sendiri." in page
    assert "ERR-17" in page
    assert 'name="is_vulnerable" id="id_is_vulnerable" checked' in page.replace(
        'class="checkboxinput form-check-input" ', ""
    )
    assert not Visit.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_an_existing_ticket_is_named_in_any_notation(post: Post, ticket: Ticket) -> None:
    post(ticket_number=ticket.number.lower().replace("-", " "))

    assert Visit.objects.get().ticket_number == ticket.number


@time_machine.travel(NOW, tick=False)
def test_the_same_form_sent_twice_registers_one_visitor(desk: Client, sent: dict[str, Any]) -> None:
    form = sent | {"draf": token_in(desk.get(DESK))}

    first, second = desk.post(DESK, form), desk.post(DESK, form)
    other = desk.post(DESK, form | {"name": "Orang Lain Fiktif"})

    assert first.url == second.url
    assert Visit.objects.count() == 1
    assert "Formulir ini sudah terkirim sebagai A-001." in other.content.decode()
    assert "Orang Lain Fiktif" in other.content.decode()
    assert desk.post(DESK, form | {"name": "Orang Lain Fiktif", "draf": token_in(other)}).url != first.url


@time_machine.travel(NOW, tick=False)
def test_what_is_saved_once_more_after_sending_does_not_come_back(desk: Client, sent: dict[str, Any]) -> None:
    form = sent | {"draf": token_in(desk.get(DESK))}
    desk.post(DESK, form)

    desk.post(f"/draf/simpan/?untuk={DESK}", form)

    assert "Petrus Contoh" not in desk.get(DESK).content.decode().partition('id="antrean"')[0]


@time_machine.travel(NOW, tick=False)
def test_what_was_typed_comes_back_after_a_reload(desk: Client, sent: dict[str, Any]) -> None:
    form = sent | {"draf": token_in(desk.get(DESK))}

    desk.post(f"/draf/simpan/?untuk={DESK}", form)

    page = desk.get(DESK).content.decode()
    assert "Tulisan Anda yang belum terkirim kami pulihkan." in page
    assert 'value="Petrus Contoh"' in page


def test_the_guest_book_is_for_the_counter_and_the_penyelia(
    make_visit: Make,
    receptionist: User,
    consultant: User,
    supervisor: User,
    eproc: User,
    vendor: User,
    call_agent: User,
) -> None:
    make_visit()

    seen = [Visit.objects.visible_to(user).count() for user in (receptionist, consultant, supervisor)]
    hidden = [Visit.objects.visible_to(user).count() for user in (eproc, vendor, call_agent)]

    assert (seen, hidden) == ([1, 1, 1], [0, 0, 0])


def test_a_key_used_before_is_already_done(
    make_visit: Make, receptionist: User, visitor: Reporter, purpose: Any
) -> None:
    visit = make_visit()

    with pytest.raises(AlreadyDone):
        reception.register_visit(
            by=receptionist,
            now=NOW,
            key=visit.key,
            reporter=visitor,
            facts={"phone": visitor.phone, "purpose": purpose},
        )
