"""What the virus scanner says of each file."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_search")]
    operations = [
        migrations.AddField(
            "attachment",
            "scan",
            models.CharField(
                choices=[("pending", "Sedang diperiksa"), ("clean", "Bersih"), ("infected", "Mengandung virus")],
                default="pending",
                max_length=8,
            ),
        ),
        migrations.AddField("attachment", "scan_after", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "attachment", models.Index(fields=["id"], condition=Q(scan="pending"), name="files_to_scan")
        ),
    ]
