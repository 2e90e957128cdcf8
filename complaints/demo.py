"""Four invented complaints, told through the services: one whose 3 x 24 hours run, a letter sent back for evidence, an
objection that is late, and a suggestion from LAPOR! that was answered; and words for the pages of the office itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from accounts.models import Lpse, User
from complaints.models import Complaint, PublicText, Question
from complaints.services import filing, turns
from complaints.services.files import public_sender
from complaints.services.filing import Party
from escalation.tiers import LKPP_ZONE
from tickets.demo.files import make_file
from tickets.demo.hours import moment, weekday_near
from tickets.demo.stories import Deed
from tickets.services.uploads import attach

KEEPER = "pengaduan"
Kind, Source = Complaint.Kind, Complaint.Source
LETTER_TO = "Direktorat Pengembangan Sistem Pengadaan Secara Elektronik LKPP"


@dataclass(frozen=True)
class Complained:
    """One complaint: how many working days before now it came, what it says, its evidence, and what became of it."""

    age: float
    facts: dict[str, Any]
    evidence: tuple[str, ...] = ()
    office: str = ""  # an LPSE that it names
    happened: int = 2  # working days before it was sent
    acts: dict[str, float] = field(default_factory=dict)  # name of the act below: working days before now


COMPLAINED = [
    Complained(
        age=1.2,
        facts={
            "kind": Kind.COMPLAINT,
            "source": Source.FORM,
            "name": "Hana Rekaan",
            "organisation": "PT Karya Khayal",
            "email": "hana@contoh.example",
            "title": "Tiket ditutup tanpa penyelesaian",
            "substance": "Tiket saya ditutup sebelum masalah unggah dokumen selesai. Saya sudah melampirkan tangkapan "
            "layar yang menunjukkan bahwa pesan kesalahan masih muncul sesudah tiket ditutup.",
            "place": "LPSE Support",
        },
        evidence=("layar-sesudah-tiket-ditutup.png",),
        acts={"classify": 0.9},
    ),
    Complained(
        age=3.3,
        facts={
            "kind": Kind.COMPLAINT,
            "source": Source.LETTER,
            "name": "Sari Karangan",
            "organisation": "CV Sinar Rekaan",
            "address": "Jalan Contoh Nomor 8, Kabupaten Sukamaju Fiktif",
            "email": "sari@contoh.example",
            "letter_number": "014/SR/XI",
            "letter_addressee": LETTER_TO,
            "title": "Petugas menjawab di luar pokok permasalahan",
            "substance": "Jawaban yang kami terima tidak menyangkut pertanyaan kami tentang perubahan data SIKaP.",
            "place": "Kabupaten Sukamaju Fiktif",
        },
        office="sukamaju",
        happened=6,
        acts={"ask": 2.8},
    ),
    Complained(
        age=6.5,
        facts={
            "kind": Kind.OBJECTION,
            "source": Source.FORM,
            "name": "Mulyono Fiktif",
            "organisation": "Koperasi Khayal Makmur",
            "email": "mulyono@contoh.example",
            "phone": "+6281200000741",
            "title": "Keberatan atas pembatalan tiket",
            "substance": "Kami berkeberatan atas keputusan menutup tiket kami karena data dianggap tidak dilengkapi, "
            "padahal data sudah kami kirim sebelum batas waktunya. Bukti pengiriman terlampir.",
            "place": "Kota Bahari Contoh",
        },
        evidence=("bukti-pengiriman-data.pdf", "layar-batas-waktu.png"),
        office="bahari",
    ),
    Complained(
        age=5.4,
        facts={
            "kind": Kind.SUGGESTION,
            "source": Source.LAPOR,
            "name": "Anisa Contoh",
            "lapor_number": "0000123",
            "title": "Jam layanan pada hari Jumat",
            "substance": "Mohon jam konsultasi tatap muka pada hari Jumat dicantumkan lebih jelas di halaman depan.",
            "place": "LKPP",
        },
        acts={"answer": 3.6},
    ),
]
PLEDGE = (
    "Kami siap memberikan pelayanan sesuai dengan Standar Pelayanan, dan apabila kami tidak memberikan pelayanan "
    "sesuai dengan Standar Pelayanan yang ditetapkan, kami siap menerima sanksi sesuai dengan Peraturan "
    "Perundang-undangan."
)
QUESTIONS = {
    "Berapa biaya pelayanan ini?": "Tidak dipungut biaya.",
    "Bagaimana memantau tiket tanpa akun?": "Buka Lacak Tiket, lalu tulis nomor dan kode akses dari tanda terima.",
    "Apa yang harus disertakan pada pengaduan?": "Bukti yang terkait langsung dengan materi pengaduan.",
}


def complaint_deeds(people: dict[str, User], *, now: datetime) -> list[Deed]:
    """Return what was done with the complaints, in the order of each; and fill in the pages of the office."""
    PublicText.objects.filter(slug="maklumat").update(text=PLEDGE)
    rows = [Question(position=n, question=asked, answer=QUESTIONS[asked]) for n, asked in enumerate(QUESTIONS, start=1)]
    Question.objects.bulk_create(rows)
    keeper, deeds = people[KEEPER], []
    for each in COMPLAINED:
        deeds.append(Deed(moment(each.age, zone=LKPP_ZONE, now=now), partial(_file, each, keeper)))
        for act, age in each.acts.items():
            deeds.append(Deed(moment(age, zone=LKPP_ZONE, now=now), partial(ACTS[act], each, keeper)))
    return deeds


def _file(each: Complained, keeper: User, at: datetime, key: UUID) -> None:
    by = None if each.facts["source"] == Source.FORM else keeper
    facts = each.facts | {"happened_on": weekday_near(at.date(), -each.happened)}
    if each.facts["source"] == Source.LETTER:
        facts["letter_date"] = weekday_near(at.date(), -1)
    for name in each.evidence:
        attach(make_file(name, facts["title"], facts["substance"]), key=key, by=by or public_sender(), now=at)
    named = [Party(lpse=Lpse.objects.get(code=each.office))] if each.office else []
    filing.file_complaint(by=by, now=at, key=key, facts=facts, named=named)


def _of(each: Complained) -> Complaint:
    return Complaint.objects.get(title=each.facts["title"])


def _classify(each: Complained, keeper: User, at: datetime, key: UUID) -> None:
    row = _of(each)
    normative = Complaint.LegalClass.NORMATIVE
    turns.classify(row.pk, by=keeper, now=at, version=row.version, legal_class=normative)


def _ask(each: Complained, keeper: User, at: datetime, key: UUID) -> None:
    row, reason = _of(each), "Mohon kirimkan salinan jawaban petugas yang Saudara maksud beserta nomor tiketnya."
    turns.ask_for_evidence(row.pk, by=keeper, now=at, version=row.version, reason=reason)


def _answer(each: Complained, keeper: User, at: datetime, key: UUID) -> None:
    row = _of(each)
    letter = {
        "number": "B-17/CONTOH/XI",
        "date": at.date(),
        "text": "Terima kasih atas saran Saudara. Jam setiap hari, termasuk Jumat, kini tercantum pada halaman Jam "
        "layanan, dan halaman depan menyebutkan apakah loket buka pada hari itu.",
        "signed_by": "Direktur Contoh",
    }
    turns.respond(row.pk, by=keeper, now=at, version=row.version, key=key, letter=letter)


ACTS: dict[str, Callable[[Complained, User, datetime, UUID], None]] = {
    "classify": _classify,
    "ask": _ask,
    "answer": _answer,
}
