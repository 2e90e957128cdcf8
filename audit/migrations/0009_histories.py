"""The histories of cases in the audit trail, by digests as append-only as the trail itself."""

from django.db import migrations, models

KINDS = [
    ("sign_in", "Masuk"),
    ("sign_in_failed", "Gagal masuk"),
    ("sign_out", "Keluar"),
    ("refused", "Ditolak"),
    ("file_read", "Membaca berkas"),
    ("file_infected", "Virus ditemukan"),
    ("calendar_changed", "Kalender kerja diubah"),
    ("promise_changed", "Janji layanan diubah"),
    ("clock_retried", "Batas waktu dicoba lagi"),
    ("mail_resent", "Surel dikirim ulang"),
    ("list_exported", "Daftar diunduh"),
    ("ticket_looked_up", "Status tiket dilihat"),
    ("tracked", "Dilacak tanpa akun"),
    ("tracking_failed", "Gagal melacak"),
    ("access_code_made", "Kode akses dibuat"),
    ("access_code_revoked", "Kode akses dicabut"),
    ("complaint_refused", "Pengaduan tidak diterima"),
    ("standard_changed", "Halaman publik diubah"),
    ("duty_changed", "Tugas diubah"),
    ("person_changed", "Akun diubah"),
    ("data_downloaded", "Data sendiri diunduh"),
    ("office_changed", "LPSE, instansi, atau kantor diubah"),
    ("catalogue_changed", "Kategori atau aplikasi diubah"),
    ("reporters_merged", "Pelapor digabung"),
    ("merge_undone", "Penggabungan dibatalkan"),
    ("history_sealed", "Riwayat disegel"),
]
FORWARD = """
CREATE TRIGGER audit_history_append_only BEFORE UPDATE OR DELETE ON audit_historyseal
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""
BACKWARD = "DROP TRIGGER audit_history_append_only ON audit_historyseal;"


class Migration(migrations.Migration):
    dependencies = [("audit", "0008_administration")]
    operations = [
        migrations.AlterField("auditentry", "kind", models.CharField(choices=KINDS, max_length=20)),
        migrations.CreateModel(
            name="HistorySeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("history", models.CharField(max_length=60)),
                ("row", models.BigIntegerField()),
                ("lasting", models.BinaryField(max_length=32)),
                ("erasable", models.BinaryField(max_length=32)),
                (
                    "entry",
                    models.ForeignKey("audit.AuditEntry", models.DO_NOTHING, db_constraint=False, related_name="+"),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["history", "row"], name="one_seal_per_row")]},
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
