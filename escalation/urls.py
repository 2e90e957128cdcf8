from django.urls import path

from escalation.views import breaches, calendar, jobs, promises

app_name = "escalation"
urlpatterns = [
    # What is promised, and on which days
    path("janji-layanan/", promises.promises, name="promises"),
    path("janji-layanan/<int:pk>/", promises.change, name="change_promise"),
    path("kalender-kerja/", calendar.calendar, name="calendar"),
    path("kalender-kerja/hari-libur/tambah/", calendar.add_holiday, name="add_holiday"),
    path("kalender-kerja/hari-libur/<int:pk>/", calendar.change_holiday, name="change_holiday"),
    path("kalender-kerja/hari-libur/<int:pk>/hapus/", calendar.delete_holiday, name="delete_holiday"),
    path("kalender-kerja/jam/", calendar.change_hours, name="change_usual_hours"),
    path("kalender-kerja/jam/<slug:code>/", calendar.change_hours, name="change_hours"),
    path("kalender-kerja/jam/<slug:code>/hapus/", calendar.delete_hours, name="delete_hours"),
    path("kalender-kerja/periode/tambah/", calendar.add_period, name="add_period"),
    path("kalender-kerja/periode/<int:pk>/", calendar.change_period, name="change_period"),
    path("kalender-kerja/periode/<int:pk>/hapus/", calendar.delete_period, name="delete_period"),
    # What was not kept
    path("keterlambatan/", breaches.breaches, name="breaches"),
    # What runs by itself
    path("pekerjaan-terjadwal/", jobs.jobs, name="jobs"),
    path("pekerjaan-terjadwal/jam-layanan/<int:pk>/coba-lagi/", jobs.retry, name="retry_clock"),
    path("pekerjaan-terjadwal/surel/kirim-ulang/", jobs.resend, name="resend_mail"),
    path("pekerjaan-terjadwal/surel/lanjutkan/", jobs.resume, name="resume_mail"),
]
