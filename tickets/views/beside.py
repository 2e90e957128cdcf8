"""The tickets before and after one, in the queue from which it was opened."""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from accounts.requests import signed_in
from core.pagination import neighbours, position
from escalation.tiers import find_desk
from tickets.models import Ticket
from tickets.views.shown import read_shown

KEPT = "queue"  # in the session: origin, ticket and its position when it was opened


def beside(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """Return the neighbours in the view that ?dari= names, else in the last such view, else in its unit's queue.

    An act moves a ticket within its queue or out of it; who comes back from one finds the place where they were.
    """
    given = request.GET.get("dari", "")
    origin, pk, cursor = request.session.get(KEPT) or [ticket.desk.slug, 0, ""]
    origin = given or origin
    slug, _mark, query = origin.partition("?")
    desk = find_desk(signed_in(request), slug)
    if desk is None:
        return {}
    shown = read_shown(desk, signed_in(request), QueryDict(query), now=timezone.now())
    if given or ticket.pk != pk:
        cursor = position(ticket, shown.order)
    if given:
        request.session[KEPT] = [origin, ticket.pk, cursor]
    previous, following = neighbours(shown.rows, shown.order, cursor)
    return {"origin": shown.origin, "came_from": shown, "previous": previous, "following": following}
