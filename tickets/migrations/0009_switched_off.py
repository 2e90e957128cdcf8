"""What tickets can be about may be switched off, and stays on the old ones."""

from django.db import migrations, models

KINDS = ("application", "category", "subcategory", "documentrequirement")


def active() -> models.BooleanField:
    return models.BooleanField(db_default=True, default=True, verbose_name="aktif")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0008_counter")]
    operations = [migrations.AddField(kind, "is_active", active()) for kind in KINDS]
