from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<int:pk>/buka/", views.follow, name="follow"),
    path("tandai-dibaca/", views.read_all, name="read_all"),
]
