"""Making two identities of one person one, and undoing it exactly within thirty days."""

from datetime import datetime, timedelta
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Duty, Reporter, ReporterMerge, Role, User, today
from accounts.signals import letter_due, merge_undone, reporters_merged
from audit.models import AuditEntry
from audit.services import record
from core.fsm import Conflict

LIFE = timedelta(days=30)  # in which a merge can be undone


def move_rows(rows: QuerySet[Any], **to: Any) -> list[Any]:
    """Lock rows in the order of their keys, give them to somebody else, and return their keys, fit for JSON.

    A merge waits for nobody: what is being changed at this moment answers 409, so that it closes no circle of locks.
    """
    locked = rows.order_by("pk").select_for_update(of=("self",), no_key=True, nowait=True)
    keys = list(locked.values_list("pk", flat=True))
    rows.model._default_manager.filter(pk__in=keys).update(**to)
    return [key if isinstance(key, int) else str(key) for key in keys]


@transaction.atomic
def merge_reporters(
    *, kept: Reporter, merged: Reporter, reason: str, by: User, now: datetime, address: str
) -> ReporterMerge:
    """Let one person go on as another: all that is theirs moves, and nobody signs in as them any more.

    Raises PermissionDenied for everybody but the Penyelia, Conflict with the reason for people who must not be merged.
    """
    kept, merged = _locked(by, kept.pk, merged.pk)
    _require_mergeable(kept, merged, by)
    moved: dict[str, Any] = {}
    for _receiver, keys in reporters_merged.send(Reporter, kept=kept, merged=merged):
        moved.update(cast(dict[str, Any], keys))
    moved["merged_before"] = move_rows(Reporter.objects.filter(merged_into=merged), merged_into=kept)
    moved["accounts"] = move_rows(User.objects.filter(reporter=merged, is_active=True), is_active=False)
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    merge = ReporterMerge.objects.create(kept=kept, merged=merged, by=by, at=now, reason=reason, moved=moved)
    _tell(AuditEntry.Kind.REPORTERS_MERGED, merge, by=by, now=now, address=address, reason=reason)
    return merge


@transaction.atomic
def undo_merge(pk: int, *, by: User, now: datetime, address: str) -> ReporterMerge:
    """Give everything back that a merge moved; what began since then stays with the one it began with.

    Raises PermissionDenied for everybody but the Penyelia, Conflict when it was undone, is too old, or was built upon.
    """
    merge = ReporterMerge.objects.select_for_update(nowait=True).get(pk=pk)
    kept, merged = _locked(by, merge.kept_id, merge.merged_id)
    if merge.undone_at:
        raise Conflict(_("Penggabungan ini sudah dibatalkan."))
    if now - merge.at > LIFE:
        raise Conflict(_("Penggabungan hanya dapat dibatalkan dalam 30 hari."))
    if kept.erased_at:
        raise Conflict(_("Data orang ini sudah dihapus."))
    if kept.merged_into_id:
        raise Conflict(_("%s sejak itu digabung ke orang lain. Batalkan penggabungan itu dahulu.") % kept)
    merge_undone.send(ReporterMerge, kept=kept, merged=merged, moved=merge.moved)
    move_rows(Reporter.objects.filter(pk__in=merge.moved["merged_before"]), merged_into=merged)
    move_rows(User.objects.filter(pk__in=merge.moved["accounts"]), is_active=True)
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    merge.undone_by, merge.undone_at = by, now
    merge.save(update_fields=["undone_by", "undone_at"])
    _tell(AuditEntry.Kind.MERGE_UNDONE, merge, by=by, now=now, address=address)
    return merge


def has_account(person: Reporter) -> bool:
    """Tell whether this person signs in with an account of their own."""
    return person.user_id is not None and not person.is_visitor


def _locked(by: User, *keys: int) -> list[Reporter]:
    """Lock these people against new rows that name them, and return them in this order."""
    if not by.holds(Role.SUPERVISOR):
        raise PermissionDenied
    rows = Reporter.objects.filter(pk__in=keys).order_by("pk").select_for_update(nowait=True)
    found = {row.pk: row for row in rows}
    return [found[key] for key in keys]


def _require_mergeable(kept: Reporter, merged: Reporter, by: User) -> None:
    for person in (kept, merged):
        if person.erased_at:
            raise Conflict(_("Data orang ini sudah dihapus."))
        if person.merged_into_id:
            raise Conflict(_("%s sudah digabung. Muat ulang halaman, lalu cari kembali.") % person)
        if person.user_id == by.pk:
            raise Conflict(_("Identitas Anda sendiri hanya dapat digabung oleh orang lain."))
    if kept == merged:
        raise Conflict(_("Pilih dua orang yang berbeda."))
    if not (kept.user_id and merged.user_id):
        raise Conflict(_("Salah satunya dicatat tanpa akun pengguna sama sekali. Hubungi operator."))
    if kept.user and not kept.user.is_active:
        raise Conflict(_("Akun %s nonaktif, sehingga tidak dapat dipertahankan.") % kept)
    if not has_account(merged):
        return
    if not has_account(kept):
        raise Conflict(_("Pertahankan %s, yang mempunyai akun.") % merged)
    if (kept.kind, kept.npwp) != (merged.kind, merged.npwp):
        raise Conflict(_("Kedua akun berbeda jenis pelapor atau NPWP, sehingga hak dan datanya tidak dapat disatukan."))
    at_work = Duty.objects.filter(user=merged.user_id).exclude(ends_on__lt=today()).exists()
    if merged.user and (at_work or merged.user.is_staff or merged.user.is_superuser):
        raise Conflict(_("Akun %s masih bertugas. Akhiri tugasnya dahulu, atau pertahankan akun itu.") % merged)


def _tell(kind: AuditEntry.Kind, merge: ReporterMerge, *, by: User, now: datetime, address: str, **why: str) -> None:
    """Write it down, and let both hear of it who have an account."""
    names = {"kept": _told(merge.kept), "merged": _told(merge.merged)}
    record(kind, by=by, subject=str(merge), address=address, now=now, **names, **why)
    done = kind == AuditEntry.Kind.REPORTERS_MERGED
    accounts = [person.user for person in (merge.kept, merge.merged) if person.user and has_account(person)]
    letter: dict[str, Any] = {"secret": "", "facts": {"done": done, "kept": merge.kept.name}}  # nosec B105 # none
    for account in accounts:
        # Also to the address of the account that is closed, though nobody opens its inbox any more.
        letter_due.send(User, user=merge.kept.user, kind="identity_merged", address=account.email, **letter)


def _told(person: Reporter) -> str:
    return f"{person} ({person.user.username if person.user else person.pk})"
