"""Which tickets: the questions that lists and services ask."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from accounts.models import LPSE_ROLES, Reporter, Role, User
from core.fsm import AlreadyDone, Stale
from core.numbers import read_number
from escalation.models import Clock
from escalation.tiers import LKPP_ROLES, Desk, Tier
from tickets.models.share import TicketShare

if TYPE_CHECKING:
    from tickets.models.ticket import Ticket


def broken() -> "models.QuerySet[Clock]":
    """The broken promises of a ticket, as part of a question about tickets."""
    return Clock.objects.breached().filter(case=OuterRef("number"))


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: User) -> Self:
        """The only door to tickets: one's own, those of one's LPSE, those that reached LKPP for its staff (A14).

        What began at the counter of LKPP is no LPSE's.
        """
        if user.holds(Role.SUPERVISOR):
            return self
        own = Reporter.objects.visible_to(user).values("pk")
        scope = Q(reporter__in=own) | Q(pk__in=TicketShare.objects.filter(reporter__in=own).values("ticket"))
        offices = [duty.lpse_id for duty in user.duty_list if duty.role in LPSE_ROLES]
        if offices:
            scope |= Q(lpse__in=offices, channel=self.model.Channel.WEB)
        if user.holds(*LKPP_ROLES):
            scope |= Q(reached_lkpp_at__isnull=False)
        return self.filter(scope)

    def readable_by_phone(self, user: User) -> Self:
        """The door of the Call Center: agents look any ticket up by number, and are told what may be read out (A21).

        The pages of a ticket stay closed to them.
        """
        return self if user.holds(Role.CALL_AGENT) else self.none()

    def numbered(self, text: str) -> Self:
        """Find a number in any notation; nothing for a wrong check digit."""
        return self.filter(number=read_number(text, self.model.NUMBER_KIND) or "")

    def reported_by(self, user: User) -> Self:
        return self.filter(reporter=user.own_reporter) if user.own_reporter else self.none()

    def shared_with(self, user: User) -> Self:
        """What colleagues of the same organisation have shared with this person (A14)."""
        return self.filter(pk__in=TicketShare.objects.filter(reporter__user=user).values("ticket"))

    def at(self, desk: Desk) -> Self:
        """What this unit holds now."""
        here = self.filter(tier=desk.tier)
        if desk.tier == Tier.EPROC:
            here = here.filter(at_counter=False)
        return here.filter(lpse=desk.lpse) if desk.lpse else here

    def at_counter_of(self, user: User) -> Self:
        """What this Petugas Konsultasi has at the counter."""
        return self.filter(at_counter=True, assignee=user)

    def passed_up_from(self, desk: Desk) -> Self:
        """Open tickets that this unit had and a higher tier has now."""
        if desk.lpse:
            return self.open().filter(lpse=desk.lpse, tier__gt=desk.tier)
        return self.open().filter(tier__gt=desk.tier)

    def open(self) -> Self:
        return self.exclude(status=self.model.Status.CLOSED)

    def closed(self) -> Self:
        return self.filter(status=self.model.Status.CLOSED)

    def unassigned(self) -> Self:
        return self.filter(status=self.model.Status.NEW)

    def assigned_to(self, user: User) -> Self:
        return self.filter(assignee=user)

    def awaiting_data(self) -> Self:
        return self.filter(status=self.model.Status.AWAITING_DATA)

    def awaiting_confirmation(self) -> Self:
        return self.filter(status=self.model.Status.AWAITING_CONFIRMATION)

    def overdue(self, now: datetime) -> Self:
        """Where staff owe an answer whose time has passed, written down as broken or not yet."""
        return self.filter(queue_due__lt=now)

    def late(self) -> Self:
        """What broke a promise that is not excused, answered since or not."""
        return self.filter(Exists(broken().filter(excused_at=None)))

    def excused(self) -> Self:
        """What broke a promise, and the Penyelia said why it was not our fault (A18)."""
        return self.filter(Exists(broken().exclude(excused_at=None)))

    def for_lists(self) -> Self:
        """Read with each ticket what its row shows: names, lateness, until when its reporter is waited for."""
        waits = Clock.objects.running().filter(case=OuterRef("number"), binds_reporter=True)
        rows = self.with_lateness().annotate(waits_until=Subquery(waits.values("due_at")[:1]))
        return rows.select_related(
            "reporter__institution", "reporter__lpse", "subcategory__category", "lpse", "assignee"
        )

    def with_shares(self) -> Self:
        """Read with each ticket what its `shared_user_ids` would ask for."""
        people = TicketShare.objects.filter(ticket=OuterRef("pk")).values("reporter__user")
        return self.annotate(shared_user_ids=ArraySubquery(people))

    def with_lateness(self) -> Self:
        """Read with each ticket whether it broke a promise that stands (`was_late`) or is excused (`was_excused`)."""
        return self.annotate(
            was_late=Exists(broken().filter(excused_at=None)), was_excused=Exists(broken().exclude(excused_at=None))
        )

    def lock(self, pk: int, *, version: int | None = None, key: Any = None) -> "Ticket":
        """Return the row locked for this transaction.

        Raises AlreadyDone when an event with this form key exists, Stale when the version moved on.
        """
        # Locked before it is read: whoever had to wait here reads its reporter and office as they are by now.
        list(self.filter(pk=pk).select_for_update(no_key=True).values_list("pk"))
        ticket = self.select_related("reporter", "lpse").get(pk=pk)
        if key and ticket.events.filter(key=key).exists():
            raise AlreadyDone
        if version is not None and ticket.version != version:
            raise Stale(_("Tiket ini berubah sejak Anda membukanya."))
        return ticket


TicketRows = models.Manager.from_queryset(TicketQuerySet)


class TicketManager(TicketRows["Ticket"]):
    """Leaves the words for the index in the database: search asks about them, nobody reads them."""

    def get_queryset(self) -> TicketQuerySet:
        return TicketQuerySet(self.model, using=self._db).defer("search")
