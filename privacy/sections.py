"""What a person's download is made of: parts with a heading, each of them rows of named values."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import Reporter, User
from core.dates import long_date, long_day
from escalation.tiers import LKPP_ZONE
from tickets.models import Ticket, TicketEvent, TicketShare

Value = str | int | bool | date | datetime | list[str] | None
Columns = dict[str, tuple[str, Callable[[Any], Value]]]  # for the machine: for people, and how it is read


@dataclass(frozen=True)
class Person:
    """Whose data it is: the account, and the identity behind it if there is one."""

    user: User
    reporter: Reporter | None

    @property
    def zone(self) -> str:
        """IANA name of the zone in which they read times."""
        return self.reporter.lpse.time_zone if self.reporter and self.reporter.lpse else LKPP_ZONE

    @cached_property
    def accounts(self) -> list[int]:
        """The keys of their account, and of those behind identities that were merged into theirs."""
        merged = Reporter.objects.filter(merged_into__user=self.user).values_list("user", flat=True)
        return [self.user.pk, *filter(None, merged)]

    @cached_property
    def tickets(self) -> "QuerySet[Ticket]":
        """The tickets they filed, or that were filed for them at the counter."""
        return Ticket.objects.filter(reporter__user=self.user)

    @cached_property
    def numbers(self) -> list[str]:
        return list(self.tickets.order_by("pk").values_list("number", flat=True))

    @property
    def shared(self) -> "QuerySet[TicketShare]":
        return TicketShare.objects.filter(reporter__user=self.user)

    @property
    def events(self) -> "QuerySet[TicketEvent]":
        """The public history of their tickets, and what they wrote as a colleague; never an internal note."""
        own = TicketEvent.objects.filter(ticket__in=self.tickets.values("pk"), is_public=True)
        written = TicketEvent.objects.filter(actor__in=self.accounts, actor_role="", is_public=True)
        return own | written


@dataclass(frozen=True)
class Section:
    """One part: `key` for the machine, `title` for people; its rows are read when they are needed.

    A function in place of rows finds what takes many questions; it is not asked only to count.
    """

    key: str
    title: str
    rows: "QuerySet[Any] | Sequence[Any] | Callable[[], Sequence[Any]]"
    columns: Columns

    @property
    def count(self) -> int | None:
        if isinstance(self.rows, QuerySet):
            return self.rows.count()
        return None if callable(self.rows) else len(self.rows)

    def _read(self) -> "QuerySet[Any] | Sequence[Any]":
        return self.rows if isinstance(self.rows, QuerySet) or not callable(self.rows) else self.rows()

    def records(self) -> Iterator[dict[str, Value]]:
        """Yield each row for the machine."""
        for row in self._read():
            yield {key: read(row) for key, (_label, read) in self.columns.items()}

    def lines(self, zone: str) -> Iterator[list[tuple[str, str]]]:
        """Yield each row for people: label and words, without what is empty."""
        for row in self._read():
            read = ((label, words(value(row), zone)) for label, value in self.columns.values())
            yield [(label, said) for label, said in read if said]


def words(value: Value, zone: str) -> str:
    """Return a value as people read it in this zone; "" for none."""
    if isinstance(value, bool):
        return _("Ya") if value else _("Tidak")
    if isinstance(value, datetime):
        return long_date(value, zone)
    if isinstance(value, date):
        return long_day(value)
    if isinstance(value, list):
        return "\n".join(value)
    return "" if value is None else str(value)
