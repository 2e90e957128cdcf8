"""A visit to the counter: from the guest book to the end of the consultation (R20–R25, R35)."""

import re
from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from accounts.models import Reporter, User
from consultations.models.queue import day_of
from consultations.models.room import TAKES_A_ROOM, Room
from consultations.permissions import COUNTER_ROLES, consults, nobody, receives, receives_or_consults
from escalation.models import Clock
from tickets.models import Category, Ticket

ENTRY = re.compile(r"\s*bt\W*(\d{4})\W*(\d\d)\W*(\d\d)\W*(\d{1,5})\s*", re.IGNORECASE)  # BT-20261123-008


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: User) -> Self:
        """The guest book is for reception, officers and the Penyelia."""
        return self if user.holds(*COUNTER_ROLES) else self.none()

    def numbered(self, text: str) -> Self:
        """Find a guest-book number in any notation; nothing for any other text."""
        entry = ENTRY.fullmatch(text)
        return self.filter(number=f"BT-{entry[1]}{entry[2]}{entry[3]}-{int(entry[4]):03}") if entry else self.none()

    def today(self, now: datetime) -> Self:
        return self.filter(day=day_of(now))

    def waiting(self) -> Self:
        """Who waits to be called: vulnerable and compensated visitors first, then by arrival."""
        return self.filter(state=self.model.State.REGISTERED).order_by("rank", "arrived_at", "pk")

    def directed(self) -> Self:
        return self.filter(state=self.model.State.DIRECTED).order_by("directed_at", "pk")

    def active(self) -> Self:
        """Visits that take up a room."""
        return self.filter(state__in=TAKES_A_ROOM)

    def finished(self) -> Self:
        return self.filter(state=self.model.State.FINISHED).order_by("-ended_at", "-pk")

    def for_lists(self) -> Self:
        """Read with each visit what its row shows; `outcome` is what became of the ticket at the end of the session."""
        ended = VisitEvent.objects.filter(visit=OuterRef("pk"), kind=VisitEvent.Kind.FINISHED)
        rows = self.annotate(outcome=Subquery(ended.values(text=KeyTextTransform("outcome", "data"))[:1]))
        return rows.select_related("reporter", "purpose", "room", "officer", "clock", "ticket")

    def lock(self, pk: int) -> "Visit":
        """Return the row locked for this transaction."""
        list(
            self.filter(pk=pk).select_for_update(no_key=True).values_list("pk")
        )  # whoever waits here reads it as it is by now
        return self.select_related("reporter__user").get(pk=pk)


