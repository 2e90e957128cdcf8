"""What stands in a letter only, and an address that is not the recipient's own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0002_outbox'),
    ]

    operations = [
        migrations.AddField(
            model_name='notification',
            name='address',
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name='notification',
            name='secret',
            field=models.CharField(blank=True, max_length=40),
        ),
    ]
