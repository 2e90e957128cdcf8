"""Saved views, presence, and the order by stage deadline, in which what has no deadline comes last."""

from datetime import UTC, datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_catalogue")]
    operations = [
        migrations.AddField(
            "ticket",
            "stage_due",
            models.GeneratedField(
                expression=Coalesce("stage_deadline_at", Value(datetime(9999, 1, 1, tzinfo=UTC))),
                output_field=models.DateTimeField(),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(
                fields=["tier", "lpse", "stage_due", "id"], condition=~Q(status="closed"), name="due_at_lpse"
            ),
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(fields=["tier", "stage_due", "id"], condition=~Q(status="closed"), name="due_at_tier"),
        ),
        migrations.CreateModel(
            "Presence",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField(db_index=True)),
                ("ticket", models.ForeignKey("tickets.ticket", django.db.models.deletion.CASCADE, related_name="+")),
                (
                    "user",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, django.db.models.deletion.CASCADE, related_name="+"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["ticket", "user"], name="present_once")],
            },
        ),
        migrations.CreateModel(
            "SavedView",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "tier",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "LPSE"), (2, "Helpdesk Eproc"), (3, "Helpdesk Teknis"), (4, "Tim Teknis")]
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="nama")),
                ("query", models.CharField(max_length=2000)),
                (
                    "lpse",
                    models.ForeignKey(
                        "accounts.lpse", django.db.models.deletion.CASCADE, null=True, related_name="+"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL, django.db.models.deletion.CASCADE, null=True, related_name="+"
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["tier", "lpse", "owner", "name"], name="one_view_per_name", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=Q(tier=1, lpse__isnull=False) | Q(tier__gt=1, lpse=None), name="view_at_lpse_or_lkpp"
                    ),
                ],
            },
        ),
    ]
