"""Visits whose words are gone; their histories follow the rule of those of tickets."""

from django.db import migrations, models

FORWARD = """
DROP TRIGGER consultations_append_only ON consultations_visitevent;
DROP FUNCTION consultations_refuse_change();
CREATE TRIGGER consultations_append_only BEFORE UPDATE OR DELETE ON consultations_visitevent
    FOR EACH ROW EXECUTE FUNCTION tickets_refuse_change();
"""
BACKWARD = """
DROP TRIGGER consultations_append_only ON consultations_visitevent;
CREATE FUNCTION consultations_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.redacted_at IS NULL AND NEW.redacted_at IS NOT NULL AND NEW.body = ''
       AND to_jsonb(NEW) - 'body' - 'redacted_at' = to_jsonb(OLD) - 'body' - 'redacted_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER consultations_append_only BEFORE UPDATE OR DELETE ON consultations_visitevent
    FOR EACH ROW EXECUTE FUNCTION consultations_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("consultations", "0002_guest_book"), ("tickets", "0010_redaction")]
    operations = [
        migrations.AddField("visit", "redacted_at", models.DateTimeField(null=True)),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
