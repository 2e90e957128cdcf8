"""The counter: rooms, the line of each day, visits and their history, which only grows."""

import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

# As in tickets: nothing but the redaction that erasure of personal data needs.
FORWARD = """
CREATE FUNCTION consultations_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.redacted_at IS NULL AND NEW.redacted_at IS NOT NULL AND NEW.body = ''
       AND to_jsonb(NEW) - 'body' - 'redacted_at' = to_jsonb(OLD) - 'body' - 'redacted_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER consultations_append_only BEFORE UPDATE OR DELETE ON consultations_visitevent
    FOR EACH ROW EXECUTE FUNCTION consultations_refuse_change();
"""
BACKWARD = """
DROP TRIGGER consultations_append_only ON consultations_visitevent;
DROP FUNCTION consultations_refuse_change();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0004_counter'),
        ('escalation', '0004_claim'),
        ('tickets', '0008_counter'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='QueueCounter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('last', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True, verbose_name='nama')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='urutan')),
                ('is_open', models.BooleanField(default=True, verbose_name='dipakai')),
                ('officer', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='petugas konsultasi')),
            ],
            options={
                'verbose_name': 'ruang konsultasi',
                'verbose_name_plural': 'ruang konsultasi',
                'ordering': ['order', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='nomor buku tamu')),
                ('day', models.DateField()),
                ('serial', models.PositiveIntegerField()),
                ('key', models.UUIDField(unique=True)),
                ('state', django_fsm.FSMField(choices=[('registered', 'Menunggu'), ('directed', 'Dipanggil'), ('in_session', 'Sedang konsultasi'), ('finished', 'Selesai'), ('left', 'Pergi sebelum dilayani'), ('no_show', 'Tidak hadir saat dipanggil')], default='registered', max_length=12, protected=True)),
                ('organisation', models.CharField(blank=True, max_length=150, verbose_name='badan usaha atau instansi')),
                ('phone', models.CharField(max_length=16, verbose_name='nomor ponsel')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='surel')),
                ('problem', models.TextField(blank=True, max_length=10000, verbose_name='uraian permasalahan')),
                ('error_code', models.CharField(blank=True, max_length=200, verbose_name='kode error')),
                ('ticket_number', models.CharField(blank=True, max_length=24)),
                ('has_form', models.BooleanField(default=False, verbose_name='form permohonan terisi')),
                ('has_documents', models.BooleanField(default=False, verbose_name='data dukung dibawa')),
                ('draft_key', models.UUIDField(null=True)),
                ('is_vulnerable', models.BooleanField(default=False, verbose_name='kelompok rentan')),
                ('is_compensated', models.BooleanField(default=False)),
                ('rank', models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('is_vulnerable', True), ('is_compensated', True), _connector='OR'), then=0), default=1), output_field=models.PositiveSmallIntegerField())),
                ('arrived_at', models.DateTimeField()),
                ('directed_at', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('excuse', models.CharField(blank=True, choices=[('', 'Tidak ada'), ('documents', 'Data dukung belum lengkap'), ('condition', 'Kondisi permasalahan')], default='', max_length=10)),
                ('excuse_note', models.TextField(blank=True, max_length=2000)),
                ('excuse_asked_at', models.DateTimeField(null=True)),
                ('clock', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='escalation.clock')),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.category', verbose_name='keperluan')),
                ('reporter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='accounts.reporter')),
                ('room', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='consultations.room')),
                ('ticket', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.ticket')),
            ],
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='RequestDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True)),
                ('code', models.CharField(max_length=6)),
                ('day', models.DateField()),
                ('data', models.JSONField()),
                ('made_at', models.DateTimeField()),
                ('visit', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='request_draft', to='consultations.visit')),
            ],
        ),
        migrations.CreateModel(
            name='VisitEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('registered', 'mencatat tamu'), ('directed', 'memanggil tamu'), ('called_back', 'membatalkan panggilan'), ('started', 'memulai konsultasi'), ('ticket_filed', 'membuat Tiket Konsultasi'), ('finished', 'mengakhiri konsultasi'), ('left', 'mencatat tamu pergi sebelum dilayani'), ('no_show', 'mencatat tamu tidak hadir saat dipanggil'), ('returned', 'mengembalikan tamu ke antrean'), ('excuse_asked', 'mengajukan alasan'), ('excuse_agreed', 'menyetujui alasan'), ('breached', 'mencatat batas waktu konsultasi terlewati')], max_length=16)),
                ('at', models.DateTimeField()),
                ('data', models.JSONField(default=dict)),
                ('body', models.TextField(blank=True)),
                ('redacted_at', models.DateTimeField(null=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='consultations.visit')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['day', 'rank', 'arrived_at', 'id'], name='line_of_day'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['-arrived_at', '-id'], name='guest_book'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(fields=['reporter', '-arrived_at'], name='visits_of_reporter'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(fields=('day', 'serial'), name='one_queue_number_per_day'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('directed', 'in_session'))), fields=('room',), name='one_visit_per_room'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('directed', 'in_session'))), fields=('officer',), name='one_visit_per_officer'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('directed_at__isnull', False), ('officer__isnull', False), ('room__isnull', False), ('state__in', ['directed', 'in_session', 'finished'])), models.Q(('directed_at', None), ('officer', None), ('room', None), ('state__in', ['registered', 'left', 'no_show'])), _connector='OR'), name='directed_to_a_room_and_an_officer'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('clock__isnull', False), ('started_at__isnull', False), ('state__in', ['in_session', 'finished'])), models.Q(models.Q(('state__in', ['in_session', 'finished']), _negated=True), ('clock', None), ('started_at', None)), _connector='OR'), name='a_session_has_a_start_and_a_clock'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['finished', 'left', 'no_show'])), models.Q(models.Q(('state__in', ['finished', 'left', 'no_show']), _negated=True), ('ended_at', None)), _connector='OR'), name='what_is_over_has_an_end'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('excuse', ''), ('excuse_asked_at', None)), models.Q(models.Q(('excuse', ''), _negated=True), ('excuse_asked_at__isnull', False)), _connector='OR'), name='excuse_asked_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='requestdraft',
            constraint=models.UniqueConstraint(condition=models.Q(('visit', None)), fields=('day', 'code'), name='one_open_form_per_code'),
        ),
        migrations.AddIndex(
            model_name='visitevent',
            index=models.Index(fields=['visit', '-id'], name='history_of_visit'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
