"""Telling people: one row is the entry in the inbox and the letter in the outbox."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from accounts.models import User


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> Self:
        """Only what was sent to this person."""
        return self.filter(recipient=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def waiting(self) -> Self:
        """What still has to be mailed, now or later."""
        return self.filter(next_at__isnull=False)

    def due(self, now: datetime) -> Self:
        """What is to be mailed now, longest due first, but in order within what this person hears of a case."""
        case = Notification.objects.waiting().filter(recipient=OuterRef("recipient"), url=OuterRef("url"))
        # Asked for each row by itself: a join would read all that waits, over and over, when there is suddenly much.
        first = Subquery(case.order_by("pk").values("pk")[:1])
        return self.filter(pk=first, next_at__lte=now).order_by("next_at", "pk")

    def dead(self) -> Self:
        """What could not be mailed and waits for a person to look at it."""
        return self.filter(dead_at__isnull=False)


class Notification(models.Model):
    """One message to one person about one thing that happened: in the inbox, and mailed while `next_at` is set."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    context = models.JSONField(default=dict)
    url = models.CharField(max_length=300)
    address = models.EmailField(blank=True)  # where the letter goes, if not to the recipient's own
    secret = models.CharField(max_length=40, blank=True)  # stands in the letter only, and here until that has left
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    dead_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "-id"], name="inbox"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="inbox_unread"),
            models.Index(fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="mail_due"),
            models.Index(fields=["recipient", "url", "id"], condition=Q(next_at__isnull=False), name="mail_order"),
            models.Index(fields=["dead_at"], condition=Q(dead_at__isnull=False), name="mail_dead"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_at=None) | Q(sent_at=None, dead_at=None), name="mail_waits_or_is_done_with"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"

    @property
    def mail_address(self) -> str:
        """Where its letter goes: people known from the counter have given an address as reporters."""
        known = self.recipient.own_reporter
        return self.address or self.recipient.email or (known.email if known else "")

    @property
    def template(self) -> str:
        return f"notifications/messages/{self.kind}.txt"
