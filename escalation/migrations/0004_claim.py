"""Under which number a case earns its priority: until now its own; a broken clock keeps it like everything else."""

from django.db import migrations, models
from django.db.models import Q

KEEP = """
CREATE OR REPLACE FUNCTION escalation_keep_breach() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a breach is never erased' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.breached_at IS DISTINCT FROM OLD.breached_at OR NEW.detected_at IS DISTINCT FROM OLD.detected_at
    OR NEW.due_at <> OLD.due_at OR NEW.started_at <> OLD.started_at OR NEW."count" <> OLD."count"
    OR NEW."case" <> OLD."case" %s
    OR (OLD.excused_at IS NOT NULL AND (NEW.excused_at, NEW.excused_by_id, NEW.excuse)
      IS DISTINCT FROM (OLD.excused_at, OLD.excused_by_id, OLD.excuse)) THEN
    RAISE EXCEPTION 'a breach is never erased or moved, only excused, once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""
FILL = 'UPDATE escalation_clock SET claim = "case"'


class Migration(migrations.Migration):
    dependencies = [("escalation", "0003_national_calendar")]

    operations = [
        migrations.AddField(
            "clock", "claim", models.CharField(default="", max_length=24), preserve_default=False
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(KEEP % "OR NEW.claim <> OLD.claim", KEEP % ""),
        migrations.AddIndex("clock", models.Index(fields=["claim"], name="clocks_of_claim")),
        migrations.AddIndex(
            "entitlement",
            models.Index(fields=["redeemed_case"], condition=~Q(redeemed_case=""), name="entitlements_used"),
        ),
    ]
