"""The working calendar, the promises made on it, their clocks, and what a broken one is owed."""

from escalation.models.calendar import Holiday, HoursPeriod, OfficeHours
from escalation.models.clock import Clock, ClockPoint
from escalation.models.entitlement import Entitlement
from escalation.models.job import ScheduledJob
from escalation.models.promise import Promise

__all__ = [
    "Clock",
    "ClockPoint",
    "Entitlement",
    "Holiday",
    "HoursPeriod",
    "OfficeHours",
    "Promise",
    "ScheduledJob",
]