class Visit(FSMModelMixin, models.Model):  # type: ignore[misc]
    """One person who came to the counter on one day: their line of the guest book, and what became of it."""

    NUMBER_KIND = "BT"

    class State(models.TextChoices):
        REGISTERED = "registered", _("Menunggu")
        DIRECTED = "directed", _("Dipanggil")
        IN_SESSION = "in_session", _("Sedang konsultasi")
        FINISHED = "finished", _("Selesai")
        LEFT = "left", _("Pergi sebelum dilayani")
        NO_SHOW = "no_show", _("Tidak hadir saat dipanggil")

    class Excuse(models.TextChoices):
        """Why a consultation may take longer than an hour (R35)."""

        NONE = "", _("Tidak ada")
        DOCUMENTS = "documents", _("Data dukung belum lengkap")
        CONDITION = "condition", _("Kondisi permasalahan")

    number = models.CharField(_("nomor buku tamu"), max_length=24, unique=True)
    day = models.DateField()  # at the counter, in WIB
    serial = models.PositiveIntegerField()  # of the day
    key = models.UUIDField(unique=True)  # of the form that registered it
    state = FSMField(max_length=12, choices=State.choices, default=State.REGISTERED, protected=True)

    reporter = models.ForeignKey(Reporter, models.PROTECT, related_name="visits")
    # As given that day.
    organisation = models.CharField(_("badan usaha atau instansi"), max_length=150, blank=True)
    phone = models.CharField(_("nomor ponsel"), max_length=16)
    email = models.EmailField(_("surel"), blank=True)
    purpose = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("keperluan"))
    problem = models.TextField(_("uraian permasalahan"), max_length=10_000, blank=True)  # the request form (R03)
    error_code = models.CharField(_("kode error"), max_length=200, blank=True)
    ticket_number = models.CharField(max_length=24, blank=True)  # what the visitor comes about, if it has one already
    has_form = models.BooleanField(_("form permohonan terisi"), default=False)
    has_documents = models.BooleanField(_("data dukung dibawa"), default=False)
    draft_key = models.UUIDField(null=True)  # of the tickets.Draft that holds the scanned files (R04)
    is_vulnerable = models.BooleanField(_("kelompok rentan"), default=False)
    is_compensated = models.BooleanField(default=False)  # an entitlement was redeemed for it (R39)
    rank = models.GeneratedField(
        expression=Case(When(Q(is_vulnerable=True) | Q(is_compensated=True), then=0), default=1),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )

    room = models.ForeignKey(Room, models.PROTECT, null=True, related_name="visits")
    officer = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    arrived_at = models.DateTimeField()
    directed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    clock = models.OneToOneField(Clock, models.PROTECT, null=True, related_name="+")  # the hour of R35
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, related_name="+")  # the Tiket Konsultasi (R23)
    excuse = models.CharField(max_length=10, choices=Excuse.choices, default=Excuse.NONE, blank=True)
    excuse_note = models.TextField(max_length=2_000, blank=True)
    excuse_asked_at = models.DateTimeField(null=True)
    redacted_at = models.DateTimeField(null=True)  # what the visitor gave is gone

    objects = VisitQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["day", "rank", "arrived_at", "id"], name="line_of_day"),
            models.Index(fields=["-arrived_at", "-id"], name="guest_book"),
            models.Index(fields=["reporter", "-arrived_at"], name="visits_of_reporter"),
            # By which the guest book finds visits; misspelt organisations too.
            GinIndex(fields=["organisation"], opclasses=["gin_trgm_ops"], name="visits_by_organisation"),
            models.Index(fields=["phone"], name="visits_by_phone"),
            models.Index(fields=["ticket_number"], condition=~Q(ticket_number=""), name="visits_about_ticket"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["day", "serial"], name="one_queue_number_per_day"),
            models.UniqueConstraint(fields=["room"], condition=Q(state__in=TAKES_A_ROOM), name="one_visit_per_room"),
            models.UniqueConstraint(
                fields=["officer"], condition=Q(state__in=TAKES_A_ROOM), name="one_visit_per_officer"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["directed", "in_session", "finished"],
                    room__isnull=False,
                    officer__isnull=False,
                    directed_at__isnull=False,
                )
                | Q(state__in=["registered", "left", "no_show"], room=None, officer=None, directed_at=None),
                name="directed_to_a_room_and_an_officer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["in_session", "finished"], started_at__isnull=False, clock__isnull=False)
                | (~Q(state__in=["in_session", "finished"]) & Q(started_at=None, clock=None)),
                name="a_session_has_a_start_and_a_clock",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["finished", "left", "no_show"], ended_at__isnull=False)
                | (~Q(state__in=["finished", "left", "no_show"]) & Q(ended_at=None)),
                name="what_is_over_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(excuse="", excuse_asked_at=None) | (~Q(excuse="") & Q(excuse_asked_at__isnull=False)),
                name="excuse_asked_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("consultations:visit", args=[self.number])

    @property
    def queue_number(self) -> str:
        """What is called out: "A-008"."""
        return f"A-{self.serial:03}"

    @property
    def is_in_session(self) -> bool:
        return bool(self.state == self.State.IN_SESSION)

    @property
    def is_finished(self) -> bool:
        return bool(self.state == self.State.FINISHED)

    @property
    def is_missed(self) -> bool:
        return bool(self.state == self.State.NO_SHOW)

    @property
    def waited(self) -> timedelta | None:
        """From arrival to the start of the consultation, reported apart from the hour (A19)."""
        return self.started_at - self.arrived_at if self.started_at else None

    @property
    def lasted(self) -> timedelta | None:
        return self.ended_at - self.started_at if self.started_at and self.ended_at else None

    # The life cycle, in its order.

    @transition(state, source=State.REGISTERED, target=State.DIRECTED, permission=receives)
    def direct(self, *, room: Room, now: datetime) -> None:
        """The visitor is called to a room; that makes its officer responsible (R22)."""
        self.room = room
        self.officer = room.officer
        self.directed_at = now

    @transition(state, source=State.DIRECTED, target=State.REGISTERED, permission=receives_or_consults)
    def call_back(self) -> None:
        """Not this room after all: the visitor keeps their place in the line."""
        self._leave_room()

    @transition(state, source=State.DIRECTED, target=State.IN_SESSION, permission=consults)
    def start(self, *, now: datetime) -> None:
        """The hour begins (A19); its clock is set by the service."""
        self.started_at = now

    @transition(state, source=State.IN_SESSION, target=State.FINISHED, permission=consults)
    def finish(self, *, now: datetime) -> None:
        """The consultation is over; the ticket may go on (R36)."""
        self.ended_at = now

    @transition(state, source=[State.REGISTERED, State.DIRECTED], target=State.LEFT, permission=receives)
    def leave(self, *, now: datetime) -> None:
        """The visitor went away without being served."""
        self._leave_room()
        self.ended_at = now

    @transition(state, source=State.DIRECTED, target=State.NO_SHOW, permission=receives_or_consults)
    def miss(self, *, now: datetime) -> None:
        """Called, and nobody came."""
        self._leave_room()
        self.ended_at = now

    @transition(state, source=State.NO_SHOW, target=State.REGISTERED, permission=receives)
    def return_to_queue(self) -> None:
        """Came after all: back to the place in the line that the time of arrival gives."""
        self.ended_at = None

    @transition(state, source=[State.REGISTERED, State.DIRECTED], target=State.LEFT, permission=nobody)
    def end_with_day(self, *, now: datetime) -> None:
        """The day is over and nobody said what became of the visitor; the worker does it."""
        self._leave_room()
        self.ended_at = now

    def _leave_room(self) -> None:
        self.room = self.officer = self.directed_at = None


class VisitEvent(models.Model):
    """One line of a visit's history: who did what, when. Never edited."""

    class Kind(models.TextChoices):
        REGISTERED = "registered", _("mencatat tamu")
        DIRECTED = "directed", _("memanggil tamu")
        CALLED_BACK = "called_back", _("membatalkan panggilan")
        STARTED = "started", _("memulai konsultasi")
        TICKET_FILED = "ticket_filed", _("membuat Tiket Konsultasi")
        FINISHED = "finished", _("mengakhiri konsultasi")
        LEFT = "left", _("mencatat tamu pergi sebelum dilayani")
        NO_SHOW = "no_show", _("mencatat tamu tidak hadir saat dipanggil")
        RETURNED = "returned", _("mengembalikan tamu ke antrean")
        EXCUSE_ASKED = "excuse_asked", _("mengajukan alasan")
        EXCUSE_AGREED = "excuse_agreed", _("menyetujui alasan")
        BREACHED = "breached", _("mencatat batas waktu konsultasi terlewati")

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # none: the worker
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["visit", "-id"], name="history_of_visit")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.kind}"
