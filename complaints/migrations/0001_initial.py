"""The register of complaints and the texts of the public pages; a history that only grows."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

# The rule of every history, made with the one of tickets.
FORWARD = """
CREATE TRIGGER complaints_append_only BEFORE UPDATE OR DELETE ON complaints_complaintevent
    FOR EACH ROW EXECUTE FUNCTION tickets_refuse_change();
"""
BACKWARD = "DROP TRIGGER complaints_append_only ON complaints_complaintevent;"


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
            name='PublicText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True)),
                ('title', models.CharField(max_length=120, verbose_name='judul')),
                ('text', models.TextField(blank=True, verbose_name='isi')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='urutan')),
                ('question', models.CharField(max_length=200, verbose_name='pertanyaan')),
                ('answer', models.TextField(verbose_name='jawaban')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='StandardPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(unique=True)),
                ('name', models.CharField(max_length=120, verbose_name='komponen')),
                ('text', models.TextField(blank=True, verbose_name='isi')),
                ('is_decree', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='nomor pengaduan')),
                ('key', models.UUIDField(unique=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('kind', models.CharField(choices=[('complaint', 'Pengaduan'), ('objection', 'Keberatan'), ('suggestion', 'Saran'), ('input', 'Masukan')], max_length=12, verbose_name='jenis')),
                ('source', models.CharField(choices=[('letter', 'Surat e-Office'), ('form', 'Formulir di halaman ini'), ('lapor', 'LAPOR!')], max_length=8, verbose_name='asal')),
                ('state', django_fsm.FSMField(choices=[('received', 'Diterima'), ('incomplete', 'Menunggu bukti'), ('registered', 'Terdaftar'), ('responded', 'Sudah ditanggapi'), ('closed', 'Selesai'), ('withdrawn', 'Dicabut pengadu')], default='received', max_length=12, protected=True)),
                ('name', models.CharField(max_length=150, verbose_name='nama pengadu')),
                ('organisation', models.CharField(blank=True, max_length=150, verbose_name='badan usaha atau instansi')),
                ('address', models.CharField(blank=True, max_length=300, verbose_name='alamat')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='surel')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='nomor telepon')),
                ('title', models.CharField(max_length=150, verbose_name='perihal')),
                ('substance', models.TextField(max_length=10000, verbose_name='substansi')),
                ('place', models.CharField(blank=True, max_length=150, verbose_name='tempat kejadian')),
                ('happened_on', models.DateField(null=True, verbose_name='tanggal kejadian')),
                ('letter_number', models.CharField(blank=True, max_length=60, verbose_name='nomor surat')),
                ('letter_date', models.DateField(null=True, verbose_name='tanggal surat')),
                ('letter_addressee', models.CharField(blank=True, max_length=300, verbose_name='tujuan surat')),
                ('lapor_number', models.CharField(blank=True, max_length=40, verbose_name='nomor laporan LAPOR!')),
                ('legal_class', models.CharField(blank=True, choices=[('normative', 'Normatif'), ('unsupervised', 'Tidak berkadar pengawasan'), ('supervised', 'Berkadar pengawasan')], max_length=12, verbose_name='golongan menurut UU 25/2009')),
                ('legal_due', models.DateField(null=True)),
                ('asked_for', models.TextField(blank=True)),
                ('received_at', models.DateTimeField()),
                ('complete_at', models.DateTimeField(null=True)),
                ('responded_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('changed_at', models.DateTimeField()),
                ('clock', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='escalation.clock')),
                ('contact', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name='ComplaintEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('received', 'menyampaikan pengaduan'), ('evidence_asked', 'meminta bukti'), ('evidence_given', 'mengirim bukti'), ('registered', 'mendaftarkan pengaduan'), ('responded', 'mengirim tanggapan'), ('closed', 'menyelesaikan pengaduan'), ('withdrawn', 'mencabut pengaduan'), ('classified', 'menetapkan golongan'), ('breached', 'batas tanggapan terlewati'), ('excused', 'mengecualikan keterlambatan'), ('recounted', 'menghitung ulang batas tanggapan')], max_length=14)),
                ('body', models.TextField(blank=True)),
                ('data', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('redacted_at', models.DateTimeField(null=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='complaints.complaint')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Named',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(blank=True, choices=[('helpdesk_eproc', 'Helpdesk Eproc'), ('helpdesk_teknis', 'Helpdesk Teknis'), ('tim_teknis', 'Tim Teknis'), ('receptionist', 'Resepsionis'), ('consultant', 'Petugas Konsultasi'), ('call_agent', 'Petugas Call Center'), ('supervisor', 'Penyelia'), ('complaint_officer', 'Pengelola Pengaduan')], max_length=20, verbose_name='unit di LKPP')),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='named', to='complaints.complaint')),
                ('lpse', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.lpse', verbose_name='LPSE')),
                ('officer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='petugas')),
                ('ticket', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.ticket', verbose_name='tiket')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=60, verbose_name='nomor surat')),
                ('date', models.DateField(verbose_name='tanggal surat')),
                ('text', models.TextField(max_length=20000, verbose_name='tanggapan')),
                ('signed_by', models.CharField(max_length=150, verbose_name='penanda tangan')),
                ('key', models.UUIDField(unique=True)),
                ('sent_at', models.DateTimeField()),
                ('complaint', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='response', to='complaints.complaint')),
                ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['-received_at', '-id'], name='register_newest_first'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(condition=models.Q(('state__in', ['closed', 'withdrawn']), _negated=True), fields=['received_at', 'id'], name='register_open'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=django.contrib.postgres.indexes.GinIndex(fields=['name', 'organisation', 'title'], name='complaint_by_name', opclasses=['gin_trgm_ops', 'gin_trgm_ops', 'gin_trgm_ops']),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['registered', 'responded']), _negated=True), models.Q(('clock__isnull', False), ('complete_at__isnull', False)), _connector='OR'), name='registered_has_a_clock'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['closed', 'withdrawn'])), models.Q(models.Q(('state__in', ['closed', 'withdrawn']), _negated=True), ('ended_at', None)), _connector='OR'), name='ended_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'incomplete'), _negated=True), models.Q(('asked_for', ''), _negated=True), _connector='OR'), name='incomplete_says_why'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('phone', ''), ('phone__regex', '^\\+\\d{4,15}$'), _connector='OR'), name='complaint_phone_e164'),
        ),
        migrations.AddIndex(
            model_name='complaintevent',
            index=models.Index(fields=['complaint', '-id'], name='history_of_complaint'),
        ),
        migrations.AddConstraint(
            model_name='named',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lpse__isnull', False), ('officer', None), ('role', ''), ('ticket', None)), models.Q(('lpse', None), ('officer', None), ('ticket', None), models.Q(('role', ''), _negated=True)), models.Q(('lpse', None), ('officer__isnull', False), ('role', ''), ('ticket', None)), models.Q(('lpse', None), ('officer', None), ('role', ''), ('ticket__isnull', False)), _connector='OR'), name='names_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='named',
            constraint=models.UniqueConstraint(fields=('complaint', 'lpse', 'role', 'officer', 'ticket'), name='named_once', nulls_distinct=False),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
