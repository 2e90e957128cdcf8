from django.urls import path

from privacy.views import answering, own, recording

app_name = "privacy"
urlpatterns = [
    # One's own
    path("data-saya/", own.mine, name="mine"),
    path("data-saya/unduh/", own.download, name="download"),
    path("data-saya/permohonan/", own.file_claim, name="file_claim"),
    path("data-saya/permohonan/<str:number>/", own.claim, name="own_claim"),
    # For the Penyelia
    path("permohonan-data/", answering.claims, name="claims"),
    path("permohonan-data/catat/", recording.find_person, name="find_person"),
    path("permohonan-data/catat/<int:pk>/", recording.record_claim, name="record_claim"),
    path("permohonan-data/<str:number>/", answering.claim, name="claim"),
    path("permohonan-data/<str:number>/perbaiki/", answering.correct, name="correct"),
    path("permohonan-data/<str:number>/unduh/", answering.download, name="download_for"),
    path("permohonan-data/<str:number>/penuhi/", answering.finish, name="finish"),
    path("permohonan-data/<str:number>/hapus/", answering.erase, name="erase"),
    path("permohonan-data/<str:number>/tolak/", answering.refuse, name="refuse"),
]
