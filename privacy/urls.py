from django.urls import path

from privacy.views import own

app_name = "privacy"
urlpatterns = [
    # One's own
    path("data-saya/", own.mine, name="mine"),
    path("data-saya/unduh/", own.download, name="download"),
]
