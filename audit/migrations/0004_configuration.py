"""Changes of the calendar and of promises, and a parked clock that is tried again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_file_infected")]
    operations = [
        migrations.AlterField(
            "auditentry",
            "kind",
            models.CharField(
                choices=[
                    ("sign_in", "Masuk"),
                    ("sign_in_failed", "Gagal masuk"),
                    ("sign_out", "Keluar"),
                    ("refused", "Ditolak"),
                    ("file_read", "Membaca berkas"),
                    ("file_infected", "Virus ditemukan"),
                    ("calendar_changed", "Kalender kerja diubah"),
                    ("promise_changed", "Janji layanan diubah"),
                    ("clock_retried", "Batas waktu dicoba lagi"),
                ],
                max_length=20,
            ),
        ),
    ]
