"""A ticket's history only grows, but for the redaction that erasure of personal data needs."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION tickets_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.redacted_at IS NULL AND NEW.redacted_at IS NOT NULL AND NEW.body = ''
       AND to_jsonb(NEW) - 'body' - 'redacted_at' = to_jsonb(OLD) - 'body' - 'redacted_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER tickets_append_only BEFORE UPDATE OR DELETE ON tickets_ticketevent
    FOR EACH ROW EXECUTE FUNCTION tickets_refuse_change();
"""
BACKWARD = """
DROP TRIGGER tickets_append_only ON tickets_ticketevent;
DROP FUNCTION tickets_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
