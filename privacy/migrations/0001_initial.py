"""Requests to correct or erase one's own data; a history that only grows."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

# The rule of every history, made with the one of tickets.
FORWARD = """
CREATE TRIGGER privacy_append_only BEFORE UPDATE OR DELETE ON privacy_dataclaimevent
    FOR EACH ROW EXECUTE FUNCTION tickets_refuse_change();
"""
BACKWARD = "DROP TRIGGER privacy_append_only ON privacy_dataclaimevent;"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('escalation', '0005_data_claims'),
        ('tickets', '0008_counter'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DataClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='nomor permohonan')),
                ('key', models.UUIDField(unique=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('kind', models.CharField(choices=[('correction', 'Perbaikan data'), ('erasure', 'Penghapusan data')], max_length=10, verbose_name='permohonan')),
                ('text', models.TextField(blank=True, verbose_name='uraian')),
                ('state', django_fsm.FSMField(choices=[('received', 'Diterima'), ('done', 'Dipenuhi'), ('refused', 'Ditolak')], default='received', max_length=8, protected=True)),
                ('due_at', models.DateTimeField()),
                ('filed_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('ground', models.CharField(blank=True, choices=[('safety', 'Membahayakan keamanan atau kesehatan seseorang (UU 27/2022 Ps 33 huruf a)'), ('others', 'Mengungkapkan data pribadi orang lain (UU 27/2022 Ps 33 huruf b)'), ('defence', 'Bertentangan dengan pertahanan dan keamanan nasional (UU 27/2022 Ps 33 huruf c)'), ('other', 'Ketentuan lain, disebutkan dalam penjelasan')], max_length=8, verbose_name='dasar penolakan')),
                ('answer', models.TextField(blank=True, verbose_name='jawaban')),
                ('rank', models.GeneratedField(db_persist=True, expression=models.Case(models.When(state='received', then=0), default=1), output_field=models.PositiveSmallIntegerField())),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('clock', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='escalation.clock')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='data_claims', to=settings.AUTH_USER_MODEL)),
            ],
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='DataClaimEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('received', 'mengajukan permohonan'), ('corrected', 'memperbaiki data'), ('done', 'memenuhi permohonan'), ('refused', 'menolak permohonan'), ('breached', 'batas jawaban terlewati'), ('recounted', 'menghitung ulang batas jawaban')], max_length=9)),
                ('body', models.TextField(blank=True)),
                ('data', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('redacted_at', models.DateTimeField(null=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='privacy.dataclaim')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='dataclaim',
            index=models.Index(fields=['rank', 'due_at', 'id'], name='claims_by_due_time'),
        ),
        migrations.AddIndex(
            model_name='dataclaim',
            index=models.Index(fields=['person', '-id'], name='claims_of_person'),
        ),
        migrations.AddConstraint(
            model_name='dataclaim',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'received')), fields=('person', 'kind'), name='one_open_claim_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='dataclaim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None), ('ground', ''), ('state', 'received')), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('ground', ''), ('state', 'done')), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('state', 'refused'), models.Q(('ground', ''), _negated=True)), _connector='OR'), name='refused_on_a_ground'),
        ),
        migrations.AddIndex(
            model_name='dataclaimevent',
            index=models.Index(fields=['claim', '-id'], name='history_of_claim'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
