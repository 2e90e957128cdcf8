"""Lists as Excel sheets. What people typed stays text: nothing that comes out of here is a formula or a link."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO

from django.conf import settings
from django.http import HttpResponse
from xlsxwriter import Workbook

from core.dates import short_date

Cell = str | int | float | datetime | None
ROWS = 10_000  # a sheet holds the newest; who needs older ones narrows the list
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH = 22  # characters


def workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return an Excel file of one sheet: numbers as numbers, moments as text in WIB, all else as text.

    The title names the sheet: at most 31 characters without []:*?/ and \\. Rows are written as they come, one held
    in memory at a time.
    """
    target = BytesIO()
    # Also no address becomes a link and no digits become a number: every text is written as what it is.
    with Workbook(target, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(title)
        sheet.set_column(0, len(headings) - 1, WIDTH)
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, str(heading), bold)
        for place, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, int | float):
                    sheet.write_number(place, column, value)
                elif value not in (None, ""):
                    sheet.write_string(place, column, _text(value))
    return target.getvalue()


def _text(value: str | datetime | None) -> str:
    return short_date(value, settings.TIME_ZONE) if isinstance(value, datetime) else str(value)


def download(content: bytes, name: str) -> HttpResponse:
    """Send a sheet as a file of this name, kept nowhere on its way."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=MEDIA_TYPE, headers=headers)
