"""What a person is owed after a broken promise: priority on the next service (R39)."""

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Reporter
from escalation.models.clock import Clock


class EntitlementQuerySet(models.QuerySet["Entitlement"]):
    def owed_to(self, reporter: Reporter) -> Self:
        """Not used yet, oldest first (A16)."""
        return self.filter(reporter=reporter, redeemed_at=None, withdrawn_at=None).order_by("granted_at", "pk")


class Entitlement(models.Model):
    """Priority on the next service of one reporter; one for a claim, used once, never expires (A16)."""

    reporter = models.ForeignKey(Reporter, models.PROTECT, related_name="entitlements")
    clock = models.OneToOneField(Clock, models.PROTECT, related_name="entitlement")
    case = models.CharField(max_length=24, unique=True)  # what its clocks name as their claim
    granted_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True)
    redeemed_case = models.CharField(max_length=24, blank=True)
    redeemed_url = models.CharField(max_length=100, blank=True)
    withdrawn_at = models.DateTimeField(null=True)  # the breach was excused before it was used

    objects = EntitlementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["reporter", "granted_at", "id"],
                condition=Q(redeemed_at=None, withdrawn_at=None),
                name="entitlements_owed",
            ),
            models.Index(fields=["redeemed_case"], condition=~Q(redeemed_case=""), name="entitlements_used"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(redeemed_at=None) | Q(withdrawn_at=None), name="redeemed_or_withdrawn_not_both"
            ),
            models.CheckConstraint(
                condition=Q(redeemed_at=None, redeemed_case="") | (Q(redeemed_at__isnull=False) & ~Q(redeemed_case="")),
                name="redeemed_by_a_case",
            ),
        ]

    def __str__(self) -> str:
        return self.case
