"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path, re_path

from lpse_support import views

handler500 = "lpse_support.views.server_error"
urlpatterns = [
    path("", views.home, name="home"),
    path("mulai/", views.start, name="start"),
    path("tema/", views.theme, name="theme"),
    # Probes are written with and without the slash, and follow no redirect.
    re_path(r"^sehat/hidup/?$", views.alive, name="alive"),
    re_path(r"^sehat/siap/?$", views.ready, name="ready"),
    re_path(r"^metrik/?$", views.metrics, name="metrics"),
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("balasan/", include("knowledge.urls")),
    path("", include("escalation.urls")),
    path("lacak/", include("tracking.urls")),
    path("", include("tickets.urls")),
    path("", include("consultations.urls")),
    path("", include("callcenter.urls")),
    path("", include("complaints.urls")),
    path("", include("privacy.urls")),
    path("admin/", admin.site.urls),
]
