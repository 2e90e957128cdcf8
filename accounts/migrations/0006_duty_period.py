"""A duty for a time, by a letter, granted by somebody."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_mail_digest")]
    operations = [
        migrations.AddField("duty", "starts_on", models.DateField(blank=True, null=True, verbose_name="berlaku mulai")),
        migrations.AddField("duty", "ends_on", models.DateField(blank=True, null=True, verbose_name="sampai dengan")),
        migrations.AddField(
            "duty",
            "letter",
            models.CharField(blank=True, db_default="", max_length=60, verbose_name="nomor surat penugasan"),
        ),
        migrations.AddField(
            "duty",
            "granted_by",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                django.db.models.deletion.PROTECT,
                blank=True,
                editable=False,
                null=True,
                related_name="+",
                verbose_name="diberikan oleh",
            ),
        ),
        migrations.AddConstraint(
            "duty",
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="duty_ends_after_it_starts",
                violation_error_message="Hari terakhir tidak boleh sebelum hari pertama.",
            ),
        ),
    ]
