"""Sign-in and passwords (allauth's views and names, under Indonesian addresses), and one's own profile."""

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as keys
from allauth.usersessions import views as sessions
from django.urls import include, path, re_path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from accounts import administration, audit_trail, entering, merge_pages, office_pages, spse, views
from accounts.requests import with_account

own = [
    path("profil/", with_account(views.profile), name="profile"),
    path("profil/surel/", views.mail_choice, name="mail_choice"),
    path("profil/alamat-surel/", with_account(views.new_email), name="new_email"),
    path("profil/alamat-surel/kode/", with_account(views.confirm_email), name="confirm_email"),
    # Administration: duties, then the people who hold them.
    path("pengaturan/", administration.settings, name="settings"),
    path("pengaturan/tugas/", administration.duties, name="duties"),
    path("pengaturan/tugas/beri/", administration.grant_duty, name="grant_duty"),
    path("pengaturan/tugas/<int:pk>/", administration.change_duty, name="change_duty"),
    path("pengaturan/tugas/<int:pk>/akhiri/", administration.end_duty, name="end_duty"),
    path("pengaturan/petugas/tambah/", administration.add_person, name="add_person"),
    path("pengaturan/petugas/<int:pk>/", administration.person, name="person"),
    path("pengaturan/petugas/<int:pk>/nonaktifkan/", administration.disable_person, name="disable_person"),
    path("pengaturan/petugas/<int:pk>/aktifkan/", administration.enable_person, name="enable_person"),
    # The offices that serve, and those people come from.
    path("pengaturan/lpse/", office_pages.offices, name="offices"),
    path("pengaturan/lpse/tambah/", office_pages.add_office, name="add_office"),
    path("pengaturan/lpse/<int:pk>/", office_pages.change_office, name="change_office"),
    path("pengaturan/instansi/", office_pages.institutions, name="institutions"),
    path("pengaturan/instansi/tambah/", office_pages.change_institution, name="add_institution"),
    path("pengaturan/instansi/<int:pk>/", office_pages.change_institution, name="change_institution"),
    path("pengaturan/gabung/", merge_pages.merges, name="merges"),
    path("pengaturan/gabung/<int:first>/<int:second>/", merge_pages.merge, name="merge"),
    path("pengaturan/gabung/<int:pk>/batalkan/", merge_pages.undo, name="undo_merge"),
    path("pengaturan/kantor/", office_pages.change_main_office, name="change_main_office"),
]
trail = [
    path("jejak-audit/", audit_trail.entries, name="entries"),
    path("jejak-audit/unduh/", audit_trail.export, name="export"),
    path("jejak-audit/<int:pk>/", audit_trail.entry, name="entry"),
]
# A second factor: the step at sign-in, then what a person sets up.
second_factor = [
    path("masuk/", entering.SecondFactor.as_view(), name="mfa_authenticate"),
    path("konfirmasi/", entering.SecondFactorAgain.as_view(), name="mfa_reauthenticate"),
    path("", with_account(mfa.index), name="mfa_index"),
    path("aplikasi/aktifkan/", with_account(app.activate_totp), name="mfa_activate_totp"),
    path("aplikasi/hapus/", with_account(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("kode-pemulihan/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("kode-pemulihan/buat/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("kode-pemulihan/unduh/", require_safe(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("kunci/", require_safe(RedirectView.as_view(pattern_name="mfa_index")), name="mfa_list_webauthn"),
    path("kunci/tambah/", with_account(keys.add_webauthn), name="mfa_add_webauthn"),
    path("kunci/konfirmasi/", entering.KeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
    path("kunci/<int:pk>/hapus/", with_account(views.remove_key), name="mfa_remove_webauthn"),
]
urlpatterns = [
    path("", include((own, "accounts"))),
    path("", include((trail, "audit"))),
    path("masuk/", entering.SignIn.as_view(), name="account_login"),
    path("masuk/kunci/", keys.login_webauthn, name="mfa_login_webauthn"),
    path("masuk/<slug:provider_id>/", spse.enter, name="openid_connect_login"),
    path("masuk/<slug:provider_id>/kembali/", spse.come_in, name="openid_connect_callback"),
    path("keluar/", allauth.logout, name="account_logout"),
    path("daftar/", allauth.signup, name="account_signup"),  # closed: accounts come from SPSE (R08)
    path("akun-nonaktif/", allauth.account_inactive, name="account_inactive"),
    path("konfirmasi-akses/", entering.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("kata-sandi/ubah/", with_account(allauth.password_change), name="account_change_password"),
    path("akun/dua-langkah/", include(second_factor)),
    path("akun/sesi/", with_account(sessions.list_usersessions), name="usersessions_list"),
    # A forgotten password, in the order a person meets the pages.
    path("kata-sandi/lupa/", entering.evenly(allauth.password_reset), name="account_reset_password"),
    path("kata-sandi/lupa/terkirim/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^kata-sandi/baru/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("kata-sandi/baru/selesai/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]
