"""Access codes of tickets, and the letters that carry them (A22, R26)."""

from datetime import datetime
from typing import cast

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from core.fsm import Conflict
from notifications.services import notify
from tickets.models import Ticket
from tickets.permissions import duty_on, is_reporter
from tickets.services.record import about_for_reporter
from tracking import services


def require_code_maker(ticket: Ticket, by: User) -> None:
    """Raise PermissionDenied for all but the reporter and, for one without an account, whoever holds the ticket."""
    if not (is_reporter(ticket, by) or (ticket.reporter.is_visitor and duty_on(ticket, by))):
        raise PermissionDenied


@transaction.atomic
def make_code(ticket: Ticket, *, by: User, now: datetime, address: str) -> str:
    """Return a new access code for somebody who may have one."""
    require_code_maker(ticket, by)
    return give_code(ticket, by=by, now=now, address=address)


@transaction.atomic
def give_code(ticket: Ticket, *, by: User, now: datetime, address: str) -> str:
    """Return a new access code, shown once; whoever came in without an account gets it by mail too.

    Who may have one the caller has checked.
    """
    code = services.make_access_code(ticket.number, by=by, now=now, address=address)
    if ticket.reporter.is_visitor and ticket.reporter.email:
        notify([_person(ticket)], "access_code", now=now, secret=code, **about_for_reporter(ticket))
    return code


@transaction.atomic
def mail_one_time_code(ticket: Ticket, *, now: datetime) -> None:
    """Mail the code by which a reporter without an account may act; raise Conflict where that is impossible."""
    if not (ticket.reporter.is_visitor and ticket.reporter.email):
        raise Conflict
    code = services.make_one_time_code(ticket.number, now=now)
    notify([_person(ticket)], "one_time_code", now=now, secret=code, **about_for_reporter(ticket))


def _person(ticket: Ticket) -> User:
    return cast(User, ticket.reporter.user)  # every reporter of a ticket has one
