"""What the audit trail is narrowed to."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, DateFilter

from audit.models import AuditEntry, AuditEntryQuerySet
from core.filters import ListFilter, NameFilter

FORMAT = "%d-%m-%Y"
ONE_DAY = timedelta(days=1)


def day_filter(label: Any, method: str) -> DateFilter:
    """A day as Indonesians type it, in WIB."""
    return DateFilter(
        label=label,
        method=method,
        input_formats=[FORMAT],
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
        error_messages={"invalid": _("Tulis tanggal seperti 25-11-2026.")},
    )


class TrailFilter(ListFilter):
    """The filters of the trail: what happened, who did it, on what, when, and from where."""

    jenis = ChoiceFilter(
        field_name="kind", label=_("Jenis"), choices=AuditEntry.Kind.choices, empty_label=_("Semua jenis")
    )
    orang = NameFilter("actor", label=_("Orang"), method="by_person", min_length=2)
    objek = NameFilter("subject", label=_("Objek"), min_length=3)  # fewer letters no index finds
    alamat = NameFilter("address", label=_("Alamat"), method="from_address")
    dari = day_filter(_("Dari"), "since")
    sampai = day_filter(_("Sampai"), "until")

    def by_person(self, rows: AuditEntryQuerySet, name: str, text: str) -> AuditEntryQuerySet:
        """People are looked up first, so that PostgreSQL knows how many entries to expect."""
        people = get_user_model().objects.filter(Q(username__icontains=text) | Q(name__icontains=text))
        return rows.filter(actor__in=list(people.values_list("pk", flat=True)))

    def from_address(self, rows: AuditEntryQuerySet, name: str, address: str) -> AuditEntryQuerySet:
        return rows.filter(address=address.lower())

    def since(self, rows: AuditEntryQuerySet, name: str, day: date) -> AuditEntryQuerySet:
        return rows.filter(at__gte=_midnight(day))

    def until(self, rows: AuditEntryQuerySet, name: str, day: date) -> AuditEntryQuerySet:
        return rows.filter(at__lt=_midnight(day + ONE_DAY))

    def _said(self, name: str) -> str:
        value = self.form.cleaned_data[name]
        return f"{value:{FORMAT}}" if isinstance(value, date) else super()._said(name)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
