"""Who: people, the duties they hold, the offices they work in, and the people we serve."""

import re
from collections.abc import Iterable
from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest, Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.phones import read_phone
from core.dates import local

SEPARATORS = re.compile(r"[\s.-]")  # between the digits of a number as people write it
NPWP_DIGITS = (15, 16)  # before and since 2022
SHORTEST_NAME, WORDS = 3, 6  # letters of a word, and words, by which people are searched
INSTITUTIONS = 200  # of a similar name; more words find the others


class Lpse(models.Model):
    """One local e-procurement office; it serves its own users first, in its own time zone."""

    class Zone(models.TextChoices):
        JAKARTA = "Asia/Jakarta", _("WIB (Jakarta)")
        PONTIANAK = "Asia/Pontianak", _("WIB (Pontianak)")
        MAKASSAR = "Asia/Makassar", _("WITA (Makassar)")
        JAYAPURA = "Asia/Jayapura", _("WIT (Jayapura)")

    code = models.SlugField(_("kode"), unique=True)
    name = models.CharField(_("nama"), max_length=150, unique=True)
    time_zone = models.CharField(_("zona waktu"), max_length=20, choices=Zone.choices, default=Zone.JAKARTA)
    spse_version = models.CharField(_("versi SPSE"), max_length=40, blank=True)
    is_active = models.BooleanField(_("aktif"), default=True, db_default=True)  # takes new tickets and duties

    class Meta:
        verbose_name = verbose_name_plural = _("LPSE")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Institution(models.Model):
    """A ministry, agency or local government (K/L/PD) that procurement officers belong to."""

    class Kind(models.TextChoices):
        MINISTRY = "ministry", _("Kementerian")
        AGENCY = "agency", _("Lembaga")
        LOCAL_GOVERNMENT = "local_government", _("Perangkat Daerah")

    name = models.CharField(_("nama"), max_length=150, unique=True)
    kind = models.CharField(_("jenis"), max_length=20, choices=Kind.choices)
    is_active = models.BooleanField(_("aktif"), default=True, db_default=True)  # may be chosen by those who are new

    class Meta:
        verbose_name = verbose_name_plural = _("instansi")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """The office that answers for the service (one row): what the decree says of it, shown on every page."""

    name = models.CharField(_("nama"), max_length=150)
    parent_name = models.CharField(_("lembaga"), max_length=150)
    address = models.CharField(_("alamat"), max_length=300)
    decree = models.CharField(_("nomor SK Standar Pelayanan"), max_length=60)
    call_number = models.CharField(_("nomor Call Center"), max_length=20)
    landline = models.CharField(_("telepon"), max_length=20)
    letter_addressee = models.TextField(_("tujuan surat pengaduan"))
    letter_url = models.URLField(_("alamat e-Office"))
    lapor_url = models.URLField(_("alamat LAPOR!"), blank=True)
    lapor_play_url = models.URLField(_("LAPOR! di Play Store"), blank=True)
    lapor_app_url = models.URLField(_("LAPOR! di App Store"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kantor penyelenggara")

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person with an account; what they may do comes from their duties, never from the account itself."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("nama"), max_length=150)
    mail_digest = models.BooleanField(
        _("surel ringkas"), default=False, db_default=False
    )  # for staff who want it quiet

    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name"]

    class Meta:
        verbose_name = verbose_name_plural = _("pengguna")
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="one_account_per_email"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def duty_list(self) -> "list[Duty]":
        """The duties this person holds today, read once per request."""
        return list(self.duties.in_force().select_related("lpse").order_by("pk"))

    def holds(self, *roles: str) -> bool:
        """Return whether one of these roles is among this person's duties."""
        return any(duty.role in roles for duty in self.duty_list)

    @cached_property
    def own_reporter(self) -> "Reporter | None":
        """The identity under which this person reports problems, if they ever gave one."""
        return Reporter.objects.select_related("institution", "lpse").filter(user=self).first()


class Role(models.TextChoices):
    """What a duty lets a person do (glossary of the service)."""

    ADMIN_PPE = "admin_ppe", _("Admin PPE")
    HELPDESK_LPSE = "helpdesk_lpse", _("Helpdesk LPSE")
    VERIFIER = "verifier", _("Verifikator")
    ADMIN_AGENCY = "admin_agency", _("Admin Agency")
    HELPDESK_EPROC = "helpdesk_eproc", _("Helpdesk Eproc")
    HELPDESK_TEKNIS = "helpdesk_teknis", _("Helpdesk Teknis")
    TIM_TEKNIS = "tim_teknis", _("Tim Teknis")
    RECEPTIONIST = "receptionist", _("Resepsionis")
    CONSULTANT = "consultant", _("Petugas Konsultasi")
    CALL_AGENT = "call_agent", _("Petugas Call Center")
    SUPERVISOR = "supervisor", _("Penyelia")
    COMPLAINT_OFFICER = "complaint_officer", _("Pengelola Pengaduan")


LPSE_ROLES = (Role.ADMIN_PPE, Role.HELPDESK_LPSE, Role.VERIFIER, Role.ADMIN_AGENCY)


def today() -> date:
    """Return the day in Jakarta: duties begin and end there, wherever their holder works."""
    return local(timezone.now(), settings.TIME_ZONE).date()


class DutyQuerySet(models.QuerySet["Duty"]):
    def in_force(self) -> Self:
        """What has begun and is not over, in Jakarta."""
        day = today()
        begun = Q(starts_on=None) | Q(starts_on__lte=day)
        return self.filter(begun, Q(ends_on=None) | Q(ends_on__gte=day))

    def governed_by(self, user: User) -> Self:
        """What this person may grant and end: the Penyelia everything, an Admin Agency what is at their LPSE."""
        if user.holds(Role.SUPERVISOR):
            return self
        return self.filter(lpse__in=[duty.lpse_id for duty in user.duty_list if duty.role == Role.ADMIN_AGENCY])


class Duty(models.Model):
    """A role at a unit: at one LPSE, or at LKPP when no LPSE is named. One person may hold several."""

    user = models.ForeignKey(User, models.CASCADE, related_name="duties", verbose_name=_("pengguna"))
    role = models.CharField(_("tugas"), max_length=20, choices=Role.choices)
    lpse = models.ForeignKey(Lpse, models.PROTECT, null=True, blank=True, verbose_name=_("LPSE"))
    # Both days are worked; without them it holds since ever, and until somebody ends it.
    starts_on = models.DateField(_("berlaku mulai"), null=True, blank=True)
    ends_on = models.DateField(_("sampai dengan"), null=True, blank=True)
    letter = models.CharField(_("nomor surat penugasan"), max_length=60, blank=True, db_default="")
    granted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("diberikan oleh")
    )

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("tugas")
        indexes = [models.Index(fields=["lpse", "role"], name="duty_at_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "lpse"], nulls_distinct=False, name="one_duty_per_role_and_unit"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="duty_ends_after_it_starts",
                violation_error_message=_("Hari terakhir tidak boleh sebelum hari pertama."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=LPSE_ROLES, lpse__isnull=False) | (~Q(role__in=LPSE_ROLES) & Q(lpse__isnull=True)),
                name="lpse_roles_at_an_lpse",
                violation_error_message=_("Pilih LPSE untuk tugas di LPSE, dan kosongkan untuk tugas di LKPP."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.unit}"

    @property
    def unit(self) -> str:
        return self.lpse.name if self.lpse else "LKPP"

    @property
    def is_over(self) -> bool:
        return self.ends_on is not None and self.ends_on < today()

    @property
    def is_ahead(self) -> bool:
        return self.starts_on is not None and self.starts_on > today()


class ReporterQuerySet(models.QuerySet["Reporter"]):
    def visible_to(self, user: User) -> Self:
        """Only the person's own identity; staff see a reporter through the ticket they hold."""
        return self.filter(user=user)

    def named(self, text: str) -> Self:
        """People of this name, business, work unit or institution, also when it is misspelt."""
        institutions = Institution.objects.filter(name__trigram_word_similar=text).values_list("pk", flat=True)
        return self.filter(
            Q(name__trigram_word_similar=text)
            | Q(business_name__trigram_word_similar=text)
            | Q(work_unit__trigram_word_similar=text)
            | Q(institution__in=list(institutions[:INSTITUTIONS]))
        )

    def standing(self, pk: int) -> "Reporter":
        """Lock this person, or whom they go on as since they were merged, for a case that begins now."""
        person = self.select_for_update(no_key=True).get(pk=pk)
        return self.standing(person.merged_into_id) if person.merged_into_id else person

    def keyed(self, text: str) -> "Reporter | None":
        """Return who has this key, or whom they go on as, whatever was sent for it."""
        if not (text.isascii() and text.isdecimal() and len(text) < len(str(2**63))):
            return None
        people = self.select_related("user", "institution", "lpse")
        return next(iter(people._going_on(people.filter(pk=int(text)))), None)

    def _going_on(self, found: "Iterable[Reporter]") -> "list[Reporter]":
        """Put those in whom people go on in the place of whoever was merged into them, each once."""
        found = list(found)
        kept = self.in_bulk({person.merged_into_id for person in found if person.merged_into_id})
        return list(dict.fromkeys(kept.get(person.merged_into_id or 0, person) for person in found))

    def matching(self, text: str, limit: int = 8) -> "list[Reporter]":
        """Return who may be meant, best first: by phone in any notation, e-mail or NPWP, else by name.

        For the staff of counter and phone, who must recognise a person; the caller checks the duty. Who was merged is
        found as whom they go on as.
        """
        people = self.filter(erased_at=None).select_related("user", "institution", "lpse")
        digits = SEPARATORS.sub("", text)
        if phone := read_phone(text):
            return people._going_on(people.filter(phone=phone).order_by("-pk")[:limit])
        if digits.isdecimal() and len(digits) in NPWP_DIGITS:
            whole = people.filter(npwp=digits.zfill(max(NPWP_DIGITS))).exclude(npwp="")
            return people._going_on(whole.order_by("-pk")[:limit])
        if "@" in text:
            found = people.annotate(address=Lower("email")).filter(address=text.strip().lower())
            return people._going_on(found[:limit])
        words = [word for word in text.split() if len(word) >= SHORTEST_NAME][:WORDS]
        if not words:
            return []
        alike_rows = people
        for word in words:  # each of them, in whichever name: that leaves few to compare with the whole text
            alike_rows = alike_rows.named(word)
        names = ("name", "business_name", "work_unit", "institution__name")
        alike = Greatest(*(Coalesce(TrigramWordSimilarity(text, name), 0.0) for name in names))
        return people._going_on(alike_rows.annotate(alike=alike).order_by("-alike", "-pk")[:limit])


class Reporter(models.Model):
    """The person who is served, with or without an account, and how to reach them."""

    class Kind(models.TextChoices):
        VENDOR = "vendor", _("Penyedia")
        PPK = "ppk", _("PPK")
        POKJA = "pokja", _("Pokja Pemilihan")
        PROCUREMENT_OFFICER = "procurement_officer", _("Pejabat Pengadaan")
        BUDGET_USER = "budget_user", _("PA/KPA")
        UKPBJ_HEAD = "ukpbj_head", _("KUPPBJ")
        AUDITOR = "auditor", _("Auditor")
        LPSE_STAFF = "lpse_staff", _("Petugas LPSE")

    class BusinessForm(models.TextChoices):
        PT = "pt", _("PT")
        CV = "cv", _("CV")
        UD = "ud", _("UD")
        FIRMA = "firma", _("Firma")
        KOPERASI = "koperasi", _("Koperasi")
        INDIVIDUAL = "individual", _("Perorangan")
        OTHER = "other", _("Lainnya")

    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="reporter")
    # Known from the counter or the phone only: `user` stands for them in histories, but nobody can sign in as it with
    # a password, and it has no e-mail of its own.
    is_visitor = models.BooleanField(_("tanpa akun"), default=False)
    kind = models.CharField(_("jenis pelapor"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("nama"), max_length=150)
    email = models.EmailField(_("surel"))
    phone = models.CharField(_("nomor telepon"), max_length=16)
    spse_user_id = models.CharField(_("User ID SPSE"), max_length=60, blank=True)
    business_name = models.CharField(_("nama badan usaha"), max_length=150, blank=True)
    business_form = models.CharField(_("bentuk usaha"), max_length=12, choices=BusinessForm.choices, blank=True)
    npwp = models.CharField(_("NPWP"), max_length=16, blank=True)
    nib = models.CharField(_("NIB"), max_length=13, blank=True)
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, verbose_name=_("instansi"))
    work_unit = models.CharField(_("satuan kerja"), max_length=150, blank=True)
    nip = models.CharField(_("NIP"), max_length=18, blank=True)
    lpse = models.ForeignKey(Lpse, models.PROTECT, null=True, blank=True, verbose_name=_("LPSE"))
    # Who the same person goes on as; never somebody who is merged in turn.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="+")
    erased_at = models.DateTimeField(null=True, editable=False)  # what is left stands for nobody any more

    objects = ReporterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("pelapor")
        indexes = [
            # Finds misspelt names too.
            GinIndex(
                fields=["name", "business_name", "work_unit"], opclasses=["gin_trgm_ops"] * 3, name="reporter_by_name"
            ),
            models.Index(fields=["phone"], name="reporter_by_phone"),
            models.Index(Lower("email"), name="reporter_by_email"),
            models.Index(fields=["npwp"], condition=~Q(npwp=""), name="reporter_by_npwp"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(npwp="") | Q(npwp__regex=r"^\d{16}$"), name="npwp_16_digits"),
            models.CheckConstraint(condition=Q(nib="") | Q(nib__regex=r"^\d{13}$"), name="nib_13_digits"),
            models.CheckConstraint(condition=Q(nip="") | Q(nip__regex=r"^\d{18}$"), name="nip_18_digits"),
            models.CheckConstraint(
                condition=Q(phone__regex=r"^\+\d{4,15}$") | Q(phone="", erased_at__isnull=False), name="phone_e164"
            ),
            models.CheckConstraint(
                condition=~Q(kind="vendor")
                | Q(is_visitor=True)
                | Q(erased_at__isnull=False)
                | (~Q(business_form="") & ~Q(npwp="")),
                name="vendor_has_a_business",
            ),
            models.CheckConstraint(condition=~Q(merged_into=models.F("pk")), name="merged_into_somebody_else"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_vendor(self) -> bool:
        return self.kind == self.Kind.VENDOR

    @property
    def organisation(self) -> str:
        """The name the person acts for: a business, a work unit or an office (R06)."""
        if self.is_vendor:
            return self.business_name or self.name
        if self.kind == self.Kind.LPSE_STAFF:
            return self.work_unit or str(self.lpse or "")
        return self.work_unit or str(self.institution or "")


class ReporterMerge(models.Model):
    """Two identities of one person that became one; by which rows, so that it can be undone exactly."""

    kept = models.ForeignKey(Reporter, models.PROTECT, related_name="+")
    merged = models.ForeignKey(Reporter, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    moved = models.JSONField(default=dict)  # keys of rows by table, and what else brings them back
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=models.F("merged")), name="merge_of_two"),
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merged_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="merge_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged} → {self.kept}"
