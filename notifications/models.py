"""Telling people: one row is the entry in the inbox and the letter in the outbox."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import COMPLAINT

# The kind of the letter whose link carries its secret.
PASSWORD_RESET = "password_reset"  # nosec B105 # a name
# Their codes are forgotten once they have left.
WITH_CODE = ("access_code", "one_time_code", "email_code", PASSWORD_RESET)
LAST_LETTER = "data_erased"  # the kind of the letter to somebody who is forgotten once it has left
CASE_LENGTH = 40
REQUEST_ID_LENGTH = 36
DIGEST = "digest"  # the kind of the letter that tells of many messages at once
LETTERS_ONLY = (DIGEST, "email_code")  # these say nothing in an inbox
# What a digest may hold: news for the staff that can wait until tomorrow. Deadlines cannot, nor what reporters hear.
QUIET = {
    "claim_arrived",
    "complaint_arrived",
    "complaint_withdrawn",
    "data_provided",
    "evidence_given",
    "reporter_replied",
    "ticket_arrived",
    "ticket_assigned",
    "ticket_confirmed",
    "ticket_reopened",
    "ticket_withdrawn",
    "visit_excuse_asked",
}


def address_of(person: User) -> str:
    """Return where letters to somebody go: people known from the counter have given an address as reporters."""
    if person.email:
        return person.email
    known = getattr(person, "reporter", None)
    return known.email if known else ""


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> Self:
        """Only what this person was told: a digest says it once more, and a code is of use in its letter only."""
        return self.filter(recipient=user).exclude(kind__in=LETTERS_ONLY)

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

    def to_gather(self, until: datetime) -> Self:
        """What waits for a digest, from before this moment, and was not read meanwhile."""
        return self.filter(unsent=DIGEST, digest=None, read_at=None, at__lt=until)

    def outside_complaints(self) -> Self:
        """What the Penyelia may list: a complaint may be about them, and is told of on its own page only."""
        return self.exclude(case__startswith=COMPLAINT)

    def with_fate(self, fate: "Notification.Fate") -> Self:
        """Those whose letter this became of."""
        not_mailed = Q(sent_at=None, next_at=None, dead_at=None)
        known = {
            Notification.Fate.SENT: Q(sent_at__isnull=False),
            Notification.Fate.WAITING: Q(next_at__isnull=False),
            Notification.Fate.FAILED: Q(dead_at__isnull=False),
            Notification.Fate.INBOX: Q(unsent="") & not_mailed,
        }
        return self.filter(known.get(fate, Q(unsent=fate) & not_mailed))

    def dead(self) -> Self:
        """What could not be mailed and waits for a person to look at it."""
        return self.filter(dead_at__isnull=False)


class Notification(models.Model):
    """One message to one person about one thing that happened: in the inbox, and mailed while `next_at` is set."""

    class Fate(models.TextChoices):
        """What became of its letter; from REFUSED on, why there is none of its own."""

        SENT = "sent", _("Terkirim")
        WAITING = "waiting", _("Menunggu dikirim")
        FAILED = "failed", _("Gagal, tidak dicoba lagi")
        REFUSED = "refused", _("Ditahan: alamat menolak surel")
        NO_ADDRESS = "no_address", _("Hanya kotak masuk: tanpa alamat surel")
        INACTIVE = "inactive", _("Hanya kotak masuk: akun tidak aktif")
        DIGEST = "digest", _("Ikut ringkasan harian")
        RESTORED = "restored", _("Ditahan: mungkin terkirim sebelum pemulihan")
        INBOX = "inbox", _("Hanya kotak masuk")

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    context = models.JSONField(default=dict)
    case = models.CharField(max_length=CASE_LENGTH, blank=True)  # the number of what it is about
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
    unsent = models.CharField(max_length=10, choices=Fate.choices, blank=True)  # why there is no letter
    digest = models.ForeignKey("self", models.SET_NULL, null=True, related_name="gathered", db_index=False)
    # Under which the log has the request, or the run of a task, that it comes from.
    request_id = models.CharField(max_length=REQUEST_ID_LENGTH, blank=True, default="", db_default="")

    objects = NotificationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "-id"], name="inbox"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="inbox_unread"),
            models.Index(fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="mail_due"),
            models.Index(fields=["recipient", "url", "id"], condition=Q(next_at__isnull=False), name="mail_order"),
            models.Index(fields=["dead_at"], condition=Q(dead_at__isnull=False), name="mail_dead"),
            models.Index(fields=["case", "recipient", "id"], condition=~Q(case=""), name="mail_of_case"),
            models.Index(fields=["unsent", "-id"], condition=~Q(unsent=""), name="mail_unsent"),
            models.Index(
                fields=["recipient"], condition=Q(unsent=DIGEST, digest=None, read_at=None), name="mail_to_gather"
            ),
            models.Index(fields=["digest", "id"], condition=Q(digest__isnull=False), name="mail_gathered"),
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
        """Where its letter goes."""
        return self.address or address_of(self.recipient)

    @property
    def fate(self) -> "Notification.Fate":
        """What became of its letter."""
        if self.sent_at:
            return self.Fate.SENT
        if self.next_at:
            return self.Fate.WAITING
        return self.Fate.FAILED if self.dead_at else self.Fate(self.unsent or self.Fate.INBOX)

    @property
    def template(self) -> str:
        return f"notifications/messages/{self.kind}.txt"


class SuppressedAddressQuerySet(models.QuerySet["SuppressedAddress"]):
    def in_force(self) -> Self:
        """Where nothing is sent to."""
        return self.filter(lifted_at=None)

    def of(self, address: str) -> Self:
        """This address in force, however it is spelt."""
        return self.in_force().annotate(spelt=Lower("address")).filter(spelt=address.lower())


class SuppressedAddress(models.Model):
    """An address that its own server has refused for good: nothing more is tried there until somebody lifts it."""

    address = models.EmailField()
    reason = models.CharField(max_length=300)  # the words of the server
    since = models.DateTimeField()
    letter = models.ForeignKey(Notification, models.CASCADE, related_name="+")  # the one that was refused
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = SuppressedAddressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("address"), condition=Q(lifted_at=None), name="one_refusal_per_address"),
        ]

    def __str__(self) -> str:
        return self.address


class MailPause(models.Model):
    """Written by a restore: while it stands nothing is mailed. What waited in the backup may have left since then."""

    since = models.DateTimeField()
    backed_up_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M}"
