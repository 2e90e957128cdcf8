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
from tickets.services import closing, handling


@dataclass(frozen=True)
class Verb:
    """A button: its words, its consequence, its key."""

    label: Promise
    hint: Promise
    icon: str
    key: str = ""


VERBS = {
    "take": Verb(_("Ambil Tiket"), _("Anda menjadi penanggung jawab."), "hand-raised", "A"),
    "resolve": Verb(_("Tandai Selesai"), _("Tulis solusi, lalu pelapor mengonfirmasi."), "check", "S"),
    "escalate": Verb(_("Eskalasi"), _("Perlu catatan analisis. Seluruh data ikut diteruskan."), "arrow-up-right", "E"),
    "reply": Verb(_("Balasan"), _("Terbaca oleh pelapor dan petugas."), "chat-bubble-left-ellipsis", "R"),
    "note": Verb(_("Catatan internal"), _("Hanya terbaca oleh petugas."), "lock-closed", "N"),
    "confirm": Verb(_("Ya, tutup tiket"), _("Tiket ditutup."), "check"),
    "reject": Verb(_("Belum selesai"), _("Tiket kembali ke petugas yang memberi solusi."), "arrow-uturn-left"),
    "rate": Verb(_("Nilai layanan"), _("Sekali ketuk."), "star"),
}


REQUIREMENTS: dict[str, Callable[[Ticket, User], Any]] = {
    "take": handling.require_take,
    "resolve": handling.require_resolution,
    "escalate": handling.require_escalation,
    "reply": handling.require_reply,
    "note": handling.require_note,
    "confirm": closing.require_confirmation,
    "reject": closing.require_rejection,
    "rate": closing.require_rating,
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
