"""What of a desk's queue a person looks at: one tab, filtered and ordered as the address says."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

from django.forms.models import ModelChoiceIteratorValue
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.dates import local, long_day
from core.pagination import capped_count
from escalation.services.calendar import calendar_of
from escalation.tiers import Desk
from escalation.working import Calendar
from tickets.countdown import is_late, is_today
from tickets.forms.queue import QueueFilter
from tickets.models import Ticket
from tickets.models.queryset import TicketQuerySet
from tickets.models.ticket import QueueRank

CLOSED_ORDER = ("-changed_at", "-id")
COLUMNS = ("id", "version", "changed_at", "status", "assignee_id", "due_at", "queue_rank")
AT_LEAST_EVERY = 300  # seconds
FIRST_SORT = "batas"
SORTS = {
    FIRST_SORT: (_("Batas tanggap terdekat"), ("queue_rank", "queue_due", "id")),
    "terlama": (_("Terlama menunggu"), ("entered_at", "id")),
    "terbaru": (_("Terbaru masuk"), ("-entered_at", "-id")),
    "tenggat": (_("Tenggat tahapan terdekat"), ("stage_due", "id")),
}


@dataclass(frozen=True)
class Tab:
    """One tab of a queue; a closed tab is not counted, because it only grows."""

    slug: str
    label: str | Promise
    rows: TicketQuerySet
    empty: str | Promise
    is_open: bool = True
    is_here: bool = True  # whether its tickets can be acted on at this desk

    @property
    def count(self) -> int | None:
        return capped_count(self.rows) if self.is_open else None


def tabs_of(desk: Desk, user: User, now: datetime) -> dict[str, Tab]:
    """Return the tabs of a desk's queue, in order."""
    visible = Ticket.objects.visible_to(user)
    here, closed = visible.at(desk).open(), visible.at(desk).closed()
    away = visible.passed_up_from(desk)
    tabs = [
        Tab("semua", _("Semua"), here, _("Tidak ada tiket terbuka di unit ini.")),
        Tab("belum-diambil", _("Belum diambil"), here.unassigned(), _("Semua tiket sudah diambil.")),
        Tab("saya", _("Tiket saya"), here.assigned_to(user), _("Tidak ada tiket yang Anda tangani di unit ini.")),
        Tab("menunggu-data", _("Menunggu data"), here.awaiting_data(), _("Tidak ada tiket yang menunggu data.")),
        Tab(
            "menunggu-konfirmasi",
            _("Menunggu konfirmasi"),
            here.awaiting_confirmation(),
            _("Tidak ada tiket yang menunggu konfirmasi."),
        ),
        Tab("terlambat", _("Terlambat"), here.overdue(now), _("Tidak ada tiket terlambat.")),
        Tab("dieskalasi", _("Sudah dieskalasi"), away, _("Tidak ada tiket di tingkat lebih tinggi."), is_here=False),
        Tab("ditutup", _("Ditutup"), closed, _("Belum ada tiket yang ditutup di unit ini."), False, False),
    ]
    return {tab.slug: tab for tab in tabs}


@dataclass(frozen=True)
class Heading:
    """What stands above a group of tickets; css is the modifier of queue__group."""

    label: str | Promise
    css: str = ""
    icon: str = ""


HEADINGS = {
    QueueRank.FIRST: Heading(QueueRank.FIRST.label, "prio", "star"),
    QueueRank.ANSWERED: Heading(QueueRank.ANSWERED.label),
    QueueRank.WAITING: Heading(QueueRank.WAITING.label),
}
OVERDUE = Heading(_("Terlambat"), "late", "exclamation-triangle")


def heading_of(ticket: Ticket, zone: str, now: datetime) -> Heading:
    """Return under which heading a ticket stands; days are those of `zone`."""
    if ticket.due_at is None or ticket.queue_rank != QueueRank.DUE:
        return HEADINGS[ticket.queue_rank]
    if is_late(ticket, now):
        return OVERDUE
    day = long_day(local(ticket.due_at, zone))
    return Heading(gettext("Hari ini, %(day)s") % {"day": day} if is_today(ticket.due_at, zone, now) else day)


@dataclass(frozen=True)
class Shown:
    """A tab of a queue with its filters and its order, as it is at a moment."""

    now: datetime
    desk: Desk
    tabs: dict[str, Tab]
    tab: Tab
    sort: str
    filters: QueueFilter

    @property
    def rows(self) -> TicketQuerySet:
        rows: TicketQuerySet = self.filters.qs
        return rows

    @property
    def order(self) -> tuple[str, ...]:
        return SORTS[self.sort][1] if self.tab.is_open else CLOSED_ORDER

    def state_of(self, tickets: list[Ticket]) -> str:
        """Name what is shown of these tickets, so that a page which shows it already need not be drawn again.

        Counts of tabs, notes about promises and words of time are drawn anew every five minutes in any case.
        """
        facts = [(*(getattr(row, name) for name in COLUMNS), is_late(row, self.now)) for row in tickets]
        return f"{crc32(repr((facts, self.now.timestamp() // AT_LEAST_EVERY)).encode()):08x}"

    @cached_property
    def calendar(self) -> Calendar:
        """When the unit works: read once for all rows of a page, if any."""
        return calendar_of(self.desk.lpse)

    def groups_of(self, tickets: list[Ticket]) -> list[tuple[Heading | None, list[Ticket]]]:
        """Return the tickets of a page under their headings; only the order of promises has any.

        A group goes on over the end of a page; its heading then stands on both.
        """
        if self.sort != FIRST_SORT or not self.tab.is_open:
            return [(None, tickets)]
        groups = groupby(tickets, lambda ticket: heading_of(ticket, self.desk.zone, self.now))
        return [(heading, list(rows)) for heading, rows in groups]

    @property
    def query(self) -> str:
        """The address of this view after "?", without anything that has no effect, and without the page."""
        return self.query_of(self.tab.slug)

    @property
    def unfiltered(self) -> str:
        return urlencode({"tampil": self.tab.slug, "urut": self.sort})

    def query_of(self, tab: str) -> str:
        """Return the address of another tab with the same filters and order."""
        return urlencode({"tampil": tab, "urut": self.sort} | self.filters.chosen)

    @property
    def links(self) -> list[dict[str, Any]]:
        """The tabs as links; counts are of whole tabs, so they would mislead beside a filtered list."""
        counted = not self.filters.chosen
        return [
            {"tab": tab, "query": self.query_of(tab.slug), "count": tab.count if counted else None}
            for tab in self.tabs.values()
        ]

    @cached_property
    def officers(self) -> list[tuple[Any, str]]:
        """The staff of the desk, by whom a queue is filtered and to whom its tickets are given."""
        field = self.filters.form.fields["petugas"]
        # Drawn in two places, read once; list() alone would also ask how many there are.
        field.widget.choices = choices = list(iter(field.choices))
        return [choice for choice in choices if isinstance(choice[0], ModelChoiceIteratorValue)]

    @property
    def origin(self) -> str:
        """What a ticket's address carries after "dari=", so that its page knows its neighbours."""
        return f"{self.desk.slug}?{self.query}"


def read_shown(desk: Desk, user: User, params: QueryDict, *, now: datetime) -> Shown:
    """Read an address; whatever makes no sense in it is passed over."""
    tabs = tabs_of(desk, user, now)
    tab = tabs.get(params.get("tampil", ""), tabs["semua"])
    sort = params.get("urut", "") if params.get("urut") in SORTS else FIRST_SORT
    return Shown(now, desk, tabs, tab, sort, QueueFilter(params, tab.rows, desk=desk, is_open=tab.is_open, now=now))
