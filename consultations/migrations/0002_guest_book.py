from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consultations", "0001_initial"), ("accounts", "0003_names")]  # the latter brings trigrams

    operations = [
        migrations.AddIndex(
            model_name="visit",
            index=GinIndex(fields=["organisation"], opclasses=["gin_trgm_ops"], name="visits_by_organisation"),
        ),
        migrations.AddIndex(model_name="visit", index=models.Index(fields=["phone"], name="visits_by_phone")),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                fields=["ticket_number"],
                condition=models.Q(("ticket_number", ""), _negated=True),
                name="visits_about_ticket",
            ),
        ),
    ]
