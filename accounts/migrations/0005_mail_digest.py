"""Staff may have what can wait in one letter a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_counter")]
    operations = [
        migrations.AddField(
            "user", "mail_digest", models.BooleanField(db_default=False, default=False, verbose_name="surel ringkas")
        ),
    ]
