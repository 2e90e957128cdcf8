"""Erasing while the person is at it: one of both happens, and nobody is half erased."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Lpse, Reporter, User
from core.fsm import Conflict
from privacy.models import DataClaim
from privacy.services import claims, erasure
from tests.conftest import NOW
from tests.tickets.test_races import at_once
from tickets.models import Ticket
from tickets.services import closing, sharing

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ROUNDS = 4


@pytest.fixture
def make_person(make_user: Callable[..., User], lpse: Lpse) -> Callable[[str], User]:
    """Another vendor at each call."""

    def make(name: str) -> User:
        user = make_user(name)
        facts = {"business_form": "cv", "business_name": "CV Rekaan", "npwp": "1" * 16, "phone": "+628120001"}
        Reporter.objects.create(user=user, kind="vendor", name=name, email=user.email, lpse=lpse, **facts)
        return user

    return make


def refused(act: Callable[[], Any]) -> Any:
    """Return what the act returns; a person who is not known any more is told so like by any other refusal."""
    try:
        return act() or True
    except PermissionDenied:
        raise Conflict("Nobody is there any more.") from None


@pytest.mark.parametrize("what", ["file", "reopen", "share"])
def test_a_person_acts_or_is_erased_but_not_both(
    what: str,
    make_person: Callable[[str], User],
    supervisor: User,
    make_ticket: Callable[..., Ticket],
    ticket_in: Callable[..., Ticket],
) -> None:
    other = make_person("rekan")
    for n in range(ROUNDS):
        person = make_person(f"orang{n}")
        acts: dict[str, Callable[[], Any]] = {"file": partial(make_ticket, by=person)}
        if what != "file":
            closed = ticket_in(1, Ticket.Status.CLOSED, by=person)
            form: dict[str, Any] = {"by": person, "now": NOW, "key": uuid4(), "version": closed.version}
            acts["reopen"] = partial(closing.reopen_ticket, closed.pk, reason="Muncul lagi.", **form)
            acts["share"] = partial(sharing.share_ticket, closed.pk, by=person, now=NOW, colleague=other.reporter)
        calls = (acts[what], partial(erasure.erase, person.pk, by=supervisor, now=NOW))

        told = at_once(partial(refused, call) for call in calls)

        reporter = Reporter.objects.get(user=person)
        is_open = Ticket.objects.filter(reporter=reporter).open().exists()
        assert not (is_open and reporter.erased_at)
        assert is_open or reporter.erased_at
        assert any(answer is True or isinstance(answer, Ticket) for answer in told)
        if reporter.erased_at:
            assert not Ticket.objects.filter(reporter=reporter, redacted_at=None).exists()


def test_two_forms_at_once_file_one_request(make_person: Callable[[str], User]) -> None:
    for n in range(ROUNDS):
        person = make_person(f"orang{n}")
        facts: dict[str, Any] = {"by": person, "now": NOW, "kind": "erasure", "text": "Mohon dihapus."}

        at_once(partial(claims.file_claim, key=uuid4(), **facts) for _twin in range(2))

        assert DataClaim.objects.filter(person=person).count() == 1
