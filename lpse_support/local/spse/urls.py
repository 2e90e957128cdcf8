"""The pages of the demo LPSE application: who are you, its menu, and what OpenID Connect needs."""

from django.urls import include, path

from lpse_support.local.spse import views

urlpatterns = [
    path("", views.people, name="people"),
    path("beranda/", views.menu, name="menu"),
    path("", include("allauth.idp.urls")),
]
