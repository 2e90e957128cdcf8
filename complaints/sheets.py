"""What of a complaint goes on paper: the receipt with its QR, and letters as PDF."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from fontpkg_plus_jakarta_sans import ROOT as FONT

from accounts.models import Office
from complaints.models import Complaint
from core.dates import long_date, long_day
from tickets.views.promise import qr_of

FOLDER = Path(__file__).with_name("letters")


def receipt_context(complaint: Complaint, *, code: str, now: datetime) -> dict[str, Any]:
    """Return what every receipt on screen shows: the complaint, its code once, and the way to the page it opens."""
    door = settings.BASE_URL.rstrip("/") + reverse("tracking:track")
    qr = qr_of(f"{door}?{urlencode({'nomor': complaint.number})}")
    return {"complaint": complaint, "code": code, "qr": qr, "track_url": door, "now": now, "zone": complaint.zone}


def receipt_pdf(complaint: Complaint, *, officer: str) -> bytes:
    """Return the Tanda Terima Pengaduan: who, what, where and when, received by whom (UU 25/2009)."""
    facts = [
        (_("Nomor pengaduan"), complaint.number),
        (_("Jenis"), str(complaint.get_kind_display())),
        (_("Diterima"), long_date(complaint.received_at, complaint.zone)),
        (_("Melalui"), str(complaint.get_source_display())),
        (_("Nomor surat atau laporan"), complaint.letter_number or complaint.lapor_number),
        (_("Nama pengadu"), complaint.name),
        (_("Badan usaha atau instansi"), complaint.organisation),
        (_("Perihal"), complaint.title),
        (_("Tempat kejadian"), complaint.place),
        (_("Tanggal kejadian"), long_day(complaint.happened_on) if complaint.happened_on else ""),
        (_("Diterima oleh"), officer),
    ]
    due = long_date(complaint.clock.due_at, complaint.zone) if complaint.clock else ""
    promise = _("Kami menanggapi paling lambat %(due)s.") % {"due": due} if due else ""
    asked = "" if due else _("Waktu tanggapan dihitung sejak bukti kami terima.")
    return _pdf(
        "receipt.typ",
        title=_("Tanda Terima Pengaduan"),
        facts=[fact for fact in facts if fact[1]],
        substance=complaint.substance,
        note=promise or asked,
    )


def response_pdf(complaint: Complaint) -> bytes:
    """Return the letter that answers a complaint (R45)."""
    letter = complaint.response
    return _pdf(
        "response.typ",
        title=_("Tanggapan atas pengaduan %(number)s") % {"number": complaint.number},
        number=letter.number,
        date=long_day(letter.date),
        to=[complaint.name, complaint.organisation, complaint.address],
        subject=complaint.title,
        text=letter.text,
        signed_by=letter.signed_by,
    )


def _pdf(template: str, **data: Any) -> bytes:
    """Set one sheet; what people wrote is data to it, never a part of its source."""
    office = Office.objects.get()
    kop = {"office": office.name, "parent": office.parent_name, "address": office.address, "decree": office.decree}
    return typst.compile(
        str(FOLDER / template),
        root=str(FOLDER),
        format="pdf",
        font_paths=[str(FONT / "files")],
        sys_inputs={"data": json.dumps({"kop": kop, **data})},
    )
