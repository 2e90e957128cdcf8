"""The case of a message, why no letter of it leaves, the digest it went into, and addresses that refuse mail."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

# What messages before this are about; they all carry it for their words.
CASES = """
UPDATE notifications_notification SET "case" = left(context ->> 'number', 40) WHERE context ? 'number';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0003_secret'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SuppressedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(max_length=254)),
                ('reason', models.CharField(max_length=300)),
                ('since', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='notification',
            name='case',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='notification',
            name='digest',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='gathered', to='notifications.notification'),
        ),
        migrations.AddField(
            model_name='notification',
            name='unsent',
            field=models.CharField(blank=True, choices=[('sent', 'Terkirim'), ('waiting', 'Menunggu dikirim'), ('failed', 'Gagal, tidak dicoba lagi'), ('refused', 'Ditahan: alamat menolak surel'), ('no_address', 'Hanya kotak masuk: tanpa alamat surel'), ('inactive', 'Hanya kotak masuk: akun tidak aktif'), ('digest', 'Ikut ringkasan harian'), ('inbox', 'Hanya kotak masuk')], max_length=10),
        ),
        migrations.RunSQL(CASES, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('case', ''), _negated=True), fields=['case', 'recipient', 'id'], name='mail_of_case'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('unsent', ''), _negated=True), fields=['unsent', '-id'], name='mail_unsent'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('digest', None), ('read_at', None), ('unsent', 'digest')), fields=['recipient'], name='mail_to_gather'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('digest__isnull', False)), fields=['digest', 'id'], name='mail_gathered'),
        ),
        migrations.AddField(
            model_name='suppressedaddress',
            name='letter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='notifications.notification'),
        ),
        migrations.AddField(
            model_name='suppressedaddress',
            name='lifted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='suppressedaddress',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('address'), condition=models.Q(('lifted_at', None)), name='one_refusal_per_address'),
        ),
    ]
