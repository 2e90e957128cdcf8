"""What was said and done (events), what was sent along (attachments), and what is not sent yet (drafts)."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from escalation.tiers import Tier
from tickets.models.catalogue import DocumentRequirement
from tickets.models.share import TicketShare
from tickets.models.ticket import LANGUAGE, Ticket
from tickets.permissions import sees_internal


class TicketEventQuerySet(models.QuerySet["TicketEvent"]):
    def visible_on(self, ticket: Ticket, user: User) -> Self:
        """The history as this person may read it: internal notes are for staff only."""
        events = self.filter(ticket=ticket)
        return events if sees_internal(ticket, user) else events.filter(is_public=True)


TicketEventRows = models.Manager.from_queryset(TicketEventQuerySet)


class TicketEventManager(TicketEventRows["TicketEvent"]):
    """Leaves the words for the index in the database, as TicketManager does."""

    def get_queryset(self) -> TicketEventQuerySet:
        return TicketEventQuerySet(self.model, using=self._db).defer("search")


class TicketEvent(models.Model):
    """One line of a ticket's history: who did what, when. Never edited; a trigger refuses it."""

    class Kind(models.TextChoices):
        FILED = "filed", _("membuat tiket")
        TAKEN = "taken", _("mengambil tiket")
        REPLIED = "replied", _("membalas")
        NOTED = "noted", _("mencatat")
        ANALYSED = "analysed", _("menganalisis")
        ESCALATED = "escalated", _("meneruskan tiket")
        RETURNED = "returned", _("mengembalikan tiket")
        REASSIGNED = "reassigned", _("mengalihkan petugas")
        DATA_REQUESTED = "data_requested", _("meminta kelengkapan data")
        DATA_PROVIDED = "data_provided", _("menjawab permintaan data")
        RESOLVED = "resolved", _("memberikan solusi")
        CONFIRMED = "confirmed", _("mengonfirmasi penutupan tiket")
        CONFIRMED_IN_PRESENCE = "confirmed_in_presence", _("mencatat konfirmasi pelapor di hadapannya")
        REJECTED = "rejected", _("menyatakan belum selesai")
        RATED = "rated", _("menilai layanan")
        WITHDRAWN = "withdrawn", _("membatalkan tiket")
        REOPENED = "reopened", _("membuka kembali tiket")
        SHARED = "shared", _("membagikan tiket")
        UNSHARED = "unshared", _("berhenti membagikan tiket")
        BREACHED = "breached", _("batas tanggap terlewati")
        EXCUSED = "excused", _("mengecualikan keterlambatan")
        REMINDED = "reminded", _("mengingatkan pelapor")
        CLOSED_UNANSWERED = "closed_unanswered", _("menutup tiket tanpa jawaban pelapor")
        RECOUNTED = "recounted", _("menghitung ulang batas tanggap")

    class Confirmation(models.TextChoices):
        """How a visitor without an account agreed that the ticket is closed (A07)."""

        SPOKEN = "spoken", _("Disampaikan secara lisan")
        SIGNED = "signed", _("Ditandatangani pada formulir")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=21, choices=Kind.choices)
    key = models.UUIDField(null=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    actor_role = models.CharField(max_length=20, choices=Role.choices, blank=True)  # empty: the reporter, or the worker
    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    version = models.PositiveIntegerField()  # of the ticket, once this was written
    is_public = models.BooleanField()
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    redacted_at = models.DateTimeField(null=True)
    search = models.GeneratedField(
        expression=SearchVector("body", config=LANGUAGE), output_field=SearchVectorField(), db_persist=True
    )

    objects = TicketEventManager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["ticket", "-id"], name="history_of_ticket"),
            GinIndex(fields=["search"], name="words_of_history"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "key"], name="one_event_per_form"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}"

    @property
    def by_reporter(self) -> bool:
        return bool(self.actor_id) and not self.actor_role


