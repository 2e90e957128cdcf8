"""The words of decree 26/2022 in the components of a service standard; what it does not say stays empty."""

import json
from pathlib import Path

from django.db import migrations


def add_texts(apps, schema_editor):
    data = json.loads(Path(__file__).with_name("standard.json").read_text(encoding="utf-8"))
    part, text = apps.get_model("complaints", "StandardPart"), apps.get_model("complaints", "PublicText")
    part.objects.bulk_create(part(**facts) for facts in data["parts"])
    text.objects.bulk_create(text(**facts) for facts in data["texts"])


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_initial")]
    operations = [migrations.RunPython(add_texts, migrations.RunPython.noop)]
