"""The cast of the register: who keeps it, whom complaints are about, and complaints made through the services."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import Role, User
from complaints.models import Complaint
from complaints.services import filing
from complaints.services.files import public_sender
from tests.conftest import NOW
from tests.tickets.pages import image, upload
from tickets.services import uploads

FACTS = {
    "kind": Complaint.Kind.COMPLAINT,
    "source": Complaint.Source.FORM,
    "name": "Made Contoh",
    "organisation": "UKPBJ Prov. Nusa Khayal",
    "email": "made@contoh.invalid",
    "title": "Tiket perbaikan hasil evaluasi belum ditanggapi",
    "substance": "Sampai 19 November 2026 belum ada tanggapan.",
}


def evidence(key: UUID, owner: User | None = None, name: str = "bukti.png") -> None:
    """Put a picture into the draft of this key, as the public form does."""
    uploads.attach(upload(name, image()), key=key, by=owner or public_sender(), now=NOW)


@pytest.fixture
def second_keeper(make_user: Callable[..., User]) -> User:
    """Another Pengelola Pengaduan."""
    return make_user("second_keeper", (Role.COMPLAINT_OFFICER, None))


@pytest.fixture
def make_complaint(db: None) -> Callable[..., Complaint]:
    """A complaint that came through the public form; with evidence unless said otherwise."""

    def make(*, with_evidence: bool = True, now: datetime = NOW, **facts: Any) -> Complaint:
        key, by = uuid4(), facts.pop("by", None)
        named, received_at = facts.pop("named", ()), facts.pop("received_at", None)
        if with_evidence:
            evidence(key, by)
        return filing.file_complaint(by=by, now=now, key=key, facts=FACTS | facts, named=named, received_at=received_at)

    return make
