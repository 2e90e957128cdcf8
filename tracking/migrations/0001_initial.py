"""The codes by which a case is followed without an account."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AccessCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.CharField(max_length=24, unique=True)),
                ('digest', models.CharField(max_length=128)),
                ('generation', models.PositiveIntegerField(default=1)),
                ('made_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'kode akses',
                'verbose_name_plural': 'kode akses',
            },
        ),
        migrations.CreateModel(
            name='OneTimeCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.CharField(max_length=24, unique=True)),
                ('digest', models.CharField(max_length=128)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'kode sekali pakai',
                'verbose_name_plural': 'kode sekali pakai',
            },
        ),
    ]
