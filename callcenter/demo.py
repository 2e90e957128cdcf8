"""Eight invented calls, told through the services: three answered at once, two directed to LPSE Support, two about a
ticket, one of which waits for an officer to confirm, and one from a person to whom priority is owed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from accounts.models import Reporter, User
from callcenter.models import Call
from callcenter.services import calls, confirmations, links, lookup
from escalation.models import Entitlement
from escalation.tiers import LKPP_ZONE
from tickets.demo.hours import moment
from tickets.demo.stories import Deed
from tickets.models import Category, Subcategory, Ticket

AGENT = "callcenter"
ADDRESS = "192.0.2.144"  # of the agent's desk, in the audit trail
Outcome = Call.Outcome


@dataclass(frozen=True)
class Line:
    """One call: how long before now it began, in minutes or in working days, how long it took, who called, the end."""

    minutes: float
    caller: dict[str, str]
    question: str
    outcome: str
    answer: str = ""
    category: str = ""
    ago: int = 0
    age: float = 0.0
    by: str = ""  # the account of a caller whom the agent recognises
    ticket: str = ""  # the beginning of a title of theirs
    confirm: str = ""
    direct: tuple[str, str] = ("", "")  # category and subcategory for Buat Tiket
    email: str = ""


LINES = [
    Line(
        age=1.9,
        minutes=4.2,
        caller={"caller_name": "Yanti Fiktif", "business_name": "UD Kembang Rekaan", "from_phone": "+6281377700001"},
        question="Lupa User ID SPSE, surel terdaftar masih aktif.",
        answer="User ID dikirim ulang ke surel terdaftar dari menu Lupa Password. Dicoba bersama, berhasil.",
        category="Akun",
        outcome=Outcome.ANSWERED,
    ),
    Line(
        age=1.7,
        minutes=6.2,
        caller={},
        by="penyedia2",
        question="Jadwal unggah dokumen kualifikasi tidak tampil pada paket yang diikuti.",
        outcome=Outcome.DIRECTED,
        direct=("Penawaran", "Tidak tampil"),
    ),
    Line(
        age=1.3,
        minutes=5.5,
        caller={
            "caller_name": "Gunawan Khayal",
            "institution_name": "Dinas Rekaan Kota Bahari Contoh",
            "from_phone": "+62213000077",
        },
        question="Menanyakan cara mengumumkan paket swakelola di SiRUP.",
        answer="Dipandu langkah demi langkah: paket diumumkan PA/KPA dari menu Pengumuman, bukan oleh PPK.",
        category="SiRUP",
        outcome=Outcome.ANSWERED,
    ),
    Line(
        ago=190,
        minutes=3.1,
        caller={},
        by="pp",
        ticket="Pejabat Pengadaan tidak dapat masuk Katalog V6",
        question="Menanyakan tindak lanjut tiket, pesanan harus dibuat minggu ini.",
        outcome=Outcome.REFERRED,
    ),
    Line(
        ago=150,
        minutes=2.4,
        caller={"caller_name": "Yanti Fiktif", "business_name": "UD Kembang Rekaan", "from_phone": "+6281377700001"},
        question="Sudah dapat masuk, menanyakan letak menu ubah kata sandi.",
        answer="Menu Akun, lalu Ubah Password. Kata sandi baru paling sedikit delapan huruf.",
        category="Akun",
        outcome=Outcome.ANSWERED,
    ),
    Line(
        ago=110,
        minutes=9.1,
        caller={
            "caller_name": "Sugeng Rekaan",
            "business_name": "CV Layar Khayal",
            "from_phone": "+6281377700002",
        },
        question="Data pengalaman di SIKaP tidak dapat disimpan, muncul pesan galat setelah menekan Simpan.",
        outcome=Outcome.DIRECTED,
        direct=("SIKaP", "Data hilang"),
        email="sugeng@contoh.example",
    ),
    Line(
        ago=70,
        minutes=5.8,
        caller={},
        by="owed",
        question="Menanyakan arti prioritas untuk pelayanan berikutnya pada surel permohonan maaf.",
        answer="Dijelaskan: tiket atau kunjungan berikutnya didahulukan dalam antrean. Panggilan ini tidak memakainya.",
        category="Permintaan layanan",
        outcome=Outcome.ANSWERED,
    ),
    Line(
        ago=25,
        minutes=7.3,
        caller={},
        by="seno",
        ticket="Perubahan pagu paket tender setelah revisi anggaran",
        question="Menanyakan kapan perbaikan pagu selesai, jadwal tender menunggu.",
        outcome=Outcome.CONFIRMATION,
        confirm="Mohon perkiraan waktu perbaikan pagu, jadwal tender menunggu perubahan ini.",
    ),
]


def phone_deeds(people: dict[str, User], *, now: datetime) -> list[Deed]:
    """Return the calls of yesterday and today, in their order."""
    return [Deed(_began(line, now), partial(_take, line, people)) for line in LINES]


def _began(line: Line, now: datetime) -> datetime:
    if line.age:
        return moment(line.age, zone=LKPP_ZONE, now=now)
    return now.replace(second=0, microsecond=0) - timedelta(minutes=line.ago)


def _take(line: Line, people: dict[str, User], at: datetime, key: UUID) -> None:
    """Take one call from the greeting to its outcome; the key of a form is not needed."""
    agent, later = people[AGENT], at + timedelta(minutes=line.minutes * 0.6)
    call = calls.start_call(by=agent, now=at)
    if line.by:
        calls.identify(call.pk, by=agent, now=at, reporter=_reporter(line.by, people))
    calls.keep(call.pk, by=agent, now=at, **line.caller, question=line.question)
    if line.ticket:
        number = Ticket.objects.get(reporter__user__username=line.by, title=line.ticket).number
        lookup.look_up(call.pk, by=agent, now=at, number=number, address=ADDRESS)
    if line.confirm:
        confirmations.ask(call.pk, by=agent, now=later, question=line.confirm)
    if line.outcome == Outcome.DIRECTED:
        category, name = line.direct
        chosen = Subcategory.objects.get(category__name=category, name=name)
        said = line.question
        links.direct(call.pk, by=agent, now=later, question=said, subcategory=chosen, email=line.email, by_mail=True)
    end: dict[str, Any] = {"outcome": line.outcome, "answer": line.answer}
    if line.category:
        end["category"] = Category.objects.get(name=line.category)
    calls.end_call(call.pk, by=agent, now=at + timedelta(minutes=line.minutes), **end)


def _reporter(name: str, people: dict[str, User]) -> Reporter:
    """Return the reporter of an account, or for "owed" the one to whom priority has been owed the longest."""
    if name != "owed":
        return people[name].reporter
    owed = Entitlement.objects.filter(redeemed_at=None, withdrawn_at=None, reporter__is_visitor=False)
    first = owed.select_related("reporter").order_by("pk").first()
    return first.reporter if first else people["penyedia2"].reporter
