from django.urls import path

from knowledge import views

app_name = "knowledge"
urlpatterns = [
    path("<slug:desk>/", views.texts, name="texts"),
    path("<slug:desk>/<int:pk>/", views.change, name="change"),
    path("<slug:desk>/<int:pk>/hapus/", views.delete, name="delete"),
]
