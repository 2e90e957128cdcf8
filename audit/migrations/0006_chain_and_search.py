"""The chain over the audit trail, as append-only as the trail itself; and an index for each way to search it."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models
from django.db.models.functions import Upper

FORWARD = """
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE ON audit_auditseal
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""
BACKWARD = "DROP TRIGGER audit_seal_append_only ON audit_auditseal;"


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_counter"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("position", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                (
                    "entry",
                    models.OneToOneField(
                        "audit.AuditEntry", models.DO_NOTHING, db_constraint=False, related_name="seal"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(position__gte=1), name="seals_begin_at_1")]
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AlterField(
            "auditentry",
            "actor",
            models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False),
        ),
        migrations.AlterField("auditentry", "at", models.DateTimeField()),
        *(
            migrations.AddIndex("auditentry", index)
            for index in (
                models.Index(fields=["-at", "-id"], name="trail_newest_first"),
                models.Index(fields=["kind", "-at", "-id"], name="trail_by_kind"),
                models.Index(fields=["actor", "-at", "-id"], name="trail_by_person"),
                models.Index(fields=["address", "-at", "-id"], name="trail_by_address"),
                GinIndex(OpClass(Upper("subject"), name="gin_trgm_ops"), name="trail_by_subject"),
            )
        ),
    ]
