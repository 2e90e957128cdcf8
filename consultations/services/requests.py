"""The request form as a visitor fills it in on a phone (R03): a draft and a code, nothing more."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from consultations.models import RequestDraft
from consultations.models.queue import day_of

TRIES = 3


def make_request_draft(*, key: UUID, now: datetime, data: dict[str, Any]) -> RequestDraft:
    """Keep what a visitor filled in until a receptionist takes it over or the day ends; sent twice, it is kept once."""
    for _attempt in range(TRIES):
        try:
            with transaction.atomic():
                facts = {"code": RequestDraft.new_code(), "day": day_of(now), "data": data, "made_at": now}
                return RequestDraft.objects.get_or_create(key=key, defaults=facts)[0]
        except IntegrityError:  # the code is taken today
            continue
    raise RuntimeError("No free code for a request form.")
