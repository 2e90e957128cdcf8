"""Requests about data, filed as their people would."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest

from accounts.models import User
from privacy.models import DataClaim
from privacy.services.claims import file_claim
from tests.conftest import NOW


@pytest.fixture
def make_claim(vendor: User) -> Callable[..., DataClaim]:
    """A request of the vendor to correct their data, unless said otherwise."""

    def make(
        kind: str = DataClaim.Kind.CORRECTION, *, by: User = vendor, text: str = "NPWP saya salah.", now: datetime = NOW
    ) -> DataClaim:
        return file_claim(by=by, key=uuid4(), now=now, kind=kind, text=text)

    return make


def claim_of_vendor(kind: str = "correction") -> str:
    """Return the number of a request of the vendor, as an address names it."""
    person = User.objects.get(username="vendor")
    return file_claim(by=person, key=uuid4(), now=NOW, kind=kind, text="NPWP saya salah.").number
