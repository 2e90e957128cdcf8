"""A request about one's own data, answered within three times 24 hours (UU 27/2022, art. 30, 32 and 43)."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Case, Q, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from accounts.models import Role, User
from core.fsm import Stale
from core.numbers import read_number
from escalation.models import Clock
from escalation.tiers import LKPP_ZONE


def answers_for(claim: "DataClaim", user: User) -> bool:
    """A Penyelia, but never about their own data."""
    return user.holds(Role.SUPERVISOR) and claim.person_id != user.pk


class DataClaimQuerySet(models.QuerySet["DataClaim"]):
    def of(self, user: User) -> Self:
        """What this person has asked for."""
        return self.filter(person=user)

    def visible_to(self, user: User) -> Self:
        """What a Penyelia answers: everything that is not their own."""
        return self.exclude(person=user) if user.holds(Role.SUPERVISOR) else self.none()

    def numbered(self, text: str) -> Self:
        """Find a number in any notation; nothing for a wrong check digit."""
        return self.filter(number=read_number(text, self.model.NUMBER_KIND) or "")

    def open(self) -> Self:
        return self.filter(state=self.model.State.RECEIVED)

    def lock(self, pk: int, *, version: int | None = None) -> "DataClaim":
        """Return the row locked for this transaction; raise Stale when it has changed since the form was drawn."""
        claim = self.select_for_update(of=("self",), no_key=True).select_related("person").get(pk=pk)
        if version is not None and version != claim.version:
            raise Stale(_("Permohonan ini berubah sejak Anda membukanya."))
        return claim


class DataClaim(FSMModelMixin, models.Model):  # type: ignore[misc]
    """One request of a person about the data that is stored on them."""

    NUMBER_KIND = "PDP"

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Perbaikan data")
        ERASURE = "erasure", _("Penghapusan data")
        COPY = "copy", _("Salinan data")  # for those without an account; the others take it themselves

    class State(models.TextChoices):
        RECEIVED = "received", _("Diterima")
        DONE = "done", _("Dipenuhi")
        REFUSED = "refused", _("Ditolak")

    class Ground(models.TextChoices):
        """Why the law lets us refuse."""

        SAFETY = "safety", _("Membahayakan keamanan atau kesehatan seseorang (UU 27/2022 Ps 33 huruf a)")
        OTHERS = "others", _("Mengungkapkan data pribadi orang lain (UU 27/2022 Ps 33 huruf b)")
        DEFENCE = "defence", _("Bertentangan dengan pertahanan dan keamanan nasional (UU 27/2022 Ps 33 huruf c)")
        OTHER = "other", _("Ketentuan lain, disebutkan dalam penjelasan")

    number = models.CharField(_("nomor permohonan"), max_length=24, unique=True)
    key = models.UUIDField(unique=True)  # of the form that brought it
    version = models.PositiveIntegerField(default=1)
    person = models.ForeignKey(User, models.PROTECT, related_name="data_claims")
    kind = models.CharField(_("permohonan"), max_length=10, choices=Kind.choices)
    text = models.TextField(_("uraian"), blank=True)
    state = FSMField(max_length=8, choices=State.choices, default=State.RECEIVED, protected=True)
    clock = models.OneToOneField(Clock, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()  # a copy of what its clock says, so that the list is one index
    filed_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    ground = models.CharField(_("dasar penolakan"), max_length=8, choices=Ground.choices, blank=True)
    answer = models.TextField(_("jawaban"), blank=True)
    # The list shows first what waits for an answer.
    rank = models.GeneratedField(
        expression=Case(When(state="received", then=0), default=1),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )

    objects = DataClaimQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["rank", "due_at", "id"], name="claims_by_due_time"),
            models.Index(fields=["person", "-id"], name="claims_of_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(state="received"), name="one_open_claim_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(state="received", answered_at=None, answered_by=None, ground="")
                | Q(state="done", answered_at__isnull=False, answered_by__isnull=False, ground="")
                | (Q(state="refused", answered_at__isnull=False, answered_by__isnull=False) & ~Q(ground="")),
                name="refused_on_a_ground",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("privacy:claim", args=[self.number])

    @property
    def own_url(self) -> str:
        """Where the person reads it."""
        return reverse("privacy:own_claim", args=[self.number])

    @property
    def is_open(self) -> bool:
        return bool(self.state == self.State.RECEIVED)

    @property
    def is_erasure(self) -> bool:
        return self.kind == self.Kind.ERASURE

    @property
    def is_copy(self) -> bool:
        return self.kind == self.Kind.COPY

    @property
    def zone(self) -> str:
        """IANA name of the zone in which it is counted and told: that of the Directorate (A23)."""
        return LKPP_ZONE

    @transition(state, source=State.RECEIVED, target=State.DONE, permission=answers_for)
    def finish(self, *, by: User, now: datetime, answer: str) -> None:
        """What was asked for is done."""
        self.answered_by, self.answered_at, self.answer = by, now, answer

    @transition(state, source=State.RECEIVED, target=State.REFUSED, permission=answers_for)
    def refuse(self, *, by: User, now: datetime, ground: str, answer: str) -> None:
        """The law does not allow it."""
        self.answered_by, self.answered_at, self.ground, self.answer = by, now, ground, answer


class DataClaimEvent(models.Model):
    """One line of a request's history: who did what, when. Never edited."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("mengajukan permohonan")
        RECORDED = "recorded", _("mencatat permohonan")
        CORRECTED = "corrected", _("memperbaiki data")
        DONE = "done", _("memenuhi permohonan")
        REFUSED = "refused", _("menolak permohonan")
        BREACHED = "breached", _("batas jawaban terlewati")
        RECOUNTED = "recounted", _("menghitung ulang batas jawaban")

    claim = models.ForeignKey(DataClaim, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # none: the worker
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["claim", "-id"], name="history_of_claim")]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.kind}"
