"""A file in which the scanner found a virus."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
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
                ],
                max_length=20,
            ),
        ),
    ]
