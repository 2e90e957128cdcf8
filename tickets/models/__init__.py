"""The case and all that belongs to it."""

from tickets.models.catalogue import Application, Category, DocumentRequirement, Subcategory
from tickets.models.history import Attachment, Draft, TicketEvent
from tickets.models.ticket import Leg, NumberCounter, Ticket

__all__ = [
    "Application",
    "Attachment",
    "Category",
    "DocumentRequirement",
    "Draft",
    "Leg",
    "NumberCounter",
    "Subcategory",
    "Ticket",
    "TicketEvent",
]
