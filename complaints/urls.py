from django.urls import path

from complaints.views import acting, files, letters, public, register, sheets, standard, tracked

app_name = "complaints"
urlpatterns = [
    # About the service
    path("standar-pelayanan/", standard.standard, name="standard"),
    path("standar-pelayanan/ubah/<int:pk>/", standard.change_part, name="change_part"),
    path("jam-layanan/", standard.hours, name="hours"),
    path("pertanyaan/", standard.questions, name="questions"),
    path("pertanyaan/tambah/", standard.change_question, name="add_question"),
    path("pertanyaan/<int:pk>/ubah/", standard.change_question, name="change_question"),
    path("halaman/<slug:slug>/", standard.public_text, name="text"),
    path("halaman/<slug:slug>/ubah/", standard.change_text, name="change_text"),
    path("sitemap.xml", standard.sitemap, name="sitemap"),
    path("robots.txt", standard.robots, name="robots"),
    # For everybody
    path("pengaduan/", public.how, name="how"),
    path("pengaduan/surat/", public.letter, name="letter"),
    path("pengaduan/kirim/", public.send, name="send"),
    # With number and code
    path("lacak/pengaduan/<str:number>/", tracked.tracked, name="tracked"),
    path("lacak/pengaduan/<str:number>/bukti/", tracked.add_evidence, name="add_evidence"),
    path("lacak/pengaduan/<str:number>/cabut/", tracked.take_back, name="take_back"),
    path("lacak/pengaduan/<str:number>/tanggapan.pdf", tracked.answer, name="answer"),
    path("lacak/pengaduan/<str:number>/berkas/<uuid:key>/", tracked.answer_file, name="answer_file"),
    # The register
    path("register-pengaduan/", register.register, name="register"),
    path("register-pengaduan/catat/", register.enter, name="enter"),
    path("register-pengaduan/<str:number>/", register.detail, name="detail"),
    path(
        "register-pengaduan/<str:number>/daftarkan/",
        acting.act,
        {"verb": "complete"},
        name="complete",
    ),
    path("register-pengaduan/<str:number>/minta-bukti/", acting.act, {"verb": "ask"}, name="ask"),
    path("register-pengaduan/<str:number>/bukti/", acting.act, {"verb": "scan"}, name="scan"),
    path("register-pengaduan/<str:number>/golongan/", acting.act, {"verb": "classify"}, name="classify"),
    path("register-pengaduan/<str:number>/tanggapi/", acting.respond, name="respond"),
    path("register-pengaduan/<str:number>/selesai/", acting.act, {"verb": "close"}, name="close"),
    path("register-pengaduan/<str:number>/cabut/", acting.act, {"verb": "withdraw"}, name="withdraw"),
    path("register-pengaduan/<str:number>/kecualikan/", acting.act, {"verb": "excuse"}, name="excuse"),
    path("register-pengaduan/<str:number>/surat/", letters.letters, name="letters"),
    path("register-pengaduan/<str:number>/berkas/<uuid:key>/", files.download, name="file"),
    path("register-pengaduan/<str:number>/berkas/<uuid:key>/lihat/", files.preview, name="preview"),
    path("register-pengaduan/<str:number>/tanda-terima/", sheets.receipt, name="receipt"),
    path("register-pengaduan/<str:number>/tanda-terima.pdf", sheets.receipt_as_pdf, name="receipt_as_pdf"),
    path("register-pengaduan/<str:number>/tanggapan.pdf", sheets.response, name="response"),
]
