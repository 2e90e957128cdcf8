"""Where consultations are held, and who sits there."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User

TAKES_A_ROOM = ("directed", "in_session")  # states of a visit


class RoomQuerySet(models.QuerySet["Room"]):
    def open(self) -> Self:
        return self.filter(is_open=True)

    def staffed(self) -> Self:
        """Rooms in which an officer sits today."""
        return self.open().filter(officer__isnull=False)

    def free(self) -> Self:
        """Staffed rooms to which no visitor is directed and in which nobody is served."""
        return self.staffed().exclude(visits__state__in=TAKES_A_ROOM)


class Room(models.Model):
    """One consultation room (Ruang Konsultasi), and the officer who sits in it now."""

    name = models.CharField(_("nama"), max_length=40, unique=True)
    order = models.PositiveSmallIntegerField(_("urutan"), default=0)
    officer = models.OneToOneField(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("petugas konsultasi")
    )
    seated_on = models.DateField(null=True, editable=False)  # the day of the counter on which that officer sat down
    is_open = models.BooleanField(_("dipakai"), default=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("ruang konsultasi")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name
