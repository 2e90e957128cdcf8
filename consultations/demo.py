"""Six invented visits of the hours before now, told through the services, so that board and display are alive.

A-001 was solved on the spot, A-002 took 72 minutes and is excused for incomplete documents, A-003 went on to Helpdesk
Teknis, A-004 is being served, A-005 waits, and A-006, who was owed priority, has just been called before A-005.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast
from uuid import UUID

from accounts.models import Lpse, Reporter, User
from accounts.services import add_visitor
from consultations.models import Room, Visit
from consultations.services import excusing, reception, sessions
from core.dates import local
from escalation.tiers import LKPP_ZONE
from tickets.demo.files import make_file
from tickets.demo.hours import weekday_near
from tickets.demo.stories import Deed
from tickets.models import Application, Category, Subcategory, Ticket
from tickets.services.uploads import attach

SEATS = {"Ruang 1": "konsultasi", "Ruang 2": "konsultasi2", "Ruang 3": "konsultasi3", "Ruang 4": None}
NEWCOMER: dict[str, Any] = {  # without an account: follows the ticket with an access code
    "kind": Reporter.Kind.VENDOR,
    "name": "Yunita Khayal",
    "email": "yunita@contoh.example",
    "phone": "+6281388800003",
    "business_name": "CV Bintang Rekaan",
}
REQUESTS: dict[str, dict[str, Any]] = {  # what each came about, as on the request form
    "tirta": {"purpose": "Akun", "problem": "Kata sandi SPSE tidak dapat diubah: kode verifikasi tidak pernah masuk."},
    "made": {"purpose": "Tender", "problem": "Jadwal tender yang sudah diubah tidak tampil bagi peserta."},
    "newcomer": {
        "purpose": "Pengaman dokumen",
        "problem": "Dokumen penawaran tidak dapat dienkripsi dengan Apendo.",
        "error_code": "0x1F",
    },
    "yosef": {"purpose": "SiRUP", "problem": "Paket yang sudah diumumkan tidak muncul saat membuat tender."},
    "sekar": {"purpose": "SIKaP", "problem": "Data pengalaman perusahaan hilang setelah diperbarui."},
    "arif": {"purpose": "Nontender", "problem": "Pencatatan nontender tertahan pada tahap kontrak."},
}
SCANNED = {"newcomer": "pesan-galat.png"}
TICKETS: dict[str, dict[str, Any]] = {  # what the officer fills in, and says on the spot
    "tirta": {
        "subcategory": ("Akun", "Lupa password"),
        "title": "Kode verifikasi ubah kata sandi tidak masuk ke surel PT Fiktif Bangun Persada",
        "answer": "Surel pada akun ditulis dengan alamat lama. Alamat surel telah kami cocokkan dengan data LPSE.",
    },
    "made": {
        "subcategory": ("Tender", "Jadwal"),
        "title": "Perubahan jadwal tender tidak tampil bagi peserta",
        "answer": "Jadwal pada server kami masih yang lama. Kami memerlukan berita acara perubahan jadwal.",
    },
    "newcomer": {
        "subcategory": ("Pengaman dokumen", "Gagal enkripsi"),
        "application": "Apendo/Spamkodok",
        "title": "Enkripsi dokumen penawaran gagal dengan kode 0x1F",
        "error_code": "0x1F",
        "answer": "Langkah enkripsi sudah kita coba bersama dengan dua berkas. Kami teruskan ke Helpdesk Teknis.",
    },
}
SOLUTION = "Kata sandi sudah dapat diubah dengan kode yang dikirim ke alamat surel yang baru; dicoba bersama tamu."
ENDS: dict[str, dict[str, Any]] = {
    "tirta": {"outcome": sessions.Outcome.SOLVED, "solution": SOLUTION, "agreed": False},
    "made": {
        "outcome": sessions.Outcome.AWAITING_DATA,
        "text": "Mohon lengkapi data berikut agar perubahan jadwal dapat kami periksa.",
        "items": ["Berita acara perubahan jadwal", "Tangkapan layar jadwal yang lama"],
    },
    "newcomer": {
        "outcome": sessions.Outcome.TEKNIS,
        "analysis": "Dua berkas dicoba bersama tamu; keduanya gagal dengan kode 0x1F. Versi Apendo sudah yang terbaru.",
        "line": "Kami teruskan ke Helpdesk Teknis untuk pemeriksaan berkas kunci.",
    },
}
REPLY_WITHIN = 5  # weekdays
STILL_HERE = 50  # minutes: who came later has not left yet


class Counter:
    """The counter while its day is told; each visitor is called by the name of their account."""

    def __init__(self, people: dict[str, User]) -> None:
        self.people = people
        self.visits: dict[str, Visit] = {}

    def open(self, at: datetime, key: UUID) -> None:
        for order, (name, officer) in enumerate(SEATS.items(), start=1):
            room = Room.objects.create(name=name, order=order)
            if officer:
                sessions.sit_down(room.pk, by=self.people[officer], now=at)

    def register(self, name: str, at: datetime, key: UUID) -> None:
        by = self.people["resepsionis"]
        reporter = add_visitor(**NEWCOMER) if name == "newcomer" else self.people[name].reporter
        facts = REQUESTS[name] | {"purpose": Category.objects.get(name=REQUESTS[name]["purpose"])}
        facts |= {"organisation": reporter.organisation, "phone": reporter.phone, "email": reporter.email}
        if file := SCANNED.get(name):
            attach(make_file(file, facts["error_code"], facts["problem"]), key=key, by=by, now=at)
        self.visits[name] = reception.register_visit(
            by=by, now=at, key=key, reporter=reporter, facts=facts | {"has_form": True}, draft_key=key
        )

    def direct(self, name: str, room: str, at: datetime, key: UUID) -> None:
        by, place = self.people["resepsionis"], Room.objects.get(name=room)
        self.visits[name] = reception.direct_visit(self.visits[name].pk, by=by, now=at, room=place.pk)

    def start(self, name: str, at: datetime, key: UUID) -> None:
        sessions.start_session(self.visits[name].pk, by=self.officer(name), now=at)

    def file(self, name: str, at: datetime, key: UUID) -> None:
        reporter, facts = self.visits[name].reporter, dict(TICKETS[name])
        category, subcategory = facts.pop("subcategory")
        answer = facts.pop("answer")
        facts |= {
            "lpse": reporter.lpse or Lpse.objects.get(code="sukamaju"),
            "application": Application.objects.get(name=facts.get("application", "SPSE")),
            "subcategory": Subcategory.objects.get(category__name=category, name=subcategory),
            "type": Ticket.Type.PROBLEM,
            "description": REQUESTS[name]["problem"],
        }
        by = self.officer(name)
        sessions.file_ticket(self.visits[name].pk, by=by, now=at, key=key, facts=facts, answer=answer)

    def end(self, name: str, at: datetime, key: UUID) -> None:
        visit, words = Visit.objects.select_related("ticket").get(pk=self.visits[name].pk), dict(ENDS[name])
        if "items" in words:
            words["reply_by"] = weekday_near(local(at, LKPP_ZONE).date(), REPLY_WITHIN)
        words |= {"by": self.officer(name), "now": at, "key": key, "version": cast(Ticket, visit.ticket).version}
        sessions.end_session(visit.pk, **words)

    def ask_excuse(self, name: str, at: datetime, key: UUID) -> None:
        note = "Berita acara perubahan jadwal tidak dibawa; tamu meminta berkasnya dari kantor."
        given = {"excuse": Visit.Excuse.DOCUMENTS, "note": note}
        excusing.ask_excuse(self.visits[name].pk, by=self.officer(name), now=at, **given)

    def agree_excuse(self, name: str, at: datetime, key: UUID) -> None:
        excusing.agree_excuse(self.visits[name].pk, by=self.people["penyelia"], now=at)

    def officer(self, name: str) -> User:
        return cast(User, self.visits[name].officer)


DAY: list[tuple[Any, ...]] = [  # minutes before now, what was done, to whom, where
    (215, Counter.open),
    (205, Counter.register, "tirta"),
    (200, Counter.register, "made"),
    (198, Counter.direct, "tirta", "Ruang 1"),
    (195, Counter.start, "tirta"),
    (192, Counter.direct, "made", "Ruang 2"),
    (190, Counter.start, "made"),
    (175, Counter.file, "tirta"),
    (157, Counter.end, "tirta"),
    (152, Counter.file, "made"),
    (150, Counter.register, "newcomer"),
    (146, Counter.direct, "newcomer", "Ruang 1"),
    (143, Counter.start, "newcomer"),
    (125, Counter.file, "newcomer"),
    (118, Counter.end, "made"),  # after 72 minutes
    (115, Counter.ask_excuse, "made"),
    (95, Counter.end, "newcomer"),
    (70, Counter.agree_excuse, "made"),
    (50, Counter.register, "yosef"),
    (36, Counter.direct, "yosef", "Ruang 1"),
    (33, Counter.start, "yosef"),
    (14, Counter.register, "sekar"),
    (9, Counter.register, "arif"),
    (1, Counter.direct, "arif", "Ruang 2"),
]


def counter_deeds(people: dict[str, User], *, now: datetime) -> list[Deed]:
    """Return what happened at the counter in the last hours, in its order; whoever is still here came today."""
    counter, here = Counter(people), local(now, LKPP_ZONE).replace(second=0, microsecond=0)
    return [Deed(_moment(here, ago), partial(act, counter, *names)) for ago, act, *names in DAY]


def _moment(here: datetime, ago: int) -> datetime:
    at = here - timedelta(minutes=ago)
    return max(at, here.replace(hour=0, minute=0)) if ago <= STILL_HERE else at
