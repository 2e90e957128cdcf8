"""Sign-in and passwords (allauth's views and names, under Indonesian addresses), and one's own profile."""

from allauth.account import views as allauth
from django.urls import include, path, re_path

from accounts import audit_trail, spse, views
from accounts.requests import with_account

own = [
    path("profil/", with_account(views.profile), name="profile"),
]
trail = [
    path("jejak-audit/", audit_trail.entries, name="entries"),
    path("jejak-audit/unduh/", audit_trail.export, name="export"),
    path("jejak-audit/<int:pk>/", audit_trail.entry, name="entry"),
]
urlpatterns = [
    path("", include((own, "accounts"))),
    path("", include((trail, "audit"))),
    path("masuk/", allauth.login, name="account_login"),
    path("masuk/<slug:provider_id>/", spse.enter, name="openid_connect_login"),
    path("masuk/<slug:provider_id>/kembali/", spse.come_in, name="openid_connect_callback"),
    path("keluar/", allauth.logout, name="account_logout"),
    path("daftar/", allauth.signup, name="account_signup"),  # closed: accounts come from SPSE (R08)
    path("akun-nonaktif/", allauth.account_inactive, name="account_inactive"),
    path("konfirmasi-akses/", allauth.reauthenticate, name="account_reauthenticate"),
    path("kata-sandi/ubah/", with_account(allauth.password_change), name="account_change_password"),
    # A forgotten password, in the order a person meets the pages.
    path("kata-sandi/lupa/", allauth.password_reset, name="account_reset_password"),
    path("kata-sandi/lupa/terkirim/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^kata-sandi/baru/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("kata-sandi/baru/selesai/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]
