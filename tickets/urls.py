from django.urls import path

from tickets.views import files, filing, handling, lists, pages

app_name = "tickets"
urlpatterns = [
    # Filing
    path("tiket/buat/", filing.file_ticket, name="file"),
    path("tiket/buat/data-dukung/", filing.requirements, name="requirements"),
    path("tiket/<str:number>/terkirim/", filing.filed, name="filed"),
    # Lists
    path("tiket/", lists.mine, name="mine"),
    path("antrean/<slug:desk>/", lists.queue, name="queue"),
    path("antrean/<slug:desk>/ambil/", lists.take_next, name="take_next"),
    # One ticket, in the order of its life
    path("tiket/<str:number>/", pages.detail, name="detail"),
    path("tiket/<str:number>/ambil/", handling.take, name="take"),
    path("tiket/<str:number>/balas/", handling.reply, name="reply"),
    path("tiket/<str:number>/eskalasi/", handling.escalate, name="escalate"),
    path("tiket/<str:number>/selesai/", handling.resolve, name="resolve"),
    path("tiket/<str:number>/konfirmasi/", handling.confirm, name="confirm"),
    path("tiket/<str:number>/belum-selesai/", handling.reject, name="reject"),
    path("tiket/<str:number>/nilai/", handling.rate, name="rate"),
    path("tiket/<str:number>/hasil/", pages.result, name="result"),
    # Files
    path("berkas/<uuid:key>/unduh/", files.download, name="download"),
    path("berkas/<uuid:key>/pratinjau/", files.preview, name="preview"),
    path("berkas/<uuid:key>/hapus/", files.remove, name="remove_file"),
]
