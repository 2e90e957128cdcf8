"""A promise given to one person about one case, and whether it was kept."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lpse, Reporter, Role, User
from escalation.models.promise import Promise, Unit, limit_words
from escalation.tiers import LKPP_ZONE


class ClockQuerySet(models.QuerySet["Clock"]):
    def visible_to(self, user: User) -> Self:
        """Clocks as a list are for the Penyelia; everybody else sees those of a case through the case.

        Those of complaints are in no list but the register: a complaint may be about the Penyelia.
        """
        if not user.holds(Role.SUPERVISOR):
            return self.none()
        return self.exclude(promise__code=Promise.Code.COMPLAINT)

    def parked_for(self, user: User) -> Self:
        """What the sweep gave up, for the Penyelia to let it try again; a sealed one without its case."""
        return self.filter(parked_at__isnull=False) if user.holds(Role.SUPERVISOR) else self.none()

    def running(self) -> Self:
        return self.filter(met_at=None, stopped_at=None)

    def breached(self) -> Self:
        return self.filter(breached_at__isnull=False)


class Clock(models.Model):
    """One promise, frozen when it was given: until when, how that day was counted, and what came of it.

    A clock that ran out and was answered later has both `breached_at` and `met_at`; a trigger keeps the first for good.
    """

    promise = models.ForeignKey(Promise, models.PROTECT, related_name="+")
    reporter = models.ForeignKey(Reporter, models.PROTECT, null=True, related_name="+")
    lpse = models.ForeignKey(Lpse, models.PROTECT, null=True, related_name="+")  # whose calendar; none: LKPP
    case = models.CharField(max_length=24)  # the number people know it by
    claim = models.CharField(max_length=24)  # under which it can earn one priority: a visit and its ticket are one
    url = models.CharField(max_length=100)  # of its case; what earns a priority is excused at `kecualikan/` under it
    limit = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=12, choices=Unit.choices)
    binds_reporter = models.BooleanField()
    earns_entitlement = models.BooleanField()

    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    count = models.JSONField()  # every day from the start to due_at, as working.Day.as_json says it
    next_at = models.DateTimeField(null=True)  # when the sweep has to look at it
    met_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)  # ended without an answer being owed any more
    breached_at = models.DateTimeField(null=True)
    detected_at = models.DateTimeField(null=True)
    excused_at = models.DateTimeField(null=True)
    excused_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    excuse = models.TextField(blank=True)

    attempts = models.PositiveSmallIntegerField(default=0)  # of the sweep, in vain
    last_error = models.TextField(blank=True)
    parked_at = models.DateTimeField(null=True)  # the sweep gave up; somebody must look

    objects = ClockQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="clocks_to_look_at"),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(binds_reporter=True, met_at=None, stopped_at=None, parked_at=None),
                name="silences_to_end",
            ),
            models.Index(
                fields=["-breached_at", "-id"], condition=Q(breached_at__isnull=False), name="breaches_newest_first"
            ),
            models.Index(fields=["lpse", "id"], condition=Q(met_at=None, stopped_at=None), name="running_clocks"),
            models.Index(fields=["parked_at"], condition=Q(parked_at__isnull=False), name="parked_clocks"),
            models.Index(fields=["case"], name="clocks_of_case"),
            models.Index(fields=["claim"], name="clocks_of_claim"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(breached_at=None, detected_at=None)
                | Q(
                    breached_at__isnull=False,
                    detected_at__isnull=False,  # said outright: to a constraint, unknown is good enough
                    breached_at=F("due_at"),
                    detected_at__gte=F("due_at"),
                ),
                name="breached_when_it_was_due",
            ),
            models.CheckConstraint(
                condition=Q(excused_at=None, excused_by=None, excuse="")
                | (Q(breached_at__isnull=False, excused_by__isnull=False, excused_at__isnull=False) & ~Q(excuse="")),
                name="excused_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(next_at=None) | Q(met_at=None, stopped_at=None), name="ended_clocks_are_left_alone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promise.code} {self.case}"

    @property
    def zone(self) -> str:
        """IANA name of the zone in which it is counted (A04)."""
        return self.lpse.time_zone if self.lpse else LKPP_ZONE

    @property
    def is_sealed(self) -> bool:
        """Whether even its case is not for everybody who answers for the promise: it may be about them."""
        return self.promise.code == Promise.Code.COMPLAINT

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.stopped_at is None

    @property
    def is_breached(self) -> bool:
        return self.breached_at is not None

    @property
    def is_excused(self) -> bool:
        return self.excused_at is not None

    @property
    def limit_words(self) -> str:
        return limit_words(self.limit, self.unit)


class ClockPoint(models.Model):
    """A moment at which somebody is warned or reminded, once."""

    class Kind(models.TextChoices):
        PART = "part", _("sebagian waktu telah lewat")  # value: percent of the working time
        LAST_MORNING = "last_morning", _("pagi hari kerja terakhir")
        REMINDER = "reminder", _("pengingat pelapor")  # value: working day

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="points")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)  # when the sweep came by

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["clock", "kind", "value"], name="one_warning_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.kind} {self.value}"
