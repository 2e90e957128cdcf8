"""When a unit works: weekly office hours, periods with other hours, and days off."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Lpse


class Weekday(models.IntegerChoices):
    """Days as Python counts them."""

    MONDAY = 0, _("Senin")
    TUESDAY = 1, _("Selasa")
    WEDNESDAY = 2, _("Rabu")
    THURSDAY = 3, _("Kamis")
    FRIDAY = 4, _("Jumat")
    SATURDAY = 5, _("Sabtu")
    SUNDAY = 6, _("Minggu")


class DaysBetween(Func):
    """Both days and all between them, as a range of PostgreSQL."""

    function = "daterange"
    output_field = DateRangeField()


class HoursPeriod(models.Model):
    """Days on which offices keep other hours than usual, such as Ramadan."""

    name = models.CharField(_("nama"), max_length=80)
    first_day = models.DateField(_("hari pertama"))
    last_day = models.DateField(_("hari terakhir"))

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="period_ends_after_it_begins"),
            ExclusionConstraint(
                name="periods_do_not_overlap",
                expressions=[
                    (
                        DaysBetween("first_day", "last_day", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    )
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfficeHours(models.Model):
    """One stretch of one weekday in which a unit works; without an LPSE: LKPP, and every LPSE without hours of its own.

    Times are local to the unit. Rows of a period replace the usual week while the period lasts.
    """

    lpse = models.ForeignKey(Lpse, models.CASCADE, null=True, related_name="+")
    period = models.ForeignKey(HoursPeriod, models.CASCADE, null=True, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="hours_close_after_they_open"),
            models.UniqueConstraint(
                fields=["lpse", "period", "weekday", "opens"], nulls_distinct=False, name="one_opening_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H.%M}–{self.closes:%H.%M}"


class Holiday(models.Model):
    """A day that does not count: for the whole country, or for one LPSE."""

    class Kind(models.TextChoices):
        NATIONAL = "national", _("Hari libur nasional")
        JOINT_LEAVE = "joint_leave", _("Cuti bersama")
        LOCAL = "local", _("Hari libur daerah")

    day = models.DateField(_("tanggal"))
    name = models.CharField(_("nama"), max_length=120)
    kind = models.CharField(_("jenis"), max_length=12, choices=Kind.choices)
    lpse = models.ForeignKey(Lpse, models.CASCADE, null=True, related_name="+", verbose_name=_("LPSE"))
    source = models.CharField(_("sumber"), max_length=200)
    is_tentative = models.BooleanField(_("perkiraan"), default=False)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["day", "lpse"], nulls_distinct=False, name="one_holiday_a_day"),
            models.CheckConstraint(
                condition=Q(kind="local", lpse__isnull=False) | (~Q(kind="local") & Q(lpse=None)),
                name="local_holidays_have_an_lpse",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d-%m-%Y} {self.name}"
