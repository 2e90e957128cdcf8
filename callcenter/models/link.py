"""The way from a call into LPSE Support (R31)."""

from django.db import models
from django.urls import reverse

from accounts.models import Reporter, User
from callcenter.models.call import Call


class CallLink(models.Model):
    """A short address that opens Buat Tiket with what was said on the phone, for one person and one ticket."""

    code = models.CharField(max_length=8, unique=True)
    call = models.ForeignKey(Call, models.CASCADE, related_name="links")
    reporter = models.ForeignKey(Reporter, models.PROTECT, null=True, related_name="+")
    email = models.EmailField(blank=True)
    data = models.JSONField(default=dict)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("callcenter:link", args=[self.code])

    @property
    def spelled(self) -> str:
        """The code as it is read aloud: letter by letter."""
        return " ".join(self.code)
