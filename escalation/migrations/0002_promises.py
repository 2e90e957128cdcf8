"""The promises of the standard and of our readings of it, and the trigger that keeps a breach for good."""

from django.db import migrations

WARNS = {"warn_percents": [50, 80], "warns_last_morning": True}
PROMISES = [
    {"code": "R33", "limit": 3, "unit": "working_days", "earns_entitlement": True, **WARNS},
    {"code": "A02", "limit": 3, "unit": "working_days", "earns_entitlement": True, **WARNS},
    {"code": "A06", "limit": 10, "unit": "working_days", "binds_reporter": True, "remind_days": [3, 7]},
    {"code": "A08", "limit": 10, "unit": "working_days", "binds_reporter": True, "remind_days": [3, 5]},
    {"code": "R35", "limit": 60, "unit": "minutes", "earns_entitlement": True, "warn_percents": [75]},
    {"code": "R37", "limit": 10, "unit": "minutes"},
    {"code": "R45", "limit": 72, "unit": "hours", **WARNS},
]

KEEP = """
CREATE FUNCTION escalation_keep_breach() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a breach is never erased' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.breached_at IS DISTINCT FROM OLD.breached_at OR NEW.detected_at IS DISTINCT FROM OLD.detected_at
    OR NEW.due_at <> OLD.due_at OR NEW.started_at <> OLD.started_at OR NEW."count" <> OLD."count"
    OR NEW."case" <> OLD."case"
    OR (OLD.excused_at IS NOT NULL AND (NEW.excused_at, NEW.excused_by_id, NEW.excuse)
      IS DISTINCT FROM (OLD.excused_at, OLD.excused_by_id, OLD.excuse)) THEN
    RAISE EXCEPTION 'a breach is never erased or moved, only excused, once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_breach BEFORE UPDATE OR DELETE ON escalation_clock
  FOR EACH ROW WHEN (OLD.breached_at IS NOT NULL) EXECUTE FUNCTION escalation_keep_breach();
"""
FORGET = "DROP TRIGGER keep_breach ON escalation_clock; DROP FUNCTION escalation_keep_breach()"


def add_promises(apps, schema_editor):
    promise = apps.get_model("escalation", "Promise")
    promise.objects.bulk_create(promise(**facts) for facts in PROMISES)


class Migration(migrations.Migration):
    dependencies = [("escalation", "0001_initial")]

    operations = [
        migrations.RunPython(add_promises, migrations.RunPython.noop),
        migrations.RunSQL(KEEP, FORGET),
    ]
