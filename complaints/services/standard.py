"""Changing what the public pages say; the words before and after are in the audit trail."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import AuditEntry
from audit.services import record
from complaints.models import PublicText, Question, StandardPart
from core.fsm import Stale

CHANGED = AuditEntry.Kind.STANDARD_CHANGED


def _plain(text: str) -> str:
    """Forms send line ends their own way."""
    return text.replace("\r\n", "\n")


@transaction.atomic
def change_text(
    row: StandardPart | PublicText, *, text: str, before: str, by: User, now: datetime, address: str
) -> None:
    """Keep new words; raise Stale when somebody changed them since the form was drawn."""
    row = type(row).objects.select_for_update().get(pk=row.pk)
    if _plain(before) != row.text:
        raise Stale(_("Isi halaman ini sudah diubah orang lain. Muat ulang, lalu ubah kembali."))
    row.text = _plain(text)
    row.save(update_fields=["text"])
    record(CHANGED, by=by, subject=str(row), address=address, now=now, before=_plain(before), after=row.text)


@transaction.atomic
def keep_question(
    row: Question | None, *, question: str, answer: str, position: int, by: User, now: datetime, address: str
) -> None:
    """Add or change a question; without an answer it is taken away."""
    before = {"question": row.question, "answer": row.answer} if row else {}
    after = {"question": question, "answer": answer} if answer else {}
    record(CHANGED, by=by, subject=question, address=address, now=now, before=before, after=after)
    if not answer:
        if row:
            row.delete()
        return
    row = row or Question()
    row.question, row.answer, row.position = question, answer, position
    row.save()
