"""Who did and who saw: rows that only ever grow, and the chain that shows when one was changed all the same."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

COMPLAINT = "PGD-"  # how the number of a complaint begins


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def outside_complaints(self) -> Self:
        """What the Penyelia may search: a complaint may be about them, and files of it are named here.

        Nor does it hold the digests of histories, which say nothing to anybody.
        """
        return self.exclude(subject__icontains=COMPLAINT).exclude(kind=AuditEntry.Kind.HISTORY_SEALED)

    def unsealed(self) -> Self:
        """What is in no link of the chain yet."""
        return self.filter(~Exists(AuditSeal.objects.filter(entry=OuterRef("pk"))))


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
        DUTY_CHANGED = "duty_changed", _("Tugas diubah")
        PERSON_CHANGED = "person_changed", _("Akun diubah")
        DATA_DOWNLOADED = "data_downloaded", _("Data sendiri diunduh")
        OFFICE_CHANGED = "office_changed", _("LPSE, instansi, atau kantor diubah")
        CATALOGUE_CHANGED = "catalogue_changed", _("Kategori atau aplikasi diubah")
        REPORTERS_MERGED = "reporters_merged", _("Pelapor digabung")
        MERGE_UNDONE = "merge_undone", _("Penggabungan dibatalkan")
        HISTORY_SEALED = "history_sealed", _("Riwayat disegel")
        DATA_ERASED = "data_erased", _("Data dihapus")
        CANNED_TEXT_CHANGED = "canned_text_changed", _("Balasan siap pakai diubah")

    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    subject = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=45, blank=True)
    data = models.JSONField(default=dict)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="trail_newest_first"),
            models.Index(fields=["kind", "-at", "-id"], name="trail_by_kind"),
            models.Index(fields=["actor", "-at", "-id"], name="trail_by_person"),
            models.Index(fields=["address", "-at", "-id"], name="trail_by_address"),
            # Upper as Django compares: part of a subject, whatever its case.
            GinIndex(OpClass(Upper("subject"), name="gin_trgm_ops"), name="trail_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.subject}"


class AuditSeal(models.Model):
    """One link of the chain: a digest of one entry and of the link before. Never edited either.

    No constraint ties it to its entry, so that an entry can be missing, and be missed.
    """

    position = models.PositiveBigIntegerField(primary_key=True)  # 1, 2, 3, … without a gap
    entry = models.OneToOneField(AuditEntry, models.DO_NOTHING, db_constraint=False, related_name="seal")
    digest = models.CharField(max_length=64)  # SHA-256 in hex
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(position__gte=1), name="seals_begin_at_1")]

    def __str__(self) -> str:
        return f"{self.position} {self.digest}"


class HistorySeal(models.Model):
    """What a row of the history of a case said when it was sealed, as two digests. Never edited.

    No constraint ties it to the row or to the entry that holds its batch, so that either can be missing, and be missed.
    """

    entry = models.ForeignKey(AuditEntry, models.DO_NOTHING, db_constraint=False, related_name="+")
    history = models.CharField(max_length=60)  # the model, e.g. tickets.ticketevent
    row = models.BigIntegerField()
    lasting = models.BinaryField(max_length=32)
    erasable = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["history", "row"], name="one_seal_per_row")]

    def __str__(self) -> str:
        return f"{self.history} {self.row}"
