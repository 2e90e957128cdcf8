"""The promise about personal data: three times 24 hours on working days, counted as that of complaints (A23)."""

from django.db import migrations, models

CODES = [
    ("R33", "Waktu tanggap tiket"),
    ("A02", "Waktu tanggap setiap tingkat"),
    ("A06", "Menunggu data pelapor"),
    ("A08", "Menunggu konfirmasi pelapor"),
    ("R35", "Konsultasi tatap muka"),
    ("R37", "Panggilan call center"),
    ("R45", "Tanggapan pengaduan"),
    ("PDP", "Permohonan data pribadi"),
]
PROMISE = {"code": "PDP", "limit": 72, "unit": "hours", "warn_percents": [50, 80], "warns_last_morning": True}


def add_promise(apps, schema_editor):
    apps.get_model("escalation", "Promise").objects.create(**PROMISE)


def take_promise_back(apps, schema_editor):
    apps.get_model("escalation", "Promise").objects.filter(code="PDP").delete()


class Migration(migrations.Migration):
    dependencies = [("escalation", "0004_claim")]
    operations = [
        migrations.AlterField(
            "promise", "code", models.CharField(choices=CODES, max_length=4, unique=True, verbose_name="klausul")
        ),
        migrations.RunPython(add_promise, take_promise_back),
    ]
