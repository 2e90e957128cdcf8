"""An index of names that also finds misspelt ones."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_office")]
    operations = [
        TrigramExtension(),
        migrations.AddIndex(
            "reporter",
            GinIndex(
                fields=["name", "business_name", "work_unit"],
                name="reporter_by_name",
                opclasses=["gin_trgm_ops", "gin_trgm_ops", "gin_trgm_ops"],
            ),
        ),
    ]
