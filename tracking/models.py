"""Secrets by which a case is followed without an account. None of them is stored, only what they can be checked by."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessCode(models.Model):
    """The code of one case, on paper or in a letter; a new one makes the old one worthless."""

    case = models.CharField(max_length=24, unique=True)
    digest = models.CharField(max_length=128)
    generation = models.PositiveIntegerField(default=1)  # raised by every new code: what an old one opened closes
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kode akses")

    def __str__(self) -> str:
        return self.case

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None


class OneTimeCode(models.Model):
    """The code that was mailed to the reporter of one case; good once, for minutes, and for a few tries."""

    case = models.CharField(max_length=24, unique=True)
    digest = models.CharField(max_length=128)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kode sekali pakai")

    def __str__(self) -> str:
        return self.case
