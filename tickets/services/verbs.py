"""What a person may do with a ticket now: the one place that pages ask for their buttons."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.fsm import Conflict
from tickets.models import Ticket
from tickets.services import closing, excusing, feedback, handling, moving, sharing


@dataclass(frozen=True)
class Verb:
    """A button: its words, its consequence, its key."""

    label: Promise
    hint: Promise
    icon: str
    key: str = ""


VERBS = {
    "take": Verb(_("Ambil Tiket"), _("Anda menjadi penanggung jawab. Jam tetap berjalan."), "hand-raised", "A"),
    "resolve": Verb(_("Tandai Selesai"), _("Tulis solusi. Jam berhenti, lalu pelapor mengonfirmasi."), "check", "S"),
    "escalate": Verb(
        _("Eskalasi"), _("Perlu catatan analisis. Tingkat berikutnya berbatas baru."), "arrow-up-right", "E"
    ),
    "request_data": Verb(
        _("Minta Kelengkapan Data"), _("Jam kami berhenti sampai pelapor menjawab."), "document-plus", "D"
    ),
    "reassign": Verb(
        _("Alihkan Petugas"), _("Tetap di unit yang sama. Batas tanggap tidak berubah."), "arrows-right-left", "P"
    ),
    "return": Verb(
        _("Kembalikan ke Tingkat Sebelumnya"),
        _("Perlu alasan. Batas tanggap dihitung baru."),
        "arrow-down-left",
    ),
    "reply": Verb(_("Balasan"), _("Terbaca oleh pelapor dan petugas."), "chat-bubble-left-ellipsis", "R"),
    "note": Verb(_("Catatan internal"), _("Hanya terbaca oleh petugas."), "lock-closed", "N"),
    "provide_data": Verb(_("Kirim data"), _("Petugas melanjutkan penanganan."), "paper-airplane"),
    "confirm": Verb(_("Ya, tutup tiket"), _("Tiket ditutup."), "check"),
    "confirm_in_presence": Verb(
        _("Catat konfirmasi pelapor"), _("Pelapor tanpa akun menyatakan selesai di hadapan Anda."), "check"
    ),
    "reject": Verb(_("Belum selesai"), _("Tiket kembali ke petugas yang memberi solusi."), "arrow-uturn-left"),
    "rate": Verb(_("Nilai layanan"), _("Sekali ketuk."), "star"),
    "withdraw": Verb(_("Batalkan tiket"), _("Dapat dibuka kembali dalam 30 hari."), "x-circle"),
    "reopen": Verb(_("Buka Kembali"), _("Tiket kembali ke antrean tingkat terakhir."), "arrow-path"),
    "excuse": Verb(
        _("Kecualikan keterlambatan"), _("Perlu alasan dan bukti. Keterlambatan tetap tercatat."), "shield-check"
    ),
    "share": Verb(_("Bagikan kepada rekan"), _("Rekan dapat membaca dan menjawab."), "share"),
}


REQUIREMENTS: dict[str, Callable[[Ticket, User], Any]] = {
    "take": handling.require_take,
    "resolve": handling.require_resolution,
    "escalate": handling.require_escalation,
    "request_data": feedback.require_data_request,
    "reassign": moving.require_reassignment,
    "return": moving.require_return,
    "reply": handling.require_reply,
    "note": handling.require_note,
    "provide_data": feedback.require_answer,
    "confirm": closing.require_confirmation,
    "confirm_in_presence": closing.require_presence,
    "reject": closing.require_rejection,
    "rate": closing.require_rating,
    "withdraw": closing.require_withdrawal,
    "reopen": closing.require_reopening,
    "excuse": excusing.require_excuse,
    "share": sharing.require_sharing,
}


def is_allowed(name: str, ticket: Ticket, user: User) -> bool:
    """Return whether this person may use this verb on this ticket now."""
    try:
        REQUIREMENTS[name](ticket, user)
    except (PermissionDenied, Conflict):
        return False
    return True


def verbs_for(ticket: Ticket, user: User) -> dict[str, Verb]:
    """Return the verbs this person may use on this ticket now, main one first."""
    return {name: verb for name, verb in VERBS.items() if is_allowed(name, ticket, user)}
