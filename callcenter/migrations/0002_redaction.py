"""Calls whose words are gone; how long they took and how they ended stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("callcenter", "0001_initial")]
    operations = [migrations.AddField("call", "redacted_at", models.DateTimeField(null=True))]
