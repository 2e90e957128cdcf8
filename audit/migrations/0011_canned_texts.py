"""Changing a canned text is a kind of its own."""

from django.db import migrations, models

KINDS = [
    ("sign_in", "Masuk"),
    ("sign_in_failed", "Gagal masuk"),
    ("sign_out", "Keluar"),
    ("refused", "Ditolak"),
    ("file_read", "Membaca berkas"),
    ("file_infected", "Virus ditemukan"),
    ("calendar_changed", "Kalender kerja diubah"),
    ("promise_changed", "Janji layanan diubah"),
    ("clock_retried", "Batas waktu dicoba lagi"),
    ("mail_resent", "Surel dikirim ulang"),
    ("list_exported", "Daftar diunduh"),
    ("ticket_looked_up", "Status tiket dilihat"),
    ("tracked", "Dilacak tanpa akun"),
    ("tracking_failed", "Gagal melacak"),
    ("access_code_made", "Kode akses dibuat"),
    ("access_code_revoked", "Kode akses dicabut"),
    ("complaint_refused", "Pengaduan tidak diterima"),
    ("standard_changed", "Halaman publik diubah"),
    ("duty_changed", "Tugas diubah"),
    ("person_changed", "Akun diubah"),
    ("data_downloaded", "Data sendiri diunduh"),
    ("office_changed", "LPSE, instansi, atau kantor diubah"),
    ("catalogue_changed", "Kategori atau aplikasi diubah"),
    ("reporters_merged", "Pelapor digabung"),
    ("merge_undone", "Penggabungan dibatalkan"),
    ("history_sealed", "Riwayat disegel"),
    ("data_erased", "Data dihapus"),
    ("canned_text_changed", "Balasan siap pakai diubah"),
]


class Migration(migrations.Migration):
    dependencies = [("audit", "0010_data_erased")]
    operations = [migrations.AlterField("auditentry", "kind", models.CharField(choices=KINDS, max_length=20))]
