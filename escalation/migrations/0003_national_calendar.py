"""A calendar to start from: usual office hours (Perpres 21/2023) and the days off known so far."""

from datetime import time
from importlib.metadata import version

from django.db import migrations

from escalation.services.importing import PACKAGE, published

OPENS, CLOSES, FRIDAY_CLOSES = time(7, 30), time(16), time(16, 30)
FRIDAY = 4
YEARS = range(2025, 2029)


def fill_in(apps, schema_editor):
    hours = apps.get_model("escalation", "OfficeHours")
    hours.objects.bulk_create(
        hours(weekday=day, opens=OPENS, closes=FRIDAY_CLOSES if day == FRIDAY else CLOSES) for day in range(FRIDAY + 1)
    )
    holiday = apps.get_model("escalation", "Holiday")
    source = f"{PACKAGE} {version('holidays')}"
    holiday.objects.bulk_create(holiday(day=day, source=source, **facts) for day, facts in published(YEARS).items())


class Migration(migrations.Migration):
    dependencies = [("escalation", "0002_promises")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
