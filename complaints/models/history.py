"""What happened to a complaint, and what was answered. Rows that only grow."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from complaints.models.complaint import Complaint


class ComplaintEvent(models.Model):
    """One line of a complaint's history: who did what, when. Never edited."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("menyampaikan pengaduan")
        EVIDENCE_ASKED = "evidence_asked", _("meminta bukti")
        EVIDENCE_GIVEN = "evidence_given", _("mengirim bukti")
        REGISTERED = "registered", _("mendaftarkan pengaduan")
        RESPONDED = "responded", _("mengirim tanggapan")
        CLOSED = "closed", _("menyelesaikan pengaduan")
        WITHDRAWN = "withdrawn", _("mencabut pengaduan")
        CLASSIFIED = "classified", _("menetapkan golongan")
        BREACHED = "breached", _("batas tanggapan terlewati")
        EXCUSED = "excused", _("mengecualikan keterlambatan")
        RECOUNTED = "recounted", _("menghitung ulang batas tanggapan")

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # none: the worker
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["complaint", "-id"], name="history_of_complaint")]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.kind}"


class Response(models.Model):
    """The answer to a complaint as the office sends it: a letter with number, date and text (R45)."""

    complaint = models.OneToOneField(Complaint, models.CASCADE, related_name="response")
    number = models.CharField(_("nomor surat"), max_length=60)
    date = models.DateField(_("tanggal surat"))
    text = models.TextField(_("tanggapan"), max_length=20_000)
    signed_by = models.CharField(_("penanda tangan"), max_length=150)
    key = models.UUIDField(unique=True)  # of the form, and of the draft that holds its files
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number
