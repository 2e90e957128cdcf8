"""What was said and done (events), what was sent along (attachments), and what is not sent yet (drafts)."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from escalation.tiers import Tier
from tickets.models.catalogue import DocumentRequirement
from tickets.models.ticket import Ticket
from tickets.permissions import sees_internal


class TicketEventQuerySet(models.QuerySet["TicketEvent"]):
    def visible_on(self, ticket: Ticket, user: User) -> Self:
        """The history as this person may read it: internal notes are for staff only."""
        events = self.filter(ticket=ticket)
        return events if sees_internal(ticket, user) else events.filter(is_public=True)


class TicketEvent(models.Model):
    """One line of a ticket's history: who did what, when. Never edited; a trigger refuses it."""

    class Kind(models.TextChoices):
        FILED = "filed", _("membuat tiket")
        TAKEN = "taken", _("mengambil tiket")
        REPLIED = "replied", _("membalas")
        NOTED = "noted", _("mencatat")
        ANALYSED = "analysed", _("menganalisis")
        ESCALATED = "escalated", _("meneruskan tiket")
        RESOLVED = "resolved", _("memberikan solusi")
        CONFIRMED = "confirmed", _("mengonfirmasi penutupan tiket")
        REJECTED = "rejected", _("menyatakan belum selesai")
        RATED = "rated", _("menilai layanan")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.UUIDField(null=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    actor_role = models.CharField(max_length=20, choices=Role.choices, blank=True)  # empty: the reporter
    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    version = models.PositiveIntegerField()  # of the ticket, once this was written
    is_public = models.BooleanField()
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    redacted_at = models.DateTimeField(null=True)

    objects = TicketEventQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["ticket", "-id"], name="history_of_ticket")]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "key"], name="one_event_per_form"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}"

    @property
    def by_reporter(self) -> bool:
        return not self.actor_role


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: User) -> Self:
        """What somebody has typed is theirs alone until it is sent."""
        return self.filter(owner=user)

    def lock(self, key: uuid.UUID, *, owner: User, now: datetime, **facts: Any) -> "Draft":
        """Return this person's draft locked for this transaction, made or changed as `facts` say.

        One statement, because the twin of a double click may send the draft away between two.
        """
        draft = Draft(key=key, owner=owner, changed_at=now, **facts)
        changed = ["changed_at", *facts]
        self.bulk_create([draft], update_conflicts=True, unique_fields=["key"], update_fields=changed)
        return self.visible_to(owner).get(key=key)


class Draft(models.Model):
    """What a person has typed and uploaded in one form but not sent yet; its key makes the form one-time."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(User, models.CASCADE, related_name="+")
    data = models.JSONField(default=dict)
    changed_at = models.DateTimeField(db_index=True)

    objects = DraftQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.key)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> Self:
        """Files of a history the person may read, and files of their own drafts."""
        tickets = Ticket.objects.visible_to(user)
        own = Q(event__ticket__reporter__user=user)
        public = Q(event__is_public=True)
        sent = Q(event__ticket__in=tickets.values("pk")) & (public | ~own)
        return self.filter(sent | Q(draft__owner=user))


class Attachment(models.Model):
    """One file: sent with an event, or waiting in a draft. Its bytes never decide what it is called."""

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    event = models.ForeignKey(TicketEvent, models.CASCADE, null=True, related_name="attachments")
    draft = models.ForeignKey(Draft, models.CASCADE, null=True, related_name="attachments")
    requirement = models.ForeignKey(DocumentRequirement, models.SET_NULL, null=True, related_name="+")
    uploader = models.ForeignKey(User, models.PROTECT, related_name="+")
    file = models.FileField(max_length=100)
    name = models.CharField(max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()

    PREVIEWS = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})
    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(event=None, draft__isnull=False) | Q(event__isnull=False, draft=None),
                name="sent_or_in_a_draft",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_preview(self) -> bool:
        """Whether a browser may show it in place; everything else is only downloaded."""
        return self.media_type in self.PREVIEWS
