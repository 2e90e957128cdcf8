"""Reporters whose data were erased: nothing of them is left that could be told or written to."""

from django.db import migrations, models
from django.db.models import Q

PHONE = r"^\+\d{4,15}$"
BUSINESS = ~Q(kind="vendor") | Q(is_visitor=True)
KNOWN = ~Q(business_form="") & ~Q(npwp="")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_reporter_merge")]
    operations = [
        migrations.AddField("reporter", "erased_at", models.DateTimeField(editable=False, null=True)),
        migrations.RemoveConstraint("reporter", "phone_e164"),
        migrations.AddConstraint(
            "reporter",
            models.CheckConstraint(
                condition=Q(phone__regex=PHONE) | Q(phone="", erased_at__isnull=False), name="phone_e164"
            ),
        ),
        migrations.RemoveConstraint("reporter", "vendor_has_a_business"),
        migrations.AddConstraint(
            "reporter",
            models.CheckConstraint(
                condition=BUSINESS | Q(erased_at__isnull=False) | KNOWN, name="vendor_has_a_business"
            ),
        ),
    ]
