"""Finding tickets by number, code, words and names, among those a person may see."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, TrigramWordSimilarity
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest

from accounts.models import LPSE_ROLES, Reporter, Role, User
from core.numbers import read_number
from escalation.tiers import LKPP_ROLES
from tickets.models import Ticket, TicketEvent, TicketShare
from tickets.models.queryset import TicketQuerySet
from tickets.models.ticket import LANGUAGE

SHOWN = 50
CANDIDATES = 200  # the newest of each kind are ranked; older ones are found by more words
SHORTEST, LONGEST_NAME = 3, 60
EARLIER = 5
# Looks like a number of ours: with the prefix, in three groups, or as many digits in a row.
NUMBER = re.compile(r"\s*(tkt\W*\d[\d\W]*|20\d\d\W+\d{1,12}\W+\d|20\d{9})\s*", re.IGNORECASE)
START, STOP = "\x02", "\x03"  # around a hit; no page prints them
MARKED = re.compile(f"{START}([^{STOP}]*){STOP}")
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Hit:
    """One ticket that was found, with the words that matched: (text, whether it matched)."""

    ticket: Ticket
    title: Pieces
    snippet: Pieces
    event: TicketEvent | None


@dataclass(frozen=True)
class Results:
    """At most SHOWN tickets, best first."""

    hits: list[Hit]
    has_more: bool


@dataclass(frozen=True)
class Scope:
    """One of the reasons for which a person sees tickets, in a form that an index answers."""

    rows: TicketQuerySet
    is_staff: bool


def is_misread_number(text: str) -> bool:
    """Tell whether a text is meant as a ticket number but its check digit does not fit."""
    return NUMBER.fullmatch(text) is not None and read_number(text, Ticket.NUMBER_KIND) is None


def scopes_of(user: User) -> list[Scope]:
    """Return what `Ticket.objects.visible_to` allows, part by part: its OR would read every ticket.

    Staff scopes leave out tickets on whose reporter's side the person is, because there they read no notes.
    """
    own = user.own_reporter
    shares = TicketShare.objects.filter(reporter=own).order_by("-pk").values_list("ticket", flat=True)
    shared = list(shares[:CANDIDATES]) if own else []
    answered = Q(reporter=own) | Q(pk__in=shared) if own else Q(pk__in=[])
    parts = [Q(pk__in=shared), Q(reporter=own)] if own else []
    offices = [duty.lpse_id for duty in user.duty_list if duty.role in LPSE_ROLES]
    staff = [Q(lpse__in=offices, channel=Ticket.Channel.WEB)] if offices else []
    staff += [Q(reached_lkpp_at__isnull=False)] if user.holds(*LKPP_ROLES) else []
    staff = [Q()] if user.holds(Role.SUPERVISOR) else staff
    return [
        *(Scope(Ticket.objects.filter(part), is_staff=False) for part in parts),
        *(Scope(Ticket.objects.filter(part).exclude(answered), is_staff=True) for part in staff),
    ]


def websearch(text: str) -> SearchQuery:
    return SearchQuery(text, config=LANGUAGE, search_type="websearch")


def matching_events(text: str, *, notes: bool) -> QuerySet[TicketEvent]:
    """Return the messages that hold these words; the first is the description, which the ticket itself holds."""
    events = TicketEvent.objects.filter(search=websearch(text)).exclude(kind=TicketEvent.Kind.FILED)
    return events if notes else events.filter(is_public=True)


def candidates(text: str, scope: Scope) -> Iterator[tuple[str, TicketQuerySet]]:
    """Yield the kinds of matches in one scope."""
    yield "words", scope.rows.filter(search=websearch(text))
    events = matching_events(text, notes=scope.is_staff)
    yield "history", scope.rows.filter(pk__in=events.values("ticket"))
    if SHORTEST <= len(text) <= LONGEST_NAME:
        yield "code", scope.rows.filter(Q(package_code__istartswith=text) | Q(error_code__istartswith=text))
        if scope.is_staff:
            people = Reporter.objects.named(text).values(going_on=Coalesce("merged_into", "pk"))
            yield "name", scope.rows.filter(reporter__in=people)


def find(text: str, *, user: User) -> Results:
    """Return the best tickets for a text of at most some hundred characters."""
    rows = [("number", Ticket.objects.visible_to(user).numbered(text))]
    rows += [found for scope in scopes_of(user) for found in candidates(text, scope)]
    first, *others = [
        found.order_by("-pk").values_list("pk", Value(kind, output_field=CharField()))[:CANDIDATES]
        for kind, found in rows
    ]
    kinds: dict[int, set[str]] = {}
    for pk, kind in first.union(*others, all=True):
        kinds.setdefault(pk, set()).add(kind)
    scores = score(text, kinds)
    best = sorted(scores, key=lambda pk: (-scores[pk], -pk))[: SHOWN + 1]
    return Results(hits(text, best[:SHOWN], user), has_more=len(best) > SHOWN)


def score(text: str, kinds: dict[int, set[str]]) -> dict[int, float]:
    """Say how well each ticket matches: number, code, whole name, words, messages, and last a similar name."""
    names = ("name", "business_name", "work_unit", "institution__name")
    alike = (Coalesce(TrigramWordSimilarity(text, f"reporter__{name}"), 0.0) for name in names)
    found = Ticket.objects.filter(pk__in=kinds).annotate(
        rank=SearchRank(F("search"), websearch(text)), alike=Greatest(*alike)
    )
    scores = {}
    for pk, rank, similarity in found.values_list("pk", "rank", "alike"):
        by_kind = {
            "number": 4,
            "code": 3,
            "name": 2 if similarity == 1 else 0.5 * similarity,
            "words": 1 + rank,
            "history": 0.9,
        }
        scores[pk] = max(by_kind[kind] for kind in kinds[pk])
    return scores


def hits(text: str, best: list[int], user: User) -> list[Hit]:
    """Return these tickets in this order with their words marked; `visible_to` has the last word."""
    query = websearch(text)
    rows = Ticket.objects.visible_to(user).filter(pk__in=best).for_lists()
    rows = rows.annotate(
        marked_title=headline("title", query, highlight_all=True), marked_description=headline("description", query)
    )
    tickets = {ticket.pk: ticket for ticket in rows}
    events = {event.ticket_id: event for event in marked_events(text, list(tickets), user)}
    return [hit(tickets[pk], events.get(pk)) for pk in best if pk in tickets]


def marked_events(text: str, tickets: list[int], user: User) -> QuerySet[TicketEvent]:
    """Return of each ticket the newest message this person may read that matches, with its words marked."""
    own = user.own_reporter
    shared = TicketShare.objects.filter(reporter=own).values("ticket")
    answered = Q(ticket__reporter=own) | Q(ticket__in=shared) if own else Q(pk__in=[])
    matching = matching_events(text, notes=True).filter(Q(is_public=True) | ~answered, ticket__in=tickets)
    newest = matching.order_by("ticket", "-pk").distinct("ticket")
    return TicketEvent.objects.filter(pk__in=newest.values("pk")).annotate(marked=headline("body", websearch(text)))


def headline(field: str, query: SearchQuery, *, highlight_all: bool | None = None) -> SearchHeadline:
    """Mark the words of a query in a text: the whole of it, or the parts around them."""
    return SearchHeadline(
        field,
        query,
        config=LANGUAGE,
        start_sel=START,
        stop_sel=STOP,
        highlight_all=highlight_all,
        max_words=24,
        min_words=12,
        max_fragments=None if highlight_all else 2,
        fragment_delimiter=" … ",
    )


def hit(ticket: Ticket, event: TicketEvent | None) -> Hit:
    """Show a message only when the ticket's own words do not tell why it was found."""
    title, description = ticket.marked_title, ticket.marked_description
    if event and START not in title + description:
        return Hit(ticket, pieces(title), pieces(event.marked), event)  # type: ignore[attr-defined]
    return Hit(ticket, pieces(title), pieces(description), None)


def pieces(marked: str) -> Pieces:
    """Cut a text at its marks; a template then escapes each piece."""
    parts = enumerate(MARKED.split(marked))
    return [(part.replace(START, "").replace(STOP, ""), place % 2 == 1) for place, part in parts if part]


def earlier_of_reporter(ticket: Ticket, *, user: User) -> TicketQuerySet:
    """Return the newest other tickets of the same reporter."""
    return _newest(Ticket.objects.visible_to(user).filter(reporter=ticket.reporter_id), ticket)


def earlier_of_package(ticket: Ticket, *, user: User) -> TicketQuerySet:
    """Return the newest other tickets about the same package."""
    if not ticket.package_code:
        return Ticket.objects.none()
    return _newest(Ticket.objects.visible_to(user).filter(package_code__iexact=ticket.package_code), ticket)


def _newest(rows: TicketQuerySet, ticket: Ticket) -> TicketQuerySet:
    return rows.exclude(pk=ticket.pk).select_related("lpse").order_by("-pk")[:EARLIER]
