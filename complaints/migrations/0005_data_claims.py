"""Tell in the privacy notice that data are corrected or erased on request; what the office has rewritten stays."""

from django.db import migrations

BEFORE = "Pemilik akun melihat dan mengunduh data yang tersimpan tentang akunnya dari halaman profil."
AFTER = """1. Pemilik akun melihat dan mengunduh data yang tersimpan tentang akunnya dari halaman profil.
2. Di sana pula ia meminta data itu diperbaiki atau dihapus. Batas waktu jawaban tertulis pada permohonannya.
3. Siapa pun yang tidak mempunyai akun memintanya di konter, lewat telepon, atau dengan surat.
4. Setelah data dihapus, tiket dan kunjungan tetap dihitung dalam statistik, tanpa nama dan isi."""


def tell_of_claims(apps, schema_editor):
    for notice in apps.get_model("complaints", "PublicText").objects.filter(slug="privasi", text__contains=BEFORE):
        notice.text = notice.text.replace(BEFORE, AFTER)
        notice.save(update_fields=["text"])


class Migration(migrations.Migration):
    dependencies = [("complaints", "0004_decree")]
    operations = [migrations.RunPython(tell_of_claims, migrations.RunPython.noop)]
