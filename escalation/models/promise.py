"""What the service promises, as rows that name their clause."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from escalation.spans import days_words


class Unit(models.TextChoices):
    """How a limit is counted."""

    WORKING_DAYS = "working_days", _("hari kerja, sampai akhir jam kerja")
    HOURS = "hours", _("jam pada hari kerja")
    MINUTES = "minutes", _("menit")


class Promise(models.Model):
    """One limit of the service standard, or of our reading of it; clocks copy it when they start."""

    class Code(models.TextChoices):
        FIRST_RESPONSE = "R33", _("Waktu tanggap tiket")
        TURN = "A02", _("Waktu tanggap setiap tingkat")
        DATA_WAIT = "A06", _("Menunggu data pelapor")
        CONFIRMATION_WAIT = "A08", _("Menunggu konfirmasi pelapor")
        CONSULTATION = "R35", _("Konsultasi tatap muka")
        CALL = "R37", _("Panggilan call center")
        COMPLAINT = "R45", _("Tanggapan pengaduan")
        DATA_CLAIM = "PDP", _("Permohonan data pribadi")

    code = models.CharField(_("klausul"), max_length=4, choices=Code.choices, unique=True)
    limit = models.PositiveSmallIntegerField(_("batas"))
    unit = models.CharField(_("satuan"), max_length=12, choices=Unit.choices)
    binds_reporter = models.BooleanField(default=False)  # the reporter's silence ends the case; it breaks no promise
    earns_entitlement = models.BooleanField(_("memberi prioritas kompensasi bila terlambat"), default=False)
    # Parts of the working time, in percent, after which staff are warned.
    warn_percents = ArrayField(models.PositiveSmallIntegerField(), default=list)
    warns_last_morning = models.BooleanField(_("ingatkan pada pagi hari kerja terakhir"), default=False)
    # Working days after which the reporter is reminded.
    remind_days = ArrayField(models.PositiveSmallIntegerField(), default=list)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(limit__gte=1, limit__lte=999), name="limit_1_to_999")]

    def __str__(self) -> str:
        return f"{self.code} {self.get_code_display()}"

    @property
    def words(self) -> str:
        """The limit as people say it: "3 hari kerja"."""
        return limit_words(self.limit, self.unit)

    @property
    def public_words(self) -> str:
        """The limit as the standard words it: "3 hari kerja", "1 jam", "5–10 menit", "3 × 24 jam (hari kerja)".

        The range of a call begins at half its limit (R37).
        """
        if self.code == self.Code.CALL and self.limit > 1:
            return _("%(half)d–%(n)d menit") % {"half": self.limit // 2, "n": self.limit}
        if self.unit == Unit.HOURS and self.limit % 24 == 0:
            return _("%(n)d × 24 jam (hari kerja)") % {"n": self.limit // 24}
        if self.unit == Unit.MINUTES and self.limit % 60 == 0:
            return _("%(n)d jam") % {"n": self.limit // 60}
        return self.words


def limit_words(limit: int, unit: str) -> str:
    """Return a limit as people say it: "3 hari kerja", "72 jam pada hari kerja", "60 menit"."""
    if unit == Unit.WORKING_DAYS:
        return days_words(limit)
    if unit == Unit.HOURS:
        return ngettext("%(n)d jam pada hari kerja", "%(n)d jam pada hari kerja", limit) % {"n": limit}
    return ngettext("%(n)d menit", "%(n)d menit", limit) % {"n": limit}
