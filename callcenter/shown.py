"""The agent's screen: before the match only that the number exists, after it what may be said (A21)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from callcenter.matching import match_of, may_be_told
from callcenter.models import Call
from callcenter.read_out import read_out, without_ids
from callcenter.services.calls import obstacle
from callcenter.services.confirmations import can_be_asked_about
from callcenter.services.lookup import earlier_calls, tickets_of
from callcenter.timer import timer_of
from escalation.models import Entitlement
from tickets.chain import stations
from tickets.journey import Journey
from tickets.models import Ticket, TicketEvent
from tickets.promise import box_of
from tickets.services.feedback import open_request

Outcome = Call.Outcome
PROMISE = ("response_clock__promise", "response_clock__lpse", "response_clock__excused_by")


@dataclass(frozen=True)
class Way:
    """One way to end a call: its key, words, consequence and icon, and what keeps the agent from it now."""

    outcome: str
    key: int
    label: str
    hint: str
    icon: str
    obstacle: str


WAYS = {
    Outcome.ANSWERED: (_("Dijawab langsung"), _("Isi jawaban dan kategorinya."), "check"),
    Outcome.STATUS_GIVEN: (
        _("Status disampaikan"),
        _("Posisi dan batas waktu dibacakan."),
        "megaphone",
    ),
    Outcome.CONFIRMATION: (_("Minta konfirmasi"), _("Permintaan terkirim ke petugas di LKPP."), "arrow-uturn-left"),
    Outcome.DIRECTED: (_("Diarahkan membuat tiket"), _("Tautan Buat Tiket sudah diberikan."), "pencil-square"),
    Outcome.REFERRED: (_("Dirujuk ke LPSE"), _("Tiket berada di LPSE."), "building-office"),
    Outcome.DROPPED: (_("Terputus"), _("Catat untuk dihubungi kembali."), "phone-x-mark"),
}


def ways_of(call: Call) -> list[Way]:
    """Return the outcomes in the order of their keys."""
    ways = enumerate(WAYS.items(), start=1)
    return [
        Way(outcome, key, str(label), str(hint), icon, obstacle(call, outcome))
        for key, (outcome, (label, hint, icon)) in ways
    ]


def context_of(call: Call, now: datetime) -> dict[str, Any]:
    """Return what the whole screen draws for a call."""
    owed = Entitlement.objects.owed_to(call.reporter).first() if call.reporter else None
    return {
        "timer": timer_of(call, now),
        "owed": owed,
        "earlier_calls": earlier_calls(call),
        "earlier_tickets": tickets_of(call),
    } | status_of(call, now)


def status_of(call: Call, now: datetime) -> dict[str, Any]:
    """Return what changes with the words of the caller: the match, the outcomes, and the ticket once it may be told."""
    match = match_of(call)
    context: dict[str, Any] = {"call": call, "now": now, "match": match, "ways": ways_of(call), "may_ask": False}
    if call.ticket and may_be_told(call):
        return context | _told(call.ticket, now) | {"may_ask": can_be_asked_about(call.ticket)}
    return context


def _told(asked_about: Ticket, now: datetime) -> dict[str, Any]:
    """Return the ticket with its chain and what is read aloud of it; never its files or notes."""
    rows = Ticket.objects.filter(pk=asked_about.pk).select_related("lpse", "assignee", *PROMISE)
    ticket = rows.select_related("reporter__institution", "reporter__lpse").get()
    journey = Journey(ticket, ticket.zone, own=False, now=now)
    words = read_out(journey)
    asked = open_request(ticket) if ticket.awaits_data else None
    solved = ticket.events.filter(kind=TicketEvent.Kind.RESOLVED, is_public=True).last()
    box = box_of(journey, asked=asked, solution=solved, last_answer=words.answer)
    return {
        "ticket": ticket,
        "title": without_ids(ticket.title),
        "words": words,
        "zone": ticket.zone,
        "box": box,
        "stations": stations(journey, is_late=box.is_late),
        "reporter": ticket.reporter,
    }
