"""What makes a queue a place to work in: views that were saved, and who has which ticket open."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lpse, User
from escalation.tiers import Desk, Tier
from tickets.models.ticket import Ticket

NAME_LENGTH, QUERY_LENGTH = 40, 2000


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def at(self, desk: Desk) -> Self:
        return self.filter(tier=desk.tier, lpse=desk.lpse)

    def visible_to(self, user: User) -> Self:
        """One's own, and those of the unit; which units a person may see is asked of the desk."""
        return self.filter(Q(owner=user) | Q(owner=None))


class SavedView(models.Model):
    """A way of looking at one desk's queue under a name: for one person, or without owner for the whole unit."""

    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    lpse = models.ForeignKey(Lpse, models.CASCADE, null=True, related_name="+")
    owner = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    name = models.CharField(_("nama"), max_length=NAME_LENGTH)
    query = models.CharField(max_length=QUERY_LENGTH)  # what stands after "?" in the address

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tier", "lpse", "owner", "name"], nulls_distinct=False, name="one_view_per_name"
            ),
            models.CheckConstraint(
                condition=Q(tier=1, lpse__isnull=False) | Q(tier__gt=1, lpse=None), name="view_at_lpse_or_lkpp"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PresenceQuerySet(models.QuerySet["Presence"]):
    def others_on(self, ticket: Ticket, user: User, *, since: datetime) -> Self:
        """Who else had this ticket open since then."""
        seen = self.filter(ticket=ticket, seen_at__gt=since).exclude(user=user)
        return seen.select_related("user").order_by("user__name", "pk")


class Presence(models.Model):
    """One officer who has one ticket open, and when their browser last said so."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(db_index=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="present_once")]

    def __str__(self) -> str:
        return f"{self.user} @ {self.ticket_id}"
