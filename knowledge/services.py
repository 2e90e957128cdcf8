"""Canned texts: kept by the officers of a desk, filled in for a ticket."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit.models import AuditEntry
from audit.services import record, save_recorded
from core.fsm import Conflict
from escalation.tiers import Desk, duty_at
from knowledge.models import CannedText

KIND = AuditEntry.Kind.CANNED_TEXT_CHANGED
MARK = re.compile(r"\{([^{}]*)\}")
MARKS = {
    "nama": gettext_lazy("nama pelapor"),
    "nomor": gettext_lazy("nomor tiket"),
    "judul": gettext_lazy("judul tiket"),
    "petugas": gettext_lazy("nama Anda"),
    "lpse": gettext_lazy("nama LPSE"),
}


def unknown_marks(body: str) -> list[str]:
    """Return the marks of a text that stand for nothing, as they are written, each once."""
    return list(dict.fromkeys(mark[0] for mark in MARK.finditer(body) if mark[1] not in MARKS))


def fill_in(text: CannedText, facts: Mapping[str, str]) -> str:
    """Return the text with every mark replaced; what a fact itself says in braces stays as it is."""
    return MARK.sub(lambda mark: facts.get(mark[1], mark[0]), text.body)


def is_kept_by(user: User, desk: Desk) -> bool:
    """Tell whether this person may write the texts of this desk: whoever works there."""
    return duty_at(user, desk.tier, desk.lpse.pk if desk.lpse else None) is not None


def _require_keeper(user: User, desk: Desk) -> None:
    if not is_kept_by(user, desk):
        raise PermissionDenied


def add_text(desk: Desk, *, by: User, now: datetime, address: str, title: str, body: str) -> CannedText:
    """Add a text to a desk; raise Conflict when the desk has one of this title."""
    _require_keeper(by, desk)
    text = CannedText(tier=desk.tier, lpse=desk.lpse)
    return _save(text, {"title": title, "body": body}, by=by, now=now, address=address, unit=desk.label)


@transaction.atomic
def change_text(pk: int, *, by: User, desk: Desk, now: datetime, address: str, title: str, body: str) -> CannedText:
    """Change a text of a desk; raise CannedText.DoesNotExist when it is gone, Conflict for a title in use."""
    _require_keeper(by, desk)
    text = CannedText.objects.of(desk).select_for_update(of=("self",)).get(pk=pk)
    return _save(text, {"title": title, "body": body}, by=by, now=now, address=address, unit=desk.label)


def _save(text: CannedText, facts: dict[str, str], **who: Any) -> CannedText:
    taken = CannedText.objects.filter(tier=text.tier, lpse=text.lpse, title=facts["title"]).exclude(pk=text.pk)
    if taken.exists():
        raise Conflict(_("Unit ini sudah memiliki balasan dengan judul itu. Pilih judul lain."))
    save_recorded(text, facts, kind=KIND, **who)
    return text


@transaction.atomic
def delete_text(pk: int, *, by: User, desk: Desk, now: datetime, address: str) -> None:
    """Delete a text of a desk; one that is gone already needs nothing more."""
    _require_keeper(by, desk)
    for text in CannedText.objects.of(desk).select_for_update(of=("self",)).filter(pk=pk):
        before = {"title": text.title, "body": text.body}
        record(KIND, by=by, subject=text.title, address=address, now=now, before=before, after={}, unit=desk.label)
        text.delete()
