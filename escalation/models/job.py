"""What runs by itself: when it was last asked for, ran, and what it did."""

from django.db import models


class ScheduledJob(models.Model):
    """The last run of one entry of the timetable, and counts of all; beat writes `sent_at`, the worker the rest."""

    name = models.CharField(max_length=60, primary_key=True)  # as in the timetable
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    took_ms = models.PositiveIntegerField(null=True)
    did = models.JSONField(default=dict)  # counts of what it did, by name
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    # Of all runs; those that were killed have failed and never ended.
    runs = models.BigIntegerField(default=0, db_default=0)
    failures = models.BigIntegerField(default=0, db_default=0)
    total_ms = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
