"""What a problem can be about: data that an office may change (§2.2, §2.3 and §3 of the service).

What is switched off is offered no more, and stays on whatever names it.
"""

from itertools import groupby
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import LPSE_ROLES, Role


class Application(models.Model):
    """A system we give support for, such as SPSE or SIKaP."""

    name = models.CharField(_("nama"), max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(_("urutan"), default=0)
    is_active = models.BooleanField(_("aktif"), default=True, db_default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("aplikasi")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """A group of problems, such as Akun or Tender."""

    name = models.CharField(_("nama"), max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(_("urutan"), default=0)
    is_active = models.BooleanField(_("aktif"), default=True, db_default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kategori")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class SubcategoryQuerySet(models.QuerySet["Subcategory"]):
    def offered(self) -> Self:
        """What may be chosen today."""
        return self.filter(is_active=True, category__is_active=True).select_related("category")

    def as_choices(self) -> list[tuple[str, list[tuple[int, str]]]]:
        """Return what is offered as the groups of a select, each category with its own."""
        rows = self.offered().order_by("category__position", "category__name", "position", "name")
        groups = groupby(rows, key=lambda row: row.category.name)
        return [(name, [(row.pk, row.name) for row in group]) for name, group in groups]


class Subcategory(models.Model):
    """One kind of problem: what we must ask for it, and which LPSE role usually solves it (A13)."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="subcategories", verbose_name=_("kategori"))
    name = models.CharField(_("nama"), max_length=60)
    position = models.PositiveSmallIntegerField(_("urutan"), default=0)
    suggested_role = models.CharField(
        _("peran LPSE yang disarankan"),
        max_length=20,
        choices=[(role.value, role.label) for role in LPSE_ROLES],
        default=Role.HELPDESK_LPSE,
    )
    needs_package_code = models.BooleanField(_("memerlukan kode paket"), default=False)
    needs_nib = models.BooleanField(_("memerlukan NIB penyedia"), default=False)
    needs_nip = models.BooleanField(_("memerlukan NIP pegawai K/L/PD"), default=False)
    needs_spse_version = models.BooleanField(_("memerlukan versi SPSE dari petugas LPSE"), default=False)
    is_active = models.BooleanField(_("aktif"), default=True, db_default=True)

    objects = SubcategoryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("subkategori")
        ordering = ["category__position", "position", "name"]
        constraints = [models.UniqueConstraint(fields=["category", "name"], name="subcategory_once_per_category")]

    def __str__(self) -> str:
        return f"{self.category}, {self.name}"

    @property
    def wanted(self) -> list[str]:
        """The data dukung that are asked for today, in their order."""
        return list(self.requirements.filter(is_active=True).values_list("name", flat=True))


class DocumentRequirement(models.Model):
    """One piece of data dukung that helps to solve a kind of problem; wanted, never forced."""

    subcategory = models.ForeignKey(
        Subcategory, models.CASCADE, related_name="requirements", verbose_name=_("subkategori")
    )
    name = models.CharField(_("nama"), max_length=120)
    position = models.PositiveSmallIntegerField(_("urutan"), default=0)
    is_active = models.BooleanField(_("aktif"), default=True, db_default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("data dukung")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["subcategory", "name"], name="requirement_once")]

    def __str__(self) -> str:
        return self.name
