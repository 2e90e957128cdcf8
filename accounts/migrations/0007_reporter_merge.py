"""Offices that are switched off, and two identities of one person that become one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

ACTIVE = {"db_default": True, "default": True, "verbose_name": "aktif"}


def person(null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, django.db.models.deletion.PROTECT, null=null, related_name="+"
    )


def reporter(**more: object) -> models.ForeignKey:
    return models.ForeignKey("accounts.reporter", django.db.models.deletion.PROTECT, related_name="+", **more)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_duty_period")]
    operations = [
        migrations.AddField("institution", "is_active", models.BooleanField(**ACTIVE)),
        migrations.AddField("lpse", "is_active", models.BooleanField(**ACTIVE)),
        migrations.AddField("reporter", "merged_into", reporter(editable=False, null=True)),
        migrations.AddConstraint(
            "reporter",
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="merged_into_somebody_else"),
        ),
        migrations.CreateModel(
            name="ReporterMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=300)),
                ("moved", models.JSONField(default=dict)),
                ("undone_at", models.DateTimeField(null=True)),
                ("kept", reporter()),
                ("merged", reporter()),
                ("by", person()),
                ("undone_by", person(null=True)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two"),
                    models.UniqueConstraint(
                        fields=["merged"], condition=Q(undone_at=None), name="merged_once_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=Q(undone_at=None, undone_by=None)
                        | Q(undone_at__isnull=False, undone_by__isnull=False),
                        name="merge_undone_by_somebody",
                    ),
                ],
            },
        ),
    ]
