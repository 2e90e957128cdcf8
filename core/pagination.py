"""Keyset pages: the next page starts after the last row seen, so page 1 and page 10,000 cost the same."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Model, Q, QuerySet

PAGE_SIZE = 25
CAP = 999


@dataclass(frozen=True)
class Page:
    """One page of rows with the cursors of its neighbours; empty text means there is none."""

    rows: list[Any]
    previous: str
    next: str


def _encode(row: Model, order: tuple[str, ...]) -> str:
    values = [getattr(row, name.lstrip("-")) for name in order]
    return signing.dumps([v.isoformat() if isinstance(v, datetime) else v for v in values], salt="keyset")


def _decode(cursor: str, length: int) -> list[Any] | None:
    try:
        values = signing.loads(cursor, salt="keyset")
    except (signing.BadSignature, json.JSONDecodeError):
        return None
    return values if isinstance(values, list) and len(values) == length else None


def _beyond(order: tuple[str, ...], values: list[Any]) -> Q:
    """Return the rows that come after these values in this order."""
    condition, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        column = name.lstrip("-")
        condition |= equal & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{column: value})
    return condition


def _turned(order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def keyset_page(rows: QuerySet[Any], order: tuple[str, ...], after: str, before: str, size: int = PAGE_SIZE) -> Page:
    """Return one page of at most `size` rows; a cursor that is not ours gives the first page.

    The order must end in a unique column, and none of its columns may be null.
    """
    back = _decode(before, len(order)) if before else None
    forth = _decode(after, len(order)) if after and not back else None
    if back:
        turned = _turned(order)
        found = list(rows.filter(_beyond(turned, back)).order_by(*turned)[: size + 1])
        more, shown = len(found) > size, found[:size][::-1]
        return Page(shown, _encode(shown[0], order) if more else "", _encode(shown[-1], order) if shown else "")
    if forth:
        rows = rows.filter(_beyond(order, forth))
    found = list(rows.order_by(*order)[: size + 1])
    more, shown = len(found) > size, found[:size]
    return Page(
        shown,
        _encode(shown[0], order) if forth and shown else "",
        _encode(shown[-1], order) if more else "",
    )


def capped_count(rows: QuerySet[Any]) -> int:
    """Count at most CAP + 1 rows: nobody reads beyond "999+", and the database need not count beyond it."""
    return rows.order_by()[: CAP + 1].count()
