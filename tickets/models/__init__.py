"""The case and all that belongs to it."""

from tickets.models.catalogue import Application, Category, DocumentRequirement, Subcategory
from tickets.models.desk import Presence, SavedView
from tickets.models.history import Attachment, DataRequest, Draft, RequestedItem, TicketEvent
from tickets.models.leg import Leg
from tickets.models.number import NumberCounter
from tickets.models.share import TicketShare
from tickets.models.ticket import Ticket

__all__ = [
    "Application",
    "Attachment",
    "Category",
    "DataRequest",
    "DocumentRequirement",
    "Draft",
    "Leg",
    "NumberCounter",
    "Presence",
    "RequestedItem",
    "SavedView",
    "Subcategory",
    "Ticket",
    "TicketEvent",
    "TicketShare",
]
