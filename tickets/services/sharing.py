"""Sharing a ticket with a colleague of the same organisation (A14)."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Reporter, User
from core.fsm import Conflict
from tickets.models import Ticket, TicketEvent
from tickets.permissions import is_reporter
from tickets.services.record import keep, record, tell


def has_organisation(reporter: Reporter) -> bool:
    """Tell whether this reporter can have colleagues; staff of an LPSE have none, nor have people without an account.

    Staff of an LPSE serve the tickets of their own office already; sharing would bar them from it. What the counter
    wrote down of a visitor proves no organisation.
    """
    if reporter.kind == Reporter.Kind.LPSE_STAFF or reporter.is_visitor:
        return False
    return reporter.is_vendor or bool(reporter.institution_id and reporter.work_unit)


def colleagues(reporter: Reporter) -> QuerySet[Reporter]:
    """Return people with an account of the same business (by NPWP) or the same work unit."""
    others = Reporter.objects.filter(user__is_active=True, is_visitor=False).exclude(pk=reporter.pk).order_by("name")
    if not has_organisation(reporter):
        return others.none()
    if reporter.is_vendor:
        return others.filter(kind=Reporter.Kind.VENDOR, npwp=reporter.npwp)
    same = others.filter(institution=reporter.institution_id, work_unit=reporter.work_unit)
    return same.exclude(kind=Reporter.Kind.LPSE_STAFF)


def require_sharing(ticket: Ticket, by: User) -> None:
    """Raise PermissionDenied for anybody but the reporter, Conflict for one who has no organisation to share with."""
    if not is_reporter(ticket, by):
        raise PermissionDenied
    if not has_organisation(ticket.reporter):
        raise Conflict(_("Tiket hanya dapat dibagikan kepada rekan dari organisasi yang sama."))


@transaction.atomic
def share_ticket(pk: int, *, by: User, now: datetime, colleague: Reporter) -> Ticket:
    """Let a colleague read and answer this ticket; only its reporter closes it. Sharing twice is sharing once."""
    ticket = Ticket.objects.lock(pk)
    require_sharing(ticket, by)
    if not colleagues(ticket.reporter).filter(pk=colleague.pk).exists():
        raise Conflict(_("Tiket hanya dapat dibagikan kepada rekan dari organisasi yang sama."))
    _share, is_new = ticket.shares.get_or_create(reporter=colleague, defaults={"at": now})
    if is_new:
        keep(ticket, now=now)
        record(ticket, TicketEvent.Kind.SHARED, by=by, now=now, to=colleague.name)
        if colleague.user:
            tell([colleague.user], "ticket_shared", ticket, now=now, sender=by.name)
    return ticket


@transaction.atomic
def unshare_ticket(pk: int, *, by: User, now: datetime, colleague: Reporter) -> Ticket:
    """Take back what was shared."""
    ticket = Ticket.objects.lock(pk)
    require_sharing(ticket, by)
    gone, _rows = ticket.shares.filter(reporter=colleague).delete()
    if gone:
        keep(ticket, now=now)
        record(ticket, TicketEvent.Kind.UNSHARED, by=by, now=now, to=colleague.name)
    return ticket
