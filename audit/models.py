"""Who did and who saw: rows that only ever grow."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One thing worth proving later: who, what, on which object, from where, when. Never edited."""

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", _("Masuk")
        SIGN_IN_FAILED = "sign_in_failed", _("Gagal masuk")
        SIGN_OUT = "sign_out", _("Keluar")
        REFUSED = "refused", _("Ditolak")
        FILE_READ = "file_read", _("Membaca berkas")
        FILE_INFECTED = "file_infected", _("Virus ditemukan")
        CALENDAR_CHANGED = "calendar_changed", _("Kalender kerja diubah")
        PROMISE_CHANGED = "promise_changed", _("Janji layanan diubah")
        CLOCK_RETRIED = "clock_retried", _("Batas waktu dicoba lagi")
        MAIL_RESENT = "mail_resent", _("Surel dikirim ulang")
        LIST_EXPORTED = "list_exported", _("Daftar diunduh")
        TICKET_LOOKED_UP = "ticket_looked_up", _("Status tiket dilihat")
        TRACKED = "tracked", _("Dilacak tanpa akun")
        TRACKING_FAILED = "tracking_failed", _("Gagal melacak")
        ACCESS_CODE_MADE = "access_code_made", _("Kode akses dibuat")
        ACCESS_CODE_REVOKED = "access_code_revoked", _("Kode akses dicabut")
        COMPLAINT_REFUSED = "complaint_refused", _("Pengaduan tidak diterima")
        STANDARD_CHANGED = "standard_changed", _("Halaman publik diubah")

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=45, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.subject}"
