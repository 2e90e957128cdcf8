"""What a person may do with a complaint now: the one place that its page asks for its buttons."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from complaints.files import evidence_of
from complaints.models import Complaint

State = Complaint.State


@dataclass(frozen=True)
class Verb:
    """A button: its words, its consequence, its key."""

    label: Promise
    hint: Promise
    icon: str
    key: str = ""


VERBS = {  # by the names of their addresses
    "respond": Verb(_("Tanggapi"), _("Tanggapan pertama menghentikan jam."), "paper-airplane", "R"),
    "complete": Verb(_("Nyatakan lengkap"), _("Jam tanggapan mulai sekarang."), "clipboard-document-check"),
    "ask": Verb(_("Minta bukti"), _("Jam mulai setelah bukti diterima."), "document-plus", "D"),
    "scan": Verb(_("Tambahkan bukti"), _("Datang lewat surat atau diserahkan langsung."), "document-arrow-up"),
    "close": Verb(_("Selesaikan"), _("Tidak ada lagi yang perlu dijawab."), "check-circle", "S"),
    "classify": Verb(_("Tetapkan golongan"), _("Menentukan batas waktu menurut UU 25/2009."), "scale"),
    "withdraw": Verb(_("Catat pencabutan"), _("Atas permintaan pengadu sebelum ditanggapi."), "x-circle"),
    "excuse": Verb(_("Kecualikan keterlambatan"), _("Keterlambatan tetap tercatat."), "shield-check"),
}
ALLOWED = {  # by state; a supervisor's excuse hangs on the clock
    State.RECEIVED: ("complete", "ask", "scan", "classify", "withdraw"),
    State.INCOMPLETE: ("complete", "scan", "classify", "withdraw"),
    State.REGISTERED: ("respond", "ask", "scan", "classify", "withdraw"),
    State.RESPONDED: ("close", "classify"),
    State.CLOSED: (),
    State.WITHDRAWN: (),
}


def verbs_for(complaint: Complaint, user: User) -> dict[str, Verb]:
    """Return the verbs somebody who may see this complaint may use on it now, main one first."""
    names = set(ALLOWED[State(complaint.state)])
    if complaint.needs_evidence and not evidence_of(complaint).exists():
        names.discard("complete")
    clock = complaint.clock
    if clock and clock.is_breached and not clock.is_excused and user.holds(Role.SUPERVISOR):
        names.add("excuse")
    return {name: verb for name, verb in VERBS.items() if name in names}
