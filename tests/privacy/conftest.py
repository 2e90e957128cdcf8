"""Requests about data, filed as their people would."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from accounts.services import add_visitor
from privacy.models import DataClaim
from privacy.services.claims import file_claim, record_claim
from tests.conftest import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def make_claim(vendor: User) -> Callable[..., DataClaim]:
    """A request of the vendor to correct their data, unless said otherwise."""

    def make(
        kind: str = DataClaim.Kind.CORRECTION, *, by: User = vendor, text: str = "NPWP saya salah.", now: datetime = NOW
    ) -> DataClaim:
        return file_claim(by=by, key=uuid4(), now=now, kind=kind, text=text)

    return make


def recorded(of: User, by: User, kind: str = DataClaim.Kind.CORRECTION, **changes: Any) -> DataClaim:
    """Return a request that the Penyelia wrote down an hour after it came."""
    facts = {"key": uuid4(), "now": NOW, "received_at": NOW - HOUR, "kind": kind, "text": "Nomor saya ganti."}
    return record_claim(of=of, by=by, **facts | {"proof": "KTP ditunjukkan di konter."} | changes)


def copy_for_visitor() -> str:
    """Return the number of a request of a visitor for a copy, as an address names it."""
    visitor = add_visitor(kind="ppk", name="Tamu", email="", phone="+62811")
    by = User.objects.get(username="supervisor")
    return recorded(User.objects.get(pk=visitor.user_id), by, DataClaim.Kind.COPY).number


def claim_of_vendor(kind: str = "correction") -> str:
    """Return the number of a request of the vendor, as an address names it."""
    person = User.objects.get(username="vendor")
    return file_claim(by=person, key=uuid4(), now=NOW, kind=kind, text="NPWP saya salah.").number
