"""The number of any case, typed into the search box, leads to the case: for those who may see it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from callcenter.models import Call
from complaints.models import Complaint
from consultations.models import Visit
from privacy.models import DataClaim
from tests.callcenter import conftest as phone
from tests.complaints import conftest as register
from tests.consultations import conftest as counter
from tests.privacy import conftest as claims
from tickets.models import Ticket

make_call, make_complaint, make_claim = phone.make_call, register.make_complaint, claims.make_claim
make_visit, rooms, officers, purpose = counter.make_visit, counter.rooms, counter.officers, counter.purpose
newcomer, facts = counter.newcomer, counter.facts
Case = Visit | Call | Complaint | DataClaim
Browse = Callable[[User], Client]


@pytest.fixture
def cases(
    make_visit: Callable[..., Visit],
    make_call: Callable[..., Call],
    make_complaint: Callable[..., Complaint],
    make_claim: Callable[..., DataClaim],
) -> list[Case]:
    """The first case of every kind that is no ticket."""
    return [make_visit(), make_call(), make_complaint(), make_claim()]


@pytest.mark.parametrize("spell", [str, str.lower, lambda number: number.replace("-", " ")])
def test_the_number_of_every_kind_leads_to_its_page(
    spell: Callable[[str], str], cases: list[Case], supervisor: User, sign_in: Browse
) -> None:
    browser = sign_in(supervisor)

    for case in cases:
        answer = browser.get(reverse("tickets:search"), {"q": spell(case.number)})
        assert (answer.status_code, answer.get("Location")) == (302, case.get_absolute_url())


def test_to_others_the_case_of_a_number_does_not_exist(cases: list[Case], helpdesk: User, sign_in: Browse) -> None:
    browser = sign_in(helpdesk)

    for case in cases:
        answer = browser.get(reverse("tickets:search"), {"q": case.number})
        assert (answer.status_code, answer.context["results"].hits) == (200, [])


def test_the_number_of_another_kind_is_no_ticket(ticket: Ticket, cases: list[Case], helpdesk: User) -> None:
    seen = Ticket.objects.visible_to(helpdesk)

    for kind in ("CC", "PGD", "PDP"):
        assert not seen.numbered(ticket.number.replace("TKT", kind)).exists()
    assert seen.numbered(ticket.number.removeprefix("TKT-")).get() == ticket
