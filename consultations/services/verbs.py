"""What a person may do with a visit now: the one place that its page asks for its buttons."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consultations.models import Visit
from consultations.models.queue import day_of
from consultations.services import excusing
from core.fsm import Conflict, require


@dataclass(frozen=True)
class Verb:
    """A button: its words, its consequence, and whether it opens a page or does its work at once."""

    label: Promise
    hint: Promise
    icon: str
    is_page: bool = False


VERBS = {  # by the names of their addresses
    "start": Verb(_("Mulai Konsultasi"), _("Waktu konsultasi mulai dihitung."), "play"),
    "session": Verb(
        _("Buka konsultasi"), _("Catat tanya jawab dan akhiri konsultasi."), "chat-bubble-left-right", True
    ),
    "desk": Verb(_("Panggil ke ruang"), _("Pilih ruang yang kosong di meja resepsionis."), "megaphone", True),
    "return_to_queue": Verb(
        _("Kembalikan ke antrean"), _("Tamu ternyata hadir; urutannya menurut waktu tiba."), "arrow-path"
    ),
    "call_back": Verb(_("Batalkan panggilan"), _("Tamu menunggu kembali di urutan semula."), "arrow-uturn-left"),
    "no_show": Verb(_("Tidak hadir"), _("Tamu dipanggil, tetapi tidak datang. Ruang kosong kembali."), "user-minus"),
    "leave": Verb(_("Tamu pergi"), _("Keluar dari antrean tanpa dilayani."), "arrow-right-start-on-rectangle"),
    "ask_excuse": Verb(
        _("Ajukan alasan"), _("Penyelia memutuskan apakah keterlambatan dikecualikan."), "shield-exclamation", True
    ),
    "agree_excuse": Verb(
        _("Kecualikan keterlambatan"), _("Setujui alasan petugas. Keterlambatan tetap tercatat."), "shield-check", True
    ),
}
OF_THE_LINE = ("desk",)  # addresses that name no visit


def verbs_for(visit: Visit, user: User, *, now: datetime) -> dict[str, Verb]:
    """Return the verbs this person may use on this visit now, main one first."""
    asked = _questions(visit, user, now)
    return {name: verb for name, verb in VERBS.items() if _is_allowed(asked[name])}


def _questions(visit: Visit, user: User, now: datetime) -> dict[str, Callable[[], object]]:
    """Return by verb what raises PermissionDenied or Conflict when it is not allowed."""
    return {
        "start": partial(require, visit.start, user, reason=""),
        "session": partial(require, visit.finish, user, reason=""),
        "desk": partial(require, visit.direct, user, reason=""),
        "return_to_queue": partial(_require_return, visit, user, now),
        "call_back": partial(require, visit.call_back, user, reason=""),
        "no_show": partial(require, visit.miss, user, reason=""),
        "leave": partial(require, visit.leave, user, reason=""),
        "ask_excuse": partial(excusing.require_excuse, visit, user, now),
        "agree_excuse": partial(excusing.require_agreement, visit, user),
    }


def _require_return(visit: Visit, user: User, now: datetime) -> None:
    require(visit.return_to_queue, user, reason="")
    if visit.day != day_of(now):
        raise Conflict


def _is_allowed(question: Callable[[], object]) -> bool:
    try:
        question()
    except (PermissionDenied, Conflict):
        return False
    return True
