"""Calls, what is asked and sent because of them, and their history, which only grows."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The rule of every history, made with the one of tickets.
FORWARD = """
CREATE TRIGGER callcenter_append_only BEFORE UPDATE OR DELETE ON callcenter_callevent
    FOR EACH ROW EXECUTE FUNCTION tickets_refuse_change();
"""
BACKWARD = "DROP TRIGGER callcenter_append_only ON callcenter_callevent;"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0004_counter'),
        ('tickets', '0008_counter'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='nomor catatan')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('duration_seconds', models.PositiveIntegerField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('answered', 'Dijawab langsung'), ('status_given', 'Status disampaikan'), ('confirmation', 'Permintaan Konfirmasi'), ('directed', 'Diarahkan ke LPSE Support'), ('referred', 'Dirujuk ke LPSE'), ('dropped', 'Terputus')], max_length=12, verbose_name='hasil')),
                ('from_phone', models.CharField(blank=True, max_length=16, verbose_name='nomor telepon')),
                ('caller_name', models.CharField(blank=True, max_length=150, verbose_name='nama penelepon')),
                ('business_name', models.CharField(blank=True, max_length=150, verbose_name='nama badan usaha')),
                ('institution_name', models.CharField(blank=True, max_length=150, verbose_name='asal instansi')),
                ('question', models.TextField(blank=True, verbose_name='pertanyaan')),
                ('answer', models.TextField(blank=True, verbose_name='jawaban')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to=settings.AUTH_USER_MODEL)),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.category')),
                ('reporter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='accounts.reporter')),
                ('ticket', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='tickets.ticket')),
            ],
        ),
        migrations.CreateModel(
            name='CallEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('started', 'memulai panggilan'), ('identified', 'mencatat identitas penelepon'), ('looked_up', 'mencari tiket'), ('read_out', 'melihat status yang boleh dibacakan'), ('hung_up', 'menutup telepon'), ('asked', 'meminta konfirmasi'), ('answered', 'menjawab permintaan konfirmasi'), ('called_back', 'menghubungi kembali penelepon'), ('directed', 'mengarahkan ke LPSE Support'), ('link_opened', 'tautan dibuka penelepon'), ('ended', 'mencatat hasil panggilan')], max_length=12)),
                ('body', models.TextField(blank=True)),
                ('data', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('redacted_at', models.DateTimeField(null=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='callcenter.call')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='CallLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=8, unique=True)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('data', models.JSONField(default=dict)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='callcenter.call')),
                ('reporter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.reporter')),
                ('used_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ConfirmationRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(max_length=250)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, max_length=250)),
                ('answered_at', models.DateTimeField(null=True)),
                ('read_at', models.DateTimeField(null=True)),
                ('called_back_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='confirmations', to='callcenter.call')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='tickets.ticket')),
            ],
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['-started_at', '-id'], name='calls_newest_first'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['outcome', '-started_at', '-id'], name='calls_by_outcome'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('from_phone', ''), _negated=True), fields=['from_phone', '-id'], name='calls_from_number'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=django.contrib.postgres.indexes.GinIndex(fields=['caller_name', 'business_name', 'institution_name'], name='calls_by_name', opclasses=['gin_trgm_ops', 'gin_trgm_ops', 'gin_trgm_ops']),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(condition=models.Q(('outcome', '')), fields=('agent',), name='one_unfinished_call_per_agent'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('duration_seconds', None), ('ended_at', None), ('outcome', '')), models.Q(('duration_seconds__isnull', False), ('ended_at__isnull', False)), _connector='OR'), name='an_outcome_comes_with_the_end'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('from_phone', ''), ('from_phone__regex', '^\\+\\d{4,15}$'), _connector='OR'), name='caller_phone_e164'),
        ),
        migrations.AddIndex(
            model_name='callevent',
            index=models.Index(fields=['call', 'id'], name='history_of_call'),
        ),
        migrations.AddIndex(
            model_name='confirmationrequest',
            index=models.Index(condition=models.Q(('answered_at', None)), fields=['due_at', 'id'], name='confirmations_open'),
        ),
        migrations.AddIndex(
            model_name='confirmationrequest',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['asked_by', 'id'], name='confirmations_awaited'),
        ),
        migrations.AddConstraint(
            model_name='confirmationrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None), ('answered_by', None)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='answered_by_somebody_in_words'),
        ),
        migrations.AddConstraint(
            model_name='confirmationrequest',
            constraint=models.CheckConstraint(condition=models.Q(('read_at', None), ('answered_at__isnull', False), _connector='OR'), name='read_after_it_was_answered'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
