"""Keyset pages: the next page starts after the last row seen, so page 1 and page 10,000 cost the same."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing
from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

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
    return signing.dumps([v.isoformat() if isinstance(v, date) else v for v in values], salt=_salt(order))


def _decode(cursor: str, order: tuple[str, ...]) -> list[Any] | None:
    try:
        values: list[Any] = signing.loads(cursor, salt=_salt(order))
    except (signing.BadSignature, json.JSONDecodeError):
        return None
    return values


def _salt(order: tuple[str, ...]) -> str:
    """A cursor of another order, whose values may be of other types, is not ours."""
    return f"keyset {' '.join(order)}"


def _beyond(order: tuple[str, ...], values: list[Any]) -> Q | TupleGreaterThan | TupleLessThan:
    """Return the rows that come after these values in this order."""
    columns = [name.lstrip("-") for name in order]
    if len({_side(name) for name in order}) == 1:
        # Compared as one row, so that PostgreSQL starts right there in the index.
        compare = TupleLessThan if _side(order[0]) == "lt" else TupleGreaterThan
        return compare(Tuple(*map(F, columns)), values)
    condition, equal = Q(), Q()
    for name, column, value in zip(order, columns, values, strict=True):
        condition |= equal & Q(**{f"{column}__{_side(name)}": value})
        equal &= Q(**{column: value})
    # Says nothing new, but lets PostgreSQL start in the index near here instead of reading all that came before.
    return Q(**{f"{columns[0]}__{_side(order[0])}e": values[0]}) & condition


def _side(name: str) -> str:
    return "lt" if name.startswith("-") else "gt"


def _turned(order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def keyset_page(rows: QuerySet[Any], order: tuple[str, ...], after: str, before: str, size: int = PAGE_SIZE) -> Page:
    """Return one page of at most `size` rows; the first for a cursor that is not ours or has nothing left beyond it.

    The order must end in a unique column, and none of its columns may be null.
    """
    back = _decode(before, order) if before else None
    forth = _decode(after, order) if after and not back else None
    if back:
        turned = _turned(order)
        found = list(rows.filter(_beyond(turned, back)).order_by(*turned)[: size + 1])
        more, shown = len(found) > size, found[:size][::-1]
        if shown:
            return Page(shown, _encode(shown[0], order) if more else "", _encode(shown[-1], order))
    if forth:
        found = list(rows.filter(_beyond(order, forth)).order_by(*order)[: size + 1])
        more, shown = len(found) > size, found[:size]
        if shown:
            return Page(shown, _encode(shown[0], order), _encode(shown[-1], order) if more else "")
    found = list(rows.order_by(*order)[: size + 1])
    more, shown = len(found) > size, found[:size]
    return Page(shown, "", _encode(shown[-1], order) if more else "")


def position(row: Model, order: tuple[str, ...]) -> str:
    """Return where a row stands in this order, as a cursor that still tells it when the row has moved on."""
    return _encode(row, order)


def neighbours(rows: QuerySet[Any], order: tuple[str, ...], cursor: str) -> tuple[Any | None, Any | None]:
    """Return the rows before and after a position; nothing stands beside one that is not ours."""
    values = _decode(cursor, order)
    if not values:
        return None, None
    turned = _turned(order)
    before = rows.filter(_beyond(turned, values)).order_by(*turned).annotate(side=Value("before"))[:1]
    after = rows.filter(_beyond(order, values)).order_by(*order).annotate(side=Value("after"))[:1]
    found = {row.side: row for row in before.union(after)}
    return found.get("before"), found.get("after")


def capped_count(rows: QuerySet[Any]) -> int:
    """Count at most CAP + 1 rows: nobody reads beyond "999+", and the database need not count beyond it."""
    return rows.order_by()[: CAP + 1].count()
