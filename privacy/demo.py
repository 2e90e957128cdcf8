"""Two invented requests about data, made through the services: one by an account that waits for its answer, and one by
letter from somebody without an account, who got a copy.
"""

from datetime import datetime
from functools import partial
from typing import cast
from uuid import UUID

from accounts.models import Reporter, User
from accounts.services import add_visitor
from escalation.tiers import LKPP_ZONE
from privacy.models import DataClaim
from privacy.services import claims
from tickets.demo.hours import moment
from tickets.demo.stories import Deed

Kind = DataClaim.Kind


def data_deeds(people: dict[str, User], *, now: datetime) -> list[Deed]:
    """Return what was asked about data in the last days, and what the Penyelia did about it."""
    supervisor = people["penyelia"]

    def at(age: float) -> datetime:
        return moment(age, zone=LKPP_ZONE, now=now)

    return [
        Deed(at(3.2), partial(_record, supervisor, at(3.9))),
        Deed(at(2.4), partial(_answer, supervisor)),
        Deed(at(0.6), partial(_ask, people["ppk"])),
    ]


def _ask(by: User, at: datetime, key: UUID) -> None:
    text = "Satuan kerja saya tertulis dengan nama lama. Mohon disesuaikan dengan nama pada SK terakhir."
    claims.file_claim(by=by, key=key, now=at, kind=Kind.CORRECTION, text=text)


def _record(by: User, received_at: datetime, at: datetime, key: UUID) -> None:
    writer = add_visitor(
        kind=Reporter.Kind.VENDOR,
        name="Tuti Rekaan",
        email="tuti@contoh.example",
        phone="+6281388800009",
        business_name="CV Langit Rekaan",
    )
    claims.record_claim(
        of=cast(User, writer.user),
        by=by,
        key=key,
        now=at,
        received_at=received_at,
        kind=Kind.COPY,
        text="Mohon salinan data saya dari kunjungan ke konter tahun lalu.",
        proof="Tanda tangan surat cocok dengan salinan KTP yang terlampir.",
    )


def _answer(by: User, at: datetime, _key: UUID) -> None:
    claim = DataClaim.objects.get(kind=Kind.COPY)
    answer = "Salinan data kami kirim ke alamat pada surat Ibu, dengan pos tercatat."
    claims.finish(claim.pk, by=by, now=at, version=claim.version, answer=answer)
