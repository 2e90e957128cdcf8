"""How each kind of event looks in the history, and who is said to have done it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import LPSE_ROLES, Role, User
from escalation.models import Promise as PromiseRow
from escalation.tiers import Tier
from tickets.models import DataRequest, Ticket, TicketEvent
from tickets.services.feedback import requests_of

Kind = TicketEvent.Kind
PAGE = 50


@dataclass(frozen=True)
class Look:
    """A shape of ui: "card" with words, "line" across tiers, "system", "breach", "recount"; css and icon."""

    shape: str
    css: str
    icon: str
    phrase: str | Promise = ""


LOOKS: dict[str, Look] = {
    Kind.FILED: Look("card", "tl--me", "", gettext_lazy("membuat tiket")),
    Kind.TAKEN: Look("system", "", "user", gettext_lazy("mengambil tiket")),
    Kind.REPLIED: Look("card", "", ""),
    Kind.NOTED: Look("card", "tl--note", "lock-closed", gettext_lazy("catatan internal, hanya petugas")),
    Kind.ANALYSED: Look("card", "tl--note", "lock-closed", gettext_lazy("catatan analisis, hanya petugas")),
    Kind.ESCALATED: Look("line", "tl--up", "arrow-up-right"),
    Kind.RETURNED: Look("line", "tl--up", "arrow-down-left"),
    Kind.REASSIGNED: Look("system", "", "arrows-right-left", gettext_lazy("mengalihkan tiket kepada")),
    Kind.DATA_REQUESTED: Look("card", "tl--data", "document-plus", gettext_lazy("meminta kelengkapan data")),
    Kind.DATA_PROVIDED: Look("card", "tl--data", "document-check", gettext_lazy("menjawab permintaan data")),
    Kind.RESOLVED: Look("card", "tl--fix", "check", gettext_lazy("memberikan solusi")),
    Kind.CONFIRMED: Look("system", "", "check-circle", gettext_lazy("mengonfirmasi penutupan tiket")),
    Kind.CONFIRMED_IN_PRESENCE: Look(
        "card", "tl--fix", "check-circle", gettext_lazy("mencatat konfirmasi penutupan oleh pelapor di hadapannya")
    ),
    Kind.REJECTED: Look("card", "tl--me", "", gettext_lazy("menyatakan belum selesai")),
    Kind.RATED: Look("system", "", "star", gettext_lazy("menilai layanan")),
    Kind.WITHDRAWN: Look("system", "", "x-circle", gettext_lazy("membatalkan tiket")),
    Kind.REOPENED: Look("card", "tl--me", "", gettext_lazy("membuka kembali tiket")),
    Kind.SHARED: Look("system", "", "share", gettext_lazy("membagikan tiket kepada")),
    Kind.UNSHARED: Look("system", "", "no-symbol", gettext_lazy("berhenti membagikan tiket kepada")),
    Kind.BREACHED: Look("breach", "tl--late", "exclamation-triangle"),
    Kind.EXCUSED: Look("system", "tl--late", "shield-check", gettext_lazy("mengecualikan keterlambatan")),
    Kind.REMINDED: Look("system", "", "bell", gettext_lazy("mengingatkan pelapor")),
    Kind.CLOSED_UNANSWERED: Look("system", "", "archive-box", gettext_lazy("menutup tiket tanpa jawaban pelapor")),
    Kind.RECOUNTED: Look("recount", "", "calendar-days", gettext_lazy("menghitung ulang batas tanggap")),
}
# What the counter does where the reporter's side would have done it.
LOOKS_AT_COUNTER: dict[str, Look] = {
    Kind.FILED: Look("card", "", "", gettext_lazy("mencatat tiket konsultasi")),
    Kind.DATA_PROVIDED: Look("card", "tl--data", "document-check", gettext_lazy("memindai data dari pelapor")),
}


@dataclass(frozen=True)
class Line:
    """One event as a page draws it for one reader."""

    event: TicketEvent
    look: Look
    who: str
    role: str
    css: str
    asked: DataRequest | None

    @property
    def target(self) -> str:
        """The tier or the person a move or a share went to, if it went anywhere."""
        to = self.event.data.get("to", "")
        return str(Tier(to).label) if isinstance(to, int) else str(to)

    @property
    def how(self) -> str:
        """In what way a visitor agreed that the ticket is closed, if they did."""
        how = self.event.data.get("how")
        return str(TicketEvent.Confirmation(how).label) if how else ""

    @property
    def is_return(self) -> bool:
        return self.event.kind == Kind.RETURNED

    @property
    def is_question(self) -> bool:
        return self.event.kind == Kind.DATA_REQUESTED

    @property
    def is_first_response(self) -> bool:
        """Whether the promise in question is the one to the reporter, not that of one tier."""
        return bool(self.event.data["promise"] == PromiseRow.Code.FIRST_RESPONSE)

    @property
    def tier(self) -> str:
        return str(Tier(self.event.tier).label)

    @property
    def due(self) -> datetime:
        """When the promise ran out that this event tells of."""
        return datetime.fromisoformat(self.event.data["due"])

    @property
    def before(self) -> datetime:
        return datetime.fromisoformat(self.event.data["before"])

    @property
    def after(self) -> datetime:
        return datetime.fromisoformat(self.event.data["after"])

    @property
    def rating(self) -> str:
        return str(Ticket.Rating(self.event.data["rating"]).label)


def unit_of(event: TicketEvent, ticket: Ticket) -> str:
    """Return role and unit as people say it: "Helpdesk Teknis LKPP", "Verifikator, LPSE Kota …"."""
    role = str(Role(event.actor_role).label)
    return f"{role}, {ticket.lpse.name}" if event.actor_role in LPSE_ROLES else f"{role} LKPP"


def side_of(event: TicketEvent, ticket: Ticket) -> str:
    """Return who spoke on the reporter's side; as whoever was merged into the reporter, they spoke themselves."""
    spoke = getattr(event.actor, "reporter", None)
    is_reporter = spoke and ticket.reporter_id in (spoke.pk, spoke.merged_into_id)
    return _("Pelapor") if is_reporter else _("Rekan pelapor")


def timeline(ticket: Ticket, reader: User, *, before: int | None = None) -> tuple[list[Line], int | None]:
    """Return the newest PAGE events the reader may see, newest first, and the id to go on from if there are more."""
    events = (
        TicketEvent.objects.visible_on(ticket, reader).select_related("actor__reporter").prefetch_related("attachments")
    )
    if before:
        events = events.filter(pk__lt=before)
    found = list(events.order_by("-pk")[: PAGE + 1])
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    rounds = {asked.pk: asked for asked in requests_of(ticket)}
    opened = {asked.event_id: asked for asked in rounds.values()}
    lines = [
        _line(event, ticket, reader, opened.get(event.pk) or rounds.get(event.data.get("request")))
        for event in found[:PAGE]
    ]
    return lines, more


def _line(event: TicketEvent, ticket: Ticket, reader: User, asked: DataRequest | None) -> Line:
    look = (event.actor_role and LOOKS_AT_COUNTER.get(event.kind)) or LOOKS[event.kind]
    css = "tl--me" if event.kind == Kind.REPLIED and event.by_reporter else look.css
    if event.actor is None:
        return Line(event, look, _("Sistem"), "", css, asked)
    who = _("Anda") if event.actor_id == reader.pk else str(event.actor)
    role = unit_of(event, ticket) if event.actor_role else ("" if who == _("Anda") else side_of(event, ticket))
    return Line(event, look, who, role, css, asked)
