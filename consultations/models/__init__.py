"""The counter: rooms, the line, and visits."""

from consultations.models.queue import QueueCounter, RequestDraft
from consultations.models.room import Room
from consultations.models.visit import Visit, VisitEvent

__all__ = ["QueueCounter", "RequestDraft", "Room", "Visit", "VisitEvent"]
