from django.urls import path

from consultations.views import (
    display,
    ending,
    guest_book,
    letters,
    line,
    receipt,
    reception,
    requests,
    rooms,
    sessions,
    visit,
)

app_name = "consultations"
urlpatterns = [
    # Coming in
    path("formulir-konsultasi/", requests.request_form, name="request_form"),
    path("formulir-konsultasi/cetak/", requests.blank_form, name="blank_form"),
    path("resepsionis/", reception.desk, name="desk"),
    path("resepsionis/cari/", reception.people_found, name="people_found"),
    path("resepsionis/qr/", reception.poster, name="poster"),
    path("kunjungan/<str:number>/slip/", reception.slip, name="slip"),
    # The line
    path("kunjungan/<str:number>/panggil/", line.direct, name="direct"),
    path("kunjungan/<str:number>/batal-panggil/", line.call_back, name="call_back"),
    path("kunjungan/<str:number>/pergi/", line.leave, name="leave"),
    path("kunjungan/<str:number>/tidak-hadir/", line.no_show, name="no_show"),
    path("kunjungan/<str:number>/kembali/", line.return_to_queue, name="return_to_queue"),
    path("layar-tunggu/", display.display, name="display"),
    # The guest book
    path("buku-tamu/", guest_book.guest_book, name="guest_book"),
    path("buku-tamu/unduh/", guest_book.export, name="export"),
    # Rooms
    path("ruang-konsultasi/", rooms.rooms, name="rooms"),
    path("ruang-konsultasi/tempati/", rooms.sit_down, name="sit_down"),
    path("ruang-konsultasi/tinggalkan/", rooms.stand_up, name="stand_up"),
    # One visit
    path("kunjungan/<str:number>/", visit.visit, name="visit"),
    path("kunjungan/<str:number>/mulai/", sessions.start, name="start"),
    path("kunjungan/<str:number>/konsultasi/", sessions.session, name="session"),
    path("kunjungan/<str:number>/akhiri/", ending.end, name="end"),
    path("kunjungan/<str:number>/tanda-terima/", receipt.receipt, name="receipt"),
    path("kunjungan/<str:number>/alasan/", ending.ask_excuse, name="ask_excuse"),
    path("kunjungan/<str:number>/kecualikan/", ending.agree_excuse, name="agree_excuse"),
    path("kunjungan/<str:number>/surat/", letters.letters, name="letters"),
    path("kunjungan/<str:number>/berkas/<uuid:key>/", visit.file, name="file"),
    path("kunjungan/<str:number>/berkas/<uuid:key>/lihat/", visit.preview, name="preview"),
]
