"""Office hours as the calendar page shows them."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q

from accounts.models import Lpse
from escalation.forms.calendar import Slots, slots_text
from escalation.models import HoursPeriod, OfficeHours
from escalation.models.calendar import Weekday

Lines = list[tuple[str, str]]  # "Senin–Kamis", "07.30–16.00"; no hours on days off


@dataclass(frozen=True)
class Weeks:
    """The usual hours of everybody, those an LPSE has of its own, and those of each period."""

    usual: Lines
    own: Lines
    periods: list[tuple[HoursPeriod, Lines]]


def weeks_of(unit: Lpse | None) -> Weeks:
    """Return the hours of everybody and of this LPSE."""
    rows: dict[tuple[int | None, int | None], list[OfficeHours]] = {}
    for row in OfficeHours.objects.filter(Q(lpse=None) | Q(lpse=unit)):
        rows.setdefault((row.lpse_id, row.period_id), []).append(row)
    own = rows.get((unit.pk, None), []) if unit else []
    periods = [(period, _lines(rows.get((None, period.pk), []))) for period in HoursPeriod.objects.all()]
    return Weeks(_lines(rows.get((None, None), [])), _lines(own) if own else [], periods)


def _lines(rows: list[OfficeHours]) -> Lines:
    """Return one line for neighbouring days with the same hours."""
    slots: dict[int, Slots] = {weekday: [] for weekday in Weekday}
    for row in rows:
        slots[row.weekday].append((row.opens, row.closes))
    lines = []
    for text, group in groupby(Weekday, key=lambda weekday: slots_text(slots[weekday])):
        days = list(group)
        label = str(days[0].label) if len(days) == 1 else f"{days[0].label}–{days[-1].label}"
        lines.append((label, text))
    return lines
