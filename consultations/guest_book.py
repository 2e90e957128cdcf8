"""Reading the guest book: finding visits, and what a day or a period of them comes to."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q

from accounts.models import SHORTEST_NAME, Reporter
from accounts.phones import read_phone
from consultations.models import Visit, VisitEvent
from consultations.models.visit import ENTRY, VisitQuerySet
from consultations.services.sessions import Outcome
from core.numbers import read_number
from core.percentiles import Percentile
from tickets.models import Ticket
from tickets.services.search import NUMBER

State = Visit.State
PEOPLE = 200  # who may be meant by a name; more words find the others
QUEUE = re.compile(r"\s*a\W*(\d{1,5})\s*", re.IGNORECASE)
SOLVED = VisitEvent.objects.filter(visit=OuterRef("pk"), kind=VisitEvent.Kind.FINISHED, data__outcome=Outcome.SOLVED)


@dataclass(frozen=True)
class Figures:
    """What a period comes to; durations are none without a session."""

    visits: int
    waited: timedelta | None  # from arrival to the start, the median (A19)
    waited_90: timedelta | None
    lasted: timedelta | None  # the session, the median (R35)
    lasted_90: timedelta | None
    solved: int  # on the spot
    left: int  # without being served
    missed: int  # called, and nobody came
    late: int  # longer than promised
    excused: int  # of these


def matching(rows: VisitQuerySet, text: str) -> VisitQuerySet:
    """Find visits by queue number, guest-book number, ticket number or phone, else by person or organisation.

    Names are found when misspelt, too.
    """
    if ENTRY.fullmatch(text):
        return rows.numbered(text)
    if queue := QUEUE.fullmatch(text):
        return rows.filter(serial=int(queue[1]))
    if NUMBER.fullmatch(text):
        number = read_number(text, Ticket.NUMBER_KIND) or ""
        made = Ticket.objects.filter(number=number).values_list("pk", flat=True)
        return rows.filter(Q(ticket__in=list(made)) | Q(ticket_number=number)) if number else rows.none()
    # Their keys first: an OR across tables would read every visit.
    people = Q(reporter__in=[person.pk for person in Reporter.objects.matching(text, limit=PEOPLE)])
    if phone := read_phone(text):
        return rows.filter(people | Q(phone=phone))
    if len(text) < SHORTEST_NAME:
        return rows.none()
    return rows.filter(people | Q(organisation__trigram_word_similar=text))


def result_of(visit: Visit) -> str:
    """Return what came of a visit that was read `for_lists`: "Selesai di tempat", without a session its state."""
    return str(Outcome(visit.outcome).label if visit.outcome else visit.get_state_display())


def figures_of(rows: VisitQuerySet) -> Figures:
    """Count a period in one query."""
    waited, lasted = F("started_at") - F("arrived_at"), F("ended_at") - F("started_at")
    counted = rows.annotate(was_solved=Exists(SOLVED)).aggregate(
        visits=Count("pk"),
        waited=Percentile(waited, 0.5),
        waited_90=Percentile(waited, 0.9),
        lasted=Percentile(lasted, 0.5),
        lasted_90=Percentile(lasted, 0.9),
        solved=Count("pk", filter=Q(was_solved=True)),
        left=Count("pk", filter=Q(state=State.LEFT)),
        missed=Count("pk", filter=Q(state=State.NO_SHOW)),
        late=Count("clock__breached_at"),
        excused=Count("clock__excused_at"),
    )
    return Figures(**counted)
