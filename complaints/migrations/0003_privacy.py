"""What the product does with personal data, as a first text that the office may change; it promises nothing."""

from django.db import migrations

NOTICE = """## Data yang disimpan
1. Akun dan identitas pelapor: nama, surel, nomor telepon, User ID SPSE, dan sesuai jenis pelapor NPWP, NIB, badan usaha, NIP, instansi, atau satuan kerja.
2. Tiket, data dukung, jawaban, dan penilaian; kunjungan ke loket; panggilan ke Call Center; pengaduan beserta buktinya.
3. Catatan keamanan: kapan dan dari alamat jaringan mana akun dipakai, serta siapa membuka berkas.
## Untuk apa
Data dipakai untuk menangani permasalahan yang Anda sampaikan, memberi tahu Anda, dan menghitung jangka waktu pelayanan.
## Siapa yang melihat
1. Tiket: petugas LPSE tempat tiket dibuat, petugas LKPP setelah tiket diteruskan kepada mereka, Penyelia, dan rekan yang Anda beri akses.
2. Kunjungan: Resepsionis, Petugas Konsultasi, dan Penyelia. Panggilan: Petugas Call Center dan Penyelia.
3. Pengaduan: Pengelola Pengaduan dan Penyelia, kecuali yang diadukan dan orang yang hanya bertugas di unitnya.
4. Pada tiket, petugas melihat NPWP, NIB, NIP, dan nomor telepon tidak secara utuh.
5. Akun dan catatan keamanan: operator sistem. Catatan keamanan yang tidak menyangkut pengaduan: Penyelia.
6. Pembukaan berkas oleh orang selain pengunggahnya dan unduhan daftar dicatat.
## Isian yang belum dikirim
Tulisan dan berkas pada formulir yang tidak dikirim dihapus setelah 24 jam.
## Data Anda
Pemilik akun melihat dan mengunduh data yang tersimpan tentang akunnya dari halaman profil.
## Tanpa akun
Siapa pun yang memegang nomor dan kode akses dapat melihat status perkara dan jawaban petugas."""


def add_notice(apps, schema_editor):
    apps.get_model("complaints", "PublicText").objects.filter(slug="privasi", text="").update(text=NOTICE)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0002_standard")]
    operations = [migrations.RunPython(add_notice, migrations.RunPython.noop)]
