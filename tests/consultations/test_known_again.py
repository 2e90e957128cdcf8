"""People who come again: found, picked, registered as themselves, and first in the line when it is owed (R39)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Reporter, User
from consultations.models import Visit
from consultations.services import reception
from escalation.models import Entitlement
from escalation.services.clocks import start_clock
from escalation.services.sweep import sweep_clocks
from tests.conftest import NOW
from tests.consultations.conftest import DESK
from tests.tickets.pages import token_in

State = Visit.State
Make = Callable[..., Visit]
Post = Callable[..., Any]


@pytest.fixture
def owed() -> Callable[[Reporter], Entitlement]:
    """A priority that this person is owed, for a promise broken a month ago."""

    def make(reporter: Reporter) -> Entitlement:
        begun = NOW - timedelta(days=30)
        start_clock("R33", case="TKT-2026-000900-1", url="/", reporter=reporter, lpse=None, now=begun)
        sweep_clocks(now=NOW)
        return Entitlement.objects.get(reporter=reporter)

    return make


FOUND = ["0812-0000-0008", "+62 812 0000 0008", "HASAN@contoh.invalid", "Hasan Khayal", "hasn khayal", "Awan Contoh"]


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("typed", FOUND)
def test_a_known_person_is_found_by_number_address_name_or_organisation(
    typed: str, desk: Client, visitor: Reporter, vendor: User
) -> None:
    field = "phone" if "0000" in typed else "email" if "@" in typed else "name"
    headers = {"HX-Request": "true", "HX-Trigger-Name": field}

    answer = desk.post(reverse("consultations:people_found"), {field: typed}, headers=headers).content.decode()

    assert f"?pelapor={visitor.pk}" in answer
    assert f"?pelapor={vendor.reporter.pk}" not in answer
    assert "0812-••••-0008" in answer
    assert "0812-0000-0008" not in answer


@pytest.mark.parametrize("typed", ["", "Ha", "0", "\0", "x" * 5000, "123456789012345", "@"])
def test_nonsense_finds_nobody(typed: str, desk: Client, visitor: Reporter) -> None:
    answer = desk.post(reverse("consultations:people_found"), {"name": typed, "phone": typed, "pelapor": typed})

    assert answer.status_code == 200
    assert "pelapor=" not in answer.content.decode()


def test_a_vendor_is_found_by_npwp(vendor: User, other_vendor: User) -> None:
    assert Reporter.objects.matching("0000.0000.0000.0001") == [vendor.reporter]
    assert Reporter.objects.matching("000000000000001") == [vendor.reporter]  # as it was written before 2022


@time_machine.travel(NOW, tick=False)
def test_picking_a_person_fills_the_form_and_keeps_what_was_typed(desk: Client, visitor: Reporter, sent: Any) -> None:
    form = {"name": "Has", "problem": "Kata sandi ditolak.", "draf": token_in(desk.get(DESK))}
    desk.post(f"/draf/simpan/?untuk={DESK}", form)

    page = desk.get(f"{DESK}?pelapor={visitor.pk}").content.decode()

    for words in ("Hasan Khayal", "PT Awan Contoh Teknologi", "0812-0000-0008", "hasan@contoh.invalid"):
        assert f'value="{words}"' in page
    assert "Kata sandi ditolak." in page
    assert "Tamu yang pernah datang" in page


@pytest.mark.parametrize("pk", ["", "0", "-1", "abc", "9" * 40, "1e5"])
def test_a_person_who_does_not_exist_is_nobody(pk: str, desk: Client) -> None:
    assert desk.get(f"{DESK}?pelapor={pk}").status_code == 200


@time_machine.travel(NOW, tick=False)
def test_a_picked_person_is_registered_as_themselves(post: Post, visitor: Reporter) -> None:
    words = {"pelapor": visitor.pk, "name": "hasan khayal", "phone": "0812-0000-0099", "email": "baru@contoh.invalid"}

    wrong = post(**words | {"name": "Petrus Contoh"}).content.decode()
    post(**words)

    visit = Visit.objects.get()
    visitor.refresh_from_db()
    assert "Nama berbeda dengan tamu yang dipilih, Hasan Khayal." in wrong
    assert visit.reporter == visitor
    assert (visitor.phone, visitor.email) == ("+6281200000099", "baru@contoh.invalid")  # where letters reach them now
    assert visit.events.get().data == {"changed": ["phone", "email"]}


@time_machine.travel(NOW, tick=False)
def test_an_account_keeps_its_own_data(post: Post, vendor: User) -> None:
    person = vendor.reporter

    post(pelapor=person.pk, name=person.name, phone="0812-0000-0099", email="lain@contoh.invalid")

    visit = Visit.objects.select_related("reporter").get()
    assert (visit.reporter, visit.phone) == (person, "+6281200000099")
    assert (visit.reporter.phone, visit.reporter.email) == (person.phone, person.email)


@time_machine.travel(NOW, tick=False)
def test_the_same_name_and_number_is_the_same_person(post: Post, visitor: Reporter) -> None:
    post(name="HASAN KHAYAL", phone="0812-0000-0008")

    assert Visit.objects.get().reporter == visitor
    assert Reporter.objects.filter(is_visitor=True).count() == 1


@time_machine.travel(NOW, tick=False)
def test_who_is_in_the_line_is_not_registered_again(post: Post, visitor: Reporter, make_visit: Make) -> None:
    make_visit(reporter=visitor)

    page = post(pelapor=visitor.pk, name=visitor.name, problem="Tulisan tetap ada.").content.decode()

    assert "Hasan Khayal sudah terdaftar hari ini dengan nomor A-001." in page
    assert "Tulisan tetap ada." in page
    assert Visit.objects.count() == 1


@time_machine.travel(NOW, tick=False)
@pytest.mark.standard("R39")
def test_a_priority_that_is_owed_is_shown_used_and_named(
    desk: Client, post: Post, visitor: Reporter, owed: Callable[[Reporter], Entitlement], make_visit: Make
) -> None:
    earlier, entitlement = make_visit(), owed(visitor)

    page = desk.get(f"{DESK}?pelapor={visitor.pk}").content.decode()
    answer = post(pelapor=visitor.pk, name=visitor.name, phone="0812-0000-0008")

    visit = Visit.objects.get(reporter=visitor)
    entitlement.refresh_from_db()
    assert "Tamu ini didahulukan karena pelayanan kami pada" in page
    assert (visit.is_compensated, visit.rank) == (True, 0)
    assert (entitlement.redeemed_case, entitlement.redeemed_url) == (visit.number, visit.get_absolute_url())
    assert list(Visit.objects.waiting()) == [visit, earlier]
    assert "Anda didahulukan: Prioritas Kompensasi." in desk.get(answer.url).content.decode()


@pytest.mark.standard("R39")
@pytest.mark.parametrize("state", [State.LEFT, State.NO_SHOW])
def test_a_priority_of_a_visitor_who_was_not_served_is_given_back(
    state: str, visitor: Reporter, owed: Callable[[Reporter], Entitlement], make_visit: Make, receptionist: User
) -> None:
    entitlement = owed(visitor)

    visit = make_visit(state, reporter=visitor)

    entitlement.refresh_from_db()
    assert (visit.is_compensated, entitlement.redeemed_at) == (False, None)
    if state == State.NO_SHOW:
        back = reception.return_to_queue(visit.pk, by=receptionist, now=NOW + timedelta(hours=1))
        entitlement.refresh_from_db()
        assert (back.is_compensated, entitlement.redeemed_case) == (True, visit.number)


@pytest.mark.standard("R39")
def test_the_end_of_the_day_gives_back_what_nobody_used(
    visitor: Reporter, owed: Callable[[Reporter], Entitlement], make_visit: Make
) -> None:
    entitlement, called = owed(visitor), make_visit(State.DIRECTED, now=NOW + timedelta(minutes=5))
    waits, served = make_visit(reporter=visitor), make_visit(State.IN_SESSION, room=2)

    runs = [reception.end_day(now=NOW + timedelta(hours=hours)) for hours in (1, 24, 48)]

    entitlement.refresh_from_db()
    states = {visit.pk: visit.state for visit in Visit.objects.all()}
    assert runs == [{"visits": n, "rooms": 0, "forms": 0} for n in (0, 2, 0)]
    assert states == {called.pk: State.LEFT, waits.pk: State.LEFT, served.pk: State.IN_SESSION}
    assert entitlement.redeemed_at is None
    assert list(waits.events.values_list("kind", "actor")[1:]) == [("left", None)]
