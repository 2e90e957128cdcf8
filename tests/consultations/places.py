"""Addresses of the counter as the table of who may open what needs them: a visit to be about, a form to send."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.urls import reverse

from accounts.models import Lpse
from consultations.models import Room, Visit
from consultations.services import excusing, sessions
from escalation.services.sweep import sweep_clocks
from tests.conftest import NOW
from tests.tickets.pages import image, upload
from tickets.models import Application, Category, Draft, Subcategory, Ticket
from tickets.services import uploads

State = Visit.State
MINUTE = timedelta(minutes=1)
OF_FILES = ("consultations:file", "consultations:preview")


def path_of_visit(address: str, visit: Visit) -> str:
    """Return the path of an address for this visit, with a file scanned for it where the address names one."""
    return reverse(address, args=[visit.number, scan(visit)] if address in OF_FILES else [visit.number])


def visit_at(make_visit: Callable[..., Visit], place: str) -> Visit:
    """Return a visit in a state; written has its ticket, asked was too long and the officer has said why."""
    if place not in ("written", "asked"):
        return make_visit(place)
    visit = make_visit(State.IN_SESSION)
    sessions.file_ticket(visit.pk, by=visit.officer, now=NOW, key=uuid4(), facts=facts_of_ticket(), answer="")
    if place == "asked":
        sweep_clocks(now=NOW + 70 * MINUTE)
        words = {"excuse": Visit.Excuse.DOCUMENTS, "note": "NIB tidak dibawa."}
        excusing.ask_excuse(visit.pk, by=visit.officer, now=NOW + 70 * MINUTE, **words)
    return visit


def facts_of_ticket() -> dict[str, Any]:
    """Return what an officer fills into a Tiket Konsultasi."""
    return {
        "lpse": Lpse.objects.first(),
        "application": Application.objects.get(name="SPSE"),
        "subcategory": Subcategory.objects.get(category__name="Akun", name="Gagal masuk"),
        "type": Ticket.Type.PROBLEM,
        "title": "Tidak dapat masuk ke SPSE",
        "description": "Muncul pesan User ID atau Password salah.",
    }


def scan(visit: Visit) -> Any:
    """Attach a picture to a visit as the front desk scans it, and return its key."""
    receptionist = visit.events.get(kind="registered").actor
    draft = Draft.objects.create(owner=receptionist, case=visit.number, changed_at=NOW - MINUTE)
    Visit.objects.filter(pk=visit.pk).update(draft_key=draft.key)
    return uploads.attach(upload("nib.png", image()), key=draft.key, by=receptionist, now=NOW).key


def form_at_counter(address: str) -> dict[str, Any]:
    """Return a whole and valid form of the counter; empty for all other addresses."""
    if address == "consultations:direct":
        return {"room": Room.objects.get(name="Ruang 3").pk}
    if address in ("consultations:desk", "consultations:request_form"):
        guest = {"name": "Petrus Contoh", "kind": "vendor", "phone": "0812-0000-0042"}
        purpose = Category.objects.get(name="Akun").pk
        return guest | {"purpose": purpose, "problem": "Tidak dapat masuk.", "key": str(uuid4())}
    if address == "consultations:session":
        return {name: getattr(value, "pk", value) for name, value in facts_of_ticket().items()}
    if address == "consultations:receipt":
        return {"generation": 0}
    if address == "consultations:end":
        passed = {"outcome": "escalated", "to": "3", "analysis": "Cacat pada aplikasi.", "line": "Kami teruskan."}
        return passed | {"version": Ticket.objects.get().version}
    return {}
