"""Addresses of the phone as the table of who may open what needs them: a call to be about, a form to send."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from accounts.models import User
from callcenter.models import Call
from callcenter.services import calls, confirmations, links, lookup
from escalation.tiers import Tier
from tests.conftest import NOW
from tickets.models import Category, Ticket

GIVEN = {"caller_name": "Wulan Rekaan", "business_name": "CV Rekaan 1"}
OF_REQUESTS = ("callcenter:confirmation", "callcenter:mark_read", "callcenter:call_back")


def path_of_call(address: str, place: str, ticket_in: Callable[..., Ticket], agent: User, officer: User) -> str:
    """Return the path of an address for a call about a ticket at Helpdesk Teknis whose reporter it is.

    A done call has its outcome; of an asked one an officer is asked something, which an answered one has heard.
    """
    ticket = ticket_in(Tier.TEKNIS, Ticket.Status.IN_PROGRESS)
    call = calls.start_call(by=agent, now=NOW)
    calls.keep(call.pk, by=agent, now=NOW, **GIVEN)
    lookup.look_up(call.pk, by=agent, now=NOW, number=ticket.number, address="")
    if place == "done":
        calls.end_call(call.pk, by=agent, now=NOW, outcome=Call.Outcome.DROPPED)
    if address == "callcenter:link":
        calls.identify(call.pk, by=agent, now=NOW, reporter=ticket.reporter)
        facts = {"question": "Ditolak.", "subcategory": None, "email": "", "by_mail": False}
        return reverse(address, args=[links.direct(call.pk, by=agent, now=NOW, **facts).code])
    if address in OF_REQUESTS:
        asked = confirmations.ask(call.pk, by=agent, now=NOW, question="Kapan selesai?")
        if place == "answered":
            confirmations.answer(asked.pk, by=officer, now=NOW, text="Hari ini.")
        return reverse(address, args=[asked.pk])
    return reverse(address, args=[call.number] if address != "callcenter:desk" else [])


def form_at_phone(address: str) -> dict[str, Any]:
    """Return a whole and valid form of the phone; empty for all other addresses."""
    told = GIVEN | {"question": "Lupa kata sandi.", "answer": "Pakai tautan Lupa Kata Sandi."}
    forms = {
        "callcenter:keep": told,
        "callcenter:end": told | {"outcome": Call.Outcome.ANSWERED},
        "callcenter:ask": {"question": "Kapan selesai?"},
        "callcenter:direct": {"question": "Ditolak.", "email": "siapa@contoh.invalid", "by_mail": "tidak"},
        "callcenter:confirmation": {"text": "Hari ini."},
    }
    if address == "callcenter:look_up":
        return {"tiket": Ticket.objects.get().number}
    if address == "callcenter:end":
        return forms[address] | {"category": Category.objects.get(name="Akun").pk}
    return forms.get(address, {})
