from django.urls import path

from tickets.views import (
    answering,
    drafts,
    files,
    filing,
    handling,
    inserting,
    lists,
    pages,
    presence,
    promise,
    queue,
    search,
    tracked,
)

app_name = "tickets"
urlpatterns = [
    # Filing
    path("tiket/buat/", filing.file_ticket, name="file"),
    path("tiket/buat/data-dukung/", filing.requirements, name="requirements"),
    path("tiket/buat/janji/", promise.promise_preview, name="promise_preview"),
    path("tiket/<str:number>/terkirim/", filing.filed, name="filed"),
    # Lists
    path("tiket/", lists.mine, name="mine"),
    path("antrean/<slug:desk>/", queue.queue, name="queue"),
    path("antrean/<slug:desk>/ambil/", queue.take_next, name="take_next"),
    path("antrean/<slug:desk>/ambil-pilihan/", queue.take_many, name="take_many"),
    path("antrean/<slug:desk>/alihkan-pilihan/", queue.reassign_many, name="reassign_many"),
    path("antrean/<slug:desk>/serah-terima/", queue.hand_over, name="hand_over"),
    path("antrean/<slug:desk>/tampilan/", queue.save_view, name="save_view"),
    path("antrean/<slug:desk>/tampilan/<int:pk>/hapus/", queue.delete_view, name="delete_view"),
    path("cari/", search.search, name="search"),
    # One ticket, in the order of its life
    path("tiket/<str:number>/", pages.detail, name="detail"),
    path("tiket/<str:number>/hadir/", presence.ping, name="presence"),
    path("tiket/<str:number>/ambil/", handling.take, name="take"),
    path("tiket/<str:number>/balas/", handling.reply, name="reply"),
    path("tiket/<str:number>/sisipkan/", inserting.insert, name="insert"),
    path("tiket/<str:number>/eskalasi/", handling.escalate, name="escalate"),
    path("tiket/<str:number>/kembalikan/", handling.return_down, name="return"),
    path("tiket/<str:number>/alihkan/", handling.reassign, name="reassign"),
    path("tiket/<str:number>/minta-data/", handling.request_data, name="request_data"),
    path("tiket/<str:number>/kirim-data/", answering.provide_data, name="provide_data"),
    path("tiket/<str:number>/selesai/", handling.resolve, name="resolve"),
    path("tiket/<str:number>/konfirmasi/", answering.confirm, name="confirm"),
    path("tiket/<str:number>/konfirmasi-pelapor/", handling.confirm_in_presence, name="confirm_in_presence"),
    path("tiket/<str:number>/belum-selesai/", answering.reject, name="reject"),
    path("tiket/<str:number>/nilai/", answering.rate, name="rate"),
    path("tiket/<str:number>/batalkan/", answering.withdraw, name="withdraw"),
    path("tiket/<str:number>/buka-kembali/", answering.reopen, name="reopen"),
    path("tiket/<str:number>/bagikan/", answering.share, name="share"),
    path("tiket/<str:number>/bagikan/<int:pk>/hentikan/", answering.unshare, name="unshare"),
    path("tiket/<str:number>/hasil/", pages.result, name="result"),
    path("tiket/<str:number>/janji/", promise.promise, name="promise"),
    path("tiket/<str:number>/kecualikan/", promise.excuse, name="excuse"),
    path("tiket/<str:number>/kode-akses/", tracked.access_code, name="access_code"),
    path("tiket/<str:number>/kode-akses/buat/", tracked.make_code, name="make_code"),
    path("tiket/<str:number>/kode-akses/cabut/", tracked.revoke_code, name="revoke_code"),
    # Without an account
    path("lacak/<str:number>/", tracked.tracked, name="tracked"),
    path("lacak/<str:number>/kirim-kode/", tracked.mail_code, name="mail_code"),
    path("lacak/<str:number>/masukkan-kode/", tracked.enter_code, name="enter_code"),
    # Drafts
    path("draf/simpan/", drafts.save, name="save_draft"),
    path("draf/buang/", drafts.discard, name="discard_draft"),
    # Files
    path("berkas/unggah/", files.upload, name="upload"),
    path("berkas/<uuid:key>/unduh/", files.download, name="download"),
    path("berkas/<uuid:key>/pratinjau/", files.preview, name="preview"),
    path("berkas/<uuid:key>/hapus/", files.remove, name="remove_file"),
]
