"""What a problem can be about (§2.2, §2.3, §3 and A13 of the service); an office may change every word of it."""

import json
from pathlib import Path

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add_catalogue(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    catalogue = json.loads(Path(__file__).with_name("catalogue.json").read_text(encoding="utf-8"))
    application, category = apps.get_model("tickets", "Application"), apps.get_model("tickets", "Category")
    subcategory = apps.get_model("tickets", "Subcategory")
    requirement = apps.get_model("tickets", "DocumentRequirement")
    for position, name in enumerate(catalogue["applications"]):
        application.objects.create(name=name, position=position)
    for position, (name, kinds) in enumerate(catalogue["categories"].items()):
        group = category.objects.create(name=name, position=position)
        for place, kind in enumerate(kinds):
            needs = {f"needs_{what}": True for what in kind["needs"]}
            made = subcategory.objects.create(
                category=group, name=kind["name"], position=place, suggested_role=kind["role"], **needs
            )
            requirement.objects.bulk_create(
                requirement(subcategory=made, name=document, position=order)
                for order, document in enumerate(kind["documents"])
            )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_append_only")]
    operations = [migrations.RunPython(add_catalogue, migrations.RunPython.noop)]
