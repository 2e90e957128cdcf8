"""The words of tickets and of their history in indexes, and the codes by which tickets are found."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import migrations, models
from django.db.models.functions import Upper

# The words of a redacted event go with its text, so the guard of 0002 does not compare them.
FORWARD = """
CREATE OR REPLACE FUNCTION tickets_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.redacted_at IS NULL AND NEW.redacted_at IS NOT NULL AND NEW.body = ''
       AND to_jsonb(NEW) - '{body,redacted_at,search}'::text[] = to_jsonb(OLD) - '{body,redacted_at,search}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0004_queue"), ("accounts", "0003_names")]
    operations = [
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
        migrations.AddField(
            "ticket",
            "search",
            models.GeneratedField(
                expression=SearchVector("title", "package_code", "error_code", config="indonesian", weight="A")
                + SearchVector("description", config="indonesian", weight="B"),
                output_field=SearchVectorField(),
                db_persist=True,
            ),
        ),
        migrations.AddField(
            "ticketevent",
            "search",
            models.GeneratedField(
                expression=SearchVector("body", config="indonesian"), output_field=SearchVectorField(), db_persist=True
            ),
        ),
        migrations.AddIndex("ticket", GinIndex(fields=["search"], name="words_of_ticket")),
        migrations.AddIndex(
            "ticket",
            models.Index(OpClass(Upper("package_code"), name="text_pattern_ops"), models.F("id").desc(), name="same_package_code"),
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(OpClass(Upper("error_code"), name="text_pattern_ops"), models.F("id").desc(), name="same_error_code"),
        ),
        migrations.AddIndex("ticketevent", GinIndex(fields=["search"], name="words_of_history")),
    ]
