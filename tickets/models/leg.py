"""Each turn of the staff with a ticket."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lpse, User
from escalation.models import Clock
from escalation.tiers import Tier
from tickets.models.ticket import Ticket


class Leg(models.Model):
    """One turn of the staff at one tier: who had the ticket, from when to when, and how the turn ended."""

    class Outcome(models.TextChoices):
        ESCALATED = "escalated", _("Diteruskan")
        RETURNED = "returned", _("Dikembalikan")
        DATA_REQUESTED = "data_requested", _("Data diminta")
        RESOLVED = "resolved", _("Solusi diberikan")
        WITHDRAWN = "withdrawn", _("Dibatalkan")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="legs")
    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    lpse = models.ForeignKey(Lpse, models.PROTECT, null=True, related_name="+")
    assignee = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    clock = models.OneToOneField(Clock, models.PROTECT, null=True, related_name="+")  # ours, for this turn (A02)
    wait = models.OneToOneField(Clock, models.PROTECT, null=True, related_name="+")  # the reporter's, after this turn

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["ticket", "id"], name="legs_of_ticket")]
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(left_at=None), name="one_open_leg_per_ticket"),
            models.CheckConstraint(
                condition=Q(left_at=None, outcome="") | (Q(left_at__isnull=False) & ~Q(outcome="")),
                name="ended_leg_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(tier=1, lpse__isnull=False) | Q(tier__gt=1, lpse=None), name="leg_at_lpse_or_lkpp"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} @ {self.get_tier_display()}"
