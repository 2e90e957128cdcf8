"""Lists that leave as sheets: who took what is written down."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from accounts.requests import signed_in
from audit.models import AuditEntry
from audit.services import record
from core.filters import ListFilter
from core.requests import client_address
from core.sheets import Cell, download, workbook


def hand_out(
    request: HttpRequest,
    filters: ListFilter,
    *,
    title: str,
    headings: Sequence[str],
    lines: Iterable[Sequence[Cell]],
    now: datetime,
) -> HttpResponse:
    """Return the lines as a sheet named after its title and day, and record who took how many with which filters."""
    rows = list(lines)
    facts = {"filters": filters.chosen, "rows": len(rows)}
    by, address = signed_in(request), client_address(request)
    record(AuditEntry.Kind.LIST_EXPORTED, by=by, subject=request.path, address=address, now=now, **facts)
    return download(workbook(title, headings, rows), f"{slugify(title)}-{now:%Y-%m-%d}.xlsx")
