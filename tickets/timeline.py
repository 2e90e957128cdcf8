"""How each kind of event looks in the history, and who is said to have done it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from escalation.tiers import Tier
from tickets.models import Ticket, TicketEvent

Kind = TicketEvent.Kind
PAGE = 50


@dataclass(frozen=True)
class Look:
    """A shape of ui: "card" with words, "line" across tiers, "system" in grey; css and icon of its list item."""

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
    Kind.RESOLVED: Look("card", "tl--fix", "check", gettext_lazy("memberikan solusi")),
    Kind.CONFIRMED: Look("system", "", "check-circle", gettext_lazy("mengonfirmasi penutupan tiket")),
    Kind.REJECTED: Look("card", "tl--me", "", gettext_lazy("menyatakan belum selesai")),
    Kind.RATED: Look("system", "", "star", gettext_lazy("menilai layanan")),
}


@dataclass(frozen=True)
class Line:
    """One event as a page draws it for one reader."""

    event: TicketEvent
    look: Look
    who: str
    role: str
    css: str

    @property
    def target(self) -> str:
        """The tier an escalation went to."""
        return str(Tier(self.event.data["to"]).label)

    @property
    def rating(self) -> str:
        return str(Ticket.Rating(self.event.data["rating"]).label)


def unit_of(event: TicketEvent, ticket: Ticket) -> str:
    """Return role and unit as people say it: "Helpdesk Teknis LKPP", "Verifikator, LPSE Kota …"."""
    role = str(Role(event.actor_role).label)
    return f"{role}, {ticket.lpse.name}" if event.tier == Tier.LPSE else f"{role} LKPP"


def timeline(ticket: Ticket, reader: User, *, before: int | None = None) -> tuple[list[Line], int | None]:
    """Return the newest PAGE events the reader may see, newest first, and the id to go on from if there are more."""
    events = TicketEvent.objects.visible_on(ticket, reader).select_related("actor").prefetch_related("attachments")
    if before:
        events = events.filter(pk__lt=before)
    found = list(events.order_by("-pk")[: PAGE + 1])
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    return [_line(event, ticket, reader) for event in found[:PAGE]], more


def _line(event: TicketEvent, ticket: Ticket, reader: User) -> Line:
    look = LOOKS[event.kind]
    css = "tl--me" if event.kind == Kind.REPLIED and event.by_reporter else look.css
    who = _("Anda") if event.actor_id == reader.pk else str(event.actor)
    role = unit_of(event, ticket) if event.actor_role else ("" if who == _("Anda") else _("Pelapor"))
    return Line(event, look, who, role, css)
