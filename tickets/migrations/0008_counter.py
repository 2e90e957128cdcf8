"""Tickets of the counter: who holds them and what they came from; files that wait for the ticket of a visit."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_counter'),
        ('escalation', '0004_claim'),
        ('tickets', '0007_clocks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='draft',
            name='case',
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.AddField(
            model_name='ticket',
            name='at_counter',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='ticket',
            name='came_from',
            field=models.CharField(blank=True, max_length=24),
        ),
        migrations.AlterField(
            model_name='ticketevent',
            name='kind',
            field=models.CharField(choices=[('filed', 'membuat tiket'), ('taken', 'mengambil tiket'), ('replied', 'membalas'), ('noted', 'mencatat'), ('analysed', 'menganalisis'), ('escalated', 'meneruskan tiket'), ('returned', 'mengembalikan tiket'), ('reassigned', 'mengalihkan petugas'), ('data_requested', 'meminta kelengkapan data'), ('data_provided', 'menjawab permintaan data'), ('resolved', 'memberikan solusi'), ('confirmed', 'mengonfirmasi penutupan tiket'), ('confirmed_in_presence', 'mencatat konfirmasi pelapor di hadapannya'), ('rejected', 'menyatakan belum selesai'), ('rated', 'menilai layanan'), ('withdrawn', 'membatalkan tiket'), ('reopened', 'membuka kembali tiket'), ('shared', 'membagikan tiket'), ('unshared', 'berhenti membagikan tiket'), ('breached', 'batas tanggap terlewati'), ('excused', 'mengecualikan keterlambatan'), ('reminded', 'mengingatkan pelapor'), ('closed_unanswered', 'menutup tiket tanpa jawaban pelapor'), ('recounted', 'menghitung ulang batas tanggap')], max_length=21),
        ),
        migrations.AddIndex(
            model_name='draft',
            index=models.Index(condition=models.Q(('case', ''), _negated=True), fields=['case'], name='files_of_case'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('came_from', ''), _negated=True), fields=['came_from'], name='tickets_that_came_from'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('channel', 'web'), ('tier__gt', 1), _connector='OR'), name='walk_ins_stay_at_lkpp'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('at_counter', False), models.Q(('channel', 'walk_in'), ('tier', 2), models.Q(('status', 'new'), _negated=True)), _connector='OR'), name='at_the_counter_with_an_officer'),
        ),
    ]