class DataRequest(models.Model):
    """One round of feedback: what staff asked the reporter for, and until when (R18)."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="data_requests")
    event = models.OneToOneField(TicketEvent, models.CASCADE, related_name="data_request")
    reply_by = models.DateField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(answered_at=None), name="one_open_request_per_ticket"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.reply_by}"


class RequestedItem(models.Model):
    """One thing that was asked for, and whether it came."""

    class State(models.TextChoices):
        PENDING = "pending", _("Belum dijawab")
        PROVIDED = "provided", _("Dilampirkan")
        UNAVAILABLE = "unavailable", _("Tidak dimiliki pelapor")
        SKIPPED = "skipped", _("Tidak dijawab tersendiri")

    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="items")
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(state="unavailable") | ~Q(reason=""), name="unavailable_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.name


FORM_LENGTH = 100


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
    form = models.CharField(max_length=FORM_LENGTH)  # the path its form is sent to, by which it is found again
    case = models.CharField(max_length=24, blank=True)  # whose papers wait here, or the call of this form
    data = models.JSONField(default=dict)
    changed_at = models.DateTimeField(db_index=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "form", "-changed_at"], name="unsent_forms"),
            models.Index(fields=["case"], condition=~Q(case=""), name="files_of_case"),
        ]

    def __str__(self) -> str:
        return str(self.key)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> Self:
        """Files of a history the person may read, and files of their own drafts."""
        tickets = Ticket.objects.visible_to(user)
        shared = TicketShare.objects.filter(reporter__user=user).values("ticket")
        own = Q(event__ticket__reporter__user=user) | Q(event__ticket__in=shared)
        public = Q(event__is_public=True)
        sent = Q(event__ticket__in=tickets.values("pk")) & (public | ~own)
        return self.filter(sent | Q(draft__owner=user))

    def to_scan(self, now: datetime) -> Self:
        """What the scanner has not judged, except what a worker is busy with."""
        return self.filter(Q(scan_after=None) | Q(scan_after__lte=now), scan=Attachment.Scan.PENDING)


class Attachment(models.Model):
    """One file: sent with an event, or waiting in a draft. Its bytes never decide what it is called."""

    class Scan(models.TextChoices):
        PENDING = "pending", _("Sedang diperiksa")
        CLEAN = "clean", _("Bersih")
        INFECTED = "infected", _("Mengandung virus")
        ERASED = "erased", _("Dihapus")

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    event = models.ForeignKey(TicketEvent, models.CASCADE, null=True, related_name="attachments")
    draft = models.ForeignKey(Draft, models.CASCADE, null=True, related_name="attachments")
    requirement = models.ForeignKey(DocumentRequirement, models.SET_NULL, null=True, related_name="+")
    item = models.ForeignKey(RequestedItem, models.SET_NULL, null=True, related_name="attachments")
    uploader = models.ForeignKey(User, models.PROTECT, related_name="+")
    file = models.FileField(max_length=100)
    name = models.CharField(max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    scan = models.CharField(max_length=8, choices=Scan.choices, default=Scan.PENDING)  # stays pending without a scanner
    scan_after = models.DateTimeField(null=True)  # while a worker judges it, or after it could not

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
        indexes = [models.Index(fields=["id"], condition=Q(scan="pending"), name="files_to_scan")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_infected(self) -> bool:
        return self.scan == self.Scan.INFECTED

    @property
    def is_erased(self) -> bool:
        """Whether its bytes are gone for good, because its owner or the archive schedule wanted it so."""
        return self.scan == self.Scan.ERASED

    @property
    def is_being_scanned(self) -> bool:
        """Whether nobody may open it yet, because the scanner has not said that it is clean."""
        return bool(settings.CLAMD_ADDRESS) and self.scan == self.Scan.PENDING

    @property
    def has_preview(self) -> bool:
        """Whether a browser may show it in place; everything else is only downloaded."""
        return self.media_type in self.PREVIEWS
