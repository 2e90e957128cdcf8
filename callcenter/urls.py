from django.urls import path

from callcenter.views import confirmations, desk, links, log

app_name = "callcenter"
urlpatterns = [
    # The screen of an agent, and the life of a call
    path("panggilan/", desk.desk, name="desk"),
    path("panggilan/mulai/", desk.start, name="start"),
    path("panggilan/cari/", desk.find, name="find"),
    path("panggilan/jawaban/", confirmations.waiting, name="waiting"),
    # The log
    path("panggilan/riwayat/", log.log, name="log"),
    path("panggilan/riwayat/unduh/", log.export, name="export"),
    # What was said about a ticket, on its page
    path("panggilan/tiket/<str:number>/", confirmations.of_ticket, name="of_ticket"),
    # One call
    path("panggilan/<str:number>/", log.entry, name="entry"),
    path("panggilan/<str:number>/waktu/", desk.timer, name="timer"),
    path("panggilan/<str:number>/catatan/", desk.keep, name="keep"),
    path("panggilan/<str:number>/tiket/", desk.look_up, name="look_up"),
    path("panggilan/<str:number>/penelepon/", desk.identify, name="identify"),
    path("panggilan/<str:number>/konfirmasi/", confirmations.ask, name="ask"),
    path("panggilan/<str:number>/arahkan/", links.direct, name="direct"),
    path("panggilan/<str:number>/tutup-telepon/", desk.hang_up, name="hang_up"),
    path("panggilan/<str:number>/hasil/", desk.end, name="end"),
    # Questions to officers
    path("permintaan-konfirmasi/", confirmations.confirmations_list, name="confirmations"),
    path("permintaan-konfirmasi/<int:pk>/", confirmations.confirmation, name="confirmation"),
    path("permintaan-konfirmasi/<int:pk>/dibacakan/", confirmations.mark_read, name="mark_read"),
    path("permintaan-konfirmasi/<int:pk>/dihubungi/", confirmations.call_back, name="call_back"),
    # The way into LPSE Support, read aloud or mailed
    path("m/<str:code>/", links.link, name="link"),
]
