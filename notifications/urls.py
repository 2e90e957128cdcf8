from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("pemberitahuan/", views.inbox, name="inbox"),
    path("pemberitahuan/<int:pk>/buka/", views.follow, name="follow"),
    path("pemberitahuan/tandai-dibaca/", views.read_all, name="read_all"),
    # In demo mode only
    path("surel/", views.mail, name="mail"),
]
