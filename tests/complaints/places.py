"""Addresses of the register as the table of who may open what needs them: a complaint to be about, a form to send."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.urls import reverse

from accounts.models import User
from complaints.files import evidence_of
from complaints.models import Complaint, PublicText, Question, StandardPart
from complaints.services import filing, turns
from escalation.services.sweep import sweep_clocks
from tests.complaints.conftest import FACTS, evidence
from tests.conftest import NOW

OF_FILES = ("complaints:file", "complaints:preview", "complaints:answer_file")
LETTER = {"number": "B-9/LKPP/XI/2026", "date": NOW.date(), "text": "Kami jelaskan.", "signed_by": "Direktur Contoh"}
ANSWER = LETTER | {"date": f"{NOW:%d-%m-%Y}"}


def path_of_complaint(address: str, place: str, keeper: User) -> str:
    """Return the path of an address for a complaint: new without evidence, busy with it, answered, or late."""
    key = uuid4()
    if place != "new":
        evidence(key)
    came = NOW - timedelta(days=14) if place == "late" else NOW
    complaint = filing.file_complaint(by=None, now=came, key=key, facts=FACTS)
    if place == "answered":
        turns.respond(complaint.pk, by=keeper, now=NOW, version=complaint.version, key=uuid4(), letter=LETTER)
    if place == "late":
        sweep_clocks(now=NOW)
    files = evidence_of(complaint).values_list("key", flat=True)
    return reverse(address, args=[complaint.number, files[0]] if address in OF_FILES else [complaint.number])


def path_of_page(address: str) -> str:
    """Return the path of an address of the public pages, with a row of the kind it names."""
    if address == "complaints:change_part":
        return reverse(address, args=[StandardPart.objects.get(name="Dasar hukum").pk])
    if address == "complaints:change_question":
        return reverse(address, args=[Question.objects.create(question="Berapa biayanya?", answer="Gratis.").pk])
    return reverse(address, args=[PublicText.objects.get(slug="loket").slug])


def form_at_register(address: str) -> dict[str, Any]:
    """Return a whole and valid form of the register; empty for all other addresses."""
    given: dict[str, dict[str, Any]] = {
        "complaints:ask": {"reason": "Mohon bukti."},
        "complaints:classify": {"legal_class": "normative"},
        "complaints:respond": ANSWER,
        "complaints:withdraw": {"reason": "Diminta pengadu."},
        "complaints:excuse": {"reason": "Gangguan jaringan nasional."},
        "complaints:change_part": {"text": "1. UU 25/2009", "before": ""},
        "complaints:change_text": {"text": "Lantai M.", "before": ""},
        "complaints:change_question": {"question": "Berapa biayanya?", "answer": "Gratis.", "position": 1},
        "complaints:add_question": {"question": "Di mana?", "answer": "Lantai M.", "position": 2},
        "complaints:receipt": {"generation": 0},
        "complaints:send": FACTS,
    }
    form = dict(given.get(address, {}))
    complaint = Complaint.objects.first() if address.startswith("complaints:") else None
    return form | {"version": complaint.version} if complaint else form
