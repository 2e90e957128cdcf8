"""What the product does with personal data, as a first text that the office may change; it promises nothing."""

from django.db import migrations

NOTICE = """## Data yang disimpan
1. Akun dan identitas pelapor: nama, surel, nomor telepon, User ID SPSE, dan sesuai jenis pelapor NPWP, NIB, badan usaha, NIP, instansi, atau satuan kerja.
2. Tiket, data dukung, jawaban, dan penilaian; kunjungan ke loket; panggilan ke Call Center; pengaduan beserta buktinya.
3. Catatan keamanan: kapan dan dari alamat jaringan mana akun dipakai, serta siapa membuka berkas.
## Untuk apa
Data dipakai untuk menangani permasalahan yang Anda sampaikan, memberi tahu Anda, dan menghitung jangka waktu pelayanan.
## Siapa yang melihat
1. Petugas yang menangani perkara Anda dan Penyelia. Petugas di tingkat lain melihat tiket setelah diteruskan kepada mereka.
2. NPWP, NIB, dan NIP ditampilkan sebagian. Catatan internal petugas tidak tampil bagi pelapor.
3. Pengaduan hanya dilihat Pengelola Pengaduan dan Penyelia, kecuali yang diadukan dan unitnya.
4. Setiap pembukaan berkas dan setiap unduhan daftar dicatat.
## Tanpa akun
Siapa pun yang memegang nomor dan kode akses dapat melihat status perkara. Simpan kode akses seperti kata sandi."""


def add_notice(apps, schema_editor):
    apps.get_model("complaints", "PublicText").objects.filter(slug="privasi", text="").update(text=NOTICE)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0002_standard")]
    operations = [migrations.RunPython(add_notice, migrations.RunPython.noop)]
