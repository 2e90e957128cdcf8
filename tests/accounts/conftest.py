"""Two people who are one, and the Penyelia who makes them so."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.merging import merge_reporters
from accounts.models import Reporter, ReporterMerge, User
from tests.conftest import NOW

ACTING: dict[str, Any] = {"now": NOW, "address": "192.0.2.1"}


@pytest.fixture
def visitor(walk_in: User) -> Reporter:
    """Hasan, whom the counter and the phone know without an account."""
    return walk_in.reporter


@pytest.fixture
def merge(supervisor: User) -> Callable[..., ReporterMerge]:
    """The Penyelia makes two people one; the first stays."""

    def make(kept: Reporter, merged: Reporter, **changes: Any) -> ReporterMerge:
        facts = {"reason": "Nomor telepon dan KTP sama.", "by": supervisor} | ACTING | changes
        return merge_reporters(kept=kept, merged=merged, **facts)

    return make
