"""What an agent asks the officer responsible for a ticket at LKPP (R32)."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Role, User
from callcenter.models.call import Call
from tickets.models import Ticket


class ConfirmationRequestQuerySet(models.QuerySet["ConfirmationRequest"]):
    def visible_to(self, user: User) -> Self:
        """All of them for agents and Penyelia; to officers those about tickets that they may see, but not their own."""
        if user.holds(Role.CALL_AGENT, Role.SUPERVISOR):
            return self
        if not user.duty_list:
            return self.none()
        about = Ticket.objects.visible_to(user).exclude(reporter__user=user).filter(confirmations__isnull=False)
        return self.filter(ticket__in=about.values("pk"))

    def open(self) -> Self:
        return self.filter(answered_at=None)

    def awaited_by(self, user: User) -> Self:
        """What this agent has asked and not read the answer of, oldest first."""
        return self.filter(asked_by=user, read_at=None).order_by("pk")


class ConfirmationRequest(models.Model):
    """One question about a ticket, and the answer that may be read to the caller; the first answer counts."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="confirmations")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="confirmations")
    question = models.CharField(max_length=250)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answer = models.CharField(max_length=250, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    called_back_at = models.DateTimeField(null=True)

    objects = ConfirmationRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(answered_at=None), name="confirmations_open"),
            models.Index(fields=["asked_by", "id"], condition=Q(read_at=None), name="confirmations_awaited"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="answered_by_somebody_in_words",
            ),
            models.CheckConstraint(
                condition=Q(read_at=None) | Q(answered_at__isnull=False), name="read_after_it_was_answered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.call_id}"

    def get_absolute_url(self) -> str:
        return reverse("callcenter:confirmation", args=[self.pk])

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None
