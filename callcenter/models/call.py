"""One call: who called, about what, and how it ended (R29)."""

from datetime import timedelta
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Reporter, Role, User
from accounts.phones import read_phone
from core.numbers import read_number
from tickets.models import Category, Ticket


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User) -> Self:
        """The log is for the agents of the Call Center and the Penyelia."""
        return self if user.holds(Role.CALL_AGENT, Role.SUPERVISOR) else self.none()

    def numbered(self, text: str) -> Self:
        """Find a number in any notation; nothing for a wrong check digit."""
        return self.filter(number=read_number(text, self.model.NUMBER_KIND) or "")

    def unfinished_of(self, user: User) -> Self:
        """The call for which this agent owes an outcome: running, or hung up; there is at most one."""
        return self.filter(agent=user, outcome="")

    def with_people(self) -> Self:
        """Read with each call who calls about whose ticket."""
        about = ("ticket__assignee", "ticket__lpse", "ticket__reporter__institution", "ticket__reporter__lpse")
        return self.select_related("agent", "reporter__user", "category", *about)

    def about(self, ticket: Ticket) -> Self:
        """Calls in which this ticket was spoken of, or from which it came, newest first."""
        return self.filter(Q(ticket=ticket) | Q(number=ticket.came_from)).select_related("agent").order_by("-pk")

    def matching(self, text: str) -> Self:
        """Find calls by their number, by that of the ticket asked about or filed, by phone number, else by name.

        Digits without a prefix can be meant as each of these.
        """
        said = Q()
        if number := read_number(text, Call.NUMBER_KIND):
            said |= Q(number=number)
        if number := read_number(text, Ticket.NUMBER_KIND):
            # The ticket first: an OR across tables would read every call.
            for pk, call in Ticket.objects.filter(number=number).values_list("pk", "came_from"):
                said |= Q(ticket=pk) | Q(number=call)
        if phone := read_phone(text):
            said |= Q(from_phone=phone)
        names = ("caller_name", "business_name", "institution_name")
        return self.filter(said or Q(*((f"{name}__trigram_word_similar", text) for name in names), _connector=Q.OR))

    def lock(self, pk: int) -> "Call":
        """Return the row locked for this transaction."""
        list(self.filter(pk=pk).select_for_update(no_key=True).values_list("pk"))
        return self.with_people().get(pk=pk)


class Call(models.Model):
    """One call to 144, from the greeting to its outcome; its length is a statistic, never a breach (R37)."""

    NUMBER_KIND = "CC"

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("Dijawab langsung")
        STATUS_GIVEN = "status_given", _("Status disampaikan")
        CONFIRMATION = "confirmation", _("Permintaan Konfirmasi")
        DIRECTED = "directed", _("Diarahkan ke LPSE Support")
        REFERRED = "referred", _("Dirujuk ke LPSE")
        DROPPED = "dropped", _("Terputus")

    number = models.CharField(_("nomor catatan"), max_length=24, unique=True)
    agent = models.ForeignKey(User, models.PROTECT, related_name="calls")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    duration_seconds = models.PositiveIntegerField(null=True)
    outcome = models.CharField(_("hasil"), max_length=12, choices=Outcome.choices, blank=True)

    from_phone = models.CharField(_("nomor telepon"), max_length=16, blank=True)
    caller_name = models.CharField(_("nama penelepon"), max_length=150, blank=True)
    business_name = models.CharField(_("nama badan usaha"), max_length=150, blank=True)
    institution_name = models.CharField(_("asal instansi"), max_length=150, blank=True)
    reporter = models.ForeignKey(Reporter, models.PROTECT, null=True, related_name="calls")
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, related_name="calls")
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    question = models.TextField(_("pertanyaan"), blank=True)
    answer = models.TextField(_("jawaban"), blank=True)
    redacted_at = models.DateTimeField(null=True)  # what the caller gave is gone

    objects = CallQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="calls_newest_first"),
            models.Index(fields=["outcome", "-started_at", "-id"], name="calls_by_outcome"),
            models.Index(fields=["from_phone", "-id"], condition=~Q(from_phone=""), name="calls_from_number"),
            GinIndex(
                fields=["caller_name", "business_name", "institution_name"],
                opclasses=["gin_trgm_ops"] * 3,
                name="calls_by_name",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["agent"], condition=Q(outcome=""), name="one_unfinished_call_per_agent"),
            models.CheckConstraint(
                condition=Q(ended_at=None, duration_seconds=None, outcome="")
                | Q(ended_at__isnull=False, duration_seconds__isnull=False),
                name="an_outcome_comes_with_the_end",
            ),
            models.CheckConstraint(
                condition=Q(from_phone="") | Q(from_phone__regex=r"^\+\d{4,15}$"), name="caller_phone_e164"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("callcenter:entry", args=[self.number])

    @property
    def is_running(self) -> bool:
        return self.ended_at is None

    @property
    def duration(self) -> timedelta | None:
        """How long an ended call took."""
        return None if self.duration_seconds is None else timedelta(seconds=self.duration_seconds)

    @property
    def organisation(self) -> str:
        """The business or institution the caller named (R06)."""
        return self.business_name or self.institution_name


class CallEvent(models.Model):
    """One line of a call's history: who did what, when. Never edited."""

    class Kind(models.TextChoices):
        STARTED = "started", _("memulai panggilan")
        IDENTIFIED = "identified", _("mencatat identitas penelepon")
        LOOKED_UP = "looked_up", _("mencari tiket")
        READ_OUT = "read_out", _("melihat status yang boleh dibacakan")
        HUNG_UP = "hung_up", _("menutup telepon")
        ASKED = "asked", _("meminta konfirmasi")
        ANSWERED = "answered", _("menjawab permintaan konfirmasi")
        CALLED_BACK = "called_back", _("menghubungi kembali penelepon")
        DIRECTED = "directed", _("mengarahkan ke LPSE Support")
        LINK_OPENED = "link_opened", _("tautan dibuka penelepon")
        ENDED = "ended", _("mencatat hasil panggilan")

    call = models.ForeignKey(Call, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # none: the caller
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["call", "id"], name="history_of_call")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.kind}"
