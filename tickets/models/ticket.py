"""The ticket: where it is (tier), and what is awaited (status)."""

from datetime import UTC, datetime

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Upper
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMIntegerField, FSMModelMixin, transition

from accounts.models import Lpse, Reporter, Role, User
from escalation.models import Clock
from escalation.tiers import LKPP_ZONE, Desk, Tier
from tickets.models.catalogue import Application, Subcategory
from tickets.models.queryset import TicketManager
from tickets.permissions import brings_data, is_reporter, nobody, sees_visitor, serves_here, works_here

LANGUAGE = "indonesian"  # PostgreSQL's name of the words people write
NO_DEADLINE = datetime(9999, 1, 1, tzinfo=UTC)  # keyset pages know no null: what has no deadline comes last


class QueueRank(models.IntegerChoices):
    """The order of the groups of a queue."""

    FIRST = 0, _("Didahulukan")
    DUE = 1, _("Belum ditanggapi")
    ANSWERED = 2, _("Sudah ditanggapi")
    WAITING = 3, _("Menunggu pelapor")


def is_at_counter(ticket: "Ticket") -> bool:
    """Whether a Petugas Konsultasi has it, and not Helpdesk Eproc."""
    return ticket.at_counter


class Ticket(FSMModelMixin, models.Model):  # type: ignore[misc]
    """One problem of one reporter, from filing to confirmation."""

    NUMBER_KIND = "TKT"

    class Type(models.TextChoices):
        PROBLEM = "problem", _("Permasalahan")
        SUGGESTION = "suggestion", _("Usulan")
        SERVICE_REQUEST = "service_request", _("Permintaan Layanan")

    class Channel(models.TextChoices):
        WEB = "web", _("LPSE Support")
        WALK_IN = "walk_in", _("Tatap muka")

    class Status(models.TextChoices):
        NEW = "new", _("Baru")
        IN_PROGRESS = "in_progress", _("Diproses")
        AWAITING_DATA = "awaiting_data", _("Menunggu Data Pendukung")
        AWAITING_CONFIRMATION = "awaiting_confirmation", _("Menunggu Konfirmasi Pengguna")
        CLOSED = "closed", _("Ditutup")

    class CloseReason(models.TextChoices):
        CONFIRMED = "confirmed", _("Dikonfirmasi pelapor")
        WITHDRAWN = "withdrawn", _("Dibatalkan Pelapor")
        UNCONFIRMED = "unconfirmed", _("Ditutup Otomatis")
        NO_DATA = "no_data", _("Ditutup – Data Tidak Dilengkapi")

    class Rating(models.IntegerChoices):
        VERY_POOR = 1, _("Sangat kurang")
        POOR = 2, _("Kurang")
        FAIR = 3, _("Cukup")
        GOOD = 4, _("Baik")
        VERY_GOOD = 5, _("Sangat baik")

    number = models.CharField(_("nomor tiket"), max_length=24, unique=True)
    filing_key = models.UUIDField(unique=True)
    version = models.PositiveIntegerField(default=1)
    tier = FSMIntegerField(choices=Tier.choices, default=Tier.LPSE, protected=True)
    status = FSMField(max_length=24, choices=Status.choices, default=Status.NEW, protected=True)

    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.WEB)
    at_counter = models.BooleanField(default=False)  # held by the Petugas Konsultasi, not by Helpdesk Eproc
    came_from = models.CharField(max_length=24, blank=True)  # number of the visit or the call that led to it
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

    response_clock = models.OneToOneField(Clock, models.PROTECT, null=True, related_name="+")
    # Copies of what its clocks say, so that a queue is one index: the first promise, and what is due now, if anything.
    promised_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    is_compensated = models.BooleanField(default=False)  # an entitlement was redeemed for it (R39)

    filed_at = models.DateTimeField()
    entered_at = models.DateTimeField()  # when it came to its present tier, or back from the reporter
    changed_at = models.DateTimeField()
    reached_lkpp_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=12, choices=CloseReason.choices, blank=True)
    reopen_count = models.PositiveSmallIntegerField(default=0)
    rating = models.PositiveSmallIntegerField(choices=Rating.choices, null=True)
    redacted_at = models.DateTimeField(null=True)  # what was written in it is gone; what it counts for stays
    # Tiket Saya shows first what waits for its reporter, then what is open, then what is closed.
    reporter_rank = models.GeneratedField(
        expression=Case(
            When(status__in=["awaiting_data", "awaiting_confirmation"], then=0),
            When(status="closed", then=2),
            default=1,
        ),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    # Queues show first what goes before all others, then what is due, then what is answered, then what waits.
    queue_rank = models.GeneratedField(
        expression=Case(
            When(status__in=["awaiting_data", "awaiting_confirmation"], then=QueueRank.WAITING),
            When(Q(is_compensated=True) | Q(stage_deadline_at__lt=F("promised_at")), then=QueueRank.FIRST),
            When(due_at=None, then=QueueRank.ANSWERED),
            default=QueueRank.DUE,
        ),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    queue_due = models.GeneratedField(
        expression=Coalesce("due_at", Value(NO_DEADLINE)), output_field=models.DateTimeField(), db_persist=True
    )
    stage_due = models.GeneratedField(
        expression=Coalesce("stage_deadline_at", Value(NO_DEADLINE)),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    search = models.GeneratedField(
        expression=SearchVector("title", "package_code", "error_code", config=LANGUAGE, weight="A")
        + SearchVector("description", config=LANGUAGE, weight="B"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = TicketManager()

    class Meta:
        indexes = [
            models.Index(
                fields=["tier", "lpse", "entered_at", "id"], condition=~Q(status="closed"), name="queue_of_lpse"
            ),
            models.Index(fields=["tier", "entered_at", "id"], condition=~Q(status="closed"), name="queue_of_tier"),
            models.Index(
                fields=["tier", "lpse", "queue_rank", "queue_due", "id"],
                condition=~Q(status="closed"),
                name="promises_of_lpse",
            ),
            models.Index(
                fields=["tier", "queue_rank", "queue_due", "id"], condition=~Q(status="closed"), name="promises_of_tier"
            ),
            models.Index(fields=["tier", "lpse", "stage_due", "id"], condition=~Q(status="closed"), name="due_at_lpse"),
            models.Index(fields=["tier", "stage_due", "id"], condition=~Q(status="closed"), name="due_at_tier"),
            models.Index(fields=["assignee", "entered_at", "id"], condition=~Q(status="closed"), name="queue_of_one"),
            models.Index(
                fields=["tier", "lpse", "-changed_at", "-id"], condition=Q(status="closed"), name="closed_at_lpse"
            ),
            models.Index(fields=["tier", "-changed_at", "-id"], condition=Q(status="closed"), name="closed_at_tier"),
            models.Index(fields=["reporter", "reporter_rank", "-changed_at", "-id"], name="own_tickets"),
            models.Index(fields=["came_from"], condition=~Q(came_from=""), name="tickets_that_came_from"),
            GinIndex(fields=["search"], name="words_of_ticket"),
            models.Index(OpClass(Upper("package_code"), "text_pattern_ops"), F("id").desc(), name="same_package_code"),
            models.Index(OpClass(Upper("error_code"), "text_pattern_ops"), F("id").desc(), name="same_error_code"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(tier__gte=1, tier__lte=4), name="tier_1_to_4"),
            models.CheckConstraint(
                condition=(Q(status="closed", closed_at__isnull=False) & ~Q(close_reason=""))
                | (~Q(status="closed") & Q(closed_at=None, close_reason="")),
                name="closed_has_a_time_and_a_reason",
            ),
            models.CheckConstraint(condition=~Q(status="new") | Q(assignee=None), name="new_is_nobodys"),
            models.CheckConstraint(
                condition=Q(tier=1) | Q(reached_lkpp_at__isnull=False), name="lkpp_tiers_reached_lkpp"
            ),
            models.CheckConstraint(condition=Q(rating=None) | Q(status="closed"), name="rated_when_closed"),
            models.CheckConstraint(condition=Q(channel="web") | Q(tier__gt=1), name="walk_ins_stay_at_lkpp"),
            models.CheckConstraint(
                condition=Q(at_counter=False) | (Q(channel="walk_in", tier=2) & ~Q(status="new")),
                name="at_the_counter_with_an_officer",
            ),
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
    def is_walk_in(self) -> bool:
        return self.channel == self.Channel.WALK_IN

    @property
    def claim(self) -> str:
        """The number under which it earns a priority: a visit and its ticket are one case."""
        return self.came_from if self.is_walk_in else self.number

    @property
    def place(self) -> str:
        """Where it is in the chain, as lists say it."""
        return str(Role.CONSULTANT.label if self.at_counter else self.desk.tier.label)

    @property
    def holder(self) -> str:
        """The unit that holds it now, as people say it."""
        return self.place if self.at_counter else self.desk.label

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

    @cached_property
    def shared_user_ids(self) -> set[int]:
        """The accounts of colleagues with whom the reporter shares this ticket, read once."""
        return set(self.shares.values_list("reporter__user", flat=True))

    @property
    def awaits_data(self) -> bool:
        return bool(self.status == self.Status.AWAITING_DATA)

    @property
    def was_withdrawn(self) -> bool:
        return self.close_reason == self.CloseReason.WITHDRAWN

    @property
    def previous_tier(self) -> Tier | None:
        return Tier(self.tier - 1) if self.tier > Tier.LPSE else None

    @property
    def is_urgent(self) -> bool:
        """Whether the tender stage ends before our promise does."""
        return bool(self.stage_deadline_at and self.promised_at and self.stage_deadline_at < self.promised_at)

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
        self.at_counter = False
        self.entered_at = now

    @transition(status, source=Status.IN_PROGRESS, target=Status.AWAITING_DATA, permission=serves_here)
    def ask_for_data(self) -> None:
        """The reporter is asked for data; no staff turn runs until they answer (R18, A05)."""

    @transition(status, source=Status.AWAITING_DATA, target=Status.IN_PROGRESS, permission=brings_data)
    def receive_data(self, *, now: datetime) -> None:
        """The reporter answered, or what they brought was scanned: a new turn of the staff at the same tier (A05)."""
        self.entered_at = now

    @transition(status, source=Status.IN_PROGRESS, target=Status.AWAITING_CONFIRMATION, permission=serves_here)
    def resolve(self) -> None:
        """A solution was given; the reporter is asked to confirm (R19)."""

    @transition(status, source=Status.AWAITING_CONFIRMATION, target=Status.CLOSED, permission=is_reporter)
    def confirm(self, *, now: datetime) -> None:
        """The reporter, and nobody else, closes the ticket (R19, A07)."""
        self.closed_at = now
        self.close_reason = self.CloseReason.CONFIRMED

    @transition(status, source=Status.AWAITING_CONFIRMATION, target=Status.CLOSED, permission=sees_visitor)
    def confirm_in_presence(self, *, now: datetime) -> None:
        """The officer writes down what a visitor without an account says before them (A07)."""
        self.closed_at = now
        self.close_reason = self.CloseReason.CONFIRMED

    @transition(status, source=Status.AWAITING_CONFIRMATION, target=Status.IN_PROGRESS, permission=is_reporter)
    def reject(self, *, now: datetime) -> None:
        """Not solved: back to the officer who gave the solution (A09)."""
        self.entered_at = now
        self.reopen_count += 1

    @transition(
        status,
        source=[Status.NEW, Status.IN_PROGRESS, Status.AWAITING_DATA],
        target=Status.CLOSED,
        permission=is_reporter,
    )
    def withdraw(self, *, now: datetime) -> None:
        """The reporter needs no help any more."""
        self.closed_at = now
        self.close_reason = self.CloseReason.WITHDRAWN

    @transition(status, source=Status.AWAITING_DATA, target=Status.CLOSED, permission=nobody)
    def give_up_data(self, *, now: datetime) -> None:
        """The reporter never sent what was asked for (A06); the worker closes."""
        self.closed_at = now
        self.close_reason = self.CloseReason.NO_DATA

    @transition(status, source=Status.AWAITING_CONFIRMATION, target=Status.CLOSED, permission=nobody)
    def give_up_confirmation(self, *, now: datetime) -> None:
        """The reporter never said whether the solution helped (A08); the worker closes."""
        self.closed_at = now
        self.close_reason = self.CloseReason.UNCONFIRMED

    @transition(status, source=Status.CLOSED, target=Status.NEW, permission=is_reporter)
    def reopen(self, *, now: datetime) -> None:
        """The problem is back: to the queue of the tier where the ticket was closed; the counter has no queue."""
        self.closed_at = None
        self.close_reason = ""
        self.rating = None
        self.assignee = None
        self.at_counter = False
        self.entered_at = now
        self.reopen_count += 1

    # Then tier: where it is. One step at a time; past a tier only from the counter (R12, R14, R16, R25, A10).

    @transition(tier, source=Tier.LPSE, target=Tier.EPROC, permission=works_here)
    def pass_to_eproc(self, *, now: datetime) -> None:
        self.reached_lkpp_at = self.reached_lkpp_at or now  # the first day, when it was given back in between

    @transition(tier, source=Tier.EPROC, target=Tier.TEKNIS, permission=works_here)
    def pass_to_teknis(self, *, now: datetime) -> None:
        """LKPP's second step."""

    @transition(tier, source=Tier.TEKNIS, target=Tier.TIM_TEKNIS, permission=works_here)
    def pass_to_tim_teknis(self, *, now: datetime) -> None:
        """The last step; nobody stands above the Tim Teknis (R17)."""

    @transition(tier, source=Tier.EPROC, target=Tier.TIM_TEKNIS, conditions=[is_at_counter], permission=works_here)
    def pass_to_tim_teknis_from_counter(self, *, now: datetime) -> None:
        """The officer of a consultation may choose the third tier or the fourth (R25, A10)."""

    # Down again, where the office has switched it on (A11).

    @transition(tier, source=Tier.EPROC, target=Tier.LPSE, permission=works_here)
    def return_to_lpse(self) -> None:
        """LKPP gives it back to the LPSE."""

    @transition(tier, source=Tier.TEKNIS, target=Tier.EPROC, permission=works_here)
    def return_to_eproc(self) -> None:
        """Helpdesk Teknis gives it back."""

    @transition(tier, source=Tier.TIM_TEKNIS, target=Tier.TEKNIS, permission=works_here)
    def return_to_teknis(self) -> None:
        """Tim Teknis gives it back."""
