from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("pemberitahuan/", views.inbox, name="inbox"),
    path("pemberitahuan/<int:pk>/buka/", views.follow, name="follow"),
    path("pemberitahuan/tandai-dibaca/", views.read_all, name="read_all"),
    # What was mailed, and what was not
    path("surat-terkirim/", views.sent, name="sent"),
    path("surat-terkirim/alamat-menolak/", views.suppressed, name="suppressed"),
    path("surat-terkirim/alamat-menolak/<int:pk>/pakai-lagi/", views.lift, name="lift"),
    # In demo mode only
    path("surel/", views.mail, name="mail"),
]
