"""What becomes of tickets, shares and drafts when two identities of one person are made one, or two again."""

from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from accounts.merging import move_rows
from accounts.models import Reporter
from accounts.signals import merge_undone, reporters_merged
from escalation.services.merging import hand_over
from tickets.models import Draft, Ticket, TicketShare


def _numbers(keys: list[int]) -> list[str]:
    return list(Ticket.objects.filter(pk__in=keys).values_list("number", flat=True))


@receiver(reporters_merged, dispatch_uid="tickets_of_the_merged")
def take_over(kept: Reporter, merged: Reporter, **kwargs: Any) -> dict[str, Any]:
    """Give all of `merged` to `kept`; what they shared with each other, or both were shared, is set aside."""
    dropped = _needless_shares(kept, merged)
    tickets = move_rows(Ticket.objects.filter(reporter=merged), reporter=kept)
    hand_over(_numbers(tickets), to=kept)
    return {
        "tickets": tickets,
        "dropped_shares": dropped,
        "shares": move_rows(TicketShare.objects.filter(reporter=merged), reporter=kept),
        "drafts": move_rows(Draft.objects.filter(owner=merged.user_id), owner=kept.user_id),
    }


def _needless_shares(kept: Reporter, merged: Reporter) -> list[dict[str, Any]]:
    """Take away the shares that would name the reporter of the ticket, or one person twice; return them as JSON."""
    both = [kept, merged]
    to_kept = TicketShare.objects.filter(reporter=kept).values("ticket")
    own, twice = Q(reporter__in=both, ticket__reporter__in=both), Q(reporter=merged, ticket__in=to_kept)
    rows = TicketShare.objects.filter(own | twice)
    told = [
        row | {"at": row["at"].isoformat()}
        for row in rows.order_by("pk").values("id", "ticket_id", "reporter_id", "at")
    ]
    rows.delete()
    return told


@receiver(merge_undone, dispatch_uid="tickets_of_two_again")
def give_back(kept: Reporter, merged: Reporter, moved: dict[str, Any], **kwargs: Any) -> None:
    """Give back what was moved, with the promises made since; a share that somebody ended since stays ended."""
    tickets = move_rows(Ticket.objects.filter(pk__in=moved["tickets"]), reporter=merged)
    hand_over(_numbers(tickets), to=merged)
    move_rows(TicketShare.objects.filter(pk__in=moved["shares"]), reporter=merged)
    move_rows(Draft.objects.filter(pk__in=moved["drafts"]), owner=merged.user_id)
    own = Ticket.objects.filter(reporter__in=[kept, merged]).values_list("pk", flat=True)
    shared = TicketShare.objects.filter(reporter=kept).values_list("ticket", flat=True)
    told = {row["ticket_id"] for row in moved["dropped_shares"]}
    open_to_both = {*own.filter(pk__in=told), *shared.filter(ticket__in=told)}
    rows = [TicketShare(**row) for row in moved["dropped_shares"] if row["ticket_id"] in open_to_both]
    TicketShare.objects.bulk_create(rows, ignore_conflicts=True)
