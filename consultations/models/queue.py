"""What comes before a visit: its number in the line, and the form a visitor filled in on a phone."""

import secrets
from datetime import date, datetime
from typing import Self

from django.db import connection, models
from django.db.models import Q

from core.dates import local
from escalation.tiers import LKPP_ZONE

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0 and 1, which look alike
CODE_LENGTH = 6


def day_of(at: datetime) -> date:
    """Return the day on which a moment falls at the counter, which is in WIB."""
    return local(at, LKPP_ZONE).date()


class QueueCounter(models.Model):
    """The last queue number given out on one day."""

    day = models.DateField(unique=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.day}: {self.last}"

    @classmethod
    def take(cls, day: date) -> int:
        """Return the next number of a day; a rolled back transaction gives it back, so there are no gaps."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO consultations_queuecounter (day, last) VALUES (%s, 1) "
                "ON CONFLICT (day) DO UPDATE SET last = consultations_queuecounter.last + 1 RETURNING last",
                [day],
            )
            serial: int = cursor.fetchone()[0]
            return serial

    @classmethod
    def next(cls, day: date) -> int:
        """Return the number that `take` would give now; another desk may be faster."""
        return (cls.objects.filter(day=day).values_list("last", flat=True).first() or 0) + 1


class RequestDraftQuerySet(models.QuerySet["RequestDraft"]):
    def open(self, now: datetime) -> Self:
        """Forms of today that no receptionist has taken over."""
        return self.filter(visit=None, day=day_of(now)).order_by("-made_at")


class RequestDraft(models.Model):
    """The request form (R03) as a visitor filled it in on a phone: open until it becomes a visit or the day ends."""

    key = models.UUIDField(unique=True)  # of the form, so that a double click makes one
    code = models.CharField(max_length=CODE_LENGTH)
    day = models.DateField()
    data = models.JSONField()
    made_at = models.DateTimeField()
    visit = models.OneToOneField("Visit", models.PROTECT, null=True, related_name="request_draft")

    objects = RequestDraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "code"], condition=Q(visit=None), name="one_open_form_per_code")
        ]

    def __str__(self) -> str:
        return self.code

    @staticmethod
    def new_code() -> str:
        """Return a code that nobody can guess and everybody can read out, e.g. "K7M4PX"."""
        return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
