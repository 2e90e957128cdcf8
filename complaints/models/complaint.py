"""The complaint: what somebody holds against the service, and how far its answer is (R42–R45)."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from accounts.models import Role, User
from complaints.models.named import barring
from core.fsm import Stale
from core.numbers import read_number
from escalation.models import Clock
from escalation.tiers import LKPP_ZONE

KEEPERS = (Role.COMPLAINT_OFFICER, Role.SUPERVISOR)


def keeps_register(complaint: "Complaint", user: User) -> bool:
    """Somebody of the register whom the complaint does not concern."""
    return Complaint.objects.visible_to(user).filter(pk=complaint.pk).exists()


def may_take_back(complaint: "Complaint", user: User) -> bool:
    """The complainant, or somebody of the register at their word."""
    return user.pk == complaint.contact_id or keeps_register(complaint, user)


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, user: User) -> Self:
        """The register, for Pengelola and Penyelia, without what concerns them or all of their units."""
        if not user.holds(*KEEPERS):
            return self.none()
        return self.exclude(barring(user))

    def numbered(self, text: str) -> Self:
        """Find a number in any notation; nothing for a wrong check digit."""
        return self.filter(number=read_number(text, self.model.NUMBER_KIND) or "")

    def open(self) -> Self:
        return self.exclude(state__in=self.model.ENDED)

    def ended(self) -> Self:
        return self.filter(state__in=self.model.ENDED)

    def late(self) -> Self:
        """What was answered too late or still is unanswered past its time, and nobody has excused (A18)."""
        return self.filter(clock__breached_at__isnull=False, clock__excused_at=None)

    def matching(self, text: str) -> Self:
        """Find a number of ours, of a letter or of LAPOR!, or part of a name or subject."""
        if number := read_number(text, self.model.NUMBER_KIND):
            return self.filter(number=number)
        words = Q(name__icontains=text) | Q(organisation__icontains=text) | Q(title__icontains=text)
        return self.filter(words | Q(letter_number__icontains=text) | Q(lapor_number__icontains=text))

    def lock(self, pk: int, *, version: int | None = None) -> "Complaint":
        """Return the row locked for this transaction; raise Stale when it has changed since the form was drawn."""
        complaint = self.select_for_update(of=("self",), no_key=True).get(pk=pk)
        complaint.require_version(version)
        return complaint


class Complaint(FSMModelMixin, models.Model):  # type: ignore[misc]
    """One complaint, objection, suggestion or input about the service (A24), whichever way it came (A25)."""

    NUMBER_KIND = "PGD"

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", _("Pengaduan")
        OBJECTION = "objection", _("Keberatan")
        SUGGESTION = "suggestion", _("Saran")
        INPUT = "input", _("Masukan")

    class Source(models.TextChoices):
        LETTER = "letter", _("Surat e-Office")
        FORM = "form", _("Formulir di halaman ini")
        LAPOR = "lapor", _("LAPOR!")

    class State(models.TextChoices):
        RECEIVED = "received", _("Diterima")
        INCOMPLETE = "incomplete", _("Menunggu bukti")
        REGISTERED = "registered", _("Terdaftar")
        RESPONDED = "responded", _("Sudah ditanggapi")
        CLOSED = "closed", _("Selesai")
        WITHDRAWN = "withdrawn", _("Dicabut pengadu")

    class LegalClass(models.TextChoices):
        """How long UU 25/2009 gives for the decision; `LEGAL_DAYS` says the working days."""

        NORMATIVE = "normative", _("Normatif")
        UNSUPERVISED = "unsupervised", _("Tidak berkadar pengawasan")
        SUPERVISED = "supervised", _("Berkadar pengawasan")

    LEGAL_DAYS = {LegalClass.NORMATIVE: 5, LegalClass.UNSUPERVISED: 14, LegalClass.SUPERVISED: 60}
    NEEDS_EVIDENCE = frozenset({Kind.COMPLAINT, Kind.OBJECTION})
    ENDED = (State.CLOSED, State.WITHDRAWN)

    number = models.CharField(_("nomor pengaduan"), max_length=24, unique=True)
    key = models.UUIDField(unique=True)  # of the form that brought it
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(_("jenis"), max_length=12, choices=Kind.choices)
    source = models.CharField(_("asal"), max_length=8, choices=Source.choices)
    state = FSMField(max_length=12, choices=State.choices, default=State.RECEIVED, protected=True)

    contact = models.OneToOneField(User, models.PROTECT, related_name="+")  # stands for the complainant in histories
    name = models.CharField(_("nama pengadu"), max_length=150)
    organisation = models.CharField(_("badan usaha atau instansi"), max_length=150, blank=True)
    address = models.CharField(_("alamat"), max_length=300, blank=True)
    email = models.EmailField(_("surel"), blank=True)
    phone = models.CharField(_("nomor telepon"), max_length=16, blank=True)

    title = models.CharField(_("perihal"), max_length=150)
    substance = models.TextField(_("substansi"), max_length=10_000)
    place = models.CharField(_("tempat kejadian"), max_length=150, blank=True)
    happened_on = models.DateField(_("tanggal kejadian"), null=True)
    letter_number = models.CharField(_("nomor surat"), max_length=60, blank=True)
    letter_date = models.DateField(_("tanggal surat"), null=True)
    letter_addressee = models.CharField(_("tujuan surat"), max_length=300, blank=True)
    lapor_number = models.CharField(_("nomor laporan LAPOR!"), max_length=40, blank=True)
    legal_class = models.CharField(
        _("golongan menurut UU 25/2009"), max_length=12, choices=LegalClass.choices, blank=True
    )

    clock = models.OneToOneField(Clock, models.PROTECT, null=True, related_name="+")  # R45
    legal_due = models.DateField(null=True)
    asked_for = models.TextField(blank=True)  # what is missing, while it is incomplete
    received_at = models.DateTimeField()
    complete_at = models.DateTimeField(null=True)
    responded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="register_newest_first"),
            models.Index(
                fields=["received_at", "id"], condition=~Q(state__in=["closed", "withdrawn"]), name="register_open"
            ),
            GinIndex(
                fields=["name", "organisation", "title"], opclasses=["gin_trgm_ops"] * 3, name="complaint_by_name"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["registered", "responded"]) | Q(complete_at__isnull=False, clock__isnull=False),
                name="registered_has_a_clock",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "withdrawn"], ended_at__isnull=False)
                | (~Q(state__in=["closed", "withdrawn"]) & Q(ended_at=None)),
                name="ended_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(state="incomplete") | ~Q(asked_for=""), name="incomplete_says_why"),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=r"^\+\d{4,15}$"), name="complaint_phone_e164"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("complaints:detail", args=[self.number])

    def require_version(self, version: int | None) -> None:
        """Raise Stale unless the form was drawn from this version."""
        if version is not None and version != self.version:
            raise Stale(_("Pengaduan ini berubah sejak Anda membukanya."))

    @property
    def zone(self) -> str:
        """IANA name of the zone in which it is counted and told: that of the Directorate (A23)."""
        return LKPP_ZONE

    @property
    def needs_evidence(self) -> bool:
        return self.kind in self.NEEDS_EVIDENCE

    # The life cycle, in its order.

    @transition(state, source=[State.RECEIVED, State.REGISTERED], target=State.INCOMPLETE, permission=keeps_register)
    def ask_for_evidence(self, *, reason: str) -> None:
        """Something is missing without which nobody can answer; until it comes no time runs (R44)."""
        self.asked_for = reason
        self.complete_at = None

    @transition(state, source=[State.RECEIVED, State.INCOMPLETE], target=State.REGISTERED, permission=keeps_register)
    def register(self, *, complete_at: datetime) -> None:
        """It is complete: our time starts (A23)."""
        self.asked_for = ""
        self.complete_at = complete_at

    @transition(state, source=State.REGISTERED, target=State.RESPONDED, permission=keeps_register)
    def respond(self, *, now: datetime) -> None:
        """The first answer to the substance was sent (R45)."""
        self.responded_at = now

    @transition(state, source=State.RESPONDED, target=State.CLOSED, permission=keeps_register)
    def close(self, *, now: datetime) -> None:
        """Nothing more is owed."""
        self.ended_at = now

    @transition(
        state,
        source=[State.RECEIVED, State.INCOMPLETE, State.REGISTERED],
        target=State.WITHDRAWN,
        permission=may_take_back,
    )
    def withdraw(self, *, now: datetime) -> None:
        """The complainant takes it back, or never sent what was asked for."""
        self.asked_for = ""
        self.ended_at = now
