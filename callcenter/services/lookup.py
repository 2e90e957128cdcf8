"""Finding what a caller speaks of: a ticket by its number only, people by whatever is known of them (R07, R28)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import NPWP_DIGITS, Reporter, User
from accounts.phones import read_phone
from audit.models import AuditEntry
from audit.services import record
from callcenter.models import Call, CallEvent
from callcenter.services.calls import lock_unfinished, note_disclosure, require_agent
from core.dates import local
from core.fsm import Conflict
from core.numbers import make_number, meant_numbers, near_numbers, spoken_digits
from escalation.models import Entitlement
from escalation.tiers import LKPP_ZONE
from tickets.models import Ticket

LONGEST = 100  # letters; nobody says more
PEOPLE, NEAR = 6, 6
PEOPLE_OF = ("lpse", "reporter__institution", "reporter__lpse")
WHOLE = sum(char.isdigit() for char in make_number(Ticket.NUMBER_KIND, 2026, 1))
SHORTEST = 3  # digits: a running number and the check digit
PHONES = ("08", "628")


@dataclass(frozen=True)
class Found:
    """What a text may mean: tickets by number, people; and for a number that is none, the ones that sound like it."""

    numbers: Sequence[str] = ()
    people: Sequence[Reporter] = ()
    owing: frozenset[int] = frozenset()  # people whom a priority is owed
    near: Sequence[str] = ()
    is_wrong: bool = False  # the check digit tells that it was misheard
    is_unknown: bool = False  # a good number that no ticket has
    phone: str = ""


def find(text: str, *, by: User, now: datetime) -> Found:
    """Return what an agent may mean by a text, in a fixed number of questions however many tickets there are."""
    require_agent(by)
    year, digits = local(now, LKPP_ZONE).year, spoken_digits(text)
    meant = meant_numbers(text, Ticket.NUMBER_KIND, year=year)
    numbers = _existing(meant, by) if meant else []
    phone = read_phone(text)
    people = Reporter.objects.matching(text, limit=PEOPLE) if _may_be_a_person(text, digits, phone) else []
    owed = Entitlement.objects.filter(reporter__in=people, redeemed_at=None, withdrawn_at=None) if people else None
    owing = frozenset(owed.values_list("reporter", flat=True)) if owed is not None else frozenset()
    if numbers or people or phone or not _is_whole(digits, year):
        return Found(numbers=numbers, people=people, owing=owing, phone=phone)
    near = _existing(near_numbers(text, Ticket.NUMBER_KIND, year=year), by)
    return Found(near=near[:NEAR], is_wrong=not meant, is_unknown=bool(meant))


def _existing(numbers: list[str], by: User) -> list[str]:
    rows = Ticket.objects.readable_by_phone(by).filter(number__in=numbers).order_by()
    return sorted(rows.values_list("number", flat=True), reverse=True)


def _may_be_a_person(text: str, digits: str, phone: str) -> bool:
    """Whether to look among people: not for the digits of a ticket number, which resemble nobody's name."""
    has_figures = any(char.isdigit() for char in text)
    return not (digits and has_figures) or bool(phone) or len(digits) in NPWP_DIGITS


def _is_whole(digits: str, year: int) -> bool:
    """Whether somebody has typed all of a ticket number, so that it can be called wrong."""
    if digits.startswith((str(year), str(year - 1))):
        return len(digits) >= WHOLE
    return SHORTEST <= len(digits) <= WHOLE and not digits.startswith(PHONES)


@transaction.atomic
def look_up(pk: int, *, by: User, now: datetime, number: str, address: str) -> Call:
    """Open the ticket of this number in a call; audited once for each ticket and call.

    Raises Conflict where there is none.
    """
    call = lock_unfinished(pk, by=by)
    ticket = Ticket.objects.readable_by_phone(by).filter(number=number).select_related(*PEOPLE_OF).first()
    if ticket is None:
        raise Conflict(_("Tidak ada tiket dengan nomor ini. Minta penelepon mengulangi nomornya."))
    call.ticket = ticket
    call.save(update_fields=["ticket"])
    seen = {"kind": CallEvent.Kind.LOOKED_UP, "data": {"ticket": ticket.number}}
    if not call.events.filter(**seen).exists():
        call.events.create(actor=by, at=now, **seen)
        kind, subject = AuditEntry.Kind.TICKET_LOOKED_UP, ticket.number
        record(kind, by=by, subject=subject, address=address, now=now, call=call.number)
    note_disclosure(call, by=by, now=now)
    return call


def earlier_calls(call: Call) -> list[Call]:
    """Return the last calls from this number, and of this reporter."""
    rows = Call.objects.exclude(pk=call.pk).order_by("-pk").select_related("agent", "ticket")
    known = rows.filter(reporter=call.reporter)[:5] if call.reporter else []
    same_phone = rows.filter(from_phone=call.from_phone)[:5] if call.from_phone else []
    found = {earlier.pk: earlier for earlier in [*known, *same_phone]}
    return sorted(found.values(), key=lambda earlier: -earlier.pk)[:5]


def tickets_of(call: Call) -> list[Ticket]:
    """Return the last tickets of the recognised caller, of which the agent is shown no number: the caller says it."""
    rows = Ticket.objects.filter(reporter=call.reporter).select_related("subcategory__category")
    return list(rows.order_by("reporter_rank", "-changed_at", "-pk")[:5]) if call.reporter else []
