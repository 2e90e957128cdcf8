"""The decree whole, with its lead sentences, address and stores; and files of complaints where nothing sweeps them."""

import json
from pathlib import Path
from uuid import uuid5

from django.db import migrations

HERE = Path(__file__).parent


def complete_texts(apps, schema_editor):
    """Replace the parts that nobody has changed since 0002_standard."""
    first = json.loads((HERE / "standard.json").read_text(encoding="utf-8"))["parts"]
    words = json.loads((HERE / "decree.json").read_text(encoding="utf-8"))
    rows = apps.get_model("complaints", "StandardPart").objects
    for part in first:
        if text := words.get(str(part["position"])):
            rows.filter(position=part["position"], text=part["text"]).update(text=text)


def keep_files(apps, schema_editor):
    """Move files from the drafts of their forms to drafts of their own, as filing and answering do now."""
    drafts = apps.get_model("tickets", "Draft").objects
    complaints, responses = (apps.get_model("complaints", name).objects for name in ("Complaint", "Response"))
    sent = [(row.key, "evidence", row.number) for row in complaints.all()]
    sent += [(row.key, "answer", row.complaint.number) for row in responses.select_related("complaint")]
    for key, what, number in sent:
        if form := drafts.filter(key=key).first():
            facts = {"owner_id": form.owner_id, "changed_at": form.changed_at, "case": number, "form": ""}
            kept = drafts.create(key=uuid5(key, what), **facts)
            form.attachments.update(draft=kept)
            form.delete()


class Migration(migrations.Migration):
    dependencies = [("complaints", "0003_privacy"), ("tickets", "0008_counter")]
    operations = [
        migrations.RunPython(complete_texts, migrations.RunPython.noop),
        migrations.RunPython(keep_files, migrations.RunPython.noop),
    ]
