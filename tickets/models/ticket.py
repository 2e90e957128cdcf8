"""The ticket: where it is (tier), what is awaited (status), and each turn of the staff (leg)."""

from datetime import datetime
from typing import Any, Self

from django.db import connection, models
from django.db.models import Case, Q, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import FSMField, FSMIntegerField, FSMModelMixin, transition

from accounts.models import LPSE_ROLES, Lpse, Reporter, Role, User
from core.fsm import AlreadyDone, Stale
from core.numbers import make_number, read_number
from escalation.tiers import LKPP_ROLES, LKPP_ZONE, Desk, Tier
from tickets.models.catalogue import Application, Subcategory
from tickets.permissions import is_reporter, serves_here, works_here


class NumberCounter(models.Model):
    """The last running number given out for one kind of record in one year."""

    kind = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="one_counter_per_year")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"

    @classmethod
    def take(cls, kind: str, year: int) -> str:
        """Return the next number; a rolled back transaction gives it back, so there are no gaps."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO tickets_numbercounter (kind, year, last) VALUES (%s, %s, 1) "
                "ON CONFLICT (kind, year) DO UPDATE SET last = tickets_numbercounter.last + 1 RETURNING last",
                [kind, year],
            )
            return make_number(kind, year, cursor.fetchone()[0])


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: User) -> Self:
        """The only door to tickets: one's own, those of one's LPSE, those that reached LKPP for its tiers (A14)."""
        if user.holds(Role.SUPERVISOR):
            return self
        scope = Q(reporter__user=user)
        offices = [duty.lpse_id for duty in user.duty_list if duty.role in LPSE_ROLES]
        if offices:
            scope |= Q(lpse__in=offices)
        if user.holds(*LKPP_ROLES):
            scope |= Q(reached_lkpp_at__isnull=False)
        return self.filter(scope)

    def numbered(self, text: str) -> Self:
        """Find a number in any notation; nothing for a wrong check digit."""
        return self.filter(number=read_number(text, Ticket.NUMBER_KIND) or "")

    def reported_by(self, user: User) -> Self:
        return self.filter(reporter=user.own_reporter) if user.own_reporter else self.none()

    def at(self, desk: Desk) -> Self:
        """What this unit holds now."""
        here = self.filter(tier=desk.tier)
        return here.filter(lpse=desk.lpse) if desk.lpse else here

    def passed_up_from(self, desk: Desk) -> Self:
        """Open tickets that this unit had and a higher tier has now."""
        if desk.lpse:
            return self.open().filter(lpse=desk.lpse, tier__gt=desk.tier)
        return self.open().filter(tier__gt=desk.tier)

    def open(self) -> Self:
        return self.exclude(status=Ticket.Status.CLOSED)

    def closed(self) -> Self:
        return self.filter(status=Ticket.Status.CLOSED)

    def unassigned(self) -> Self:
        return self.filter(status=Ticket.Status.NEW)

    def assigned_to(self, user: User) -> Self:
        return self.filter(assignee=user)

    def awaiting_staff(self) -> Self:
        return self.filter(status__in=[Ticket.Status.NEW, Ticket.Status.IN_PROGRESS])

    def awaiting_reporter(self) -> Self:
        return self.filter(status=Ticket.Status.AWAITING_CONFIRMATION)

    def for_lists(self) -> Self:
        return self.select_related(
            "reporter__institution", "reporter__lpse", "subcategory__category", "lpse", "assignee"
        )

    def lock(self, pk: int, *, version: int | None = None, key: Any = None) -> "Ticket":
        """Return the row locked for this transaction.

        Raises AlreadyDone when an event with this form key exists, Stale when the version moved on.
        """
        ticket = self.select_for_update(of=("self",), no_key=True).select_related("reporter", "lpse").get(pk=pk)
        if key and ticket.events.filter(key=key).exists():
            raise AlreadyDone
        if version is not None and ticket.version != version:
            raise Stale(_("Tiket ini berubah saat Anda menulis. Tulisan Anda tetap tersimpan."))
        return ticket


class Ticket(FSMModelMixin, models.Model):  # type: ignore[misc]
    """One problem of one reporter, from filing to confirmation."""

    NUMBER_KIND = "TKT"

    class Type(models.TextChoices):
        PROBLEM = "problem", gettext_lazy("Permasalahan")
        SUGGESTION = "suggestion", gettext_lazy("Usulan")
        SERVICE_REQUEST = "service_request", gettext_lazy("Permintaan Layanan")

    class Status(models.TextChoices):
        NEW = "new", gettext_lazy("Baru")
        IN_PROGRESS = "in_progress", gettext_lazy("Diproses")
        AWAITING_CONFIRMATION = "awaiting_confirmation", gettext_lazy("Menunggu Konfirmasi Pengguna")
        CLOSED = "closed", gettext_lazy("Ditutup")

    class Rating(models.IntegerChoices):
        VERY_POOR = 1, gettext_lazy("Sangat kurang")
        POOR = 2, gettext_lazy("Kurang")
        FAIR = 3, gettext_lazy("Cukup")
        GOOD = 4, gettext_lazy("Baik")
        VERY_GOOD = 5, gettext_lazy("Sangat baik")

    number = models.CharField(gettext_lazy("nomor tiket"), max_length=24, unique=True)
    filing_key = models.UUIDField(unique=True)
    version = models.PositiveIntegerField(default=1)
    tier = FSMIntegerField(choices=Tier.choices, default=Tier.LPSE, protected=True)
    status = FSMField(max_length=24, choices=Status.choices, default=Status.NEW, protected=True)

    reporter = models.ForeignKey(Reporter, models.PROTECT, related_name="tickets")
    lpse = models.ForeignKey(Lpse, models.PROTECT, related_name="+")
    assignee = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    subcategory = models.ForeignKey(Subcategory, models.PROTECT, related_name="+")
    type = models.CharField(max_length=16, choices=Type.choices)
    title = models.CharField(max_length=120)
    description = models.TextField(max_length=10_000)
    package_code = models.CharField(max_length=30, blank=True)
    error_code = models.CharField(max_length=200, blank=True)
    spse_version = models.CharField(max_length=40, blank=True)
    occurred_at = models.DateTimeField(null=True)
    stage_deadline_at = models.DateTimeField(null=True)

    filed_at = models.DateTimeField()
    entered_at = models.DateTimeField()  # when it came to its present tier, or back from the reporter
    changed_at = models.DateTimeField()
    reached_lkpp_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopen_count = models.PositiveSmallIntegerField(default=0)
    rating = models.PositiveSmallIntegerField(choices=Rating.choices, null=True)
    # Tiket Saya shows first what waits for its reporter, then what is open, then what is closed.
    reporter_rank = models.GeneratedField(
        expression=Case(
            When(status="awaiting_confirmation", then=0),
            When(status="closed", then=2),
            default=1,
        ),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )

    objects = TicketQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["tier", "lpse", "entered_at", "id"], condition=~Q(status="closed"), name="queue_of_lpse"
            ),
            models.Index(fields=["tier", "entered_at", "id"], condition=~Q(status="closed"), name="queue_of_tier"),
            models.Index(fields=["assignee", "entered_at", "id"], condition=~Q(status="closed"), name="queue_of_one"),
            models.Index(
                fields=["tier", "lpse", "-changed_at", "-id"], condition=Q(status="closed"), name="closed_at_lpse"
            ),
            models.Index(fields=["tier", "-changed_at", "-id"], condition=Q(status="closed"), name="closed_at_tier"),
            models.Index(fields=["reporter", "reporter_rank", "-changed_at", "-id"], name="own_tickets"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(tier__gte=1, tier__lte=4), name="tier_1_to_4"),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False) | (~Q(status="closed") & Q(closed_at=None)),
                name="closed_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(status="new") | Q(assignee=None), name="new_is_nobodys"),
            models.CheckConstraint(
                condition=Q(tier=1) | Q(reached_lkpp_at__isnull=False), name="lkpp_tiers_reached_lkpp"
            ),
            models.CheckConstraint(condition=Q(rating=None) | Q(status="closed"), name="rated_when_closed"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("tickets:detail", args=[self.number])

    @property
    def desk(self) -> Desk:
        """The unit that holds the ticket now."""
        tier = Tier(self.tier)
        return Desk(tier, self.lpse if tier == Tier.LPSE else None)

    @property
    def zone(self) -> str:
        """IANA name of the zone in which its reporter reads times: that of the LPSE (A04)."""
        return self.lpse.time_zone

    @property
    def staff_zone(self) -> str:
        return self.desk.zone if self.tier == Tier.LPSE else LKPP_ZONE

    @property
    def is_closed(self) -> bool:
        return bool(self.status == self.Status.CLOSED)

    @property
    def is_in_progress(self) -> bool:
        return bool(self.status == self.Status.IN_PROGRESS)

    @property
    def awaits_confirmation(self) -> bool:
        return bool(self.status == self.Status.AWAITING_CONFIRMATION)

    @property
    def next_tier(self) -> Tier | None:
        return Tier(self.tier + 1) if self.tier < Tier.TIM_TEKNIS else None

    # The life cycle, in its order. Status first: what is awaited.

    @transition(status, source=Status.NEW, target=Status.IN_PROGRESS, permission=serves_here)
    def take(self, *, officer: User) -> None:
        """An officer of the holding unit becomes responsible (R11)."""
        self.assignee = officer

    @transition(status, source=[Status.NEW, Status.IN_PROGRESS], target=Status.NEW, permission=works_here)
    def enter_queue(self, *, now: datetime) -> None:
        """The ticket waits in the queue of the tier it was passed to."""
        self.assignee = None
        self.entered_at = now

    @transition(status, source=Status.IN_PROGRESS, target=Status.AWAITING_CONFIRMATION, permission=serves_here)
    def resolve(self) -> None:
        """A solution was given; the reporter is asked to confirm (R19)."""

    @transition(status, source=Status.AWAITING_CONFIRMATION, target=Status.CLOSED, permission=is_reporter)
    def confirm(self, *, now: datetime) -> None:
        """The reporter, and nobody else, closes the ticket (R19, A07)."""
        self.closed_at = now

    @transition(status, source=Status.AWAITING_CONFIRMATION, target=Status.IN_PROGRESS, permission=is_reporter)
    def reject(self, *, now: datetime) -> None:
        """Not solved: back to the officer who gave the solution (A09)."""
        self.entered_at = now
        self.reopen_count += 1

    # Then tier: where it is. One step at a time, never past a tier (R12, R14, R16, A10).

    @transition(tier, source=Tier.LPSE, target=Tier.EPROC, permission=works_here)
    def pass_to_eproc(self, *, now: datetime) -> None:
        self.reached_lkpp_at = now

    @transition(tier, source=Tier.EPROC, target=Tier.TEKNIS, permission=works_here)
    def pass_to_teknis(self, *, now: datetime) -> None:
        """LKPP's second step."""

    @transition(tier, source=Tier.TEKNIS, target=Tier.TIM_TEKNIS, permission=works_here)
    def pass_to_tim_teknis(self, *, now: datetime) -> None:
        """The last step; nobody stands above the Tim Teknis (R17)."""


class Leg(models.Model):
    """One turn of the staff at one tier: who had the ticket, from when to when, and how the turn ended."""

    class Outcome(models.TextChoices):
        ESCALATED = "escalated", gettext_lazy("Diteruskan")
        RESOLVED = "resolved", gettext_lazy("Solusi diberikan")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="legs")
    tier = models.PositiveSmallIntegerField(choices=Tier.choices)
    lpse = models.ForeignKey(Lpse, models.PROTECT, null=True, related_name="+")
    assignee = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)

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
