"""What a desk knows by heart: texts written once and used many times."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lpse
from escalation.tiers import Desk, Tier


class CannedTextQuerySet(models.QuerySet["CannedText"]):
    def of(self, desk: Desk) -> Self:
        """The texts of one desk; no other desk reads them."""
        return self.filter(tier=desk.tier, lpse=desk.lpse)


class CannedText(models.Model):
    """A reply that a desk keeps ready; marks such as {nama} stand for what each ticket says."""

    title = models.CharField(_("judul"), max_length=100)
    body = models.TextField(_("isi"))
    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    lpse = models.ForeignKey(Lpse, models.CASCADE, null=True, related_name="+")

    objects = CannedTextQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["tier", "lpse", "title"], nulls_distinct=False, name="one_canned_text_per_title"
            ),
            models.CheckConstraint(
                condition=Q(tier=1, lpse__isnull=False) | Q(tier__gt=1, lpse=None), name="canned_text_at_lpse_or_lkpp"
            ),
        ]

    def __str__(self) -> str:
        return self.title
