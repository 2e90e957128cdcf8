"""Tickets whose words are gone, and how far the rule of the histories gives way to erasure."""

from django.db import migrations, models

# `to` is the name of a colleague or officer, `officer` that of an officer; a tier under `to` is a number and stays.
FORWARD = """
CREATE OR REPLACE FUNCTION tickets_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.redacted_at IS NULL AND NEW.redacted_at IS NOT NULL AND NEW.body = ''
       AND NEW.data IN (OLD.data, OLD.data - 'to', OLD.data - 'officer')
       AND to_jsonb(NEW) - '{body,data,redacted_at,search}'::text[]
           = to_jsonb(OLD) - '{body,data,redacted_at,search}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION tickets_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.redacted_at IS NULL AND NEW.redacted_at IS NOT NULL AND NEW.body = ''
       AND to_jsonb(NEW) - '{body,redacted_at,search}'::text[] = to_jsonb(OLD) - '{body,redacted_at,search}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
STATES = [
    ("pending", "Sedang diperiksa"),
    ("clean", "Bersih"),
    ("infected", "Mengandung virus"),
    ("erased", "Dihapus"),
]


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_switched_off")]
    operations = [
        migrations.AddField("ticket", "redacted_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "attachment", "scan", models.CharField(choices=STATES, default="pending", max_length=8)
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
